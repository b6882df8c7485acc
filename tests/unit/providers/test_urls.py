"""An address that no request can be made to is told when it is saved, and where it is."""

from typing import Any

import pytest

from chalicelib.domain.words import Channel
from chalicelib.providers.registry import provider_class, setting_faults

NAMED = [(Channel.WEBHOOK, "endpoint", "url"), (Channel.ALERT, "alerta", "endpoint")]
NAMED_BASE = (Channel.WHATSAPP, "wppconnect", "baseUrl")
GOOD = [
    "https://example.com",
    "https://EXAMPLE.com:8443/a",
    "https://example.com./",
    "https://my_host.internal/",
    "https://93.184.215.14:65535/",
    "https://[2606:2800:21f:cb07:6820:80da:af6b:8b2c]:443/",
    "https://[::ffff:93.184.215.14]/",
]
BAD = [
    "https://example.com:99999/",
    "https://example.com:0/",
    "https://[:::]/",
    "https://[1.2.3.4]/",
    "https://.a/",
    "https://a..b/",
    "https://-a.example.com/",
    f"https://{'a' * 64}.example.com/",
    f"https://{'a.' * 127}example.com/",
    "https://a:99999",
    "https://a]:b",
    "https://[::1",
]


def pointers(channel: Channel, vendor: str, name: str, url: str) -> list[str]:
    """Return where the faults are of an example whose address is another."""
    provider: Any = provider_class(channel, vendor)
    told = provider.example | {name: url}
    settings = {name: value for name, value in told.items() if name not in provider.secrets}
    credentials = {name: value for name, value in told.items() if name in provider.secrets}
    return [fault.pointer for fault in setting_faults(channel, vendor, settings, credentials)]


@pytest.mark.parametrize("url", GOOD)
@pytest.mark.parametrize(("channel", "vendor", "name"), NAMED)
def test_an_address_that_can_be_requested(channel: Channel, vendor: str, name: str, url: str) -> None:
    assert pointers(channel, vendor, name, url) == []


@pytest.mark.parametrize("url", BAD)
@pytest.mark.parametrize(("channel", "vendor", "name"), [*NAMED, NAMED_BASE])
def test_an_address_that_cannot(channel: Channel, vendor: str, name: str, url: str) -> None:
    assert pointers(channel, vendor, name, url.rstrip("/")) == [f"/settings/{name}"]
