"""The API's authorizer: one Lambda in front of every route that is not public.

API Gateway keeps its answer for a token for 300 seconds, whatever route was asked. So the policy allows all routes and
what a route demands is checked by the route; a service account that is disabled keeps working for that long.
"""

import time
from functools import cache
from typing import TYPE_CHECKING, Final

from chalice.app import AuthRequest, AuthResponse, Blueprint

from chalicelib.auth.context import to_context
from chalicelib.domain.errors import UnauthenticatedError
from chalicelib.domain.ids import ClientId
from chalicelib.domain.tenant import ServiceAccount
from chalicelib.observability import logger
from chalicelib.settings import Issuer, settings

if TYPE_CHECKING:
    from chalicelib.auth.keys import KeySet
    from chalicelib.auth.tokens import TokenVerifier

TTL: Final = 300

blueprint = Blueprint(__name__)


class UnauthorizedError(Exception):
    """API Gateway answers 401 to exactly this message, 500 to any other.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-use-lambda-authorizer.html
    """

    def __init__(self) -> None:
        super().__init__("Unauthorized")


@blueprint.authorizer(ttl_seconds=TTL)
def authorize(request: AuthRequest) -> AuthResponse:
    """Allow all routes to the bearer of a good token and hand on who that is; raise UnauthorizedError otherwise."""
    # The API loads this module to name its authorizer; only this function needs what verifies tokens.
    from chalicelib.auth.principals import principal_of

    try:
        principal = principal_of(verifier().verify(bearer_token(request.token)), find_account)
    except UnauthenticatedError as error:
        logger.info("Refused a token", extra={"reason": error.detail})
        raise UnauthorizedError from error
    return AuthResponse(routes=["*"], principal_id=principal.name, context=to_context(principal))


def bearer_token(header: str) -> str:
    """Return the token of an Authorization header (RFC 6750); raises UnauthenticatedError when it has none."""
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise UnauthenticatedError
    return token.strip()


@cache
def verifier() -> "TokenVerifier":
    """Return the verifier of this process."""
    from chalicelib.auth.tokens import TokenVerifier

    return TokenVerifier(settings().issuers, _key_set)


def _key_set(issuer: Issuer) -> "KeySet":
    from chalicelib.auth.keys import KeySet

    return KeySet(issuer.jwks_uri, clock=time.monotonic)


def find_account(client: ClientId) -> ServiceAccount | None:
    """Return the service account of a client."""
    # Users' tokens are judged without the store, so without loading it.
    from chalicelib import bootstrap

    return bootstrap.service_accounts().get(client)
