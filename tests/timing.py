"""Timers in memory: the real use cases on the twin, with executions that a test runs, and the time with them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from chalicelib.domain.ids import TenantId, derived_id
from chalicelib.domain.timer import Due, DueKind
from chalicelib.domain.value import Millis
from chalicelib.services.drain import Drain
from chalicelib.services.sweep_timers import SweepTimers
from chalicelib.services.timers import ScheduleTimers, StartedBuckets
from tests.build import ACME, NOW
from tests.fakes import FakeQueues, ManualClock
from tests.twin import Rows, TwinDueItems, TwinSweepCursors

WIDTH, GRACE, LEEWAY = 60_000, 30_000, 1_000
BUCKET = NOW
"""A bucket whose time has come at NOW."""
Wrap = Callable[[Any], Any]


def a_due(number: int = 0, tenant: TenantId = ACME) -> Due:
    """Return a notification that comes due."""
    return Due(tenant=tenant, kind=DueKind.NOTIFICATION, id=derived_id(str(number)))


@dataclass
class FakeExecutions:
    """`ports.Executions` that only note what they are to run."""

    started: list[tuple[int, int]] = field(default_factory=list)
    calls: int = 0

    def start(self, bucket: int, attempt: int = 0) -> None:
        self.calls += 1
        if (bucket, attempt) not in self.started:
            self.started.append((bucket, attempt))


@dataclass
class Timing:
    """What all actors of timers share. All that is due lies in shard 0 unless `shard_of` says otherwise."""

    rows: Rows = field(default_factory=Rows)
    clock: ManualClock = field(default_factory=ManualClock)
    queues: FakeQueues = field(default_factory=FakeQueues)
    executions: FakeExecutions = field(default_factory=FakeExecutions)
    shard_of: Callable[[Due], int] = lambda due: 0
    ran: set[tuple[int, int]] = field(default_factory=set)
    """The executions that have ended."""

    @property
    def dues(self) -> TwinDueItems:
        """The due items."""
        return TwinDueItems(self.rows, self.shard_of)

    def filled(self, *dues: Due, bucket: int = BUCKET) -> None:
        """Put dues into a bucket whose execution is started."""
        self.executions.start(bucket)
        for due in dues:
            self.dues.put(bucket, due)

    def schedule(
        self,
        wrap: Wrap = lambda port: port,
        clock: Callable[[], Millis] | None = None,
        started: StartedBuckets | None = None,
    ) -> ScheduleTimers:
        """Return the use case that schedules; a process of its own unless it is told what was `started`."""
        return ScheduleTimers(
            dues=wrap(self.dues),
            executions=wrap(self.executions),
            clock=clock or self.clock,
            width=WIDTH,
            grace=GRACE,
            started=started or StartedBuckets(),
        )

    def drain(self, wrap: Wrap = lambda port: port, page: int = 2) -> Drain:
        """Return the use case that drains."""
        return Drain(wrap(self.dues), wrap(self.queues), page=page, concurrency=1)

    def sweep(self, wrap: Wrap = lambda port: port, wrap_dues: Wrap = lambda port: port) -> SweepTimers:
        """Return the use case that sweeps."""
        return SweepTimers(
            dues=wrap_dues(self.dues),
            executions=wrap(self.executions),
            cursors=wrap(TwinSweepCursors(self.rows)),
            width=WIDTH,
            grace=GRACE,
            concurrency=1,
        )

    def execute(self, bucket: int, attempt: int = 0, wrap: Wrap = lambda port: port) -> None:
        """Run an execution as the state machine does, moving the time on to its rounds."""
        for time in (bucket + LEEWAY, bucket + LEEWAY + GRACE):
            wrap(self).reach(time)
            self.drain(wrap).shard(bucket, 0, lambda: 60_000)
        self.ran.add((bucket, attempt))

    def reach(self, time: int) -> None:
        """Let it be `time` at the earliest."""
        self.clock.now = max(self.clock.now, Millis(time))

    def run_out(self) -> None:
        """Run every execution that was started and has not ended."""
        while rest := sorted(set(self.executions.started) - self.ran):
            self.execute(*rest[0])

    def swept_out(self) -> None:
        """Run everything, and the sweeper, until it has nothing to start anew."""
        for _ in range(10):
            self.run_out()
            self.clock.advance(5 * WIDTH)
            if self.sweep()(self.clock()) == 0:
                return
        raise AssertionError("buckets stay stuck")
