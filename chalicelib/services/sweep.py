"""Sweeping: find what a lost message left behind, and nudge it.

The sweeper enumerates each tenant's notifications by the clock, behind a durable cursor that stops at the oldest one
still open. It repeats messages only; the conditions of the steps make a repetition harmless.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from chalicelib.domain.delivery import OPEN
from chalicelib.domain.ids import NotificationId, TenantId
from chalicelib.domain.state import Claim, NotificationState, claimable
from chalicelib.domain.value import Millis
from chalicelib.services.dispatch import announce
from chalicelib.services.ports import (
    Between,
    NotificationRef,
    Publication,
    Queues,
    Requests,
    States,
    SweepCursors,
)

LOOK_BACK: Final = 6 * 3_600_000
"""How far back, in milliseconds, an open notification holds the cursor; older ones are left to the alarms."""
PAGE: Final = 100


@dataclass(frozen=True, slots=True)
class Sweep:
    """The use case: nudge what is stuck in one tenant. `grace` is in milliseconds: what is younger is left alone."""

    requests: Requests
    states: States
    cursors: SweepCursors
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
        stuck = [publication for state in states.values() if (publication := self._stuck(state, now)).channels]
        self.queues.dispatch([NotificationRef(tenant, id) for id in undecided])
        self.queues.publish(stuck)
        open_since = [request.accepted_at for request in undecided.values()]
        open_since += [state.accepted_at for state in states.values() if _is_open(state)]
        return min(open_since, default=None), len(undecided) + len(stuck)

    def _stuck(self, state: NotificationState, now: Millis) -> Publication:
        waiting = announce(state)
        overdue = Millis(now - self.grace)
        channels = tuple(
            channel for channel in waiting.channels if claimable(state, channel, overdue) is not Claim.NOT_YET
        )
        return Publication(ref=waiting.ref, channels=channels)


def _is_open(state: NotificationState) -> bool:
    return any(delivery.status in OPEN for delivery in state.deliveries.values())
