"""Timers under every order of their effects, and crashes: whatever was scheduled is woken, and nothing else."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from chalicelib.domain.ids import TenantId
from chalicelib.domain.timer import Due
from chalicelib.domain.value import Millis
from chalicelib.services.timers import StartedBuckets
from tests.explore import Actor, Scenario, Stepping, explore
from tests.timing import BUCKET, GRACE, LEEWAY, WIDTH, Timing, a_due
from tests.twin import TwinSweepCursors

Wrap = Callable[[Any], Any]
DUES = [a_due(number) for number in range(3)]
"""Two pages."""
MINUTE = 60_000


@dataclass
class Stage:
    """Timers, the actors on them, and what they were asked for."""

    timing: Timing = field(default_factory=Timing)
    actors: list[Actor] = field(default_factory=list)
    time_goes_on: bool = False

    def actor(self, name: str, run: Callable[[Wrap], object], *, may_crash: bool = False) -> None:
        """Add an actor; `run` is given what to wrap its ports with."""
        actor = Actor(name, lambda: None, may_crash=may_crash)
        actor.run = lambda: run(lambda port: Stepping(port, lambda: actor))
        self.actors.append(actor)

    def drain(self, name: str, *, may_crash: bool = False) -> None:
        """Add a drain of the bucket."""
        self.actor(name, lambda wrap: self.timing.drain(wrap).shard(BUCKET, 0, lambda: MINUTE), may_crash=may_crash)

    def scheduler(
        self, name: str, due: Due, at: int, *, started: StartedBuckets | None = None, may_crash: bool = False
    ) -> None:
        """Add somebody who schedules. Where time goes on, every look at the clock is a step, too."""

        def run(wrap: Wrap) -> None:
            watch = Watch(self.timing)
            look = wrap(watch).look if self.time_goes_on else watch.look
            self.timing.schedule(wrap, look, started).schedule(due, Millis(at))

        self.actor(name, run, may_crash=may_crash)

    def execution(self) -> None:
        """Add the bucket's execution: time goes on as it does."""
        self.timing.executions.start(BUCKET)
        self.time_goes_on = True
        self.actor("execution", lambda wrap: self.timing.execute(BUCKET, wrap=wrap))

    def scenario(self, check: Callable[[], None]) -> Scenario:
        return Scenario(self.actors, check)

    def expect_woken(self, *dues: Due) -> None:
        """Fail unless these were woken, and no others, and nothing is left."""
        assert set(self.timing.queues.woken) == set(dues)
        assert not any(self.timing.rows.dues.values())


@dataclass
class Watch:
    """A clock to be looked at."""

    timing: Timing

    def look(self) -> Millis:
        """Return the time."""
        return self.timing.clock()


def test_two_drains_of_one_bucket_wake_everything_between_them() -> None:
    def make() -> Scenario:
        stage = Stage()
        stage.timing.filled(*DUES)
        stage.drain("drain 1")
        stage.drain("drain 2")
        return stage.scenario(lambda: stage.expect_woken(*DUES))

    assert explore(make) > 200


def test_a_drain_that_dies_after_any_action_leaves_the_rest_to_the_next() -> None:
    def make() -> Scenario:
        stage = Stage()
        stage.timing.filled(*DUES)
        stage.drain("drain 1", may_crash=True)

        def check() -> None:
            lost = set(DUES) - set(stage.timing.queues.woken)
            assert lost <= stage.timing.rows.dues[BUCKET], "removed before it was woken"
            stage.timing.drain().shard(BUCKET, 0, lambda: MINUTE)
            stage.expect_woken(*DUES)

        return stage.scenario(check)

    assert explore(make, crashes=1) > 5


def test_drains_that_die_beside_each_other_lose_nothing() -> None:
    def make() -> Scenario:
        stage = Stage()
        stage.timing.filled(*DUES[:2])
        stage.drain("drain 1", may_crash=True)
        stage.drain("drain 2", may_crash=True)

        def check() -> None:
            stage.timing.run_out()
            stage.expect_woken(*DUES[:2])

        return stage.scenario(check)

    assert explore(make, crashes=2) > 100


