"""Every channel has a module of its name."""

import subprocess
import sys
from collections.abc import Sequence

import pytest
from msgspec.structs import replace

from chalicelib.channels.base import (
    EmailMessage,
    MailFile,
    PushMessage,
    Shaper,
    SmsMessage,
    UnshapeableError,
    address_fault,
    shape,
)
from chalicelib.domain.content import Attachment, Content, EmailContent
from chalicelib.domain.ids import TenantId
from chalicelib.domain.request import NotificationRequest
from chalicelib.domain.tenant import Tenant
from chalicelib.domain.words import Channel, Reason
from tests.build import ACME, a_recipient, a_request, a_tenant


def no_files(tenant: TenantId, attachments: Sequence[Attachment]) -> tuple[MailFile, ...]:
    raise AssertionError("nobody asked for files")


def as_it_is(html: str, request: NotificationRequest, tenant: Tenant) -> str:
    return html


@pytest.mark.parametrize("channel", Channel)
def test_a_recipient_with_all_addresses_can_be_reached_on_every_channel(channel: Channel) -> None:
    assert address_fault(channel, a_recipient()) is None


@pytest.mark.parametrize(
    ("channel", "kind"), [(Channel.EMAIL, EmailMessage), (Channel.SMS, SmsMessage), (Channel.PUSH, PushMessage)]
)
def test_content_takes_the_shape_of_the_channel(channel: Channel, kind: type) -> None:
    assert type(shape(channel, a_request(), a_recipient(), a_tenant())) is kind


@pytest.mark.parametrize("url", ["https://herald.example.com/unsubscribe/t", None])
def test_e_mails_carry_the_link_to_end_more_of_their_kind(url: str | None) -> None:
    request, tenant = a_request(category="marketing"), a_tenant()
    asked: list[object] = []

    def link(*of: object) -> str | None:
        asked.extend(of)
        return url

    message = Shaper(link, no_files, as_it_is)(Channel.EMAIL, request, a_recipient(), tenant)
    assert message == replace(shape(Channel.EMAIL, request, a_recipient(), tenant), unsubscribe_url=url)
    assert asked == [request, tenant]


def test_e_mails_carry_their_files_and_what_tells_of_their_reader() -> None:
    asked = Attachment(key="acme/a.pdf", name="a.pdf", type="application/pdf")
    file = MailFile(name="a.pdf", type="application/pdf", content=b"%PDF")
    content = Content(body="Hello", html="<p>Hello</p>", email=EmailContent(attachments=(asked,)))

    def files(tenant: TenantId, attachments: Sequence[Attachment]) -> tuple[MailFile, ...]:
        assert (tenant, attachments) == (ACME, (asked,))
        return (file,)

    shaper = Shaper(lambda request, tenant: None, files, lambda html, request, tenant: f"{html}<img>")
    message = shaper(Channel.EMAIL, a_request(content=content), a_recipient(), a_tenant())
    assert isinstance(message, EmailMessage)
    assert (message.html, message.attachments) == ("<p>Hello</p><img>", (file,))


@pytest.mark.parametrize("channel", [Channel.SMS, Channel.PUSH])
def test_other_messages_have_no_link_and_ask_for_none(channel: Channel) -> None:
    shaper = Shaper(
        lambda request, tenant: pytest.fail("nobody asked for a link"),
        lambda tenant, attachments: pytest.fail("nobody asked for files"),
        lambda html, request, tenant: pytest.fail("nobody asked for tracking"),
    )
    assert shaper(channel, a_request(), a_recipient(), a_tenant()) == shape(
        channel, a_request(), a_recipient(), a_tenant()
    )


def test_a_recipient_without_addresses_still_has_an_inbox_and_is_told_of_where_the_provider_says() -> None:
    nobody = a_recipient(email=None, phone=None, device_tokens=())
    faults = {channel: address_fault(channel, nobody) for channel in Channel}
    reached = {channel for channel, fault in faults.items() if fault is None}
    assert reached == {Channel.IN_APP, Channel.CHAT, Channel.ALERT, Channel.WEBHOOK}
    assert {fault for fault in faults.values() if fault} == {Reason.MISSING_ADDRESS}


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
