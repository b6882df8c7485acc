"""Delivering mails with files: missing ones end the mail, storage out of reach leaves it as it was."""

from dataclasses import replace

import pytest

from chalicelib.channels.base import EmailMessage, MailFile, Shaper
from chalicelib.domain.content import Attachment, Content, EmailContent
from chalicelib.domain.delivery import DeliveryStatus
from chalicelib.domain.words import Channel
from chalicelib.services.attachments import Attach, Storage, TooLargeError
from chalicelib.services.deliver import Deliver, Verdict
from tests.world import REF, World

PDF = Attachment(key="acme/a.pdf", name="a.pdf", type="application/pdf")
CONTENT = Content(body="Hello", email=EmailContent(attachments=(PDF,)))


class Kept:
    def read(self, key: str, most: int) -> bytes | None:
        return b"%PDF"


class Gone:
    def read(self, key: str, most: int) -> bytes | None:
        return None


class Huge:
    def read(self, key: str, most: int) -> bytes | None:
        raise TooLargeError(key)


class Down:
    def read(self, key: str, most: int) -> bytes | None:
        raise ConnectionError


def deliver_from(storage: Storage, world: World) -> Deliver:
    world.decided(content=CONTENT, channels=(Channel.EMAIL,))
    shaper = Shaper(lambda request, tenant: None, Attach(storage, lambda: None), lambda html, request, tenant: html)
    return replace(world.deliver(), shape=shaper)


def test_the_vendor_gets_the_files() -> None:
    world = World()
    assert deliver_from(Kept(), world)(REF, Channel.EMAIL) is Verdict.DONE
    ((_, message),) = world.vendor.calls
    assert isinstance(message, EmailMessage)
    assert message.attachments == (MailFile(name="a.pdf", type="application/pdf", content=b"%PDF"),)


@pytest.mark.parametrize(
    ("storage", "code"), [(Gone(), "attachment_missing"), (Huge(), "attachment_too_large")], ids=["gone", "huge"]
)
def test_a_mail_whose_files_cannot_be_sent_fails_for_good_and_calls_nobody(storage: Storage, code: str) -> None:
    world = World()
    assert deliver_from(storage, world)(REF, Channel.EMAIL) is Verdict.DONE
    delivery = world.state.deliveries[Channel.EMAIL]
    assert (delivery.status, delivery.reason, delivery.attempts) == (DeliveryStatus.FAILED, code, ())
    assert not world.vendor.calls


def test_storage_out_of_reach_claims_nothing() -> None:
    world = World()
    deliver = deliver_from(Down(), world)
    before = world.state
    with pytest.raises(ConnectionError):
        deliver(REF, Channel.EMAIL)
    assert world.state == before
