"""Tokens of unsubscribe links: they say whose subscription to what ends, and that we said so.

Whoever holds one may end that subscription and do nothing else, so it lasts as long as the mail it stands in: there is
no date after which an unsubscribe link may stop to work.
"""

import hmac
import json
from typing import Final

from chalicelib.base64url import to_bytes, to_text
from chalicelib.domain.errors import InvalidIdError
from chalicelib.domain.ids import TenantId, parse_user_id, parse_user_type
from chalicelib.domain.subscription import Subscription

_PURPOSE: Final = b"herald/unsubscribe/1"
_SEAL: Final = 32
"""Bytes of HMAC-SHA256."""


class InvalidTokenError(Exception):
    """The token is not one of ours, or was altered."""


class UnsubscribeTokens:
    """Signs and reads tokens under a key derived from `secret`: what the secret signs elsewhere is no token here."""

    def __init__(self, secret: bytes) -> None:
        self._key = hmac.digest(secret, _PURPOSE, "sha256")

    def sign(self, subscription: Subscription) -> str:
        """Return the token of a subscription: letters, digits, `-` and `_`. The same one always has the same."""
        said = [subscription.tenant, subscription.user_type, subscription.user_id, subscription.category]
        body = json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()
        return to_text(self._seal(body) + body)

    def read(self, token: str) -> Subscription:
        """Return the subscription that a token is of; raises InvalidTokenError."""
        try:
            sealed = to_bytes(token)
        except ValueError as error:
            raise InvalidTokenError from error
        seal, body = sealed[:_SEAL], sealed[_SEAL:]
        if not hmac.compare_digest(seal, self._seal(body)):
            raise InvalidTokenError
        try:
            tenant, user_type, user_id, category = json.loads(body)
            return Subscription(TenantId(tenant), parse_user_type(user_type), parse_user_id(user_id), category)
        except (ValueError, InvalidIdError) as error:
            raise InvalidTokenError from error

    def _seal(self, body: bytes) -> bytes:
        return hmac.digest(self._key, body, "sha256")
