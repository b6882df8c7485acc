"""Tenants are created by the platform, changed by their own, and every change is on record."""

import dataclasses

import pytest
from msgspec.structs import replace

from chalicelib.domain.errors import ConflictError, HeraldError, InvalidInputError, NotFoundError
from chalicelib.domain.ids import TenantId
from chalicelib.domain.tenant import Tenant, TenantSettings, TenantStatus
from chalicelib.domain.value import Millis
from chalicelib.services.audited_change import AuditedChanges
from chalicelib.services.manage_tenants import ManageTenants
from tests.build import ACME, a_tenant
from tests.callers import ADMIN, FOREIGN_ADMIN, GLOBEX, PLATFORM, a_user, by
from tests.fakes import FakeInvitations
from tests.twin import Rows, TwinAuditLog, TwinTenants


def in_berlin(tenant: Tenant) -> Tenant:
    return replace(tenant, settings=replace(tenant.settings, time_zone="Europe/Berlin"))


@pytest.fixture
def rows() -> Rows:
    return Rows()


@pytest.fixture
def invitations() -> FakeInvitations:
    return FakeInvitations()


@pytest.fixture
def manage(rows: Rows, invitations: FakeInvitations) -> ManageTenants:
    numbers = iter(range(1_000))
    audited = AuditedChanges(TwinAuditLog(rows), lambda size: next(numbers).to_bytes(size, "big"))
    return ManageTenants(TwinTenants(rows), invitations, lambda tenant, now: None, audited)


def actions(rows: Rows, tenant: TenantId = ACME) -> list[str]:
    return [entry.action for entry in rows.audit.get(tenant, [])]


def test_a_created_tenant_is_there_and_on_record(rows: Rows, manage: ManageTenants) -> None:
    created = manage.create(a_tenant(), by(PLATFORM))

    assert manage.get(ACME, PLATFORM) == created
    (entry,) = rows.audit[ACME]
    assert (entry.action, entry.actor, entry.before) == ("tenant.create", "user:customer/root", None)


def test_an_id_is_taken_once(rows: Rows, manage: ManageTenants) -> None:
    manage.create(a_tenant(), by(PLATFORM))

    with pytest.raises(ConflictError):
        manage.create(a_tenant(name="Another"), by(PLATFORM))

    assert manage.get(ACME, PLATFORM).name == "Acme"
    assert actions(rows) == ["tenant.create"]


def test_first_settings_are_checked_before_anything_is_stored(rows: Rows, manage: ManageTenants) -> None:
    with pytest.raises(InvalidInputError):
        manage.create(a_tenant(settings=TenantSettings(time_zone="Nowhere")), by(PLATFORM))

    assert (rows.tenants, rows.audit) == ({}, {})


def test_the_first_administrator_is_invited_by_mail_and_on_record(
    rows: Rows, manage: ManageTenants, invitations: FakeInvitations
) -> None:
    manage.create(a_tenant(), by(PLATFORM), "Amy@acme.example")

    assert invitations.invited == {"amy@acme.example": ACME}
    assert actions(rows) == ["tenant.create", "tenant.invite_admin"]
    assert rows.audit[ACME][-1].after == {"email": "A***@acme.example"}


def test_nobody_is_invited_by_whoever_creates_a_tenant_too_late(
    rows: Rows, manage: ManageTenants, invitations: FakeInvitations
) -> None:
    def overtaken(tenant: Tenant, now: Millis) -> None:
        TwinTenants(rows).create(replace(tenant, name="Faster"))

    with pytest.raises(ConflictError):
        dataclasses.replace(manage, seed=overtaken).create(a_tenant(), by(PLATFORM), "late@acme.example")

    assert invitations.invited == {}
    assert actions(rows) == ["tenant.create", "tenant.create.refused"]


