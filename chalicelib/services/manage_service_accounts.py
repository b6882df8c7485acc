"""Managing service accounts: which OAuth clients may act for which tenants, and how far.

An account may reach several tenants, so whoever changes it must reach them all: the platform's administrators do,
a tenant's own see and change only accounts of nothing but their tenants. The log of every tenant concerned shows it.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Final

from chalicelib.domain.errors import ConflictError, Fault, InvalidInputError, NotFoundError
from chalicelib.domain.ids import ClientId, TenantId
from chalicelib.domain.principal import Principal
from chalicelib.domain.tenant import ServiceAccount
from chalicelib.services.audited_change import Action, Actor, AuditedChanges, Change, expect_version
from chalicelib.services.ports import Page, ServiceAccounts, StaleVersionError, Tenants
from chalicelib.tenancy import tenant_scope

READ_SIZE: Final = 100


@dataclass(frozen=True, slots=True)
class ManageServiceAccounts:
    """The use case: create, look up and change service accounts. One out of reach raises NotFoundError."""

    accounts: ServiceAccounts
    tenants: Tenants
    audited: AuditedChanges

    def create(self, account: ServiceAccount, by: Actor) -> ServiceAccount:
        """Store a new account.

        Raises
        ------
        InvalidInputError
            It names a tenant that does not exist, or is not the caller's.
        ConflictError
            The client has an account.
        """
        self._check_tenants(account, by.principal)
        if self.accounts.get(account.client_id) is not None:
            raise ConflictError(f"The client {account.client_id} has an account")
        with self.audited.change(_change(Action.CREATE_SERVICE_ACCOUNT, None, account), by):
            self.accounts.create(account)
        return account

    def get(self, client: ClientId, principal: Principal) -> ServiceAccount:
        """Return an account."""
        account = self.accounts.get(client)
        if account is None or not _reaches(principal, account.tenants):
            raise NotFoundError
        return account

    def list(self, principal: Principal, limit: int, after: str | None) -> Page[ServiceAccount]:
        """Return the accounts the caller reaches, in order of client id."""
        if principal.is_platform_admin:
            return self.accounts.list(limit, after)
        # The position in the platform's listing may name somebody else's client: a tenant's own has its own positions.
        own = [account for account in self._all() if _reaches(principal, account.tenants)]
        rest = [account for account in own if after is None or account.client_id >= after]
        return Page(tuple(rest[:limit]), rest[limit].client_id if len(rest) > limit else None)

    def update(
        self, client: ClientId, revise: Callable[[ServiceAccount], ServiceAccount], by: Actor, version: int | None
    ) -> ServiceAccount:
        """Store what `revise` makes of an account; the caller saw `version`, if they say so.

        Raises
        ------
        InvalidInputError
            It names a tenant that does not exist, or is not the caller's.
        ConflictError
            It was changed meanwhile.
        """
        stored = self.get(client, by.principal)
        expect_version(stored.version, version)
        revised = revise(stored)
        if revised == stored:
            return stored
        self._check_tenants(revised, by.principal)
        with self.audited.change(_change(Action.UPDATE_SERVICE_ACCOUNT, stored, revised), by):
            return self.accounts.update(revised)

    def delete(self, client: ClientId, by: Actor) -> None:
        """Remove an account: its client's next token is worth nothing."""
        stored = self.get(client, by.principal)
        with self.audited.change(_change(Action.DELETE_SERVICE_ACCOUNT, stored, None), by):
            if not self.accounts.delete(client):
                raise StaleVersionError

    def _all(self) -> Iterator[ServiceAccount]:
        page = self.accounts.list(READ_SIZE, None)
        yield from page.items
        while page.next is not None:
            page = self.accounts.list(READ_SIZE, page.next)
            yield from page.items

    def _check_tenants(self, account: ServiceAccount, principal: Principal) -> None:
        if not account.tenants:
            raise InvalidInputError(faults=[Fault(pointer="/tenants", code="too_few", detail="at least one is needed")])
        faults = [
            Fault(pointer=f"/tenants/{position}", code="unknown_tenant", detail="no such tenant")
            for position, tenant in enumerate(account.tenants)
            if not _reaches(principal, (tenant,)) or not self._exists(tenant)
        ]
        if faults:
            raise InvalidInputError(faults=faults)

    def _exists(self, tenant: TenantId) -> bool:
        with tenant_scope(tenant):
            return self.tenants.get(tenant) is not None


def _reaches(principal: Principal, tenants: Collection[TenantId]) -> bool:
    # An account of no tenant is nobody's but the platform's.
    return principal.is_platform_admin or (bool(tenants) and set(tenants) <= set(principal.tenants))


def _change(action: Action, before: ServiceAccount | None, after: ServiceAccount | None) -> Change:
    concerned = [account for account in (before, after) if account is not None]
    return Change(
        action=action,
        target=f"service-account/{concerned[0].client_id}",
        tenants=tuple(dict.fromkeys(tenant for account in concerned for tenant in account.tenants)),
        before=before,
        after=after,
    )
