"""A second issuer of tokens, shaped like Keycloak: its own keys, served on loopback, and its own names of claims."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from tests.unit.auth.issuers import KEYCLOAK, TestIssuer, served

AUDIENCE = "shop-app"
SERVICE_CLIENT = "warehouse"
_KEYS = "/protocol/openid-connect/certs"


@dataclass
class Keycloak:
    """The issuer, and where it publishes its keys."""

    issuer: TestIssuer
    jwks_uri: str

    @property
    def as_configured(self) -> dict[str, Any]:
        """Its entry in the list of issuers."""
        return {
            "issuer": self.issuer.issuer,
            "jwksUri": self.jwks_uri,
            "audiences": [AUDIENCE],
            "clients": [SERVICE_CLIENT],
            "claims": {"tenant": "tenant", "userId": "sub", "userType": "user_type", "roles": "realm_access.roles"},
        }

    def user_claims(self, user_id: str, *roles: str, **changes: Any) -> dict[str, Any]:
        """Return what it says of a customer of acme; a claim that is None is left out."""
        now = int(time.time())
        claims = {
            "iss": self.issuer.issuer,
            "aud": [AUDIENCE, "account"],
            "azp": AUDIENCE,
            "typ": "Bearer",
            "sub": user_id,
            "tenant": "acme",
            "user_type": "customer",
            "realm_access": {"roles": ["offline_access", *roles]},
            "iat": now,
            "exp": now + 300,
        } | changes
        return {name: value for name, value in claims.items() if value is not None}

    def user_token(self, user_id: str, *roles: str, **changes: Any) -> str:
        """Return a token of a customer of acme."""
        return self.issuer.sign(self.user_claims(user_id, *roles, **changes))

    def service_token(self, client: str = SERVICE_CLIENT, scope: str = "herald/send herald/read") -> str:
        """Return a token that a service gets for itself."""
        now = int(time.time())
        claims = {"sub": f"service-account-{client}", "azp": client, "client_id": client, "scope": scope}
        return self.issuer.sign({"iss": self.issuer.issuer, "iat": now, "exp": now + 300, **claims})


@contextmanager
def keycloak_on_loopback() -> Iterator[Keycloak]:
    """Yield an issuer whose keys can be fetched as long as the context lasts."""
    issuer = TestIssuer(issuer=KEYCLOAK, key_id="shop-2026")
    with served({_KEYS: issuer.jwks()}) as url:
        yield Keycloak(issuer, f"{url}{_KEYS}")
