"""The SMTP sink: takes mail for anybody, keeps every message as a file, and fails on demand.

It offers STARTTLS (or speaks TLS from the start), AUTH once there is TLS, and refuses recipients called `nobody`.
Faults are those of `infra.local.sandbox.faults` for the vendor `smtp`, in SMTP's words (RFC 5321, RFC 3463).
"""

import asyncio
import email.policy
import secrets
import ssl
import time
from collections.abc import Callable, Mapping
from email.message import EmailMessage
from email.parser import BytesParser
from functools import partial
from pathlib import Path
from typing import Any, Final, cast

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from infra.local.sandbox.faults import ON_CONNECTION, Fault, FaultKind, Faults
from infra.local.sandbox.records import Record, Records

VENDOR: Final = "smtp"
_REFUSED_LOCAL_PART: Final = "nobody"
_OF_STATUS: Final = {
    400: "550 5.1.1 User unknown",
    429: "451 4.7.1 Greylisted, please try again later",
    500: "451 4.3.0 Local error in processing",
    503: "421 4.3.2 Service not available",
}
_OK: Final = 250
_ON_RECIPIENT: Final = frozenset({FaultKind.STATUS})
_ON_MESSAGE: Final = frozenset({FaultKind.SLOW, FaultKind.DROPPED, FaultKind.MALFORMED})


def new_account() -> dict[str, Any]:
    """Return a user name and a password that the sink accepts."""
    return {"username": "herald", "password": secrets.token_urlsafe(16)}


class MailSink:
    """What aiosmtpd asks when it serves: its hooks are the methods called `handle_…`."""

    def __init__(self, folder: Path, account: Mapping[str, str], records: Records, faults: Faults) -> None:
        self._folder = folder
        self._account = account
        self._records = records
        self._faults = faults

    def protocols(self, tls: ssl.SSLContext, *, starttls: bool) -> Callable[[], asyncio.Protocol]:
        """Return what makes the protocol of each new connection: in the clear until STARTTLS, or all TLS."""
        more: dict[str, Any] = {"tls_context": tls} if starttls else {"auth_require_tls": False}
        return lambda: (
            _Unavailable()
            if self._faults.strike(VENDOR, ON_CONNECTION)
            else SMTP(
                self,
                hostname="localhost",
                ident="Herald's mail sink",
                enable_SMTPUTF8=True,
                authenticator=self._authenticate,
                loop=asyncio.get_running_loop(),
                **more,
            )
        )

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Take a recipient, or answer as a fault says: STATUS is decided here, before there is a message."""
        body = {"from": envelope.mail_from, "to": address}
        fault = self._faults.strike(VENDOR, _ON_RECIPIENT, body)
        refused = address.partition("@")[0] == _REFUSED_LOCAL_PART
        if fault is None and not refused:
            envelope.rcpt_tos.append(address)
            return f"{_OK} 2.1.5 OK"
        reply = _OF_STATUS.get(fault.status if fault else 400, _OF_STATUS[500])
        await self._record("RCPT", body, reply, fault)
        return reply

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep a message, then answer as a fault says."""
        transport = cast("asyncio.Transport", server.transport)
        content = envelope.original_content or b""
        file = self._folder / f"{time.time_ns()}-{secrets.token_hex(4)}.eml"
        file.write_bytes(content)
        body = {
            **_describe(content),
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "tls": transport.get_extra_info("ssl_object") is not None,
            "authenticated": bool(session.authenticated),
            "file": file.name,
        }
        fault = self._faults.strike(VENDOR, _ON_MESSAGE, body)
        reply = f"{_OK} 2.0.0 OK: queued as {file.stem}"
        await self._record("DATA", body, reply, fault)
        if fault is None:
            return reply
        match fault.kind:
            case FaultKind.DROPPED:
                transport.abort()
                raise ConnectionResetError
            case FaultKind.MALFORMED:
                return "It works!"
            case _:
                await asyncio.sleep(fault.delay)
                return reply

    def _authenticate(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: Any
    ) -> AuthResult:
        if not isinstance(data, LoginPassword):
            return AuthResult(success=False, handled=False)
        known = (self._account["username"].encode(), self._account["password"].encode())
        return AuthResult(success=(data.login, data.password) == known, handled=False)

    async def _record(self, command: str, body: dict[str, Any], reply: str, fault: Fault | None) -> None:
        dropped = fault is not None and fault.kind is FaultKind.DROPPED
        status = int(reply[:3])
        make = partial(
            Record,
            vendor=VENDOR,
            at=time.time(),
            method=command,
            url="smtp://localhost",
            headers={},
            body=body,
            accepted=status == _OK,
            status=None if dropped else status,
            vendor_id=body.get("headers", {}).get("message-id"),
            answer=None if dropped else reply,
            fault=fault.kind if fault else None,
        )
        await self._records.add(lambda number: make(number=number))


class _Unavailable(asyncio.Protocol):
    """A server that greets with 421 and hangs up: RFC 5321, section 3.8."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        writable = cast("asyncio.Transport", transport)
        writable.write(f"{_OF_STATUS[503]}\r\n".encode())
        writable.close()


def parse_mail(content: bytes) -> EmailMessage:
    """Return a message parsed with the modern policy."""
    return BytesParser(EmailMessage, policy=email.policy.default).parsebytes(content)


def _describe(content: bytes) -> dict[str, Any]:
    """Return what a test or a person wants to see of a message."""
    message = parse_mail(content)
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    return {
        "headers": {name.lower(): str(value) for name, value in message.items()},
        "subject": str(message["subject"] or ""),
        "text": text.get_content() if text else None,
        "html": html.get_content() if html else None,
        "attachments": [part.get_filename() for part in message.iter_attachments()],
    }
