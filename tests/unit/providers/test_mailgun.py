"""What is asked of Mailgun. What its answers mean is shown by the contract suite."""

import msgspec
import pytest
from msgspec.structs import replace

from chalicelib.channels.base import EmailMessage, MailFile
from chalicelib.domain.delivery import AttemptOutcome
from chalicelib.domain.provider import Refused
from chalicelib.providers.base import Timeouts
from chalicelib.providers.email.mailgun import Mailgun, MailgunSettings, _parts

MAIL = EmailMessage(reference="n1", to="ann@example.com", subject="Hello", text="It is.", sender="shop@acme.example")


def provider(**settings: str) -> Mailgun:
    return Mailgun(
        msgspec.convert({"apiKey": "hush", "domain": "mg.acme.example"} | settings, MailgunSettings), Timeouts()
    )


def test_a_plain_message_asks_for_no_tracking_but_ours() -> None:
    assert dict(_parts(MAIL, "shop@acme.example")) == {
        "from": (None, "shop@acme.example"),
        "to": (None, "ann@example.com"),
        "subject": (None, "Hello"),
        "text": (None, "It is."),
        "v:notificationId": (None, "n1"),
        "o:tracking": (None, "no"),
    }


def test_files_go_along_under_their_names() -> None:
    mail = replace(MAIL, attachments=(MailFile(name="a.pdf", type="application/pdf", content=b"%PDF"),))
    assert [*_parts(mail, "x@acme.example")][-1] == ("attachment", ("a.pdf", b"%PDF", "application/pdf"))


def test_without_a_sender_nothing_is_sent() -> None:
    refused = Refused(kind=AttemptOutcome.MISCONFIGURED, code="no_sender")
    assert provider().send(replace(MAIL, sender=None)) == refused


@pytest.mark.parametrize("domain", ["", "localhost", "mg.example.com/../x", "mg example.com", "a" * 260 + ".com"])
def test_a_domain_that_is_none_is_refused(domain: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        provider(domain=domain)


def test_what_a_message_weighs_counts_its_files_as_they_are_encoded() -> None:
    limit = Mailgun.byte_limit
    file = MailFile(name="a.zip", type="application/zip", content=bytes(limit // 4 * 3))
    assert not provider().exceeds_limits(replace(MAIL, text="", attachments=(file,)))
    assert provider().exceeds_limits(replace(MAIL, text="x", attachments=(file,)))
