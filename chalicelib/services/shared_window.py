"""One window of a rate as one process knows it: what it saw last, and the lease it holds."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from msgspec.structs import replace

from chalicelib.domain.errors import BusyError
from chalicelib.domain.ids import TenantId
from chalicelib.domain.rate_limit import Rate, Window, give_back, left, take
from chalicelib.domain.value import Millis
from chalicelib.services.ports import RateWindows

TRIES: Final = 20
"""How often a change is tried that others come before."""

KEPT_FOR: Final = 86_400
"""Seconds that a row stays when nobody comes any more."""

Revise = Callable[[Window], Window | None]


@dataclass(slots=True)
class SharedWindow:
    """The window `name` of a tenant. Not for several threads at once.

    Nothing is read: a change says which version it was made of, and who was wrong learns the right one from the answer.
    A lease is as large as what was spent since the slot before: a caller who comes once takes one token, a busy one
    takes more at a time. What lapses unspent is given back with the next lease.
    """

    windows: RateWindows
    tenant: TenantId
    name: str
    seen: Window = field(default_factory=Window)
    slot: int = 0
    counted_in: int = 0
    held: int = 0
    spent: int = 0

    def spend(self, rate: Rate, now: Millis) -> bool:
        """Spend a token, of the lease or of a new one; False when there is none before `frees_at`.

        Raises
        ------
        BusyError
            Others came before every time.
        """
        slot = rate.slot_at(now)
        if (self.slot != slot or self.held == 0) and not self._lease(rate, now):
            return False
        self.held -= 1
        self.spent += 1
        return True

    def left(self, rate: Rate, now: Millis) -> int:
        """Return how many tokens are left, as far as this process knows."""
        return left(self.seen, rate, now) + (self.held if self.slot == rate.slot_at(now) else 0)

    def change(self, revise: Revise, now: Millis) -> bool:
        """Store what `revise` makes of the window as it is then; False when that is nothing. Raises BusyError."""
        for _ in range(TRIES):
            revised = revise(self.seen)
            if revised is None:
                return False
            other = self.windows.replace(self.tenant, self.name, revised, now // 1_000 + KEPT_FOR)
            if other is None:
                self.seen = replace(revised, version=revised.version + 1)
                return True
            self.seen = other
        raise BusyError("The limit is asked for by too many at a time")

    def _lease(self, rate: Rate, now: Millis) -> bool:
        slot, lapsed, taken = rate.slot_at(now), self.held, 0
        wanted = min(max(1, self.spent if slot - self.slot <= 1 else 1), rate.largest_lease)

        def lease(window: Window) -> Window | None:
            # Given back once at most: when an answer got lost, what stands there "instead" is this call's own.
            nonlocal lapsed, taken
            window, lapsed = give_back(window.at(slot), self.counted_in, lapsed), 0
            window, taken = take(window, rate, now, wanted)
            return window if taken else None

        # Who knows that nothing is left asks nobody: a flood of refused calls costs no writes.
        if not self.change(lease, now):
            return False
        self.spent = self.spent if slot == self.slot else 0
        self.slot, self.counted_in, self.held = slot, self.seen.latest, taken
        return True
