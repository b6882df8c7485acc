"""Google's token endpoint, as far as service accounts use it: a signed assertion for an access token.

Tokens are signed by the sandbox instead of kept, so that `fcm` can check them without sharing state.
"""

from typing import Any, ClassVar, Final

import jwt
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from infra.local.sandbox.vendor import Vendor
from infra.local.sandbox.web import Answer, Request, json_answer

TOKEN_URL: Final = "https://oauth2.googleapis.com/token"  # noqa: S105 - an address
_GRANT: Final = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_LIFETIME: Final = 3_600
_CLOCK_SKEW: Final = 300
_SHORT_LIVED: Final = (
    "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. "
    "Check your iat and exp values in the JWT claim."
)
_KNOWN_SCOPES: Final = "https://www.googleapis.com/auth/"


class GoogleOauth(Vendor):
    """Exchanges the assertions of FCM's service account."""

    hosts: ClassVar = frozenset({"oauth2.googleapis.com"})
    documentation: ClassVar = "https://developers.google.com/identity/protocols/oauth2/service-account#httprest"

    def answer(self, request: Request) -> Answer:
        """Check the assertion: RS256 by the account's key, its issuer, audience, scope, at most an hour long."""
        account = self.accounts["fcm"]["serviceAccount"]
        if request.path != "/token" or request.method != "POST":
            return json_answer(404, {"error": "not_found"})
        if request.form.get("grant_type") != [_GRANT]:
            return _refuse(
                "unsupported_grant_type", "Invalid grant_type: " + "".join(request.form.get("grant_type", []))
            )
        try:
            claims = _verify("".join(request.form.get("assertion", [])), account)
        except jwt.InvalidSignatureError:
            return _refuse("invalid_grant", "Invalid JWT Signature.")
        except jwt.PyJWTError as error:
            return _refuse("invalid_grant", f"Invalid JWT: {error}")
        if problem := _problem(claims, account, request.at):
            return _refuse(*problem)
        return json_answer(200, _token(claims, account, request))

    def failure(self, status: int) -> Answer:
        """Google answers errors of its own with `internal_failure`."""
        error = {400: "invalid_grant", 401: "invalid_client", 429: "rate_limit_exceeded"}.get(
            status, "internal_failure"
        )
        return json_answer(status, {"error": error, "error_description": f"Answered with {status} on demand."})


def may_send(token: str, account: dict[str, Any], at: float) -> bool:
    """Whether an access token of ours is valid at a time and carries a scope that FCM asks for."""
    try:
        claims = jwt.decode(token, account["private_key_id"], ["HS256"], options={"verify_exp": False})
    except jwt.PyJWTError:
        return False
    allowed = {f"{_KNOWN_SCOPES}{name}" for name in ("firebase.messaging", "cloud-platform")}
    return bool(at < claims["exp"] and allowed.intersection(claims["scope"].split()))


def _verify(assertion: str, account: dict[str, Any]) -> dict[str, Any]:
    """Return the claims of an assertion that the account's key signed; times are checked against the request's."""
    key = load_pem_private_key(account["private_key"].encode(), password=None).public_key()
    times = {"verify_exp": False, "verify_iat": False, "require": ["iss", "aud", "iat", "exp", "scope"]}
    claims: dict[str, Any] = jwt.decode(assertion, key, ["RS256"], audience=TOKEN_URL, options=times)  # type: ignore[arg-type]
    return claims


def _problem(claims: dict[str, Any], account: dict[str, Any], at: float) -> tuple[str, str] | None:
    if claims["iss"] != account["client_email"]:
        return "invalid_grant", "Invalid grant: account not found"
    issued, expires = claims["iat"], claims["exp"]
    if not (issued <= at + _CLOCK_SKEW and at - _CLOCK_SKEW < expires <= issued + _LIFETIME):
        return "invalid_grant", _SHORT_LIVED
    wrong = [scope for scope in claims["scope"].split() if not scope.startswith("https://")]
    if wrong or not claims["scope"]:
        return "invalid_scope", f"Invalid OAuth scope or ID token audience provided: {wrong}."
    return None


def _token(claims: dict[str, Any], account: dict[str, Any], request: Request) -> dict[str, Any]:
    content = {"scope": claims["scope"], "exp": int(request.at) + _LIFETIME, "jti": request.id}
    token = jwt.encode(content, account["private_key_id"], "HS256")
    return {"access_token": token, "expires_in": _LIFETIME - 1, "token_type": "Bearer"}


def _refuse(error: str, description: str) -> Answer:
    return json_answer(400, {"error": error, "error_description": description})
