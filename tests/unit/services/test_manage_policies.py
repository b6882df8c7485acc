"""A tenant's escalation policies: checked, versioned, on record; the built-in one until it is replaced."""

import dataclasses

import pytest
from msgspec.structs import replace

from chalicelib.domain.errors import ConflictError, InvalidInputError, NotFoundError
from chalicelib.domain.escalation import DEFAULT_POLICY, EscalationPolicy, Step
from chalicelib.domain.ids import PolicyId, RotaId, TenantId
from chalicelib.domain.rota import Rota
from chalicelib.domain.words import Channel, StopOn
from chalicelib.services.audited_change import AuditedChanges
from chalicelib.services.manage_policies import ManagePolicies
from tests.build import ACME, a_tenant
from tests.callers import ADMIN, GLOBEX, by
from tests.twin import Rows, TwinAuditLog, TwinPolicies, TwinRotas, TwinTenants

NIGHT = EscalationPolicy(id=PolicyId("night"), steps=(Step(channels=(Channel.SMS,)),))
ON_CALL = replace(NIGHT, steps=(Step(channels=(Channel.SMS,), rota=RotaId("ops"), every=300),))
OPS = Rota(id=RotaId("ops"), time_zone="UTC", shifts=())
OWN_DEFAULT = replace(NIGHT, id=DEFAULT_POLICY.id)


@pytest.fixture
def rows() -> Rows:
    rows = Rows()
    for tenant in (ACME, GLOBEX):
        TwinTenants(rows).create(a_tenant(id=tenant))
    return rows


@pytest.fixture
def manage(rows: Rows) -> ManagePolicies:
    numbers = iter(range(1_000))
    audited = AuditedChanges(TwinAuditLog(rows), lambda size: next(numbers).to_bytes(size, "big"))
    return ManagePolicies(TwinPolicies(rows), TwinRotas(rows), TwinTenants(rows), audited)


def test_the_log_has_every_change(rows: Rows, manage: ManagePolicies) -> None:
    manage.create(ACME, NIGHT, by(ADMIN))
    manage.update(ACME, NIGHT.id, lambda policy: replace(policy, stop_on=StopOn.DELIVERED), by(ADMIN), None)
    manage.delete(ACME, NIGHT.id, by(ADMIN))

    log = [(entry.action, entry.target) for entry in rows.audit[ACME]]
    assert log == [(f"escalation_policy.{verb}", "escalation-policy/night") for verb in ("create", "update", "delete")]
    changed = rows.audit[ACME][1]
    assert (changed.before or {}).get("stopOn") is None
    assert (changed.after or {})["stopOn"] == "delivered"


def test_what_cannot_be_followed_is_not_stored(rows: Rows, manage: ManagePolicies) -> None:
    with pytest.raises(InvalidInputError) as refused:
        manage.create(ACME, ON_CALL, by(ADMIN))

    assert [fault.code for fault in refused.value.faults] == ["unknown_rota"]
    assert (rows.policies, rows.audit) == ({}, {})

    manage.create(ACME, NIGHT, by(ADMIN))
    with pytest.raises(InvalidInputError):
        manage.update(ACME, NIGHT.id, lambda policy: replace(policy, steps=()), by(ADMIN), None)
    assert manage.get(ACME, NIGHT.id) == NIGHT


def test_only_the_tenants_own_rotas_count(rows: Rows, manage: ManagePolicies) -> None:
    rota = OPS
    TwinRotas(rows).create(GLOBEX, rota)
    with pytest.raises(InvalidInputError):
        manage.create(ACME, ON_CALL, by(ADMIN))

    TwinRotas(rows).create(ACME, rota)
    assert manage.create(ACME, ON_CALL, by(ADMIN)) == ON_CALL


def test_everybody_has_the_built_in_policy_until_they_replace_it(manage: ManagePolicies) -> None:
    manage.create(ACME, NIGHT, by(ADMIN))
    assert manage.list(ACME) == (DEFAULT_POLICY, NIGHT)
    assert manage.get(ACME, DEFAULT_POLICY.id) is DEFAULT_POLICY

    manage.create(ACME, OWN_DEFAULT, by(ADMIN))
    assert manage.list(ACME) == (OWN_DEFAULT, NIGHT)
    assert manage.get(ACME, DEFAULT_POLICY.id) == OWN_DEFAULT
    assert manage.list(GLOBEX) == (DEFAULT_POLICY,)

    manage.delete(ACME, DEFAULT_POLICY.id, by(ADMIN))
    assert manage.get(ACME, DEFAULT_POLICY.id) is DEFAULT_POLICY


