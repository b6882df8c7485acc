"""Stored recipients: one's own tenant's only, checked, and on record without their addresses."""

import dataclasses

import pytest

from chalicelib.domain.errors import ConflictError, InvalidInputError, NotFoundError
from chalicelib.domain.ids import TenantId, UserId, UserType
from chalicelib.services.audited_change import AuditedChanges
from chalicelib.services.manage_recipients import ManageRecipients
from tests.build import ACME, a_recipient, a_tenant
from tests.callers import ADMIN, GLOBEX, by
from tests.twin import Rows, TwinAuditLog, TwinRecipients, TwinTenants

ANN = (UserType("customer"), UserId("u1"))


@pytest.fixture
def rows() -> Rows:
    rows = Rows()
    for tenant in (ACME, GLOBEX):
        TwinTenants(rows).create(a_tenant(id=tenant))
    return rows


@pytest.fixture
def manage(rows: Rows) -> ManageRecipients:
    numbers = iter(range(1_000))
    audited = AuditedChanges(TwinAuditLog(rows), lambda size: next(numbers).to_bytes(size, "big"))
    return ManageRecipients(TwinRecipients(rows), TwinTenants(rows), audited)


def test_putting_creates_then_replaces(manage: ManageRecipients) -> None:
    assert manage.put(ACME, a_recipient(), by(ADMIN)) is True
    assert manage.put(ACME, a_recipient(email=None), by(ADMIN)) is False
    assert manage.get(ACME, *ANN) == a_recipient(email=None)


def test_the_log_shows_what_changed_and_no_address(rows: Rows, manage: ManageRecipients) -> None:
    manage.put(ACME, a_recipient(), by(ADMIN))
    manage.put(ACME, a_recipient(email="bob@example.org"), by(ADMIN))
    manage.put(ACME, a_recipient(email="bob@example.org"), by(ADMIN))
    manage.delete(ACME, *ANN, by(ADMIN))

    log = rows.audit[ACME]
    assert [entry.action for entry in log] == ["recipient.put", "recipient.put", "recipient.delete"]
    assert {entry.target for entry in log} == {"recipient/customer/u1"}
    assert log[1].before is not None
    assert log[1].after is not None
    assert (log[1].before["email"], log[1].after["email"]) == ("a***@example.com", "b***@example.org")
    assert "+14155550100" not in str(log)


def test_a_bad_address_stores_nothing(rows: Rows, manage: ManageRecipients) -> None:
    with pytest.raises(InvalidInputError):
        manage.put(ACME, a_recipient(email="nobody"), by(ADMIN))

    assert (rows.recipients, rows.audit) == ({}, {})


def test_nothing_is_stored_for_a_tenant_that_does_not_exist(rows: Rows, manage: ManageRecipients) -> None:
    with pytest.raises(NotFoundError):
        manage.put(TenantId("nowhere"), a_recipient(), by(ADMIN))

    assert (rows.recipients, rows.audit) == ({}, {})


def test_another_tenants_recipient_is_not_there(manage: ManageRecipients) -> None:
    manage.put(ACME, a_recipient(), by(ADMIN))

    with pytest.raises(NotFoundError):
        manage.get(GLOBEX, *ANN)
    with pytest.raises(NotFoundError):
        manage.delete(GLOBEX, *ANN, by(ADMIN))
    assert manage.get(ACME, *ANN) == a_recipient()


def test_a_recipient_somebody_else_deletes_at_the_same_time_is_a_conflict(rows: Rows, manage: ManageRecipients) -> None:
    class Overtaken(TwinRecipients):
        def delete(self, tenant: TenantId, user_type: UserType, user_id: UserId) -> bool:
            super().delete(tenant, user_type, user_id)
            return super().delete(tenant, user_type, user_id)

    manage.put(ACME, a_recipient(), by(ADMIN))

    with pytest.raises(ConflictError):
        dataclasses.replace(manage, recipients=Overtaken(rows)).delete(ACME, *ANN, by(ADMIN))


def test_a_deleted_recipient_is_gone(manage: ManageRecipients) -> None:
    manage.put(ACME, a_recipient(), by(ADMIN))

    manage.delete(ACME, *ANN, by(ADMIN))

    with pytest.raises(NotFoundError):
        manage.get(ACME, *ANN)
