"""Rate limits over several processes: never more than the limit in any minute, and few writes."""

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from chalicelib.domain.errors import BusyError
from chalicelib.domain.ids import TenantId
from chalicelib.domain.rate_limit import CALLS_A_MINUTE, MINUTE, Limit, Window
from chalicelib.domain.tenant import TenantSettings
from chalicelib.domain.value import Millis
from chalicelib.services.rate_limit import RateLimits
from tests.build import ACME, NOW, a_tenant
from tests.twin import Rows, TwinRateWindows


def settings_of(**limits: int) -> TenantSettings:
    return TenantSettings(rate_limits=limits)


@dataclass
class Watched:
    """The windows in memory, with a count of the writes, and with whatever others do just before each."""

    windows: TwinRateWindows = field(default_factory=lambda: TwinRateWindows(Rows()))
    before: Callable[[], None] = lambda: None
    answers_lost: int = 0
    writes: int = 0

    def replace(self, tenant: TenantId, name: str, window: Window, ttl: int) -> Window | None:
        self.writes += 1
        before, self.before = self.before, lambda: None
        before()
        answer = self.windows.replace(tenant, name, window, ttl)
        if self.answers_lost and answer is None:
            self.answers_lost -= 1
            return self.windows.replace(tenant, name, window, ttl)
        return answer


def process(windows: Watched) -> RateLimits:
    return RateLimits(windows, CALLS_A_MINUTE)


def most_in_a_minute(times: list[int]) -> int:
    """Return the most calls that any span of a minute saw."""
    return max((bisect_left(times, begin + MINUTE) - place for place, begin in enumerate(times)), default=0)


waits = some.sampled_from([0, 1, 50, 400, 3_000, 5_999, 6_000, 14_000, 59_999, 66_000])
calls = some.lists(some.tuples(some.integers(0, 3), waits, some.integers(1, 12), some.booleans()), max_size=12)


@settings(max_examples=400)
@given(most=some.sampled_from([1, 2, 7, 20, 60]), calls=calls, lost=some.integers(0, 3))
def test_no_minute_sees_more_than_the_limit_whoever_comes_between(
    most: int, calls: list[tuple[int, int, int, bool]], lost: int
) -> None:
    # Given four processes that share a window, of which one comes between another's look and its write,
    # and answers of the table that get lost
    windows = Watched(answers_lost=lost)
    tenant, now = a_tenant(settings=settings_of(send=most)), NOW
    processes = [process(windows) for _ in range(4)]
    admitted: list[int] = []

    def call(which: int) -> None:
        if processes[which](Limit.SEND, "service:orders", tenant, Millis(now)).admitted:
            admitted.append(now)

    # When they call in whatever order and haste
    for which, wait, count, is_raced in calls:
        now = Millis(now + wait)
        for _ in range(count):
            if is_raced:
                windows.before = lambda which=which: call((which + 1) % 4)  # type: ignore[misc]
            call(which)
            windows.before = lambda: None

    # Then no minute saw more than the limit
    assert most_in_a_minute(admitted) <= most


def test_all_of_the_limit_can_be_had_by_one_and_by_several_processes() -> None:
    for count in (1, 4):
        windows = Watched()
        processes = [process(windows) for _ in range(count)]
        admitted = [processes[each % count](Limit.SEND, "a", a_tenant(), NOW).admitted for each in range(400)]
        assert sum(admitted) == 100


def test_a_busy_caller_of_one_process_costs_a_write_in_about_ten_calls() -> None:
    windows = Watched()
    limits, now = process(windows), NOW
    for _ in range(900):
        now = Millis(now + 667)
        assert limits(Limit.SEND, "a", a_tenant(), now).admitted
    assert windows.writes <= 900 / 8


def test_refused_calls_cost_no_writes() -> None:
    windows = Watched()
    limits = process(windows)
    while limits(Limit.SEND, "a", a_tenant(), NOW).admitted:
        pass
    before = windows.writes
    refused = [limits(Limit.SEND, "a", a_tenant(), Millis(NOW + each)) for each in range(1_000)]
    assert not any(quota.admitted for quota in refused)
    assert windows.writes == before


def test_who_waits_as_long_as_told_is_let_through() -> None:
    limits = process(Watched())
    while (quota := limits(Limit.SEND, "a", a_tenant(), NOW)).admitted:
        assert quota.left >= 0
    assert (quota.left, quota.most, quota.seconds) == (0, 100, 60)
    assert 0 < quota.resets_in <= 66
    assert limits(Limit.SEND, "a", a_tenant(), Millis(NOW + 1_000 * quota.resets_in)).admitted


def test_callers_limits_and_tenants_are_counted_apart() -> None:
    limits = process(Watched())
    while limits(Limit.SEND, "a", a_tenant(), NOW).admitted:
        pass
    assert limits(Limit.SEND, "b", a_tenant(), NOW).admitted
    assert limits(Limit.READ, "a", a_tenant(), NOW).admitted
    assert limits(Limit.SEND, "a", a_tenant(id=TenantId("globex")), NOW).admitted
    assert limits(Limit.SEND, "a", None, NOW).admitted


@pytest.mark.parametrize(
    ("chosen", "most"), [({}, 100), ({"send": 1_000}, 1_000), ({"send": 3}, 3), ({"read": 3}, 100)]
)
def test_a_tenant_raises_or_lowers_a_limit(chosen: dict[str, int], most: int) -> None:
    limits, tenant = process(Watched()), a_tenant(settings=settings_of(**chosen))
    assert limits(Limit.SEND, "a", tenant, NOW).most == most
    assert sum(limits(Limit.SEND, "a", tenant, NOW).admitted for _ in range(2_000)) == most - 1


def test_a_lowered_limit_holds_for_what_was_done_before() -> None:
    limits = process(Watched())
    for _ in range(50):
        limits(Limit.SEND, "a", a_tenant(), NOW)
    lowered = a_tenant(settings=settings_of(send=10))
    later = Millis(NOW + 20_000)
    assert limits(Limit.SEND, "a", lowered, later).admitted is False


def test_whom_others_always_precede_is_told_that_it_is_busy() -> None:
    class Hurried(Watched):
        def replace(self, tenant: TenantId, name: str, window: Window, ttl: int) -> Window | None:
            return Window(version=window.version + 1)

    with pytest.raises(BusyError):
        process(Hurried())(Limit.SEND, "a", a_tenant(), NOW)


def test_what_is_remembered_is_bounded() -> None:
    windows = Watched()
    limits = process(windows)
    for number in range(1_500):
        assert limits(Limit.USERS, f"user:customer/u{number}", a_tenant(), NOW).admitted
    assert len(limits._known) == 1_000
    assert windows.windows.rows.rates.keys() >= {(ACME, "users#user:customer/u0")}
