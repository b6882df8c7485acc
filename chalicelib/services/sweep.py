"""Sweeping: find what a lost message left behind, and nudge it.

The sweeper enumerates each tenant's notifications by the clock, behind a durable cursor that stops at the oldest one
still open. It repeats messages only; the conditions of the steps make a repetition harmless.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import msgspec

from chalicelib.domain.breaker import Phase
from chalicelib.domain.delivery import OPEN, DeliveryStatus
from chalicelib.domain.ids import NotificationId, ProviderId, TenantId
from chalicelib.domain.request import NotificationRequest
from chalicelib.domain.routing import remaining
from chalicelib.domain.state import Claim, NotificationState, claimable
from chalicelib.domain.timer import Due, DueKind
from chalicelib.domain.value import Millis
from chalicelib.domain.words import Channel
from chalicelib.services.dispatch import announce
from chalicelib.services.gather_facts import is_the_stages
from chalicelib.services.ports import (
    Between,
    CircuitLookup,
    ProviderLookup,
    Queues,
    Requests,
    States,
    SweepCursors,
    TenantLookup,
)

LOOK_BACK: Final = 6 * 3_600_000
"""How far back, in milliseconds, an open notification holds the cursor; older ones are not waited for."""
PAGE: Final = 100
ILL_FOR: Final = 900_000
"""For how many milliseconds after a provider's circuit opened its messages are taken to wait for that. While there are
any, it is tried again every minute, and opens again.
"""
ONE_DAY: Final = 86_400_000


@dataclass(frozen=True, slots=True)
class Sweep:
    """The use case: nudge what is stuck in one tenant. `grace` is in milliseconds: what is younger is left alone."""

    requests: Requests
    states: States
    cursors: SweepCursors
    tenants: TenantLookup
    providers: ProviderLookup
    circuits: CircuitLookup
    queues: Queues
    grace: int

    def __call__(self, tenant: TenantId, now: Millis) -> int:
        """Sweep a tenant and return how many notifications were nudged."""
        end = Millis(now - self.grace)
        start = max(self.cursors.get(tenant) or Millis(0), Millis(now - LOOK_BACK))
        nudged, after = 0, None
        settled_until = end
        while True:
            page = self.requests.of_tenant(tenant, Between(Millis(start), end), PAGE, after)
            oldest_open, count = self._sweep_page(tenant, page.items, now)
            nudged += count
            settled_until = min(settled_until, oldest_open or end)
            after = page.next
            if after is None:
                break
        self.cursors.advance(tenant, settled_until)
        return nudged

    def _sweep_page(self, tenant: TenantId, ids: Sequence[NotificationId], now: Millis) -> tuple[Millis | None, int]:
        states = self.states.get_many(tenant, ids)
        undecided = self.requests.get_many(tenant, [id for id in ids if id not in states])
        waiting = self._waiting(tenant, now) if states else _Waiting()
        stuck = [*undecided, *(id for id, state in states.items() if self._is_stuck(state, waiting, now))]
        self.queues.wake([Due(tenant=tenant, kind=DueKind.NOTIFICATION, id=id) for id in stuck])
        open_since = [request.accepted_at for request in undecided.values() if not _begins_later(request, now)]
        open_since += [state.accepted_at for state in states.values() if _is_open(state, now)]
        return min(open_since, default=None), len(stuck)

    def _waiting(self, tenant: TenantId, now: Millis) -> "_Waiting":
        found = self.tenants.get(tenant)
        said = (circuit for circuit in self.circuits.list(tenant) if circuit.phase is Phase.OPEN)
        return _Waiting(
            paced=frozenset() if found is None else frozenset(found.settings.send_rates),
            usable=frozenset(provider.id for provider in self.providers.list(tenant) if provider.enabled),
            ill=frozenset(circuit.provider for circuit in said if now - circuit.at < ILL_FOR),
        )

    def _is_stuck(self, state: NotificationState, waiting: "_Waiting", now: Millis) -> bool:
        """Tell whether something for a worker to do has been due for longer than the grace.

        What waits for its rate, or for its providers to get well, may wait in its lane for hours. Another message would
        wait there, too, and take a place from one that has something to send; another one would follow with the next
        sweep.
        """
        overdue = Millis(now - self.grace)
        found = {channel: claimable(state, channel, overdue) for channel in announce(state, now).channels}
        return any(
            claim is not Claim.NOT_YET and not (claim is Claim.FREE and waiting.explains(channel, state))
            for channel, claim in found.items()
        )


class _Waiting(msgspec.Struct, frozen=True):
    """Why messages of a tenant may wait in their lanes: for the send rates of channels, for providers that are ill."""

    paced: frozenset[Channel] = frozenset()
    usable: frozenset[ProviderId] = frozenset()
    ill: frozenset[ProviderId] = frozenset()

    def explains(self, channel: Channel, state: NotificationState) -> bool:
        """Tell whether a delivery that may be claimed waits for one of these."""
        delivery = state.deliveries[channel]
        left = [delivery.providers[index] for index in remaining(delivery)]
        callable_ones = [id for id in left if id in self.usable or is_the_stages(id)]
        return channel in self.paced or (bool(callable_ones) and self.ill.issuperset(callable_ones))


def _begins_later(request: NotificationRequest, now: Millis) -> bool:
    """Whether a timer brings the request back, once the dispatcher has seen it. When its wall clock shows the time is
    for the dispatcher to know: within a day.
    """
    if request.send_at_local is not None:
        return request.accepted_at + ONE_DAY > now
    return request.send_at is not None and request.send_at > now


def _is_open(state: NotificationState, now: Millis) -> bool:
    """Whether something is to be done by now. What waits for its time is the timers' business."""
    return any(
        delivery.status in OPEN
        and (delivery.status is not DeliveryStatus.SCHEDULED or (delivery.not_before or 0) <= now)
        for delivery in state.deliveries.values()
    )
