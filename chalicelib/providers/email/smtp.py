"""Any mail server, by SMTP (RFC 5321).

The moment that matters is DATA: until then nothing was taken, whatever breaks; after it only the server's reply tells.
"""

import re
import smtplib
import ssl
import weakref
from enum import Enum, auto
from typing import Annotated, ClassVar, Final

import msgspec

from chalicelib.channels.base import EmailMessage
from chalicelib.domain.delivery import AttemptOutcome
from chalicelib.domain.provider import Accepted, ProviderResult, Refused, Unsure
from chalicelib.domain.words import Channel
from chalicelib.providers.answer_watch import watch_answers
from chalicelib.providers.base import EmailAddress, Provider, ProviderSettings, SenderName, Timeouts, misconfigured
from chalicelib.providers.guard import PUBLIC_ONLY, ForbiddenHostError, HostGuard
from chalicelib.providers.http import unsure_for
from chalicelib.providers.mail_headers import CRLF, mailbox
from chalicelib.providers.mime import written
from chalicelib.providers.smtp_connections import MailServer, Security, SmtpConnections

OK: Final = 250
WILL_FORWARD: Final = 251
"""https://www.rfc-editor.org/rfc/rfc5321#section-4.2.3"""
ENHANCED: Final = re.compile(r"[245]\.\d{1,3}\.\d{1,3}\b")
"""The more precise code many servers begin their text with (RFC 3463)."""
OF_MAILBOX: Final = re.compile(r"450$|45\d 4\.[27]\.")
"""Replies to a recipient that tell nothing of the server: a full or busy mailbox, a greylist (RFC 3463 §3.3, §3.8)."""


class Step(Enum):
    """Where in the dialog the server refused."""

    LOGIN = auto()
    """Greeting, EHLO, STARTTLS, AUTH."""
    SENDER = auto()
    RECIPIENT = auto()
    CONTENT = auto()


REFUSED_FOR_GOOD: Final = {
    Step.LOGIN: AttemptOutcome.MISCONFIGURED,
    Step.SENDER: AttemptOutcome.MISCONFIGURED,
    Step.RECIPIENT: AttemptOutcome.PERMANENT,
    Step.CONTENT: AttemptOutcome.PERMANENT,
}
"""What a 5yz reply means: the server does not want us, or does not want this message."""
OUTCOMES: Final = {
    # RFC 4954 §6: the account, at whatever step the server says so.
    530: AttemptOutcome.MISCONFIGURED,
    534: AttemptOutcome.MISCONFIGURED,
    535: AttemptOutcome.MISCONFIGURED,
    538: AttemptOutcome.MISCONFIGURED,
    # RFC 1870 §6.1: too large, said as early as MAIL FROM by a server that was told the size.
    552: AttemptOutcome.PERMANENT,
}
"""Replies that mean the same at every step."""


class SmtpSettings(ProviderSettings, frozen=True):
    """How a tenant reaches its mail server. `starttls` refuses to go on where the server offers no TLS; `tls` begins
    with it (port 465, RFC 8314); `none` has to be asked for, and never carries a password.
    """

    host: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9.:-]{1,253}\Z")]
    port: Annotated[int, msgspec.Meta(ge=1, le=65_535)] = 587
    security: Security = "starttls"
    username: str | None = None
    password: str | None = None
    sender: EmailAddress | None = None
    sender_name: SenderName | None = None

    def __post_init__(self) -> None:
        if (self.username is None) != (self.password is None):
            raise ValueError("username and password come together")
        if self.password is not None and self.security == "none":
            raise ValueError("a password needs security tls or starttls")
        if not f"{self.username}{self.password}".isascii():
            raise ValueError("username and password must be ASCII")


