"""Issuers for tests: keys of their own, tokens as Cognito and Keycloak make them, a JWKS served on loopback."""

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from jwt.algorithms import RSAAlgorithm

from chalicelib.settings import ClaimNames, Issuer

USER_CLIENT = "user-client"
SERVICE_CLIENT = "service-client"
COGNITO = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Pool"
KEYCLOAK = "https://sso.example.com/realms/shop"


def a_key() -> RSAPrivateKey:
    """Return a new RSA key."""
    return generate_private_key(public_exponent=65537, key_size=2048)


@dataclass
class TestIssuer:
    """An issuer with one signing key."""

    __test__ = False

    issuer: str = COGNITO
    key_id: str = "key-1"
    key: RSAPrivateKey = field(default_factory=a_key)

    def jwks(self) -> bytes:
        """Return the document that publishes the key."""
        public = json.loads(RSAAlgorithm.to_jwk(self.key.public_key()))
        return json.dumps({"keys": [{**public, "kid": self.key_id, "use": "sig", "alg": "RS256"}]}).encode()

    def sign(self, claims: Mapping[str, Any], *, algorithm: str = "RS256", key: Any = None, **header: Any) -> str:
        """Return a token with these claims; `key` and `algorithm` are an attacker's to choose."""
        headers = {"kid": self.key_id, "typ": "JWT", **header}
        payload = json.dumps(claims).encode()  # jwt.encode would refuse to make some of the tokens we want to refuse
        return jwt.PyJWS().encode(payload, self.key if key is None else key, algorithm=algorithm, headers=headers)

    def user_claims(self, **changes: Any) -> dict[str, Any]:
        """Return what Cognito says in a user's id token; None leaves a claim out."""
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": USER_CLIENT,
            "sub": "5f1c3b1e-7e8f-4c55-9f0e-3d5f5a1f2a11",
            "token_use": "id",
            "iat": now,
            "exp": now + 3_600,
            "cognito:groups": ["notification-user", "customers"],
            "custom:tenantId": "acme",
            "custom:userType": "driver",
        } | changes
        return {name: value for name, value in claims.items() if value is not None}

    def service_claims(self, **changes: Any) -> dict[str, Any]:
        """Return what Cognito says in the access token of a client-credentials grant."""
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "sub": SERVICE_CLIENT,
            "client_id": SERVICE_CLIENT,
            "token_use": "access",
            "scope": "herald/send herald/read",
            "iat": now,
            "exp": now + 3_600,
        } | changes
        return {name: value for name, value in claims.items() if value is not None}

    def settings(self, jwks_uri: str = "https://unused.example.com", **changes: Any) -> Issuer:
        """Return the issuer as it is configured."""
        return Issuer(**({"issuer": self.issuer, "jwks_uri": jwks_uri, "audiences": (USER_CLIENT,)} | changes))


KEYCLOAK_CLAIMS = ClaimNames(tenant="tenant", user_id="sub", user_type="user_type", roles="realm_access.roles")


@contextmanager
def served(documents: Mapping[str, bytes]) -> Iterator[str]:
    """Serve documents by their paths on loopback; yields the base address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = documents.get(self.path)
            self.send_response(404 if body is None else 200)
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (the base class's name)
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
