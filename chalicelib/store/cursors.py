"""Cursors: positions of listings as callers see them, sealed so that they fit one query of one tenant only."""

import hmac
from collections.abc import Mapping
from hashlib import sha256
from typing import Final

from chalicelib.base64url import to_bytes, to_text
from chalicelib.domain.errors import InvalidCursorError
from chalicelib.domain.ids import TenantId

_SEAL: Final = sha256().digest_size


class Cursors:
    """Seals positions with HMAC-SHA256 under `key`. They are authentic, not secret: a position tells its own listing's
    order, nothing else.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key

    def seal(self, tenant: TenantId, query: Mapping[str, str], position: str) -> str:
        """Return the cursor for a position in what `query` (all parameters but limit and cursor) lists."""
        place = position.encode()
        return to_text(self._mac(tenant, query, place) + place)

    def open(self, tenant: TenantId, query: Mapping[str, str], cursor: str) -> str:
        """Return the position in a cursor.

        Raises
        ------
        InvalidCursorError
            It was altered, or sealed for another tenant or query.
        """
        sealed = _bytes(cursor)
        seal, place = sealed[:_SEAL], sealed[_SEAL:]
        if not hmac.compare_digest(seal, self._mac(tenant, query, place)):
            raise InvalidCursorError
        return place.decode()

    def _mac(self, tenant: TenantId, query: Mapping[str, str], place: bytes) -> bytes:
        parts = [tenant.encode(), _digest(query), place]
        return hmac.digest(self._key, b"".join(_measured(part) for part in parts), "sha256")


def _digest(query: Mapping[str, str]) -> bytes:
    parts = [text.encode() for pair in sorted(query.items()) for text in pair]
    return sha256(b"".join(map(_measured, parts))).digest()


def _measured(part: bytes) -> bytes:
    # With its length in front no part can pass for the end of another.
    return len(part).to_bytes(4) + part


def _bytes(cursor: str) -> bytes:
    try:
        return to_bytes(cursor)
    except ValueError as error:
        raise InvalidCursorError from error