class Smtp(Provider[SmtpSettings, EmailMessage]):
    """E-mail through a mail server."""

    channel: ClassVar = Channel.EMAIL
    vendor: ClassVar = "smtp"
    settings_type: ClassVar = SmtpSettings
    secrets: ClassVar = frozenset({"password"})
    documentation: ClassVar = "https://www.rfc-editor.org/rfc/rfc5321"
    capabilities: ClassVar = ("HTML", "attachments", "unsubscribe headers", "TLS and STARTTLS")
    example: ClassVar = {"host": "mail.example.com", "sender": "shop@example.com"}

    guarded: ClassVar = True

    def __init__(self, settings: SmtpSettings, timeouts: Timeouts, guard: HostGuard = PUBLIC_ONLY) -> None:
        super().__init__(settings, timeouts, guard)
        login = (settings.username, settings.password) if settings.username and settings.password else None
        server = MailServer(host=settings.host, port=settings.port, security=settings.security, login=login)
        self._connections = SmtpConnections(server, timeouts, guard)
        weakref.finalize(self, self._connections.close)

    def send(self, message: EmailMessage) -> ProviderResult:
        """Hand the message to the server. Its `Message-ID` derives from the notification's: sent again after a refusal
        it is the same, so that mailboxes do not take it for a second message.
        """
        sender = self.settings.sender or message.sender
        if sender is None:
            return misconfigured("no_sender")
        # Each reply may take its time; all of them together may not keep the worker.
        with watch_answers(self.timeouts.total):
            return self._send(message, sender)

    def _send(self, message: EmailMessage, sender: str) -> ProviderResult:
        domain = sender.rpartition("@")[2]
        id_ = f"<{message.reference}@{domain}>"
        content = written(message, id_, mailbox(self.settings.sender_name or message.sender_name or "", sender, CRLF))
        try:
            connection = self._connections.take(domain)
        except OSError as error:
            return _no_connection(error)
        result = _refusal_of_envelope(connection, sender, message.to, content) or _hand_over(connection, content, id_)
        if isinstance(result, Unsure):
            # Its answer may still come, and would be taken for that to the next message.
            connection.close()
        else:
            self._connections.put_back(connection)
        return result

    def probe(self) -> ProviderResult:
        """Connect, secure, log in and ask for nothing (NOOP). Only a mail tells whether it takes one."""
        with watch_answers(self.timeouts.total):
            return self._ask_for_nothing((self.settings.sender or self.settings.host).rpartition("@")[2])

    def _ask_for_nothing(self, domain: str) -> ProviderResult:
        try:
            connection = self._connections.take(domain)
        except OSError as error:
            return _no_connection(error)
        try:
            code, reply = connection.noop()
        except OSError:
            connection.close()
            return Refused(kind=AttemptOutcome.RETRIABLE, code="connection_lost")
        self._connections.put_back(connection)
        return Accepted() if code == OK else refusal(Step.LOGIN, code, reply)


def refusal(step: Step, code: int, reply: bytes | str) -> Refused:
    """Return what a reply other than success means at a step of the dialog."""
    by_class = REFUSED_FOR_GOOD[step] if code // 100 == 5 else AttemptOutcome.RETRIABLE  # noqa: PLR2004 - RFC 5321
    text = reply.decode(errors="replace") if isinstance(reply, bytes) else reply
    found = ENHANCED.match(text)
    told = f"{code} {found[0]}" if found else str(code)
    of_mailbox = step is Step.RECIPIENT and OF_MAILBOX.match(told) is not None
    return Refused(kind=OUTCOMES.get(code, by_class), code=told, telling=not of_mailbox)


def _no_connection(error: OSError) -> Refused:
    match error:
        case smtplib.SMTPResponseException():
            return refusal(Step.LOGIN, error.smtp_code, error.smtp_error)
        case smtplib.SMTPServerDisconnected():
            return Refused(kind=AttemptOutcome.RETRIABLE, code="connection_failed")
        case smtplib.SMTPException():
            # STARTTLS, AUTH, or every kind of AUTH that smtplib knows.
            return misconfigured("not_offered_by_server")
        case ForbiddenHostError():
            return misconfigured("forbidden_host")
        case ssl.SSLCertVerificationError():
            return misconfigured("invalid_certificate")
        case _:
            return Refused(kind=AttemptOutcome.RETRIABLE, code="connection_failed")


def _refusal_of_envelope(connection: smtplib.SMTP, sender: str, to: str, content: bytes) -> Refused | None:
    """Name sender and recipient; return the refusal, if either is refused. Nothing is taken yet."""
    size = [f"size={len(content)}"] if connection.has_extn("size") else []
    try:
        code, reply = connection.mail(sender, size)
        if code != OK:
            return refusal(Step.SENDER, code, reply)
        code, reply = connection.rcpt(to)
    except OSError:
        return Refused(kind=AttemptOutcome.RETRIABLE, code="connection_lost")
    return None if code in (OK, WILL_FORWARD) else refusal(Step.RECIPIENT, code, reply)


def _hand_over(connection: smtplib.SMTP, content: bytes, vendor_id: str) -> ProviderResult:
    try:
        code, reply = connection.data(content)
    except smtplib.SMTPDataError as error:
        return refusal(Step.CONTENT, error.smtp_code, error.smtp_error)
    except OSError as error:
        return unsure_for(error)
    if code == OK:
        return Accepted(vendor_id=vendor_id)
    return refusal(Step.CONTENT, code, reply) if code // 100 in (4, 5) else Unsure(code="unreadable_answer")
