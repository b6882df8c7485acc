import pytest

from chalicelib.domain.escalation import EscalationPolicy
from chalicelib.domain.ids import PolicyId, ProviderId, TenantId
from chalicelib.domain.provider import ProviderConfig
from chalicelib.domain.tenant import Tenant
from chalicelib.domain.words import Channel
from chalicelib.services import cached
from chalicelib.services.cached import CachedPolicies, CachedProviders, CachedTenants
from tests.build import ACME, a_tenant
from tests.fakes import ManualClock
from tests.twin import Rows, TwinPolicies

BETA = TenantId("beta")
FRESH_FOR = 60_000


class Stored:
    """Tenants and providers that count how often they are asked for."""

    def __init__(self, *tenants: TenantId) -> None:
        self.tenants = {id: a_tenant(id=id) for id in tenants}
        self.asked: list[TenantId] = []

    def get(self, tenant: TenantId) -> Tenant | None:
        self.asked.append(tenant)
        return self.tenants.get(tenant)

    def list(self, tenant: TenantId) -> tuple[ProviderConfig, ...]:
        self.asked.append(tenant)
        return (ProviderConfig(id=ProviderId(f"of-{tenant}"), channel=Channel.EMAIL, vendor="smtp"),)


def test_an_answer_is_used_again_until_it_is_old() -> None:
    stored, clock = Stored(ACME), ManualClock()
    tenants = CachedTenants(stored, clock, FRESH_FOR)

    assert tenants.get(ACME) == tenants.get(ACME) == a_tenant()
    clock.advance(FRESH_FOR - 1)
    tenants.get(ACME)
    assert stored.asked == [ACME]

    clock.advance(1)
    tenants.get(ACME)
    assert stored.asked == [ACME, ACME]


def test_that_a_tenant_does_not_exist_is_never_remembered() -> None:
    stored = Stored()
    tenants = CachedTenants(stored, ManualClock(), FRESH_FOR)
    assert tenants.get(ACME) is None

    stored.tenants[ACME] = a_tenant()

    assert tenants.get(ACME) == a_tenant()


def test_each_tenant_has_its_own_answer() -> None:
    providers = CachedProviders(Stored(), ManualClock(), FRESH_FOR)

    assert [providers.list(tenant)[0].id for tenant in (ACME, BETA, ACME)] == ["of-acme", "of-beta", "of-acme"]


def test_policies_are_remembered_too() -> None:
    policy = EscalationPolicy(id=PolicyId("p"), steps=())
    rows, clock = Rows(), ManualClock()
    TwinPolicies(rows).create(ACME, policy)
    policies = CachedPolicies(TwinPolicies(rows), clock, FRESH_FOR)
    assert policies.list(ACME) == (policy,)

    TwinPolicies(rows).delete(ACME, policy.id)

    assert policies.list(ACME) == (policy,)
    clock.advance(FRESH_FOR)
    assert policies.list(ACME) == ()


def test_memory_is_bounded_and_forgets_the_oldest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cached, "MOST", 1)
    stored = Stored(ACME, BETA)
    tenants = CachedTenants(stored, ManualClock(), FRESH_FOR)

    for tenant in (ACME, BETA, BETA, ACME):
        tenants.get(tenant)

    assert stored.asked == [ACME, BETA, ACME]


def test_a_fault_of_the_store_is_not_taken_for_a_tenant_that_is_missing() -> None:
    class Broken(Stored):
        def get(self, tenant: TenantId) -> Tenant | None:
            raise KeyError("Items")

    with pytest.raises(KeyError):
        CachedTenants(Broken(), ManualClock(), FRESH_FOR).get(ACME)
