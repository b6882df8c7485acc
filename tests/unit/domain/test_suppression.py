"""An address is one address, however it is written."""

import pytest

from chalicelib.domain.suppression import address_hash, canonical
from chalicelib.domain.words import Channel


@pytest.mark.parametrize(
    ("channel", "written", "listed"),
    [
        (Channel.EMAIL, "ann@example.com", "ann@example.com"),
        (Channel.EMAIL, " Ann.Lee@Example.COM ", "ann.lee@example.com"),
        (Channel.EMAIL, "ann@MÜNCHEN.de", "ann@xn--mnchen-3ya.de"),
        (Channel.EMAIL, "ann@xn--mnchen-3ya.de", "ann@xn--mnchen-3ya.de"),
        (Channel.EMAIL, f"ann@{'ü' * 80}.de", f"ann@{'ü' * 80}.de"),
        (Channel.EMAIL, "no address", "no address"),
        (Channel.SMS, " +14155550100", "+14155550100"),
        (Channel.PUSH, "Token-A", "Token-A"),
    ],
)
def test_the_form_an_address_is_listed_in(channel: Channel, written: str, listed: str) -> None:
    assert canonical(channel, written) == listed
    assert address_hash(channel, written) == address_hash(channel, listed)


def test_different_addresses_are_told_apart() -> None:
    hashes = {
        address_hash(Channel.EMAIL, "ann@example.com"),
        address_hash(Channel.EMAIL, "bob@example.com"),
        address_hash(Channel.PUSH, "ann@example.com"),
        address_hash(Channel.PUSH, "Ann@example.com"),
    }
    assert len(hashes) == 4
