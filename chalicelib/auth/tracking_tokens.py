"""Tokens of tracked links: they say which e-mail was opened or where a link in it leads, and that we said so.

Whoever holds one may tell us so and be led there, nothing else. Nobody can make one that leads elsewhere.
"""

import hmac
from typing import Final
from uuid import UUID

from chalicelib.auth.unsubscribe_tokens import InvalidTokenError
from chalicelib.base64url import to_bytes, to_text
from chalicelib.domain.errors import InvalidIdError
from chalicelib.domain.ids import NotificationId, TenantId
from chalicelib.domain.tracking import TrackedLink, TrackedMail

_OPENS: Final = b"herald/opened/1"
_CLICKS: Final = b"herald/clicked/1"
_SEAL: Final = 16
"""Bytes of HMAC-SHA256 that are kept: half of it (RFC 2104 §5), for addresses are to be short."""
_ID: Final = 16
_HEAD: Final = _SEAL + _ID


class TrackingTokens:
    """Signs and reads tokens under keys derived from `secret`, one for each purpose: no token is good for another."""

    def __init__(self, secret: bytes) -> None:
        self._opens = hmac.digest(secret, _OPENS, "sha256")
        self._clicks = hmac.digest(secret, _CLICKS, "sha256")

    def sign_open(self, mail: TrackedMail) -> str:
        """Return the token by which an e-mail tells that it was opened."""
        return _signed(self._opens, _named(mail))

    def sign_click(self, link: TrackedLink) -> str:
        """Return the token by which a link tells that it was followed."""
        return _signed(self._clicks, _named(link.mail) + link.target.encode())

    def read_open(self, token: str) -> TrackedMail:
        """Return the e-mail that a token is of; raises InvalidTokenError."""
        mail, rest = _read(self._opens, token)
        if rest:
            raise InvalidTokenError
        return mail

    def read_click(self, token: str) -> TrackedLink:
        """Return the link that a token is of; raises InvalidTokenError."""
        mail, target = _read(self._clicks, token)
        return TrackedLink(mail, target.decode())


def _named(mail: TrackedMail) -> bytes:
    tenant = mail.tenant.encode()
    return UUID(mail.notification).bytes + bytes((len(tenant),)) + tenant


def _signed(key: bytes, body: bytes) -> str:
    return to_text(_seal(key, body) + body)


def _read(key: bytes, token: str) -> tuple[TrackedMail, bytes]:
    """Return the e-mail in a token signed with `key`, and what else it says."""
    try:
        sealed = to_bytes(token)
    except ValueError as error:
        raise InvalidTokenError from error
    if len(sealed) <= _HEAD or not hmac.compare_digest(sealed[:_SEAL], _seal(key, sealed[_SEAL:])):
        raise InvalidTokenError
    end = _HEAD + 1 + sealed[_HEAD]
    try:
        tenant = TenantId(sealed[_HEAD + 1 : end].decode())
    except (ValueError, InvalidIdError) as error:
        raise InvalidTokenError from error
    return TrackedMail(tenant, NotificationId(str(UUID(bytes=sealed[_SEAL:_HEAD])))), sealed[end:]


def _seal(key: bytes, body: bytes) -> bytes:
    return hmac.digest(key, body, "sha256")[:_SEAL]
