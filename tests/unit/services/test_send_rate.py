"""A tenant's send rate: no second sees more than it, and whoever has to wait comes back until it was sent."""

import heapq
from bisect import bisect_left
from itertools import count, cycle
from random import Random

import pytest

from chalicelib.domain.rate_limit import SECOND
from chalicelib.domain.tenant import TenantSettings
from chalicelib.domain.value import Millis
from chalicelib.domain.words import Channel
from chalicelib.services.send_rate import LONGEST, SendRates
from tests.build import ACME, NOW, a_tenant
from tests.fakes import ManualClock
from tests.twin import Rows, TwinRateWindows, TwinTenants


def a_lane(rate: int | None, workers: int = 1, seed: int = 1) -> tuple[list[SendRates], ManualClock, Rows]:
    """Return workers of a lane, each a process, for a tenant with this rate of SMS."""
    rows, clock = Rows(), ManualClock()
    chosen = {} if rate is None else {Channel.SMS: rate}
    TwinTenants(rows).create(a_tenant(settings=TenantSettings(send_rates=chosen)))
    windows, tenants, random = TwinRateWindows(rows), TwinTenants(rows), Random(seed)
    return [SendRates(windows, tenants, clock, random.random) for _ in range(workers)], clock, rows


def worked_off(rate: int, messages: list[int], workers: int) -> tuple[list[tuple[int, int]], int]:
    """Let messages (each the number of what it asks for) go through the lane; return when what went out, and how often
    somebody had to wait.
    """
    lane, clock, _ = a_lane(rate, workers)
    order, hands = count(), cycle(lane)
    queue = [(NOW + 3 * place, next(order), message) for place, message in enumerate(messages)]
    heapq.heapify(queue)
    out: list[tuple[int, int]] = []
    waits = 0
    while queue:
        at, _, message = heapq.heappop(queue)
        clock.now = Millis(max(clock.now, at))
        wait = next(hands)(ACME, Channel.SMS)
        if wait:
            assert 1 <= wait <= LONGEST
            waits += 1
            heapq.heappush(queue, (clock.now + wait * SECOND, next(order), message))
        else:
            out.append((clock.now, message))
    return out, waits


@pytest.mark.parametrize("workers", [1, 3])
def test_a_thousand_messages_at_ten_a_second(workers: int) -> None:
    out, waits = worked_off(10, list(range(1_000)), workers)
    times = [at for at, _ in out]
    assert sorted(message for _, message in out) == list(range(1_000))
    assert max(bisect_left(times, begin + SECOND) - place for place, begin in enumerate(times)) <= 10
    # It takes little longer than it must, and nobody is sent round more often than a few times.
    assert times[-1] - NOW < 250_000
    assert waits < 6_000


def test_what_comes_twice_takes_two_turns_and_loses_none() -> None:
    out, _ = worked_off(5, [*range(50), *range(50)], 2)
    assert {message for _, message in out} == set(range(50))


def test_who_chose_no_rate_pays_nothing() -> None:
    (lane,), _, rows = a_lane(None)
    assert {lane(ACME, Channel.SMS) for _ in range(1_000)} == {0}
    assert rows.rates == {}


def test_a_rate_of_one_channel_holds_no_other_up() -> None:
    (lane,), _, _ = a_lane(1)
    assert lane(ACME, Channel.SMS) == 0
    assert lane(ACME, Channel.SMS) > 0
    assert {lane(ACME, Channel.EMAIL) for _ in range(100)} == {0}


def test_a_queue_longer_than_a_lane_can_hold_comes_back_at_different_times() -> None:
    (lane,), _, _ = a_lane(1)
    waits = [lane(ACME, Channel.SMS) for _ in range(3_000)]
    assert max(waits) == LONGEST
    assert len(set(waits[2_000:])) > 100
    assert min(waits[2_000:]) >= LONGEST / 2


def test_after_a_pause_nobody_waits_for_those_who_are_gone() -> None:
    (lane,), clock, _ = a_lane(1)
    for _ in range(100):
        lane(ACME, Channel.SMS)
    clock.advance(3_600_000)
    assert lane(ACME, Channel.SMS) == 0
    assert 1 <= lane(ACME, Channel.SMS) <= 3
