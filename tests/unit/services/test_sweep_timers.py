"""Given buckets that were not emptied, when timers are swept, then these are started anew, and no other."""

from chalicelib.domain.ids import TenantId
from chalicelib.domain.value import Millis
from chalicelib.services.sweep_timers import AT_ONCE, FIRST
from tests.build import NOW
from tests.timing import BUCKET, GRACE, WIDTH, Timing, a_due
from tests.twin import TwinSweepCursors

OVERDUE = Millis(NOW + 2 * GRACE + WIDTH)
"""When the bucket of NOW should be empty."""
ATTEMPT = OVERDUE // 60_000


def cursor(timing: Timing) -> Millis | None:
    return TwinSweepCursors(timing.rows).get(TenantId.platform())


def swept_until(timing: Timing, at: int) -> None:
    TwinSweepCursors(timing.rows).advance(TenantId.platform(), Millis(at))


def test_a_bucket_that_is_stuck_is_started_under_a_new_name() -> None:
    timing = Timing()
    timing.filled(a_due())

    assert timing.sweep()(OVERDUE) == 1

    assert timing.executions.started == [(BUCKET, 0), (BUCKET, ATTEMPT)]


def test_a_bucket_that_may_still_be_drained_is_left_alone() -> None:
    timing = Timing()
    timing.filled(a_due())

    assert timing.sweep()(Millis(OVERDUE - 1)) == 0


def test_the_cursor_stops_before_the_oldest_stuck_bucket() -> None:
    timing = Timing()
    timing.filled(a_due(), bucket=BUCKET - 2 * WIDTH)
    timing.filled(a_due(), bucket=BUCKET)

    assert timing.sweep()(OVERDUE) == 2
    assert cursor(timing) == BUCKET - 3 * WIDTH

    timing.dues.delete(BUCKET - 2 * WIDTH, [a_due()])
    assert timing.sweep()(OVERDUE) == 1
    assert cursor(timing) == BUCKET - WIDTH


def test_the_cursor_passes_what_is_empty() -> None:
    timing = Timing()
    assert timing.sweep()(OVERDUE) == 0
    assert cursor(timing) == BUCKET
    assert timing.sweep()(Millis(OVERDUE + 1)) == 0
    assert cursor(timing) == BUCKET


def test_the_first_sweep_looks_a_few_buckets_back() -> None:
    timing = Timing()
    timing.filled(a_due(), bucket=BUCKET - (FIRST - 1) * WIDTH)
    assert timing.sweep()(OVERDUE) == 1
    assert cursor(timing) == BUCKET - FIRST * WIDTH


def test_whoever_was_away_for_long_catches_up_over_several_sweeps() -> None:
    timing = Timing()
    swept_until(timing, BUCKET - 3 * AT_ONCE * WIDTH)
    middle = BUCKET - (AT_ONCE + 10) * WIDTH
    timing.filled(a_due(), bucket=middle)

    assert [timing.sweep()(OVERDUE) for _ in range(2)] == [0, 1]
    assert cursor(timing) == middle - WIDTH


def test_one_stuck_bucket_does_not_hide_the_latest_ones() -> None:
    timing = Timing()
    oldest = BUCKET - 10 * AT_ONCE * WIDTH
    swept_until(timing, oldest - WIDTH)
    timing.filled(a_due(), bucket=oldest)
    timing.filled(a_due())

    assert timing.sweep()(OVERDUE) == 2
    assert timing.executions.started[-2:] == [(oldest, ATTEMPT), (BUCKET, ATTEMPT)]
    assert cursor(timing) == oldest - WIDTH


def test_every_shard_is_looked_at() -> None:
    for shard in (0, 13, 31):
        timing = Timing(shard_of=lambda due, shard=shard: shard)  # type: ignore[misc]
        timing.filled(a_due())
        assert timing.sweep()(OVERDUE) == 1


def test_the_cursor_holds_where_the_width_was_another() -> None:
    timing = Timing()
    swept_until(timing, BUCKET - WIDTH + 5_000)
    timing.filled(a_due())
    assert timing.sweep()(OVERDUE) == 1
