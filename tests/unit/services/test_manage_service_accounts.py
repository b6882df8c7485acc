"""Service accounts are changed by those who reach all their tenants, and every one of these has it on record."""

import dataclasses

import pytest
from msgspec.structs import replace

from chalicelib.domain.errors import ConflictError, InvalidInputError, NotFoundError
from chalicelib.domain.ids import ClientId, TenantId
from chalicelib.domain.principal import Principal
from chalicelib.domain.tenant import ServiceAccount
from chalicelib.domain.words import Role, Scope
from chalicelib.services.audited_change import AuditedChanges
from chalicelib.services.manage_service_accounts import ManageServiceAccounts
from tests.build import ACME, NOW, a_tenant
from tests.callers import ADMIN, FOREIGN_ADMIN, GLOBEX, PLATFORM, a_user, by
from tests.twin import Rows, TwinAuditLog, TwinServiceAccounts, TwinTenants

BOTH = a_user(Role.ADMIN, tenants=(ACME, GLOBEX))


def an_account(client: str = "orders", *tenants: TenantId) -> ServiceAccount:
    return ServiceAccount(
        client_id=ClientId(client),
        name="Orders",
        tenants=tenants or (ACME,),
        scopes=(Scope.SEND,),
        created_at=NOW,
    )


@pytest.fixture
def rows() -> Rows:
    rows = Rows()
    for tenant in (ACME, GLOBEX):
        TwinTenants(rows).create(a_tenant(id=tenant))
    return rows


@pytest.fixture
def manage(rows: Rows) -> ManageServiceAccounts:
    numbers = iter(range(1_000))
    audited = AuditedChanges(TwinAuditLog(rows), lambda size: next(numbers).to_bytes(size, "big"))
    return ManageServiceAccounts(TwinServiceAccounts(rows), TwinTenants(rows), audited)


def test_a_created_account_is_there_and_on_record(rows: Rows, manage: ManageServiceAccounts) -> None:
    manage.create(an_account(), by(ADMIN))

    assert manage.get(ClientId("orders"), ADMIN) == an_account()
    assert [entry.action for entry in rows.audit[ACME]] == ["service_account.create"]


def test_a_client_has_one_account(manage: ManageServiceAccounts) -> None:
    manage.create(an_account(), by(ADMIN))

    with pytest.raises(ConflictError):
        manage.create(an_account(), by(PLATFORM))


@pytest.mark.parametrize(("principal", "tenant"), [(ADMIN, GLOBEX), (ADMIN, TenantId("nowhere"))])
def test_a_foreign_tenant_is_refused_like_one_that_does_not_exist(
    rows: Rows, manage: ManageServiceAccounts, principal: Principal, tenant: TenantId
) -> None:
    with pytest.raises(InvalidInputError) as refused:
        manage.create(an_account("orders", ACME, tenant), by(principal))

    (fault,) = refused.value.faults
    assert (fault.pointer, fault.code, fault.detail) == ("/tenants/1", "unknown_tenant", "no such tenant")
    assert rows.accounts == {}


def test_an_account_needs_a_tenant(manage: ManageServiceAccounts) -> None:
    with pytest.raises(InvalidInputError):
        manage.create(replace(an_account(), tenants=()), by(PLATFORM))


@pytest.mark.parametrize("principal", [FOREIGN_ADMIN, ADMIN], ids=["none of its tenants", "one of its tenants"])
def test_whoever_does_not_reach_all_its_tenants_does_not_find_an_account(
    rows: Rows, manage: ManageServiceAccounts, principal: Principal
) -> None:
    rows_of = (ACME, GLOBEX) if principal is ADMIN else (ACME,)
    manage.create(an_account("orders", *rows_of), by(PLATFORM))
    stored = dict(rows.accounts)

    with pytest.raises(NotFoundError):
        manage.get(ClientId("orders"), principal)
    with pytest.raises(NotFoundError):
        manage.update(ClientId("orders"), lambda account: replace(account, enabled=False), by(principal), None)
    with pytest.raises(NotFoundError):
        manage.delete(ClientId("orders"), by(principal))
    assert manage.list(principal, 20, None).items == ()
    assert rows.accounts == stored


