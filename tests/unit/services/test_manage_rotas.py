"""A tenant's on-call rotas: checked, versioned, on record, kept while something names them."""

import dataclasses
from collections.abc import Callable

import pytest
from msgspec.structs import replace

from chalicelib.domain.errors import ConflictError, InvalidInputError, NotFoundError
from chalicelib.domain.escalation import EscalationPolicy, Step
from chalicelib.domain.ids import PolicyId, RotaId, TenantId, UserId, UserType
from chalicelib.domain.rota import Person, Rota, Shift
from chalicelib.domain.words import Channel
from chalicelib.services.audited_change import AuditedChanges
from chalicelib.services.manage_rotas import ManageRotas
from tests.build import ACME, NOW, a_tenant
from tests.callers import ADMIN, GLOBEX, by
from tests.twin import Rows, TwinAuditLog, TwinPolicies, TwinRotas, TwinTenants

ANN = Person(user_type=UserType("support"), user_id=UserId("ann"))
BOB = Person(user_type=UserType("support"), user_id=UserId("bob"))
OPS = Rota(id=RotaId("ops"), time_zone="UTC", shifts=(Shift(people=(ANN,)),))
OTHER = Rota(id=RotaId("other"), time_zone="UTC", shifts=(Shift(people=(BOB,)),))
PAGING = EscalationPolicy(id=PolicyId("paging"), steps=(Step(channels=(Channel.SMS,), rota=OPS.id),))


@pytest.fixture
def rows() -> Rows:
    rows = Rows()
    for tenant in (ACME, GLOBEX):
        TwinTenants(rows).create(a_tenant(id=tenant))
    return rows


@pytest.fixture
def manage(rows: Rows) -> ManageRotas:
    numbers = iter(range(1_000))
    audited = AuditedChanges(TwinAuditLog(rows), lambda size: next(numbers).to_bytes(size, "big"))
    return ManageRotas(TwinRotas(rows), TwinPolicies(rows), TwinTenants(rows), audited)


def test_the_log_has_every_change(rows: Rows, manage: ManageRotas) -> None:
    manage.create(ACME, OPS, by(ADMIN))
    manage.update(ACME, OPS.id, lambda rota: replace(rota, fallback=(BOB,)), by(ADMIN), None)
    manage.delete(ACME, OPS.id, by(ADMIN))

    log = [(entry.action, entry.target) for entry in rows.audit[ACME]]
    assert log == [(f"on_call_rota.{verb}", "on-call-rota/ops") for verb in ("create", "update", "delete")]
    assert list((rows.audit[ACME][1].after or {})["fallback"]) == [{"userType": "support", "userId": "bob"}]


def test_what_leaves_nobody_on_duty_is_not_stored(rows: Rows, manage: ManageRotas) -> None:
    with pytest.raises(InvalidInputError) as refused:
        manage.create(ACME, replace(OPS, shifts=()), by(ADMIN))

    assert [(fault.pointer, fault.code) for fault in refused.value.faults] == [("/shifts", "rota_gap")]
    assert (rows.rotas, rows.audit) == ({}, {})


def test_a_circle_is_refused_when_it_would_be_closed(manage: ManageRotas) -> None:
    manage.create(ACME, OTHER, by(ADMIN))
    manage.create(ACME, replace(OPS, fallback_rota=OTHER.id), by(ADMIN))

    with pytest.raises(InvalidInputError) as refused:
        manage.update(ACME, OTHER.id, lambda rota: replace(rota, fallback_rota=OPS.id), by(ADMIN), None)

    assert [fault.code for fault in refused.value.faults] == ["cycle"]
    assert manage.get(ACME, OTHER.id) == OTHER


def test_another_tenants_rota_is_no_fallback(rows: Rows, manage: ManageRotas) -> None:
    manage.create(GLOBEX, OTHER, by(ADMIN))

    with pytest.raises(InvalidInputError) as refused:
        manage.create(ACME, replace(OPS, fallback_rota=OTHER.id), by(ADMIN))
    assert [fault.code for fault in refused.value.faults] == ["unknown_rota"]


def test_a_rota_that_a_policy_names_is_kept(rows: Rows, manage: ManageRotas) -> None:
    manage.create(ACME, OPS, by(ADMIN))
    TwinPolicies(rows).create(ACME, PAGING)

    with pytest.raises(ConflictError, match="policy paging"):
        manage.delete(ACME, OPS.id, by(ADMIN))

    TwinPolicies(rows).delete(ACME, PAGING.id)
    manage.delete(ACME, OPS.id, by(ADMIN))
    assert manage.list(ACME) == ()


def test_a_rota_that_another_falls_back_to_is_kept(manage: ManageRotas) -> None:
    manage.create(ACME, OTHER, by(ADMIN))
    manage.create(ACME, replace(OPS, fallback_rota=OTHER.id), by(ADMIN))

    with pytest.raises(ConflictError, match="rota ops"):
        manage.delete(ACME, OTHER.id, by(ADMIN))


