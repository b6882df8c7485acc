"""From claims to a caller: what an issuer says about the bearer of its token, in our words."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from chalicelib.auth.tokens import VerifiedToken
from chalicelib.domain.errors import InvalidIdError, UnauthenticatedError
from chalicelib.domain.ids import DEFAULT_USER_TYPE, ClientId, TenantId, parse_user_id, parse_user_type
from chalicelib.domain.principal import Principal, PrincipalKind
from chalicelib.domain.tenant import ServiceAccount
from chalicelib.domain.words import Role

FindAccount = Callable[[ClientId], ServiceAccount | None]


def principal_of(token: VerifiedToken, find_account: FindAccount) -> Principal:
    """Return the caller that a verified token speaks of.

    Raises
    ------
    UnauthenticatedError
        It is meant for somebody else, belongs to no enabled service account, or does not say who its user is.
    """
    client = service_client(token)
    return _user(token) if client is None else _service(token, client, find_account)


def service_client(token: VerifiedToken) -> ClientId | None:
    """Return the client a service's token was issued to, None for a user's token.

    Cognito says which it is (`token_use`): services come with access tokens, users with id tokens. A user's access
    token has a `username` and is neither. Of other issuers, those clients are services that the configuration lists.
    https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html
    """
    claims = token.claims
    client = claims.get("client_id") or claims.get("azp")
    match claims.get("token_use"):
        case "id":
            return None
        case "access" if "username" not in claims and client:
            return ClientId(client)
        case None:
            return ClientId(client) if client in (token.issuer.clients or ()) else None
        case _:
            raise UnauthenticatedError("This kind of token is not for us")


def _service(token: VerifiedToken, client: ClientId, find_account: FindAccount) -> Principal:
    allowed = token.issuer.clients
    account = find_account(client) if allowed is None or client in allowed else None
    if account is None or not account.enabled:
        raise UnauthenticatedError("The client has no enabled service account")
    granted = set(_texts(token.claims.get("scope"), separator=" "))
    return Principal(
        kind=PrincipalKind.SERVICE,
        tenants=account.tenants,
        client_id=client,
        scopes=frozenset(scope for scope in account.scopes if scope in granted),
    )


def _user(token: VerifiedToken) -> Principal:
    if not set(_texts(token.claims.get("aud"))) & set(token.issuer.audiences):
        raise UnauthenticatedError("The token is meant for another client")
    names = token.issuer.claims
    try:
        return Principal(
            kind=PrincipalKind.USER,
            tenants=tuple(TenantId(tenant) for tenant in _texts(claim(token.claims, names.tenant))),
            user_id=parse_user_id(str(claim(token.claims, names.user_id))),
            user_type=parse_user_type(str(claim(token.claims, names.user_type) or DEFAULT_USER_TYPE)),
            roles=_roles(claim(token.claims, names.roles)),
        )
    except InvalidIdError as error:
        raise UnauthenticatedError(str(error)) from error


def claim(claims: Mapping[str, Any], name: str) -> Any:
    """Return the claim called `name`, or where it has dots and there is none of that name, descend into objects."""
    if name in claims:
        return claims[name]
    value: Any = claims
    for part in name.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def _roles(value: Any) -> frozenset[Role]:
    # An issuer knows roles that are not ours; they mean nothing here.
    ours = {role.value for role in Role}
    return frozenset(Role(role) for role in _texts(value) if role in ours)


def _texts(value: Any, separator: str | None = None) -> Iterable[str]:
    if isinstance(value, str):
        return value.split(separator) if separator else (value,)
    return tuple(part for part in value if isinstance(part, str)) if isinstance(value, list | tuple) else ()
