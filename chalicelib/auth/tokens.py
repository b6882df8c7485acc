"""Bearer tokens (JWT, RFC 7519): a token is trusted when an issuer of the configuration signed it for us, and it is in
force. What its claims mean is said in principals.py.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import jwt
from jwt.exceptions import PyJWTError
from jwt.types import Options

from chalicelib.auth.keys import KeySet
from chalicelib.domain.errors import UnauthenticatedError
from chalicelib.settings import Issuer

ASYMMETRIC: Final = frozenset(
    {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"}
)
"""The only algorithms an issuer may be configured with: with these, who can verify a token cannot make one."""
LEEWAY: Final = 10.0
"""Seconds that the issuer's clock may differ from ours."""
MAX_LENGTH: Final = 8_192
_CHECKS: Final[Options] = {"require": ["exp", "iat", "iss", "sub"], "verify_aud": False}
# Whom a token is for depends on its kind, which its claims tell: see principals.py.

Claims = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class VerifiedToken:
    """The claims of a token, and the issuer that vouches for them."""

    issuer: Issuer
    claims: Claims


@dataclass(slots=True)
class TokenVerifier:
    """Verifies the tokens of the configured issuers; keeps their keys while the function is warm."""

    issuers: tuple[Issuer, ...]
    key_set_of: Callable[[Issuer], KeySet]
    _key_sets: dict[str, KeySet] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for issuer in self.issuers:
            if not issuer.algorithms or not ASYMMETRIC.issuperset(issuer.algorithms):
                raise ValueError(f"{issuer.issuer} must be pinned to asymmetric algorithms")

    def verify(self, token: str) -> VerifiedToken:
        """Return the verified claims of a token.

        Raises
        ------
        UnauthenticatedError
            It is not a token of ours, or not in force.
        KeysUnavailableError
            Its issuer's keys cannot be had at the moment.
        """
        if len(token) > MAX_LENGTH:
            raise UnauthenticatedError("The token is too long")
        try:
            issuer = self._issuer(token)
            key = self._keys(issuer).find(str(jwt.get_unverified_header(token).get("kid")))
            claims = jwt.decode(
                token,
                key.key,
                algorithms=list(issuer.algorithms),
                issuer=issuer.issuer,
                leeway=LEEWAY,
                options=_CHECKS,
            )
        except (PyJWTError, RecursionError, TypeError, ValueError) as error:
            # A key of another kind than the algorithm is a TypeError or ValueError of the cryptography package.
            raise UnauthenticatedError(f"The token is not valid: {type(error).__name__}") from error
        return VerifiedToken(issuer=issuer, claims=claims)

    def _issuer(self, token: str) -> Issuer:
        unverified = jwt.decode(token, options={"verify_signature": False})
        for issuer in self.issuers:
            if issuer.issuer == unverified.get("iss"):
                return issuer
        raise UnauthenticatedError("The token is of no issuer we know")

    def _keys(self, issuer: Issuer) -> KeySet:
        if issuer.issuer not in self._key_sets:
            self._key_sets[issuer.issuer] = self.key_set_of(issuer)
        return self._key_sets[issuer.issuer]
