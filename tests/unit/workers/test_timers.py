"""Given the state machine of timers or the schedule, when they call, then buckets are drained and started anew."""

from typing import Any

import pytest

from chalicelib import bootstrap
from chalicelib.domain.value import Millis
from chalicelib.services.drain import FloodError, UnfinishedError
from chalicelib.workers.drain import drain
from chalicelib.workers.sweep import sweep
from tests.timing import BUCKET, GRACE, WIDTH, Timing, a_due
from tests.unit.workers.events import Context
from tests.world import World

CONTEXT = Context()


@pytest.fixture
def timing(monkeypatch: pytest.MonkeyPatch) -> Timing:
    """Timers that the workers find behind bootstrap, with pages of two."""
    timing = Timing()
    monkeypatch.setattr(bootstrap, "drain", timing.drain)
    monkeypatch.setattr(bootstrap, "sweep_timers", timing.sweep)
    return timing


@pytest.mark.parametrize("event", [{"bucket": BUCKET}, {"bucket": BUCKET, "shard": 0}])
def test_a_bucket_or_a_shard_of_it_is_drained(timing: Timing, event: dict[str, Any]) -> None:
    timing.filled(a_due())

    assert drain(event, CONTEXT) == {"woken": 1}

    assert timing.queues.woken == [a_due()]


def test_another_shard_is_left_alone(timing: Timing) -> None:
    timing.filled(a_due())

    assert drain({"bucket": BUCKET, "shard": 31}, CONTEXT) == {"woken": 0}


def test_the_state_machine_is_told_of_a_flood_by_an_error(timing: Timing) -> None:
    timing.filled(*(a_due(number) for number in range(3)))

    with pytest.raises(FloodError):
        drain({"bucket": BUCKET}, CONTEXT)


def test_the_state_machine_is_told_of_a_rest_by_an_error(timing: Timing) -> None:
    timing.filled(a_due())

    with pytest.raises(UnfinishedError):
        drain({"bucket": BUCKET, "shard": 0}, Context(remaining=0))


def test_the_sweeper_starts_stuck_buckets_anew(world: World, timing: Timing) -> None:
    timing.filled(a_due())
    world.clock.now = Millis(BUCKET + 2 * GRACE + WIDTH)

    assert sweep({}, CONTEXT) == {"restarted": 1, "nudged": 0}


def test_tenants_are_swept_where_timers_cannot_be(
    world: World, timing: Timing, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = world.accepted()
    world.clock.advance(60 * 60_000)
    monkeypatch.setattr(bootstrap, "sweep_timers", broken)

    with pytest.raises(OSError, match="no state machine"):
        sweep({}, CONTEXT)

    assert [due.id for due in world.queues.woken] == [request.id]


def broken() -> Any:
    raise OSError("no state machine")
