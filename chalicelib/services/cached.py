"""Tenants, providers and policies as a warm worker remembers them: for a short time, keyed by tenant, bounded.

That time, `fresh_for` in milliseconds, is how long a suspension or a new provider may take to be seen everywhere.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from threading import Lock
from typing import Final, Generic, TypeVar

from chalicelib.domain.breaker import Circuit
from chalicelib.domain.escalation import EscalationPolicy
from chalicelib.domain.ids import TenantId
from chalicelib.domain.provider import ProviderConfig
from chalicelib.domain.tenant import Tenant
from chalicelib.domain.value import Millis
from chalicelib.services.ports import CircuitLookup, Clock, PolicyLookup, ProviderLookup, TenantLookup

MOST: Final = 1_000

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")


class MissingError(Exception):
    """What is asked for does not exist: that is not remembered. No other error is taken for it."""


@dataclass(slots=True)
class Memory(Generic[K, T]):
    """Answers by what they are about: a tenant, or something that begins with one."""

    clock: Clock
    fresh_for: int
    _kept: OrderedDict[K, tuple[Millis, T]] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def recall(self, about: K, read: Callable[[K], T]) -> T:
        """Return what `read` said of it a short time ago, or ask it."""
        now = self.clock()
        with self._lock:
            kept = self._kept.get(about)
        if kept is not None and now - kept[0] < self.fresh_for:
            return kept[1]
        found = read(about)
        with self._lock:
            self._kept[about] = (now, found)
            self._kept.move_to_end(about)
            while len(self._kept) > MOST:
                self._kept.popitem(last=False)
        return found


class CachedTenants:
    """`ports.TenantLookup` that asks the store now and then. A tenant that does not exist is asked for every time."""

    def __init__(self, stored: TenantLookup, clock: Clock, fresh_for: int) -> None:
        self._stored = stored
        self._memory: Memory[TenantId, Tenant] = Memory(clock, fresh_for)

    def get(self, tenant: TenantId) -> Tenant | None:
        """Return a tenant."""
        try:
            return self._memory.recall(tenant, self._existing)
        except MissingError:
            return None

    def _existing(self, tenant: TenantId) -> Tenant:
        found = self._stored.get(tenant)
        if found is None:
            raise MissingError
        return found


class CachedProviders:
    """`ports.ProviderLookup` that asks the store now and then."""

    def __init__(self, stored: ProviderLookup, clock: Clock, fresh_for: int) -> None:
        self._stored = stored
        self._memory: Memory[TenantId, tuple[ProviderConfig, ...]] = Memory(clock, fresh_for)

    def list(self, tenant: TenantId) -> tuple[ProviderConfig, ...]:
        """Return all providers of a tenant."""
        return self._memory.recall(tenant, self._stored.list)


class CachedPolicies:
    """`ports.PolicyLookup` that asks the store now and then."""

    def __init__(self, stored: PolicyLookup, clock: Clock, fresh_for: int) -> None:
        self._stored = stored
        self._memory: Memory[TenantId, tuple[EscalationPolicy, ...]] = Memory(clock, fresh_for)

    def list(self, tenant: TenantId) -> tuple[EscalationPolicy, ...]:
        """Return all policies that a tenant stored."""
        return self._memory.recall(tenant, self._stored.list)


class CachedCircuits:
    """`ports.CircuitLookup` that asks the store now and then."""

    def __init__(self, stored: CircuitLookup, clock: Clock, fresh_for: int) -> None:
        self._stored = stored
        self._memory: Memory[TenantId, tuple[Circuit, ...]] = Memory(clock, fresh_for)

    def list(self, tenant: TenantId) -> tuple[Circuit, ...]:
        """Return the last transition of each provider of a tenant that had one."""
        return self._memory.recall(tenant, self._stored.list)
