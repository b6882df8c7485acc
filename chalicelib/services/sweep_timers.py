"""Sweeping timers: find the buckets whose execution did not empty them, and start them anew.

Buckets are enumerated by the clock, behind a durable cursor that passes none with something in it. It belongs to the
platform: buckets are no tenant's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from chalicelib.domain.ids import TenantId
from chalicelib.domain.timer import SHARDS, bucket_of
from chalicelib.domain.value import Millis
from chalicelib.services.concurrently import concurrently
from chalicelib.services.ports import DueItems, Executions, SweepCursors

FIRST: Final = 10
"""Buckets before now that the first sweep ever looks at: a new stack has no older ones."""
AT_ONCE: Final = 60
"""Buckets that a sweep looks at from the cursor on, and as many of the latest: a stuck one does not hide the others."""
ATTEMPT: Final = 60_000
"""Milliseconds in which a bucket is started anew at most once."""


@dataclass(frozen=True, slots=True)
class SweepTimers:
    """The use case: start stuck buckets anew. `width` and `grace` are those of `ScheduleTimers`."""

    dues: DueItems
    executions: Executions
    cursors: SweepCursors
    width: int
    grace: int
    concurrency: int = 8

    def __call__(self, now: Millis) -> int:
        """Look at the buckets that should be empty by now; return how many were not, and were started anew."""
        buckets = self._overdue(now)
        oldest, latest = buckets[:AT_ONCE], buckets[max(AT_ONCE, len(buckets) - AT_ONCE) :]
        stuck = self._stuck(oldest)
        empty = oldest if not stuck else oldest[: oldest.index(stuck[0])]
        if empty:
            self.cursors.advance(TenantId.platform(), Millis(empty[-1]))
        stuck += self._stuck(latest)
        for bucket in stuck:
            self.executions.start(bucket, attempt=now // ATTEMPT)
        return len(stuck)

    def _overdue(self, now: Millis) -> range:
        """Return the buckets behind the cursor whose second drain is long over."""
        end = now - 2 * self.grace - self.width
        passed = self.cursors.get(TenantId.platform())
        if passed is None:
            passed = Millis(end - FIRST * self.width)
            self.cursors.advance(TenantId.platform(), passed)
        return range(bucket_of(Millis(passed + 1), self.width), end + 1, self.width)

    def _stuck(self, buckets: Sequence[int]) -> list[int]:
        places = [(bucket, shard) for bucket in buckets for shard in range(SHARDS)]
        found = concurrently(lambda place: self.dues.page(*place, limit=1), places, self.concurrency)
        filled = {bucket for (bucket, _), dues in zip(places, found, strict=True) if dues}
        return [bucket for bucket in buckets if bucket in filled]
