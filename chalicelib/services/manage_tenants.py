"""Managing tenants. The platform's administrators create and suspend them; a tenant's own choose its settings.

A call may look at several tenants; what is done to each is done in its name alone.
"""

from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from chalicelib.domain.errors import ConflictError, Fault, NotFoundError
from chalicelib.domain.ids import TenantId
from chalicelib.domain.principal import Principal
from chalicelib.domain.tenant import Tenant, TenantStatus
from chalicelib.domain.value import Millis
from chalicelib.services.audited_change import Action, Actor, AuditedChanges, Change, expect_version
from chalicelib.services.input_rules import check_settings
from chalicelib.services.ports import Invitations, InvitedElsewhereError, Page, Tenants
from chalicelib.tenancy import tenant_scope

Seed = Callable[[Tenant, Millis], None]
"""Stores what a tenant begins with, unless it is there."""


@dataclass(frozen=True, slots=True)
class ManageTenants:
    """The use case: create, look up and change tenants. One that the caller does not reach raises NotFoundError."""

    tenants: Tenants
    invitations: Invitations
    seed: Seed
    audited: AuditedChanges

    def create(self, tenant: Tenant, by: Actor, first_admin: str | None = None) -> Tenant:
        """Store a new tenant with its first templates; its first administrator is invited by e-mail, if one is named.

        The tenant itself is stored last: who dies before that has made nothing that shows, and may do it again.

        Raises
        ------
        InvalidInputError
            The settings are not possible.
        ConflictError
            There is a tenant of this id, or the first administrator is a user of another.
        """
        check_settings(tenant.settings)
        if self._find(tenant.id) is not None:
            raise ConflictError(f"There is a tenant {tenant.id}")
        if first_admin is not None:
            self._invite(tenant.id, first_admin)
        with tenant_scope(tenant.id), self.audited.change(_change(Action.CREATE_TENANT, None, tenant), by):
            self.seed(tenant, by.now)
            self.tenants.create(tenant)
        return tenant

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

    def _invite(self, tenant: TenantId, email: str) -> None:
        try:
            self.invitations.invite(tenant, email)
        except InvitedElsewhereError as error:
            detail = "This address is a user's of another tenant"
            fault = Fault(pointer="/firstAdmin/email", code="user_exists", detail=detail)
            raise ConflictError(detail, faults=[fault]) from error

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
