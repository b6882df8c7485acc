"""Given something that is to happen later, when it is scheduled, then it lies in a bucket that will be drained."""

import pytest

from chalicelib.domain.value import Millis
from chalicelib.services.timers import StartedBuckets
from tests.build import NOW
from tests.timing import BUCKET, GRACE, WIDTH, Timing, a_due


class Died(BaseException):
    """The process ends."""


@pytest.mark.parametrize(
    ("now", "at", "bucket"),
    [
        (NOW, NOW + 1, BUCKET + WIDTH),
        (NOW, NOW + WIDTH, BUCKET + WIDTH),
        (NOW, NOW + WIDTH + 1, BUCKET + 2 * WIDTH),
        (NOW - 1, NOW, BUCKET),
        (NOW, NOW, BUCKET),
        (NOW + 1, NOW - 10 * WIDTH, BUCKET + WIDTH),  # past: due with the bucket of now, never with an earlier one
        (NOW, NOW + 360 * 86_400_000, BUCKET + 360 * 86_400_000),
    ],
)
def test_a_time_is_rounded_up_to_its_bucket(now: int, at: int, bucket: int) -> None:
    timing = Timing()
    timing.clock.now = Millis(now)

    timing.schedule().schedule(a_due(), Millis(at))

    assert timing.rows.dues == {bucket: {a_due()}}
    assert timing.executions.started == [(bucket, 0)]


def test_a_warm_process_starts_a_bucket_once() -> None:
    timing = Timing()
    scheduler = timing.schedule()

    for number in range(100):
        scheduler.schedule(a_due(number), Millis(NOW + 5))

    assert timing.executions.calls == 1
    assert len(timing.rows.dues[BUCKET + WIDTH]) == 100


def test_a_start_that_failed_is_not_remembered() -> None:
    timing = Timing()
    start, timing.executions.start = timing.executions.start, failing  # type: ignore[method-assign]
    scheduler = timing.schedule()
    with pytest.raises(OSError, match="throttled"):
        scheduler.schedule(a_due(), Millis(NOW + 5))
    assert timing.rows.dues == {}

    timing.executions.start = start  # type: ignore[method-assign]
    scheduler.schedule(a_due(), Millis(NOW + 5))

    assert timing.executions.started == [(BUCKET + WIDTH, 0)]


def failing(bucket: int, attempt: int = 0) -> None:
    raise OSError("throttled")


def test_a_process_forgets_the_buckets_it_saw_first() -> None:
    started = StartedBuckets(limit=2)
    for bucket in (1, 2, 3):
        started.add(bucket)
    assert [bucket in started for bucket in (1, 2, 3)] == [False, True, True]


@pytest.mark.parametrize(
    ("late", "buckets"),
    [
        (0, [BUCKET]),
        (GRACE // 2, [BUCKET]),
        (GRACE // 2 + 1, [BUCKET, BUCKET + WIDTH]),
        (3 * WIDTH + 1, [BUCKET, BUCKET + 4 * WIDTH]),
    ],
)
def test_who_is_late_puts_it_into_the_next_bucket_too(late: int, buckets: list[int]) -> None:
    timing = Timing()
    times = iter([BUCKET - 1, *[BUCKET + late] * 3])

    timing.schedule(clock=lambda: Millis(next(times))).schedule(a_due(), Millis(BUCKET))

    assert timing.rows.dues == {bucket: {a_due()} for bucket in buckets}
    assert timing.executions.started == [(bucket, 0) for bucket in buckets]
