"""docs/adding-a-provider.md is true: its file, put into its folder, is a provider, and nothing else has to know."""

import importlib
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

import chalicelib.providers.sms
from chalicelib.channels.base import SmsMessage
from chalicelib.domain.delivery import AttemptOutcome
from chalicelib.domain.ids import ProviderId
from chalicelib.domain.provider import Accepted, ProviderConfig, ProviderResult, Refused, Unsure
from chalicelib.domain.words import Channel
from chalicelib.providers.base import Timeouts
from chalicelib.providers.caller import Caller
from chalicelib.providers.registry import all_providers, setting_faults, vendors
from tests.build import a_tenant
from tests.unit.providers.fake_vault import FakeVault
from tests.unit.providers.wire import answer, http_server

PAGE = Path(__file__).parents[3] / "docs" / "adding-a-provider.md"
SMS = SmsMessage(reference="n1", to="+14155550100", text="Hello", segments=1)
MODULE = "chalicelib.providers.sms.pling"


@pytest.fixture
def pling(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """The page's file in a folder that counts as one of the package's."""
    (example,) = re.findall(r"^```python\n(\"\"\"Pling.*?)^```$", PAGE.read_text(), re.DOTALL | re.MULTILINE)
    (tmp_path / "pling.py").write_text(example)
    monkeypatch.setattr(chalicelib.providers.sms, "__path__", [*chalicelib.providers.sms.__path__, str(tmp_path)])
    importlib.invalidate_caches()
    yield importlib.import_module(MODULE)
    del sys.modules[MODULE]


def test_the_file_is_found_by_its_name(pling: ModuleType) -> None:
    assert "pling" in vendors(Channel.SMS)
    assert pling.Pling in all_providers()


def test_what_a_tenant_says_about_it_is_checked(pling: ModuleType) -> None:
    assert setting_faults(Channel.SMS, "pling", {"sender": "ACME"}, {"apiKey": "k"}) == ()
    faults = setting_faults(Channel.SMS, "pling", {"apiKey": "k", "sender": 7}, {})
    assert {(fault.pointer, fault.code) for fault in faults} == {
        ("/settings/apiKey", "secret_in_settings"),
        ("/settings/sender", "invalid_value"),
        ("/credentials/apiKey", "required"),
    }


def test_a_tenant_sends_with_it(pling: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    vault = FakeVault()
    credentials = vault.seal(a_tenant().id, {"apiKey": "k"})
    config = ProviderConfig(id=ProviderId("mine"), channel=Channel.SMS, vendor="pling", credentials=credentials)
    with http_server(answer(201, b'{"id": "p1"}')) as wire:
        monkeypatch.setattr(pling, "URL", wire.url)
        result = Caller(vault, Timeouts()).call(a_tenant(), config, SMS)
        assert result == Accepted(vendor_id="p1", segments=1)
    assert wire.heard[0].headers["Authorization"] == "Bearer k"
    assert json.loads(wire.heard[0].body) == {"to": "+14155550100", "text": "Hello", "from": None}


@pytest.mark.parametrize(
    ("content", "result"),
    [
        (answer(403, b'{"code": "number_blocked"}'), Refused(kind=AttemptOutcome.PERMANENT, code="number_blocked")),
        (
            answer(429, b'{"code": "slow_down"}', "Retry-After: 2"),
            Refused(kind=AttemptOutcome.RETRIABLE, code="slow_down", retry_after=2, telling=False),
        ),
        (answer(503, b"<html></html>"), Unsure(code="http_503")),
        (answer(200, b"<html></html>"), Unsure(code="unreadable_answer")),
        (b"", Unsure(code="connection_lost")),
    ],
)
def test_its_results_are_honest(
    pling: ModuleType, monkeypatch: pytest.MonkeyPatch, content: bytes, result: ProviderResult
) -> None:
    with http_server(content) as wire:
        monkeypatch.setattr(pling, "URL", wire.url)
        assert pling.Pling(pling.PlingSettings(api_key="k"), Timeouts()).send(SMS) == result
