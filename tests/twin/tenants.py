"""Tenants in memory: what they set up and what they did."""

from dataclasses import dataclass

from msgspec.structs import replace

from chalicelib.domain.audit import AuditEntry
from chalicelib.domain.breaker import Circuit
from chalicelib.domain.escalation import EscalationPolicy
from chalicelib.domain.ids import ClientId, PolicyId, ProviderId, RotaId, TenantId
from chalicelib.domain.provider import ProviderConfig
from chalicelib.domain.rota import Rota
from chalicelib.domain.tenant import ServiceAccount, Tenant
from chalicelib.domain.value import Millis
from chalicelib.services.ports import Between, Page
from tests.twin.rows import Rows, page_of, store_new, store_next


@dataclass
class TwinTenants:
    """`ports.Tenants` in memory."""

    rows: Rows

    def create(self, tenant: Tenant) -> None:
        store_new(self.rows, self.rows.tenants, tenant.id, tenant)

    def get(self, tenant: TenantId) -> Tenant | None:
        return self.rows.tenants.get(tenant)

    def update(self, tenant: Tenant) -> Tenant:
        return store_next(self.rows, self.rows.tenants, tenant.id, tenant)

    def list(self, limit: int, after: str | None) -> Page[TenantId]:
        return page_of(sorted(self.rows.tenants), limit, after)


@dataclass
class TwinServiceAccounts:
    """`ports.ServiceAccounts` in memory."""

    rows: Rows

    def create(self, account: ServiceAccount) -> None:
        store_new(self.rows, self.rows.accounts, account.client_id, account)

    def get(self, client: ClientId) -> ServiceAccount | None:
        return self.rows.accounts.get(client)

    def update(self, account: ServiceAccount) -> ServiceAccount:
        return store_next(self.rows, self.rows.accounts, account.client_id, account)

    def delete(self, client: ClientId) -> bool:
        return self.rows.accounts.pop(client, None) is not None

    def list(self, limit: int, after: str | None) -> Page[ServiceAccount]:
        page = page_of(sorted(self.rows.accounts), limit, after)
        return Page(tuple(self.rows.accounts[client] for client in page.items), page.next)


@dataclass
class TwinProviders:
    """`ports.Providers` in memory."""

    rows: Rows

    def create(self, tenant: TenantId, provider: ProviderConfig) -> None:
        store_new(self.rows, self.rows.providers, (tenant, provider.id), provider)

    def get(self, tenant: TenantId, id: ProviderId) -> ProviderConfig | None:
        return self.rows.providers.get((tenant, id))

    def update(self, tenant: TenantId, provider: ProviderConfig) -> ProviderConfig:
        return store_next(self.rows, self.rows.providers, (tenant, provider.id), provider)

    def delete(self, tenant: TenantId, id: ProviderId) -> bool:
        return self.rows.providers.pop((tenant, id), None) is not None

    def list(self, tenant: TenantId) -> tuple[ProviderConfig, ...]:
        return tuple(self.rows.providers[place] for place in sorted(self.rows.providers) if place[0] == tenant)


@dataclass
class TwinCircuits:
    """`ports.Circuits` in memory. Rows do not expire here: `ttl` is not kept."""

    rows: Rows

    def list(self, tenant: TenantId) -> tuple[Circuit, ...]:
        return tuple(self.rows.circuits[place] for place in sorted(self.rows.circuits) if place[0] == tenant)

    def put(self, tenant: TenantId, circuit: Circuit, ttl: int) -> Circuit | None:
        with self.rows.step():
            stored = self.rows.circuits.get((tenant, circuit.provider))
            if (stored.version if stored else 0) != circuit.version:
                return stored or replace(circuit, at=Millis(0), version=0)
            self.rows.circuits[tenant, circuit.provider] = replace(circuit, version=circuit.version + 1)
        return None


@dataclass
class TwinPolicies:
    """`ports.Policies` in memory."""

    rows: Rows

    def create(self, tenant: TenantId, policy: EscalationPolicy) -> None:
        store_new(self.rows, self.rows.policies, (tenant, policy.id), policy)

    def get(self, tenant: TenantId, id: PolicyId) -> EscalationPolicy | None:
        return self.rows.policies.get((tenant, id))

    def update(self, tenant: TenantId, policy: EscalationPolicy) -> EscalationPolicy:
        return store_next(self.rows, self.rows.policies, (tenant, policy.id), policy)

    def delete(self, tenant: TenantId, id: PolicyId) -> bool:
        return self.rows.policies.pop((tenant, id), None) is not None

    def list(self, tenant: TenantId) -> tuple[EscalationPolicy, ...]:
        return tuple(self.rows.policies[place] for place in sorted(self.rows.policies) if place[0] == tenant)


@dataclass
class TwinRotas:
    """`ports.Rotas` in memory."""

    rows: Rows

    def create(self, tenant: TenantId, rota: Rota) -> None:
        store_new(self.rows, self.rows.rotas, (tenant, rota.id), rota)

    def get(self, tenant: TenantId, id: RotaId) -> Rota | None:
        return self.rows.rotas.get((tenant, id))

    def update(self, tenant: TenantId, rota: Rota) -> Rota:
        return store_next(self.rows, self.rows.rotas, (tenant, rota.id), rota)

    def delete(self, tenant: TenantId, id: RotaId) -> bool:
        return self.rows.rotas.pop((tenant, id), None) is not None

    def list(self, tenant: TenantId) -> tuple[Rota, ...]:
        return tuple(self.rows.rotas[place] for place in sorted(self.rows.rotas) if place[0] == tenant)


@dataclass
class TwinAuditLog:
    """`ports.AuditLog` in memory."""

    rows: Rows

    def add(self, entry: AuditEntry) -> None:
        self.rows.audit.setdefault(entry.tenant, []).append(entry)

    def list(self, tenant: TenantId, span: Between, limit: int, after: str | None) -> Page[AuditEntry]:
        entries = [entry for entry in self.rows.audit.get(tenant, ()) if span.start <= entry.at < span.end]
        entries.sort(key=lambda entry: (entry.at, entry.id), reverse=True)
        page = page_of([entry.id for entry in entries], limit, after)
        return Page(tuple(entry for entry in entries if entry.id in page.items), page.next)