def test_what_another_tenant_names_keeps_nothing(rows: Rows, manage: ManageRotas) -> None:
    manage.create(ACME, OPS, by(ADMIN))
    TwinPolicies(rows).create(GLOBEX, PAGING)

    manage.delete(ACME, OPS.id, by(ADMIN))
    assert manage.list(ACME) == ()


def test_who_is_on_duty_follows_the_fallbacks(manage: ManageRotas) -> None:
    manage.create(ACME, OTHER, by(ADMIN))
    manage.create(ACME, replace(OPS, fallback_rota=OTHER.id), by(ADMIN))

    assert manage.on_duty(ACME, OPS.id, NOW) == (ANN, BOB)


def test_ids_versions_and_changes_of_nothing(rows: Rows, manage: ManageRotas) -> None:
    manage.create(ACME, OPS, by(ADMIN))

    with pytest.raises(ConflictError):
        manage.create(ACME, OPS, by(ADMIN))
    with pytest.raises(ConflictError):
        manage.update(ACME, OPS.id, lambda rota: rota, by(ADMIN), version=2)
    assert manage.update(ACME, OPS.id, lambda rota: rota, by(ADMIN), version=1).version == 1
    assert len(rows.audit[ACME]) == 1


def test_another_tenants_rota_is_not_there(manage: ManageRotas) -> None:
    manage.create(ACME, OPS, by(ADMIN))

    assert manage.list(GLOBEX) == ()
    for attempt in (
        lambda: manage.get(GLOBEX, OPS.id),
        lambda: manage.on_duty(GLOBEX, OPS.id, NOW),
        lambda: manage.update(GLOBEX, OPS.id, lambda rota: replace(rota, shifts=()), by(ADMIN), None),
        lambda: manage.delete(GLOBEX, OPS.id, by(ADMIN)),
        lambda: manage.create(TenantId("nowhere"), OPS, by(ADMIN)),
    ):
        with pytest.raises(NotFoundError):
            attempt()
    assert manage.get(ACME, OPS.id) == OPS


def test_a_rota_somebody_else_deletes_at_the_same_time_is_a_conflict(rows: Rows, manage: ManageRotas) -> None:
    class Overtaken(TwinRotas):
        def delete(self, tenant: TenantId, id: RotaId) -> bool:
            super().delete(tenant, id)
            return super().delete(tenant, id)

    manage.create(ACME, OPS, by(ADMIN))

    with pytest.raises(ConflictError):
        dataclasses.replace(manage, rotas=Overtaken(rows)).delete(ACME, OPS.id, by(ADMIN))
    assert rows.audit[ACME][-1].action == "on_call_rota.delete.refused"


class Meanwhile(TwinRotas):
    """Rotas, and somebody else who does something between the check of a change and the change."""

    def __init__(self, rows: Rows, act: Callable[[], object]) -> None:
        super().__init__(rows)
        self._acts = [act]

    def _act(self) -> None:
        if self._acts:
            self._acts.pop()()

    def create(self, tenant: TenantId, rota: Rota) -> None:
        self._act()
        super().create(tenant, rota)

    def update(self, tenant: TenantId, rota: Rota) -> Rota:
        self._act()
        return super().update(tenant, rota)

    def delete(self, tenant: TenantId, id: RotaId) -> bool:
        self._act()
        return super().delete(tenant, id)


def test_two_who_close_a_circle_at_once_do_not_both_get_their_way(rows: Rows, manage: ManageRotas) -> None:
    manage.create(ACME, OPS, by(ADMIN))
    manage.create(ACME, OTHER, by(ADMIN))

    def fall_back(use_case: ManageRotas, rota: Rota, other: Rota) -> Rota:
        return use_case.update(ACME, rota.id, lambda stored: replace(stored, fallback_rota=other.id), by(ADMIN), None)

    slower = dataclasses.replace(manage, rotas=Meanwhile(rows, lambda: fall_back(manage, OTHER, OPS)))
    with pytest.raises(ConflictError):
        fall_back(slower, OPS, OTHER)

    assert [rota.fallback_rota for rota in manage.list(ACME)] == [None, OPS.id]
    assert rows.audit[ACME][-1].action == "on_call_rota.update.refused"


def test_a_rota_whose_fallback_is_deleted_at_the_same_time_is_not_created(rows: Rows, manage: ManageRotas) -> None:
    manage.create(ACME, OTHER, by(ADMIN))

    slower = dataclasses.replace(manage, rotas=Meanwhile(rows, lambda: manage.delete(ACME, OTHER.id, by(ADMIN))))
    with pytest.raises(ConflictError):
        slower.create(ACME, replace(OPS, fallback_rota=OTHER.id), by(ADMIN))
    assert manage.list(ACME) == ()


def test_a_rota_that_is_named_at_the_moment_it_is_deleted_is_there_again(rows: Rows, manage: ManageRotas) -> None:
    manage.create(ACME, OPS, by(ADMIN))

    slower = dataclasses.replace(manage, rotas=Meanwhile(rows, lambda: TwinPolicies(rows).create(ACME, PAGING)))
    with pytest.raises(ConflictError):
        slower.delete(ACME, OPS.id, by(ADMIN))
    assert manage.list(ACME) == (OPS,)