def test_nobody_takes_an_account_into_a_tenant_they_do_not_reach(manage: ManageServiceAccounts) -> None:
    manage.create(an_account(), by(ADMIN))

    with pytest.raises(InvalidInputError):
        manage.update(ClientId("orders"), lambda account: replace(account, tenants=(ACME, GLOBEX)), by(ADMIN), None)


def test_disabling_an_account_of_two_tenants_is_on_record_in_both(rows: Rows, manage: ManageServiceAccounts) -> None:
    manage.create(an_account("orders", ACME, GLOBEX), by(BOTH))

    changed = manage.update(ClientId("orders"), lambda account: replace(account, enabled=False), by(BOTH), version=1)

    assert (changed.enabled, changed.version) == (False, 2)
    for tenant in (ACME, GLOBEX):
        assert [entry.action for entry in rows.audit[tenant]] == ["service_account.create", "service_account.update"]


def test_a_tenant_that_loses_an_account_has_that_on_record(rows: Rows, manage: ManageServiceAccounts) -> None:
    manage.create(an_account("orders", ACME, GLOBEX), by(BOTH))

    manage.update(ClientId("orders"), lambda account: replace(account, tenants=(ACME,)), by(BOTH), None)

    assert [entry.action for entry in rows.audit[GLOBEX]] == ["service_account.create", "service_account.update"]


def test_a_change_of_an_old_version_is_refused(manage: ManageServiceAccounts) -> None:
    manage.create(an_account(), by(ADMIN))

    with pytest.raises(ConflictError):
        manage.update(ClientId("orders"), lambda account: replace(account, enabled=False), by(ADMIN), version=7)


def test_a_change_that_changes_nothing_is_none(manage: ManageServiceAccounts) -> None:
    manage.create(an_account(), by(ADMIN))

    assert manage.update(ClientId("orders"), lambda account: account, by(ADMIN), None).version == 1


def test_a_deleted_account_is_gone(rows: Rows, manage: ManageServiceAccounts) -> None:
    manage.create(an_account(), by(ADMIN))

    manage.delete(ClientId("orders"), by(ADMIN))

    with pytest.raises(NotFoundError):
        manage.delete(ClientId("orders"), by(ADMIN))
    assert [entry.action for entry in rows.audit[ACME]] == ["service_account.create", "service_account.delete"]


def test_an_account_somebody_else_deletes_at_the_same_time_is_a_conflict(
    rows: Rows, manage: ManageServiceAccounts
) -> None:
    class Overtaken(TwinServiceAccounts):
        def delete(self, client: ClientId) -> bool:
            super().delete(client)
            return super().delete(client)

    manage.create(an_account(), by(ADMIN))

    with pytest.raises(ConflictError):
        dataclasses.replace(manage, accounts=Overtaken(rows)).delete(ClientId("orders"), by(ADMIN))


def test_the_pages_of_a_tenant_name_no_foreign_client(manage: ManageServiceAccounts) -> None:
    for number in range(250):
        tenant = ACME if number % 2 else GLOBEX
        manage.create(an_account(f"client-{number:03}", tenant), by(PLATFORM))
    own = [f"client-{number:03}" for number in range(1, 250, 2)]

    page = manage.list(ADMIN, 50, None)
    found, positions = list(page.items), [page.next]
    while page.next is not None:
        page = manage.list(ADMIN, 50, page.next)
        found += page.items
        positions.append(page.next)

    assert [account.client_id for account in found] == own
    assert set(filter(None, positions)) <= set(own)
    assert len(manage.list(PLATFORM, 100, None).items) == 100
