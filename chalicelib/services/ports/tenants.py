"""Tenants: what they set up, what they did and what they used up."""

from collections.abc import Sequence
from typing import Protocol

from chalicelib.domain.allowance import Budget
from chalicelib.domain.audit import AuditEntry
from chalicelib.domain.breaker import Circuit
from chalicelib.domain.escalation import EscalationPolicy
from chalicelib.domain.ids import ClientId, PolicyId, ProviderId, RotaId, TenantId
from chalicelib.domain.provider import ProviderConfig
from chalicelib.domain.rate_limit import Window
from chalicelib.domain.rota import Rota
from chalicelib.domain.tenant import ServiceAccount, Tenant
from chalicelib.domain.value import Millis
from chalicelib.services.ports.notifications import Between, Page


class TenantLookup(Protocol):
    """All that most use cases need of tenants; the answer may be a minute old."""

    def get(self, tenant: TenantId) -> Tenant | None:
        """Return a tenant."""


class Tenants(TenantLookup, Protocol):
    """Tenants and the platform's registry of them."""

    def create(self, tenant: Tenant) -> None:
        """Store a new tenant and register it, together; ExistsError when the id is taken."""

    def get(self, tenant: TenantId) -> Tenant | None:
        """Return a tenant by a consistent read."""

    def update(self, tenant: Tenant) -> Tenant:
        """Replace a tenant whose stored version is `tenant.version`; returns it one version on. StaleVersionError."""

    def list(self, limit: int, after: str | None) -> Page[TenantId]:
        """Return the ids of all tenants in order."""


class InvitedElsewhereError(Exception):
    """Somebody who is to be invited is a user already, of another tenant or of none."""


class UninvitableError(Exception):
    """The directory does not take an address; the text says why, in its words."""


class Invitations(Protocol):
    """The directory of people that Herald may invite to."""

    def check(self, tenant: TenantId, email: str) -> None:
        """Raise what `invite` would, as far as that shows by looking."""

    def invite(self, tenant: TenantId, email: str) -> None:
        """Make somebody an administrator of a tenant and write to them; who was invited before is left as they are.
        InvitedElsewhereError, UninvitableError.
        """


class ServiceAccounts(Protocol):
    """Service accounts, found by client id (they may act for several tenants, so the platform owns the rows)."""

    def create(self, account: ServiceAccount) -> None:
        """Store a new account; ExistsError when the client id is taken."""

    def get(self, client: ClientId) -> ServiceAccount | None:
        """Return an account."""

    def update(self, account: ServiceAccount) -> ServiceAccount:
        """Replace an account of the same version; returns it one version on. StaleVersionError."""

    def delete(self, client: ClientId) -> bool:
        """Remove an account; False when there was none."""

    def list(self, limit: int, after: str | None) -> Page[ServiceAccount]:
        """Return all accounts in order of client id."""


class ProviderLookup(Protocol):
    """All that sending needs of providers; the answer may be a minute old."""

    def list(self, tenant: TenantId) -> tuple[ProviderConfig, ...]:
        """Return all providers of a tenant, in order of id."""


class Providers(ProviderLookup, Protocol):
    """The providers a tenant configured."""

    def create(self, tenant: TenantId, provider: ProviderConfig) -> None:
        """Store a new provider; ExistsError when the tenant has one of this id."""

    def get(self, tenant: TenantId, id: ProviderId) -> ProviderConfig | None:
        """Return a provider by a consistent read."""

    def update(self, tenant: TenantId, provider: ProviderConfig) -> ProviderConfig:
        """Replace a provider of the same version; returns it one version on. StaleVersionError."""

    def delete(self, tenant: TenantId, id: ProviderId) -> bool:
        """Remove a provider; False when there was none."""


class CircuitLookup(Protocol):
    """Which providers of a tenant had to be left alone lately; the answer may be a minute old."""

    def list(self, tenant: TenantId) -> tuple[Circuit, ...]:
        """Return the last transition of each provider that ever had one, a day long, in order of its id."""


class Circuits(CircuitLookup, Protocol):
    """What workers tell each other of the providers of a tenant."""

    def put(self, tenant: TenantId, circuit: Circuit, ttl: int) -> Circuit | None:
        """Store a transition that follows that of version `circuit.version` (0: none), one version on. `ttl` is in
        seconds since the epoch.

        Returns what stands there instead, None when it was stored. Should an answer get lost, that may be its own.
        """


class PolicyLookup(Protocol):
    """All that deciding needs of escalation policies; the answer may be a minute old."""

    def list(self, tenant: TenantId) -> tuple[EscalationPolicy, ...]:
        """Return all policies that a tenant stored, in order of id."""


class Policies(PolicyLookup, Protocol):
    """The escalation policies of a tenant."""

    def create(self, tenant: TenantId, policy: EscalationPolicy) -> None:
        """Store a new policy; ExistsError when the tenant has one of this id."""

    def get(self, tenant: TenantId, id: PolicyId) -> EscalationPolicy | None:
        """Return a policy by a consistent read."""

    def update(self, tenant: TenantId, policy: EscalationPolicy) -> EscalationPolicy:
        """Replace a policy of the same version; returns it one version on. StaleVersionError."""

    def delete(self, tenant: TenantId, id: PolicyId) -> bool:
        """Remove a policy; False when there was none."""


class Rotas(Protocol):
    """The on-call rotas of a tenant."""

    def create(self, tenant: TenantId, rota: Rota) -> None:
        """Store a new rota; ExistsError when the tenant has one of this id."""

    def get(self, tenant: TenantId, id: RotaId) -> Rota | None:
        """Return a rota by a consistent read."""

    def list(self, tenant: TenantId) -> tuple[Rota, ...]:
        """Return all rotas of a tenant, in order of id."""

    def update(self, tenant: TenantId, rota: Rota) -> Rota:
        """Replace a rota of the same version; returns it one version on. StaleVersionError."""

    def delete(self, tenant: TenantId, id: RotaId) -> bool:
        """Remove a rota; False when there was none."""


class Spendings(Protocol):
    """What a tenant spent of its budgets, in millionths."""

    def spent(self, tenant: TenantId, budgets: Sequence[Budget], now: Millis) -> tuple[int, ...]:
        """Return what was spent of each budget in the period that `now` lies in; it may lag."""

    def spend(self, tenant: TenantId, budget: Budget, amount: int, now: Millis) -> bool:
        """Add an amount (or take a negative one back) unless that exceeds the budget; tell whether it was added."""


class RateWindows(Protocol):
    """What was taken of rates of a tenant, over all processes."""

    def replace(self, tenant: TenantId, name: str, window: Window, ttl: int) -> Window | None:
        """Store a window made of that of version `window.version` (0: of none), one version on. `ttl` is in seconds
        since the epoch.

        Returns what stands there instead, None when it was stored. Should an answer get lost, that may be its own.
        """


class AuditLog(Protocol):
    """The audit log of a tenant."""

    def add(self, entry: AuditEntry) -> None:
        """Store an entry."""

    def list(self, tenant: TenantId, span: Between, limit: int, after: str | None) -> Page[AuditEntry]:
        """Return entries of `span`, newest first."""
