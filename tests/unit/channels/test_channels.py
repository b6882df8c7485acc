"""Every channel has a module of its name."""

import subprocess
import sys

import pytest

from chalicelib.channels.base import EmailMessage, PushMessage, SmsMessage, UnshapeableError, address_fault, shape
from chalicelib.domain.words import Channel, Reason
from tests.build import a_recipient, a_request, a_tenant


@pytest.mark.parametrize("channel", Channel)
def test_a_recipient_with_all_addresses_can_be_reached_on_every_channel(channel: Channel) -> None:
    assert address_fault(channel, a_recipient()) is None


@pytest.mark.parametrize(
    ("channel", "kind"), [(Channel.EMAIL, EmailMessage), (Channel.SMS, SmsMessage), (Channel.PUSH, PushMessage)]
)
def test_content_takes_the_shape_of_the_channel(channel: Channel, kind: type) -> None:
    assert type(shape(channel, a_request(), a_recipient(), a_tenant())) is kind


def test_a_recipient_without_addresses_still_has_an_inbox() -> None:
    nobody = a_recipient(email=None, phone=None, device_tokens=())
    faults = {channel: address_fault(channel, nobody) for channel in Channel}
    assert faults.pop(Channel.IN_APP) is None
    assert set(faults.values()) == {Reason.MISSING_ADDRESS}


def test_an_inbox_item_is_no_message() -> None:
    with pytest.raises(UnshapeableError, match="not_a_message"):
        shape(Channel.IN_APP, a_request(), a_recipient(), a_tenant())


def test_importing_the_channels_loads_neither_their_tables_nor_anything_else_heavy() -> None:
    script = (
        "import sys, chalicelib.channels.base, chalicelib.channels.email, chalicelib.channels.push, "
        "chalicelib.channels.sms; print(*sys.modules)"
    )
    loaded = set(
        subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()
    )
    assert not loaded & {"botocore", "email_validator", "idna", "phonenumbers", "requests"}
