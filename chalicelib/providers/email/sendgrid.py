"""SendGrid's Mail Send API v3 (https://www.twilio.com/docs/sendgrid/api-reference/mail-send/mail-send)."""

import logging
import time
from base64 import b64encode
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Annotated, Any, ClassVar, Final, Literal

import msgspec

from chalicelib.channels.base import EmailMessage, MailFile
from chalicelib.domain.delivery import AttemptOutcome
from chalicelib.domain.provider import Accepted, ProviderResult, Refused, Unsure
from chalicelib.domain.words import Channel
from chalicelib.providers.base import (
    ApiKey,
    EmailAddress,
    Provider,
    ProviderSettings,
    SenderName,
    Timeouts,
    misconfigured,
)
from chalicelib.providers.http import Answer, judge, judge_silence, read
from chalicelib.providers.mail_headers import unsubscribe_headers

OUTCOMES: Final = {
    # SendGrid has no error codes of its own: the status is the code. A 401 also says "Maximum credits exceeded", a
    # 403 an unverified sender or a temporary block of the account: nothing goes out until somebody sees to it.
    # https://www.twilio.com/docs/sendgrid/api-reference/how-to-use-the-sendgrid-v3-api/errors
    "406": AttemptOutcome.MISCONFIGURED,
    "451": AttemptOutcome.MISCONFIGURED,
}
"""Statuses that mean something else here than in HTTP; 451: the account's data residency forbids it."""


MAY_SEND: Final = "mail.send"
"""The scope that a key needs."""


class SendGridSettings(ProviderSettings, frozen=True):
    """How a tenant uses SendGrid. `sender` must be a verified one; without it the tenant's own is taken."""

    api_key: ApiKey
    region: Literal["global", "eu"] = "global"
    sender: EmailAddress | None = None
    sender_name: SenderName | None = None


class _Fault(msgspec.Struct, frozen=True):
    message: str
    field: str | None = None


class _Refusal(msgspec.Struct, frozen=True):
    """The body of every error answer."""

    errors: Annotated[tuple[_Fault, ...], msgspec.Meta(min_length=1)]


class _Scopes(msgspec.Struct, frozen=True):
    """What a key may do."""

    scopes: tuple[str, ...]


class SendGrid(Provider[SendGridSettings, EmailMessage]):
    """E-mail through SendGrid.

    Its SDK opens a connection for each message and knows one timeout, for connecting and reading alike.
    """

    channel: ClassVar = Channel.EMAIL
    vendor: ClassVar = "sendgrid"
    settings_type: ClassVar = SendGridSettings
    secrets: ClassVar = frozenset({"apiKey"})
    documentation: ClassVar = "https://www.twilio.com/docs/sendgrid/api-reference/mail-send/mail-send"
    capabilities: ClassVar = ("HTML", "attachments", "unsubscribe headers", "EU data residency")
    example: ClassVar = {"apiKey": "SG.example", "sender": "shop@example.com"}
    byte_limit: ClassVar = 30_000_000
    """https://docs.sendgrid.com/api-reference/mail-send/limitations: 30 MB, attachments encoded."""

    def __init__(self, settings: SendGridSettings, timeouts: Timeouts) -> None:
        super().__init__(settings, timeouts)
        from sendgrid import SendGridAPIClient

        # At DEBUG its HTTP client logs every header, the API key among them.
        logging.getLogger("python_http_client").setLevel(logging.INFO)
        api = SendGridAPIClient(settings.api_key)
        api.set_sendgrid_data_residency(settings.region)
        self._at = _trusting(api.client)

    def send(self, message: EmailMessage) -> ProviderResult:
        """Post the message. The answer's `X-Message-Id` begins the id that SendGrid's events carry."""
        sender = self.settings.sender or message.sender
        if sender is None:
            return misconfigured("no_sender")
        body, mail = self._body(message, sender), self._at("mail", "send")
        answer = _ask(lambda: mail.post(request_body=body, timeout=self.timeouts.read))
        if isinstance(answer, Refused | Unsure):
            return answer
        vendor_id = answer.headers.get("X-Message-Id")
        if answer.status_code != HTTPStatus.ACCEPTED or not vendor_id:
            return Unsure(code="unreadable_answer")
        return Accepted(vendor_id=vendor_id)

    def probe(self) -> ProviderResult:
        """Ask what the key may do.

        https://www.twilio.com/docs/sendgrid/api-reference/api-key-permissions
        """
        answer = _ask(lambda: self._at("scopes").get(timeout=self.timeouts.read))
        if isinstance(answer, Refused | Unsure):
            return answer
        found = read(answer.body, _Scopes)
        if found is None:
            return Unsure(code="unreadable_answer")
        return Accepted() if MAY_SEND in found.scopes else misconfigured("key_may_not_send")

    def _body(self, message: EmailMessage, sender: str) -> dict[str, Any]:
        # Not by the SDK's Mail helper: it raises when a text looks as if there were an API key in it.
        name = self.settings.sender_name or message.sender_name
        html = [{"type": "text/html", "value": message.html}] if message.html else []
        body: dict[str, Any] = {
            "personalizations": [{"to": [{"email": message.to}]}],
            "from": {"email": sender} | ({"name": name} if name else {}),
            "subject": message.subject,
            "content": [{"type": "text/plain", "value": message.text}, *html],
            # Comes back in every event of this message, and is not in the recipient's copy.
            "custom_args": {"notificationId": message.reference},
        }
        if message.reply_to is not None:
            body["reply_to"] = {"email": message.reply_to}
        if message.unsubscribe_url is not None:
            body["headers"] = unsubscribe_headers(message.unsubscribe_url)
        if message.attachments:
            body["attachments"] = [_attachment(file) for file in message.attachments]
        return body


def _attachment(file: MailFile) -> dict[str, str]:
    content = b64encode(file.content).decode()
    return {"content": content, "filename": file.name, "type": file.type, "disposition": "attachment"}


def _ask(call: Callable[[], Any]) -> Any:
    """Return the SDK's answer of a call that succeeded, else what became of it (Refused or Unsure)."""
    from http.client import HTTPException

    from python_http_client.exceptions import HTTPError

    try:
        return call()
    except HTTPError as error:
        return _judge(error.status_code, error.headers, error.body)
    except (OSError, HTTPException) as error:
        return judge_silence(error)


def _trusting(client: Any) -> Callable[..., Any]:
    """Return what makes the SDK's client of a path, made to keep whom it trusts: by itself it reads all authorities
    anew for each message, which takes more CPU (16 ms) than all the rest of a delivery.
    """
    import ssl
    from urllib.request import HTTPSHandler, build_opener

    from python_http_client import Client

    opener = build_opener(HTTPSHandler(context=ssl.create_default_context()))

    class Trusting(Client):  # type: ignore[misc]
        """The client whose step of making the request can be replaced, as its documentation has it."""

        def _make_request(self, _opener: Any, request: Any, timeout: float | None = None) -> Any:
            return super()._make_request(opener, request, timeout)

    return lambda *path: Trusting(client.host, client.request_headers, version=3, url_path=list(path))


def _judge(status: int, headers: Mapping[str, str], body: bytes) -> Refused | Unsure:
    code = None if read(body, _Refusal) is None else str(status)
    return judge(Answer(status=status, code=code, retry_after=headers.get("Retry-After")), OUTCOMES, time.time())
