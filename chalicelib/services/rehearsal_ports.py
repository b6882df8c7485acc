"""Ports for a rehearsal: they read what is stored, and keep what is written to themselves.

A use case given these has no effect, and finds what it has "done". The ports of requests and states have the methods
that deciding and releasing call, and no others: whatever else they should come to call fails loudly.
"""
# ruff: noqa: ARG002 (the methods of a port take what other implementations of it need)

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Lock

from msgspec.structs import replace

from chalicelib.domain.allowance import Budget, Period, Usage
from chalicelib.domain.digest import DigestKey, DigestWindow
from chalicelib.domain.ids import NotificationId, RotaId, TenantId, UserId, UserType
from chalicelib.domain.request import NotificationRequest
from chalicelib.domain.rota import Rota
from chalicelib.domain.state import DeliveryChange, NotificationState, Relay
from chalicelib.domain.timer import Due
from chalicelib.domain.value import Millis
from chalicelib.domain.words import Channel
from chalicelib.services.ports import (
    DigestWindows,
    NotificationRef,
    RefusedChangeError,
    Rotas,
    Spendings,
    Usages,
)


@dataclass(slots=True)
class KeptRequests:
    """`ports.Requests` that knows one request; what is put beside it was sent on its behalf (`put_since`)."""

    request: NotificationRequest
    put_since: dict[NotificationId, NotificationRequest] = field(default_factory=dict)

    def put(self, request: NotificationRequest, ttl: int) -> None:
        """Keep a request."""
        self.put_since[request.id] = request

    def get(self, tenant: TenantId, id: NotificationId) -> NotificationRequest | None:
        """Return the request, or one that was put since."""
        return self.request if id == self.request.id else self.put_since.get(id)

    def get_many(self, tenant: TenantId, ids: Collection[NotificationId]) -> dict[NotificationId, NotificationRequest]:
        """Return those of the requests that are kept."""
        return {id: found for id in ids if (found := self.get(tenant, id)) is not None}

    def keep(self, ref: NotificationRef, ttl: int) -> None:
        """Do nothing: what is kept here ends with the rehearsal."""


@dataclass(slots=True)
class KeptStates:
    """`ports.States` that knows one state, once it is put."""

    state: NotificationState | None = None

    def put(self, state: NotificationState, ttl: int) -> NotificationState:
        """Keep the first state."""
        self.state = self.state or state
        return self.state

    def get(self, tenant: TenantId, id: NotificationId) -> NotificationState | None:
        """Return the state."""
        return self.state if self.state is not None and self.state.id == id else None

    def get_many(self, tenant: TenantId, ids: Collection[NotificationId]) -> dict[NotificationId, NotificationState]:
        """Return the state, if it is asked for."""
        return {id: found for id in ids if (found := self.get(tenant, id)) is not None}

    def change(self, ref: NotificationRef, channel: Channel, change: DeliveryChange) -> NotificationState:
        """End a delivery that nobody has begun."""
        state = self._present()
        delivery = state.deliveries[channel]
        if not change.applies_to(delivery):
            raise RefusedChangeError(state)
        detail = change.detail or delivery.detail
        ended = replace(delivery, status=change.status, reason=change.reason, detail=detail, not_before=None)
        return self._keep(replace(state, deliveries=state.deliveries | {channel: ended}))

    def relay(self, ref: NotificationRef, before: tuple[Relay, ...], after: tuple[Relay, ...]) -> NotificationState:
        """Replace the relays."""
        return self._keep(replace(self._present(), relays=after))

    def join_digest(self, ref: NotificationRef, window: str) -> NotificationState:
        """Record the window."""
        return self._keep(replace(self._present(), digest=window))

    def _present(self) -> NotificationState:
        if self.state is None:
            raise RefusedChangeError(None)
        return self.state

    def _keep(self, state: NotificationState) -> NotificationState:
        self.state = replace(state, version=state.version + 1)
        return self.state


@dataclass(slots=True)
class KeptUsages:
    """`ports.Usages`; what is put is not kept: whom a rehearsal is for is asked about once."""

    stored: Usages

    def get(self, tenant: TenantId, user_type: UserType, user_id: UserId) -> Usage:
        """Return the stored usage."""
        return self.stored.get(tenant, user_type, user_id)

    def put(self, tenant: TenantId, user_type: UserType, user_id: UserId, usage: Usage, ttl: int) -> None:
        """Do nothing."""


@dataclass(slots=True)
class KeptSpendings:
    """`ports.Spendings` that adds what a rehearsal of many spends to what was spent; threads may share it."""

    stored: Spendings
    added: dict[tuple[TenantId, str, str | None], int] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def spent(self, tenant: TenantId, budgets: Sequence[Budget], now: Millis) -> tuple[int, ...]:
        """Return what was spent, and what would have been by now."""
        stored = self.stored.spent(tenant, budgets, now)
        return tuple(
            already + self.added.get(_place(tenant, budget, now), 0)
            for budget, already in zip(budgets, stored, strict=True)
        )

    def spend(self, tenant: TenantId, budget: Budget, amount: int, now: Millis) -> bool:
        """Spend in mind."""
        [stored] = self.stored.spent(tenant, (budget,), now)
        place = _place(tenant, budget, now)
        with self._lock:
            added = self.added.get(place, 0) + amount
            if amount > 0 and stored + added > budget.limit:
                return False
            self.added[place] = added
            return True


@dataclass(slots=True)
class KeptWindows:
    """`ports.DigestWindows`. `last` is the window as it would be."""

    stored: DigestWindows
    last: DigestWindow | None = None

    def get(self, tenant: TenantId, key: DigestKey) -> DigestWindow:
        """Return the window."""
        self.last = self.last or self.stored.get(tenant, key)
        return self.last

    def put(self, tenant: TenantId, key: DigestKey, window: DigestWindow, ttl: int) -> DigestWindow:
        """Keep the window, one version on."""
        self.last = replace(window, version=window.version + 1)
        return self.last


@dataclass(slots=True)
class KeptTimers:
    """`ports.Timers` that wake nobody. `times` are those asked for, in order."""

    times: list[Millis] = field(default_factory=list)

    def schedule(self, due: Due, at: Millis) -> None:
        """Keep the time."""
        self.times.append(at)


@dataclass(slots=True)
class KnownRotas:
    """`ports.Rotas` that reads each rota once."""

    stored: Rotas
    known: dict[RotaId, Rota | None] = field(default_factory=dict)

    def get(self, tenant: TenantId, id: RotaId) -> Rota | None:
        """Return a rota; all are of one tenant."""
        if id not in self.known:
            self.known[id] = self.stored.get(tenant, id)
        return self.known[id]


def _place(tenant: TenantId, budget: Budget, now: Millis) -> tuple[TenantId, str, str | None]:
    day = datetime.fromtimestamp(now / 1_000, UTC).date().isoformat()
    return tenant, day if budget.period is Period.DAY else day[:7], budget.category
