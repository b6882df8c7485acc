"""Timers: what is to happen later lies in a bucket of its time until the bucket's execution wakes it.

The execution is started first and the item stored second: an item without an execution would wait for the sweeper,
an execution without an item costs next to nothing. A bucket's execution drains it twice, at the bucket's time and a
grace later; who is so slow that the second drain may have missed the item, puts it into the next bucket, too.
"""

from collections import OrderedDict
from dataclasses import dataclass, field
from threading import Lock
from typing import Final

from chalicelib.domain.timer import Due, bucket_of
from chalicelib.domain.value import Millis
from chalicelib.services.ports import Clock, DueItems, Executions

REMEMBERED: Final = 10_000
"""Buckets that a process remembers to have seen started: a week of minutes."""


@dataclass(slots=True)
class StartedBuckets:
    """The buckets whose execution this process has seen started; the ones seen first are forgotten first."""

    limit: int = REMEMBERED
    _seen: OrderedDict[int, None] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def __contains__(self, bucket: int) -> bool:
        """Tell whether a bucket is among them."""
        return bucket in self._seen

    def add(self, bucket: int) -> None:
        """Remember a bucket."""
        with self._lock:
            self._seen[bucket] = None
            if len(self._seen) > self.limit:
                self._seen.popitem(last=False)


@dataclass(frozen=True, slots=True)
class ScheduleTimers:
    """`ports.Timers` by due items and executions. `width` of a bucket and `grace` are in milliseconds."""

    dues: DueItems
    executions: Executions
    clock: Clock
    width: int
    grace: int
    started: StartedBuckets = field(default_factory=StartedBuckets)

    def schedule(self, due: Due, at: Millis) -> None:
        """See that `due` is looked at again at `at` or at most a bucket's width later, whatever crashes.

        What is in the past already comes due with the bucket of now.
        """
        bucket = bucket_of(max(at, self.clock()), self.width)
        self._put(bucket, due)
        while self.clock() > bucket + self.grace // 2:
            bucket = bucket_of(self.clock(), self.width)
            self._put(bucket, due)

    def _put(self, bucket: int, due: Due) -> None:
        if bucket not in self.started:
            self.executions.start(bucket)
            self.started.add(bucket)
        self.dues.put(bucket, due)
