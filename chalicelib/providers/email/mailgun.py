"""Mailgun's Messages API
(https://documentation.mailgun.com/docs/mailgun/api-reference/send/mailgun/messages/post-v3--domain-name--messages).
"""

import time
from collections.abc import Iterator
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, ClassVar, Final, Literal

import msgspec

from chalicelib.channels.base import EmailMessage
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
from chalicelib.providers.connections import Pool
from chalicelib.providers.http import Answer, judge, judge_silence, read
from chalicelib.providers.mail_headers import mailbox, unsubscribe_headers

if TYPE_CHECKING:
    from requests import Response

HOSTS: Final = {"us": "https://api.mailgun.net", "eu": "https://api.eu.mailgun.net"}
"""https://documentation.mailgun.com/docs/mailgun/api-reference/api-overview: a domain lives in one region."""
OUTCOMES: Final = {
    # Mailgun has no error codes of its own: the status is the code.
    # https://documentation.mailgun.com/docs/mailgun/quickstart-guide/responses
    "402": AttemptOutcome.MISCONFIGURED,
    "404": AttemptOutcome.MISCONFIGURED,
}
"""Statuses that mean something else here than in HTTP: 402: the account is not paid for; 404: it has no such domain."""
FORBIDDEN: Final = b"Forbidden"
"""All that a 401 says of a wrong key (https://github.com/mailgun/mailgun.js/issues/393)."""

Part = tuple[str, tuple[str | None, str | bytes] | tuple[str, bytes, str]]
"""A part of a form as `requests` takes it: its name, then file name (if any), value and media type."""


class MailgunSettings(ProviderSettings, frozen=True):
    """How a tenant uses Mailgun. `domain` is the verified domain mails are sent by, in the account's `region`."""

    api_key: ApiKey
    domain: Annotated[str, msgspec.Meta(pattern=r"^(?=.{4,253}\Z)([A-Za-z0-9-]+\.)+[A-Za-z0-9-]{2,}\Z")]
    region: Literal["us", "eu"] = "us"
    sender: EmailAddress | None = None
    sender_name: SenderName | None = None


class _Taken(msgspec.Struct, frozen=True):
    """The body of a success."""

    id: Annotated[str, msgspec.Meta(min_length=1)]


class _Refusal(msgspec.Struct, frozen=True):
    """The body of an error."""

    message: str


class _Found(msgspec.Struct, frozen=True):
    """What is told of the domain."""

    name: str
    state: str


class _Domain(msgspec.Struct, frozen=True):
    domain: _Found


class Mailgun(Provider[MailgunSettings, EmailMessage]):
    """E-mail through Mailgun, without its tracking: Herald has its own."""

    channel: ClassVar = Channel.EMAIL
    vendor: ClassVar = "mailgun"
    settings_type: ClassVar = MailgunSettings
    secrets: ClassVar = frozenset({"apiKey"})
    documentation: ClassVar = (
        "https://documentation.mailgun.com/docs/mailgun/api-reference/send/mailgun/messages/"
        "post-v3--domain-name--messages"
    )
    capabilities: ClassVar = ("HTML", "attachments", "unsubscribe headers", "EU region")
    example: ClassVar = {"apiKey": "key-example", "domain": "mg.example.com", "sender": "shop@mg.example.com"}
    byte_limit: ClassVar = 25_000_000
    """https://documentation.mailgun.com/docs/mailgun/user-manual/sending-messages/: 25 MB, attachments encoded."""

    def __init__(self, settings: MailgunSettings, timeouts: Timeouts) -> None:
        super().__init__(settings, timeouts)
        import requests

        # Without an adapter of its own, a session does not retry.
        self._session = requests.Session()
        self._session.auth = ("api", settings.api_key)
        self._pool = Pool(self._session.close)

    def send(self, message: EmailMessage) -> ProviderResult:
        """Post the message. The answer's id is its `Message-Id`, in angle brackets, by which events name it."""
        sender = self.settings.sender or message.sender
        if sender is None:
            return misconfigured("no_sender")
        mail_from = mailbox(self.settings.sender_name or message.sender_name or "", sender)
        answer = self._ask("POST", f"/v3/{self.settings.domain}/messages", [*_parts(message, mail_from)])
        if isinstance(answer, Refused | Unsure):
            return answer
        taken = read(answer.content, _Taken)
        return Unsure(code="unreadable_answer") if taken is None else Accepted(vendor_id=taken.id)

    def probe(self) -> ProviderResult:
        """Ask for the domain: that it is there and may send (`active`).

        https://documentation.mailgun.com/docs/mailgun/api-reference/send/mailgun/domains/get-v4-domains--name-
        """
        answer = self._ask("GET", f"/v4/domains/{self.settings.domain}")
        if isinstance(answer, Refused | Unsure):
            return answer
        found = read(answer.content, _Domain)
        if found is None:
            return Unsure(code="unreadable_answer")
        if found.domain.state != "active":
            return misconfigured(f"domain_{found.domain.state}"[:64])
        return Accepted()

    def _ask(self, method: str, path: str, parts: "list[Part] | None" = None) -> "Response | Refused | Unsure":
        """Make one request; return the answer of a success, else what it means."""
        from requests import RequestException

        try:
            with self._pool.connection():
                answer = self._session.request(
                    method,
                    HOSTS[self.settings.region] + path,
                    files=parts,
                    timeout=(self.timeouts.connect, self.timeouts.read),
                    allow_redirects=False,
                )
        except RequestException as error:
            return judge_silence(error)
        return answer if answer.status_code == HTTPStatus.OK else _judge(answer)


def _parts(message: EmailMessage, mail_from: str) -> Iterator[Part]:
    """Yield the form. It is multipart, which attachments demand, also where there are none."""
    headers = unsubscribe_headers(message.unsubscribe_url)
    if message.reply_to is not None:
        headers["Reply-To"] = message.reply_to
    fields = {
        "from": mail_from,
        "to": message.to,
        "subject": message.subject,
        "text": message.text,
        **({"html": message.html} if message.html else {}),
        **{f"h:{name}": value for name, value in headers.items()},
        # Comes back in every event of this message.
        "v:notificationId": message.reference,
        "o:tracking": "no",
    }
    for name, value in fields.items():
        yield name, (None, value)
    for file in message.attachments:
        yield "attachment", (file.name, file.content, file.type)


def _judge(answer: "Response") -> Refused | Unsure:
    said = read(answer.content, _Refusal) is not None or answer.content.strip(b'"\n') == FORBIDDEN
    code, status = str(answer.status_code) if said else None, answer.status_code
    return judge(Answer(status=status, code=code, retry_after=answer.headers.get("Retry-After")), OUTCOMES, time.time())