def test_the_built_in_policy_itself_is_neither_changed_nor_removed(rows: Rows, manage: ManagePolicies) -> None:
    with pytest.raises(NotFoundError, match="create one of this id"):
        manage.update(ACME, DEFAULT_POLICY.id, lambda policy: replace(policy, steps=NIGHT.steps), by(ADMIN), None)
    with pytest.raises(NotFoundError):
        manage.delete(ACME, DEFAULT_POLICY.id, by(ADMIN))
    assert rows.policies == {}


def test_an_id_is_taken_once_in_a_tenant_and_free_in_another(manage: ManagePolicies) -> None:
    manage.create(ACME, NIGHT, by(ADMIN))

    with pytest.raises(ConflictError):
        manage.create(ACME, NIGHT, by(ADMIN))
    assert manage.create(GLOBEX, NIGHT, by(ADMIN)) == NIGHT


def test_a_change_of_an_old_version_is_refused_and_one_of_nothing_is_none(rows: Rows, manage: ManagePolicies) -> None:
    manage.create(ACME, NIGHT, by(ADMIN))

    with pytest.raises(ConflictError):
        manage.update(ACME, NIGHT.id, lambda policy: policy, by(ADMIN), version=2)
    assert manage.update(ACME, NIGHT.id, lambda policy: policy, by(ADMIN), version=1).version == 1
    assert len(rows.audit[ACME]) == 1


def test_nothing_is_stored_for_a_tenant_that_does_not_exist(rows: Rows, manage: ManagePolicies) -> None:
    with pytest.raises(NotFoundError):
        manage.create(TenantId("nowhere"), NIGHT, by(ADMIN))
    assert rows.policies == {}


def test_another_tenants_policy_is_not_there(rows: Rows, manage: ManagePolicies) -> None:
    manage.create(ACME, NIGHT, by(ADMIN))

    with pytest.raises(NotFoundError):
        manage.get(GLOBEX, NIGHT.id)
    with pytest.raises(NotFoundError):
        manage.update(GLOBEX, NIGHT.id, lambda policy: replace(policy, steps=()), by(ADMIN), None)
    with pytest.raises(NotFoundError):
        manage.delete(GLOBEX, NIGHT.id, by(ADMIN))
    assert manage.get(ACME, NIGHT.id) == NIGHT


def test_a_policy_somebody_else_deletes_at_the_same_time_is_a_conflict(rows: Rows, manage: ManagePolicies) -> None:
    class Overtaken(TwinPolicies):
        def delete(self, tenant: TenantId, id: PolicyId) -> bool:
            super().delete(tenant, id)
            return super().delete(tenant, id)

    manage.create(ACME, NIGHT, by(ADMIN))

    with pytest.raises(ConflictError):
        dataclasses.replace(manage, policies=Overtaken(rows)).delete(ACME, NIGHT.id, by(ADMIN))
    assert rows.audit[ACME][-1].action == "escalation_policy.delete.refused"


@pytest.mark.parametrize("stored", [None, replace(ON_CALL, steps=NIGHT.steps)])
def test_a_policy_whose_rota_is_deleted_at_the_same_time_is_not_kept(
    rows: Rows, manage: ManagePolicies, stored: EscalationPolicy | None
) -> None:
    class Meanwhile(TwinPolicies):
        def create(self, tenant: TenantId, policy: EscalationPolicy) -> None:
            TwinRotas(rows).delete(ACME, OPS.id)
            super().create(tenant, policy)

        def update(self, tenant: TenantId, policy: EscalationPolicy) -> EscalationPolicy:
            TwinRotas(rows).delete(ACME, OPS.id)
            return super().update(tenant, policy)

    TwinRotas(rows).create(ACME, OPS)
    slower = dataclasses.replace(manage, policies=Meanwhile(rows))
    if stored is not None:
        manage.create(ACME, stored, by(ADMIN))

    def store() -> EscalationPolicy:
        if stored is None:
            return slower.create(ACME, ON_CALL, by(ADMIN))
        return slower.update(ACME, ON_CALL.id, lambda policy: replace(policy, steps=ON_CALL.steps), by(ADMIN), None)

    with pytest.raises(ConflictError):
        store()

    assert [policy.steps for policy in manage.list(ACME)[1:]] == ([] if stored is None else [NIGHT.steps])
    assert rows.audit[ACME][-1].action.endswith(".refused")
