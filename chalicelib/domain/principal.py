"""Who calls: a user or a service, the tenants the token reaches, and what it may do there."""

from enum import StrEnum

from chalicelib.domain.errors import ForbiddenError, InvalidIdError, MalformedRequestError
from chalicelib.domain.ids import ClientId, TenantId, UserId, UserType
from chalicelib.domain.value import Value
from chalicelib.domain.words import Role, Scope


class PrincipalKind(StrEnum):
    """The two kinds of callers."""

    USER = "user"
    SERVICE = "service"


class Principal(Value, frozen=True):
    """A verified caller. Users have an id, a type and roles; services a client id and scopes."""

    kind: PrincipalKind
    tenants: tuple[TenantId, ...] = ()
    user_id: UserId | None = None
    user_type: UserType | None = None
    client_id: ClientId | None = None
    roles: frozenset[Role] = frozenset()
    scopes: frozenset[Scope] = frozenset()

    @property
    def name(self) -> str:
        """How the caller is named on what it does: `service:<clientId>` or `user:<type>/<id>`."""
        if self.kind is PrincipalKind.SERVICE:
            return f"service:{self.client_id}"
        return f"user:{self.user_type}/{self.user_id}"

    @property
    def is_platform_admin(self) -> bool:
        """Whether the caller may act in every tenant."""
        return Role.PLATFORM_ADMIN in self.roles

    def tenant(self, asked: str | None) -> TenantId:
        """Return the tenant the caller acts in: the one `asked` for (`X-Tenant-ID`), or its only one.

        Raises
        ------
        ForbiddenError
            The token does not reach the tenant asked for.
        MalformedRequestError
            The token reaches several tenants and none was asked for.
        """
        if asked is None:
            if len(self.tenants) != 1:
                raise MalformedRequestError("X-Tenant-ID must name one of the tenants of the token")
            return self.tenants[0]
        try:
            tenant = TenantId(asked)
        except InvalidIdError as error:
            raise ForbiddenError("The token does not reach this tenant") from error
        if tenant in self.tenants or self.is_platform_admin:
            return tenant
        raise ForbiddenError("The token does not reach this tenant")
