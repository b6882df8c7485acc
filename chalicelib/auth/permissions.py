"""What a route may demand of its caller. The names below are all there is; a route picks one of them."""

from enum import Enum
from typing import Final

from chalicelib.domain.errors import ForbiddenError
from chalicelib.domain.principal import Principal, PrincipalKind
from chalicelib.domain.words import Role, Scope


class Permission(Enum):
    """A demand: the kind of caller and the scope or role it must have."""

    SEND = "services with the scope herald/send"
    READ = "services with the scope herald/read"
    OWN = "any user, for what is their own"
    VIEW = "viewers, managers and admins of a tenant, and services with the scope herald/admin"
    MANAGE = "managers and admins of a tenant, and services with the scope herald/admin"
    ADMINISTER = "admins of a tenant, and services with the scope herald/admin"
    VIEW_TENANTS = "viewers, managers and admins, and services with the scope herald/admin, of the tenants it names"
    ADMINISTER_TENANTS = "admins, and services with the scope herald/admin, of the tenants it names"
    PLATFORM = "platform admins"

    @property
    def in_tenant(self) -> bool:
        """Whether the route acts in one tenant, so that the caller has to be in one; others name their tenants."""
        return self not in (Permission.VIEW_TENANTS, Permission.ADMINISTER_TENANTS, Permission.PLATFORM)


SCOPES: Final = {
    Permission.SEND: Scope.SEND,
    Permission.READ: Scope.READ,
    Permission.VIEW: Scope.ADMIN,
    Permission.MANAGE: Scope.ADMIN,
    Permission.ADMINISTER: Scope.ADMIN,
    Permission.VIEW_TENANTS: Scope.ADMIN,
    Permission.ADMINISTER_TENANTS: Scope.ADMIN,
}
"""The scope that lets a service in. Without an entry no service gets in."""

ROLES: Final = {
    Permission.VIEW: frozenset({Role.VIEWER, Role.MANAGER, Role.ADMIN, Role.PLATFORM_ADMIN}),
    Permission.MANAGE: frozenset({Role.MANAGER, Role.ADMIN, Role.PLATFORM_ADMIN}),
    Permission.ADMINISTER: frozenset({Role.ADMIN, Role.PLATFORM_ADMIN}),
    Permission.VIEW_TENANTS: frozenset({Role.VIEWER, Role.MANAGER, Role.ADMIN, Role.PLATFORM_ADMIN}),
    Permission.ADMINISTER_TENANTS: frozenset({Role.ADMIN, Role.PLATFORM_ADMIN}),
    Permission.PLATFORM: frozenset({Role.PLATFORM_ADMIN}),
}
"""The roles, any of which lets a user in. Without an entry no role does."""


def permits(permission: Permission, principal: Principal) -> bool:
    """Tell whether `principal` meets the demand."""
    if principal.kind is PrincipalKind.SERVICE:
        return SCOPES.get(permission) in principal.scopes
    if permission is Permission.OWN:
        return principal.user_id is not None
    return not principal.roles.isdisjoint(ROLES.get(permission, ()))


def demand(permission: Permission, principal: Principal) -> None:
    """Raise ForbiddenError unless `principal` meets the demand."""
    if not permits(permission, principal):
        raise ForbiddenError(f"This is for {permission.value}")
