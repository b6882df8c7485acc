"""What is asked of SendGrid. What its answers mean is shown by the contract suite."""

import logging

import msgspec
import pytest

from chalicelib.channels.base import EmailMessage
from chalicelib.domain.delivery import AttemptOutcome
from chalicelib.domain.provider import Refused
from chalicelib.providers.base import Timeouts
from chalicelib.providers.email.sendgrid import SendGrid, SendGridSettings

MAIL = EmailMessage(reference="n1", to="ann@example.com", subject="Hello", text="It is.", sender="shop@acme.example")
FULL = msgspec.structs.replace(MAIL, html="<p>It is.</p>", sender_name="Acme", reply_to="help@acme.example")


def provider(**settings: str) -> SendGrid:
    return SendGrid(msgspec.convert({"apiKey": "SG.hush"} | settings, SendGridSettings), Timeouts())


def test_a_plain_message() -> None:
    assert provider()._body(MAIL, "shop@acme.example") == {
        "personalizations": [{"to": [{"email": "ann@example.com"}]}],
        "from": {"email": "shop@acme.example"},
        "subject": "Hello",
        "content": [{"type": "text/plain", "value": "It is."}],
        "custom_args": {"notificationId": "n1"},
    }


def test_a_message_with_everything() -> None:
    body = provider()._body(FULL, "shop@acme.example")
    assert body["from"] == {"email": "shop@acme.example", "name": "Acme"}
    assert body["reply_to"] == {"email": "help@acme.example"}
    # SendGrid wants text before HTML.
    assert [part["type"] for part in body["content"]] == ["text/plain", "text/html"]


def test_the_providers_own_name_wins() -> None:
    assert provider(senderName="News")._body(FULL, "news@acme.example")["from"]["name"] == "News"


def test_without_a_sender_nothing_is_sent() -> None:
    nobodys = msgspec.structs.replace(MAIL, sender=None)
    assert provider().send(nobodys) == Refused(kind=AttemptOutcome.MISCONFIGURED, code="no_sender")


@pytest.mark.parametrize(
    ("region", "host"), [("global", "https://api.sendgrid.com"), ("eu", "https://api.eu.sendgrid.com")]
)
def test_a_tenant_may_keep_its_mail_in_europe(region: str, host: str) -> None:
    assert provider(region=region)._at("mail").host == host


def test_the_sdk_does_not_log_the_key_even_where_everything_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    provider()
    assert not logging.getLogger("python_http_client.client").isEnabledFor(logging.DEBUG)
