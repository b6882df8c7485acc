"""Given a bucket whose time has come, when it is drained, then all in it is woken, and what was woken is removed."""

import pytest

from chalicelib.domain.ids import NotificationId, TenantId
from chalicelib.domain.timer import SHARDS, Due
from chalicelib.services.drain import FloodError, UnfinishedError
from chalicelib.services.ports import NotificationRef
from tests.build import ACME
from tests.timing import BUCKET, WIDTH, Timing, a_due

PAGE = 2


def spread(due: Due) -> int:
    return int(due.id[-4:], 16) % SHARDS


def left(timing: Timing, bucket: int = BUCKET) -> set[Due]:
    return timing.rows.dues[bucket]


@pytest.mark.parametrize("count", [0, 1, 40])
def test_one_invocation_wakes_all_shards(count: int) -> None:
    timing = Timing(shard_of=spread)
    dues = [a_due(number, tenant) for number in range(count) for tenant in (ACME, TenantId("beta"))]
    timing.filled(*dues)

    assert timing.drain(page=100).all_shards(BUCKET) == len(dues)

    assert sorted(timing.queues.woken, key=str) == sorted(dues, key=str)
    assert timing.rows.dues.get(BUCKET, set()) == set()


def test_other_buckets_are_left_alone() -> None:
    timing = Timing()
    timing.filled(a_due(), bucket=BUCKET + WIDTH)
    timing.filled(a_due(1))

    timing.drain().all_shards(BUCKET)

    assert timing.queues.woken == [a_due(1)]
    assert left(timing, BUCKET + WIDTH) == {a_due()}


def test_a_flood_is_handed_over_after_a_page_of_each_shard() -> None:
    timing = Timing(shard_of=lambda due: int(due.tenant == ACME))
    dues = [a_due(number) for number in range(5)]
    other = a_due(9, TenantId("beta"))
    timing.filled(*dues, other)

    with pytest.raises(FloodError):
        timing.drain(page=PAGE).all_shards(BUCKET)

    assert len(timing.queues.woken) == PAGE + 1
    assert left(timing) == {*dues} - {*timing.queues.woken}


def test_a_shard_is_drained_page_by_page() -> None:
    timing = Timing()
    dues = [a_due(number) for number in range(7)]
    timing.filled(*dues)

    assert timing.drain(page=PAGE).shard(BUCKET, 0, lambda: 60_000) == 7

    assert set(timing.queues.woken) == set(dues)
    assert left(timing) == set()


def test_a_shard_is_left_while_a_fifth_of_the_time_remains() -> None:
    timing = Timing()
    timing.filled(*(a_due(number) for number in range(7)))
    times = iter([300_000, 300_000, 60_001, 60_000])

    with pytest.raises(UnfinishedError, match="woke 4"):
        timing.drain(page=PAGE).shard(BUCKET, 0, lambda: next(times))

    assert len(timing.queues.woken) == 4
    assert len(left(timing)) == 3


@pytest.mark.parametrize("in_one", [True, False])
def test_what_the_queue_does_not_take_stays_and_is_told(in_one: bool) -> None:
    timing = Timing()
    timing.filled(a_due(0), a_due(1))
    timing.queues.refuses = frozenset({NotificationRef(ACME, NotificationId(a_due(1).id))})
    drain = timing.drain(page=10)

    with pytest.raises(UnfinishedError, match="did not take 1"):
        _ = drain.all_shards(BUCKET) if in_one else drain.shard(BUCKET, 0, lambda: 60_000)

    assert timing.queues.woken == [a_due(0)]
    assert left(timing) == {a_due(1)}


def test_errors_have_the_names_that_the_state_machine_knows() -> None:
    assert (FloodError.__name__, UnfinishedError.__name__) == ("FloodError", "UnfinishedError")
