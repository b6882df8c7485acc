"""Callers for tests: who they are and what they may."""

from chalicelib.domain.ids import ClientId, TenantId, UserId, UserType
from chalicelib.domain.principal import Principal, PrincipalKind
from chalicelib.domain.words import Role, Scope
from chalicelib.services.audited_change import Actor
from tests.build import ACME, NOW

GLOBEX = TenantId("globex")


def a_user(*roles: Role, tenants: tuple[TenantId, ...] = (ACME,), user_id: str = "u1") -> Principal:
    """Return a customer of tenants, with roles."""
    return Principal(
        kind=PrincipalKind.USER,
        tenants=tenants,
        user_id=UserId(user_id),
        user_type=UserType("customer"),
        roles=frozenset(roles),
    )


def a_service(*scopes: Scope, tenants: tuple[TenantId, ...] = (ACME,)) -> Principal:
    """Return a service account of tenants, with scopes."""
    return Principal(
        kind=PrincipalKind.SERVICE, tenants=tenants, client_id=ClientId("orders"), scopes=frozenset(scopes)
    )


PLATFORM = a_user(Role.PLATFORM_ADMIN, tenants=(), user_id="root")
ADMIN = a_user(Role.ADMIN, user_id="boss")
FOREIGN_ADMIN = a_user(Role.ADMIN, tenants=(GLOBEX,), user_id="stranger")


def by(principal: Principal) -> Actor:
    """Return a caller who acts now."""
    return Actor(principal, NOW)