def test_an_invitation_that_died_is_made_later(rows: Rows, manage: ManageTenants, invitations: FakeInvitations) -> None:
    class DeadError(Exception):
        pass

    class Dying(FakeInvitations):
        def invite(self, tenant: TenantId, email: str) -> None:
            raise DeadError

    with pytest.raises(DeadError):
        dataclasses.replace(manage, invitations=Dying()).create(a_tenant(), by(PLATFORM), "amy@acme.example")
    for _ in range(2):
        manage.invite(ACME, "amy@acme.example", by(PLATFORM))

    assert invitations.invited == {"amy@acme.example": ACME}
    assert manage.get(ACME, PLATFORM).name == "Acme"


def test_nobody_is_invited_to_a_tenant_that_is_not_there(manage: ManageTenants, invitations: FakeInvitations) -> None:
    with pytest.raises(NotFoundError):
        manage.invite(ACME, "amy@acme.example", by(PLATFORM))

    assert invitations.invited == {}


@pytest.mark.parametrize(("email", "code"), [("not an email", "invalid_email"), ("odd@acme.example", "not_invitable")])
def test_an_address_that_is_none_is_refused_before_anything_is_stored(
    rows: Rows, manage: ManageTenants, invitations: FakeInvitations, email: str, code: str
) -> None:
    invitations.refused.add("odd@acme.example")

    with pytest.raises(InvalidInputError) as raised:
        manage.create(a_tenant(), by(PLATFORM), email)

    assert [(fault.pointer, fault.code) for fault in raised.value.faults] == [("/firstAdmin/email", code)]
    assert (rows.tenants, rows.audit) == ({}, {})


def test_later_invitations_are_judged_like_the_first(
    rows: Rows, manage: ManageTenants, invitations: FakeInvitations
) -> None:
    manage.create(a_tenant(), by(PLATFORM))
    invitations.invite(GLOBEX, "eve@globex.example")
    invitations.refused.add("odd@acme.example")

    for email in ("not an email", "odd@acme.example", "eve@globex.example"):
        with pytest.raises(HeraldError) as raised:
            manage.invite(ACME, email, by(PLATFORM))
        assert [fault.pointer for fault in raised.value.faults] == ["/email"]

    assert actions(rows) == ["tenant.create"]


def test_an_address_that_is_taken_at_the_last_moment_leaves_a_tenant_to_invite_others_to(
    rows: Rows, manage: ManageTenants, invitations: FakeInvitations
) -> None:
    def overtaken(tenant: Tenant, now: Millis) -> None:
        invitations.invite(GLOBEX, "amy@acme.example")

    with pytest.raises(ConflictError, match="There is a tenant acme"):
        dataclasses.replace(manage, seed=overtaken).create(a_tenant(), by(PLATFORM), "amy@acme.example")

    manage.invite(ACME, "bea@acme.example", by(PLATFORM))
    assert invitations.invited == {"amy@acme.example": GLOBEX, "bea@acme.example": ACME}


def test_who_administers_another_tenant_is_no_first_administrator(
    rows: Rows, manage: ManageTenants, invitations: FakeInvitations
) -> None:
    invitations.invite(GLOBEX, "amy@acme.example")

    with pytest.raises(ConflictError) as raised:
        manage.create(a_tenant(), by(PLATFORM), "amy@acme.example")

    assert [fault.pointer for fault in raised.value.faults] == ["/firstAdmin/email"]
    assert (rows.tenants, rows.audit) == ({}, {})


def test_nobody_is_invited_to_a_tenant_that_is_there(manage: ManageTenants, invitations: FakeInvitations) -> None:
    manage.create(a_tenant(), by(PLATFORM))

    with pytest.raises(ConflictError):
        manage.create(a_tenant(), by(PLATFORM), "eve@evil.example")

    assert invitations.invited == {}


