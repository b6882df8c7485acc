"""A tenant's send rate per channel: who may not send yet waits in the lane and comes back, and nothing is dropped."""

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import Final

from chalicelib.domain.ids import TenantId
from chalicelib.domain.rate_limit import SECOND, Rate, Window, book
from chalicelib.domain.value import Millis
from chalicelib.domain.words import Channel
from chalicelib.services.ports import Clock, RateWindows, TenantLookup
from chalicelib.services.shared_window import SharedWindow

BATCH: Final = 10
"""Places booked at once, as many as a batch has messages."""
LONGEST: Final = 900
"""Seconds a lane can hold a message back. Who would have to wait for longer comes back then, and waits again."""


@dataclass(slots=True)
class _Lane:
    window: SharedWindow
    lock: Lock = field(default_factory=Lock)
    places: int = 0
    next_place: int = 0


@dataclass(slots=True)
class SendRates:
    """The use case: say how long a message of a tenant has to wait for its channel's rate.

    Where a tenant chose no rate this costs nothing. `randomness` is below 1.
    """

    windows: RateWindows
    tenants: TenantLookup
    clock: Clock
    randomness: Callable[[], float]
    _lanes: dict[tuple[TenantId, Channel], _Lane] = field(default_factory=dict)

    def __call__(self, tenant: TenantId, channel: Channel) -> int:
        """Return 0 when a message may go out now, which then counts, or the seconds after which it should ask again."""
        known = self.tenants.get(tenant)
        most = None if known is None else known.settings.send_rates.get(channel)
        if most is None:
            return 0
        rate, now = Rate(most, SECOND, share=2), self.clock()
        lane = self._lanes.setdefault((tenant, channel), _Lane(SharedWindow(self.windows, tenant, f"rate#{channel}")))
        with lane.lock:
            if lane.window.spend(rate, now):
                return 0
            wait = self._place(lane, rate, now) - now
        return min(LONGEST, -(-wait // SECOND))

    def _place(self, lane: _Lane, rate: Rate, now: Millis) -> Millis:
        """Return when a message that has to wait should come back: about as many of them a second as may go out."""
        if lane.places == 0 or lane.next_place <= now:
            if not lane.window.change(lambda window: _booked(window, rate, now), now):
                return Millis(now + round(LONGEST * SECOND * (1 + self.randomness()) / 2))
            lane.places = BATCH
            lane.next_place = lane.window.seen.booked - BATCH * rate.span // rate.most
        place = lane.next_place
        lane.places -= 1
        lane.next_place += rate.span // rate.most
        return Millis(place + round(SECOND * self.randomness()))


def _booked(window: Window, rate: Rate, now: Millis) -> Window | None:
    """Return the window with places for a batch, None when the queue of those who wait is too long to tell."""
    booked, first = book(window, rate, now, BATCH)
    return booked if first < now + LONGEST * SECOND else None
