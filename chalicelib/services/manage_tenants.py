"""Managing tenants. The platform's administrators create and suspend them; a tenant's own choose its settings.

A call may look at several tenants; what is done to each is done in its name alone.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import msgspec

from chalicelib.domain.errors import ConflictError, Fault, InvalidInputError, NotFoundError
from chalicelib.domain.ids import TenantId, UserId, UserType
from chalicelib.domain.principal import Principal
from chalicelib.domain.recipient import Recipient
from chalicelib.domain.tenant import Tenant, TenantStatus
from chalicelib.domain.value import Millis, Value
from chalicelib.services.audited_change import Action, Actor, AuditedChanges, Change, expect_version
from chalicelib.services.input_rules import check_settings, recipient_faults
from chalicelib.services.masking import mask_email
from chalicelib.services.ports import Invitations, InvitedElsewhereError, Page, Tenants, UninvitableError
from chalicelib.tenancy import tenant_scope

Seed = Callable[[Tenant, Millis], None]
"""Stores what a tenant begins with, unless it is there."""


class Invitation(Value, frozen=True):
    """What the log tells of an invitation: the address, masked as it is everywhere."""

    email: str


@dataclass(frozen=True, slots=True)
class ManageTenants:
    """The use case: create, look up and change tenants. One that the caller does not reach raises NotFoundError."""

    tenants: Tenants
    invitations: Invitations
    seed: Seed
    audited: AuditedChanges

    def create(self, tenant: Tenant, by: Actor, first_admin: str | None = None) -> Tenant:
        """Store a new tenant with its first templates; its first administrator is invited by e-mail, if one is named.

        The tenant itself is stored last: who dies before that has made nothing that shows, and may do it again. Only
        then somebody is invited; what keeps that from being done leaves the tenant, to which to `invite`.

        Raises
        ------
        InvalidInputError
            The settings are not possible, or the first administrator's address.
        ConflictError
            There is a tenant of this id, or the first administrator is a user of another.
        """
        check_settings(tenant.settings)
        if self._find(tenant.id) is not None:
            raise ConflictError(f"There is a tenant {tenant.id}")
        if first_admin is not None:
            self._check_admin(tenant.id, first_admin, "/firstAdmin")
        with tenant_scope(tenant.id), self.audited.change(_change(Action.CREATE_TENANT, None, tenant), by):
            self.seed(tenant, by.now)
            self.tenants.create(tenant)
        if first_admin is not None:
            self._invite(tenant.id, first_admin, by, "/firstAdmin")
        return tenant

    def invite(self, id: TenantId, email: str, by: Actor) -> None:
        """Make somebody an administrator of a tenant, written to at their address; as often as one likes.

        Raises
        ------
        InvalidInputError
            The address is not possible.
        ConflictError
            It is a user's of another tenant.
        """
        self.get(id, by.principal)
        self._check_admin(id, email, "")
        self._invite(id, email, by, "")

    def get(self, id: TenantId, principal: Principal) -> Tenant:
        """Return a tenant."""
        reached = principal.is_platform_admin or id in principal.tenants
        tenant = self._find(id) if reached else None
        if tenant is None:
            raise NotFoundError
        return tenant

    def list(self, principal: Principal, limit: int, after: str | None) -> Page[Tenant]:
        """Return all tenants to the platform's administrators, their own to everybody else, in order of id."""
        if principal.is_platform_admin:
            page = self.tenants.list(limit, after)
        else:
            page = Page(tuple(sorted(principal.tenants)))
        found = (self._find(id) for id in page.items)
        return Page(tuple(tenant for tenant in found if tenant is not None), page.next)

    def update(self, id: TenantId, revise: Callable[[Tenant], Tenant], by: Actor, version: int | None) -> Tenant:
        """Store what `revise` makes of a tenant; the caller saw `version`, if they say so.

        Raises
        ------
        InvalidInputError
            The settings are not possible.
        ConflictError
            It was changed meanwhile.
        """
        return self._revise(id, revise, by, version, Action.UPDATE_TENANT)

    def suspend(self, id: TenantId, by: Actor) -> Tenant:
        """Let a tenant send no more. What has not gone out by then ends as `tenant_suspended`."""
        return self._with_status(id, TenantStatus.SUSPENDED, by, Action.SUSPEND_TENANT)

    def activate(self, id: TenantId, by: Actor) -> Tenant:
        """Let a suspended tenant send again."""
        return self._with_status(id, TenantStatus.ACTIVE, by, Action.ACTIVATE_TENANT)

    def _check_admin(self, tenant: TenantId, email: str, at: str) -> None:
        faults = recipient_faults(Recipient(user_type=UserType(""), user_id=UserId(""), email=email), at)
        if faults:
            raise InvalidInputError(faults=faults)
        with _told(at, "Nothing was stored, and nobody invited"):
            self.invitations.check(tenant, email)

    def _invite(self, tenant: TenantId, email: str, by: Actor, at: str) -> None:
        invitation = Invitation(email=mask_email(email))
        change = Change(Action.INVITE_ADMIN, f"tenant/{tenant}", (tenant,), after=invitation)
        refused = f"There is a tenant {tenant}, but nobody was invited to it"
        with tenant_scope(tenant), self.audited.change(change, by), _told(at, refused):
            self.invitations.invite(tenant, email)

    def _with_status(self, id: TenantId, status: TenantStatus, by: Actor, action: Action) -> Tenant:
        return self._revise(id, lambda tenant: msgspec.structs.replace(tenant, status=status), by, None, action)

    def _revise(
        self, id: TenantId, revise: Callable[[Tenant], Tenant], by: Actor, version: int | None, action: Action
    ) -> Tenant:
        stored = self.get(id, by.principal)
        expect_version(stored.version, version)
        revised = revise(stored)
        if revised == stored:
            return stored
        check_settings(revised.settings)
        with tenant_scope(id), self.audited.change(_change(action, stored, revised), by):
            return self.tenants.update(revised)

    def _find(self, id: TenantId) -> Tenant | None:
        with tenant_scope(id):
            return self.tenants.get(id)


def _change(action: Action, before: Tenant | None, after: Tenant) -> Change:
    return Change(action=action, target=f"tenant/{after.id}", tenants=(after.id,), before=before, after=after)


@contextmanager
def _told(at: str, detail: str) -> Iterator[None]:
    """Tell of an address that cannot be invited, and what came of it otherwise."""
    pointer = f"{at}/email"
    try:
        yield
    except InvitedElsewhereError as error:
        fault = Fault(pointer=pointer, code="user_exists", detail="This address is a user's of another tenant")
        raise ConflictError(detail, faults=[fault]) from error
    except UninvitableError as error:
        fault = Fault(pointer=pointer, code="not_invitable", detail=f"The user pool does not take it: {error}")
        raise InvalidInputError(detail, faults=[fault]) from error