def test_whoever_dies_between_execution_and_item_is_asked_again() -> None:
    def make() -> Scenario:
        stage = Stage()
        stage.timing.clock.now = Millis(BUCKET - 1)
        stage.scheduler("scheduler 1", DUES[0], BUCKET, may_crash=True)
        stage.scheduler("scheduler 2", DUES[0], BUCKET, may_crash=True)

        def check() -> None:
            buckets = {bucket for bucket, dues in stage.timing.rows.dues.items() if dues}
            assert buckets <= {bucket for bucket, _ in stage.timing.executions.started}, "an item without an execution"
            stage.timing.schedule().schedule(DUES[0], Millis(BUCKET))  # the message comes again
            stage.timing.run_out()
            stage.expect_woken(DUES[0])

        return stage.scenario(check)

    assert explore(make, crashes=2) > 30


def test_a_warm_process_schedules_two_things_at_once() -> None:
    def make() -> Scenario:
        stage = Stage()
        stage.timing.clock.now = Millis(BUCKET - 1)
        warm = StartedBuckets()
        for number, due in enumerate(DUES):
            stage.scheduler(f"thread {number}", due, BUCKET, started=warm)

        def check() -> None:
            stage.timing.run_out()
            stage.expect_woken(*DUES)

        return stage.scenario(check)

    assert explore(make) > 50


def test_what_comes_late_into_a_bucket_being_drained_is_woken_by_it_or_the_next() -> None:
    buckets: set[int] = set()

    def make() -> Scenario:
        stage = Stage()
        stage.timing.clock.now = Millis(BUCKET - 1)
        stage.timing.filled(DUES[0])
        stage.execution()
        stage.scheduler("late", DUES[1], BUCKET)

        def check() -> None:
            buckets.update(bucket for bucket, _ in stage.timing.executions.started)
            stage.timing.run_out()
            assert set(stage.timing.queues.woken) == set(DUES[:2]), "lost"

        return stage.scenario(check)

    assert explore(make) > 200
    assert buckets == {BUCKET, BUCKET + WIDTH}


def test_what_is_scheduled_anew_while_its_item_is_removed_comes_again() -> None:
    """Who is woken and has more to wait for, schedules the same again, beside the drain that woke it."""

    def make() -> Scenario:
        stage = Stage()
        stage.timing.filled(DUES[0])
        stage.timing.clock.now = Millis(BUCKET + LEEWAY)
        stage.drain("drain")
        stage.scheduler("woken", DUES[0], BUCKET + LEEWAY)

        def check() -> None:
            assert stage.timing.rows.dues[BUCKET + WIDTH] == {DUES[0]}
            stage.timing.run_out()
            assert stage.timing.queues.woken == [DUES[0]] * 2

        return stage.scenario(check)

    assert explore(make) == 10


@dataclass
class InShard0:
    """Due items a look at which is a step in shard 0; the other shards are empty."""

    plain: Any
    stepping: Any

    def page(self, bucket: int, shard: int, limit: int) -> tuple[Due, ...]:
        """Return some items."""
        found: tuple[Due, ...] = (self.plain if shard or bucket != BUCKET else self.stepping).page(bucket, shard, limit)
        return found


def test_a_sweeper_beside_a_running_drain_passes_nothing_that_is_left() -> None:
    outcomes = set()

    def make() -> Scenario:
        stage = Stage()
        stage.timing.filled(*DUES)
        stage.timing.clock.now = Millis(BUCKET + 2 * GRACE + WIDTH)
        TwinSweepCursors(stage.timing.rows).advance(TenantId.platform(), Millis(BUCKET - WIDTH))

        def sweeping(wrap: Wrap) -> None:
            sweep = stage.timing.sweep(wrap, lambda dues: InShard0(dues, wrap(dues)))
            sweep(stage.timing.clock())

        stage.drain("drain", may_crash=True)
        stage.actor("sweeper", sweeping, may_crash=True)

        def check() -> None:
            timing = stage.timing
            passed = TwinSweepCursors(timing.rows).get(TenantId.platform()) or 0
            left = bool(timing.rows.dues[BUCKET])
            assert not (left and passed >= BUCKET), "the cursor passed what is left"
            outcomes.add((left, len(timing.executions.started)))
            timing.ran.add((BUCKET, 0))  # the execution is over, whatever became of it
            timing.swept_out()
            stage.expect_woken(*DUES)

        return stage.scenario(check)

    assert explore(make, crashes=1) > 400
    assert {(False, 1), (False, 2), (True, 2)} <= outcomes