def test_its_own_admin_changes_a_tenants_settings(rows: Rows, manage: ManageTenants) -> None:
    manage.create(a_tenant(), by(PLATFORM))

    changed = manage.update(ACME, in_berlin, by(ADMIN), version=1)

    assert (changed.settings.time_zone, changed.version) == ("Europe/Berlin", 2)
    assert actions(rows) == ["tenant.create", "tenant.update"]
    last = rows.audit[ACME][-1]
    assert last.after is not None
    assert (last.actor, last.after["settings"]) == ("user:customer/boss", {"timeZone": "Europe/Berlin"})


def test_a_change_of_an_old_version_is_refused(rows: Rows, manage: ManageTenants) -> None:
    manage.create(a_tenant(), by(PLATFORM))
    manage.update(ACME, in_berlin, by(ADMIN), version=1)

    with pytest.raises(ConflictError):
        manage.update(ACME, lambda tenant: replace(tenant, name="Late"), by(ADMIN), version=1)

    assert actions(rows) == ["tenant.create", "tenant.update"]


def test_whoever_is_overtaken_learns_it_and_so_does_the_log(rows: Rows, manage: ManageTenants) -> None:
    manage.create(a_tenant(), by(PLATFORM))

    def overtaken(tenant: Tenant) -> Tenant:
        TwinTenants(rows).update(replace(tenant, name="Faster"))
        return replace(tenant, name="Slower")

    with pytest.raises(ConflictError):
        manage.update(ACME, overtaken, by(ADMIN), version=None)

    assert manage.get(ACME, ADMIN).name == "Faster"
    assert actions(rows) == ["tenant.create", "tenant.update", "tenant.update.refused"]


def test_a_change_that_changes_nothing_is_none(rows: Rows, manage: ManageTenants) -> None:
    manage.create(a_tenant(), by(PLATFORM))

    assert manage.update(ACME, lambda tenant: tenant, by(ADMIN), version=None).version == 1
    assert actions(rows) == ["tenant.create"]


def test_bad_settings_change_nothing(rows: Rows, manage: ManageTenants) -> None:
    manage.create(a_tenant(), by(PLATFORM))

    with pytest.raises(InvalidInputError):
        manage.update(
            ACME, lambda tenant: replace(tenant, settings=TenantSettings(retention_days=0)), by(ADMIN), version=None
        )

    assert actions(rows) == ["tenant.create"]


def test_suspending_and_activating(rows: Rows, manage: ManageTenants) -> None:
    manage.create(a_tenant(), by(PLATFORM))

    assert manage.suspend(ACME, by(PLATFORM)).status is TenantStatus.SUSPENDED
    assert manage.suspend(ACME, by(PLATFORM)).version == 2
    assert manage.activate(ACME, by(PLATFORM)).status is TenantStatus.ACTIVE
    assert actions(rows) == ["tenant.create", "tenant.suspend", "tenant.activate"]


def test_a_foreign_tenant_answers_like_a_missing_one(manage: ManageTenants) -> None:
    manage.create(a_tenant(), by(PLATFORM))

    for id in (ACME, TenantId("nowhere")):
        with pytest.raises(NotFoundError):
            manage.get(id, FOREIGN_ADMIN)
        with pytest.raises(NotFoundError):
            manage.update(id, in_berlin, by(FOREIGN_ADMIN), version=None)


def test_everybody_lists_their_own_and_the_platform_all(manage: ManageTenants) -> None:
    for id in (GLOBEX, ACME, TenantId("initech")):
        manage.create(a_tenant(id=id), by(PLATFORM))

    first = manage.list(PLATFORM, 2, None)
    rest = manage.list(PLATFORM, 2, first.next)

    assert [tenant.id for tenant in first.items + rest.items] == ["acme", "globex", "initech"]
    assert [tenant.id for tenant in manage.list(ADMIN, 20, None).items] == ["acme"]
    assert [tenant.id for tenant in manage.list(a_user(tenants=(GLOBEX, ACME)), 20, None).items] == ["acme", "globex"]
    assert manage.list(a_user(tenants=(TenantId("erased"),)), 20, None).items == ()
