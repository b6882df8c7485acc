"""What is taken before anything goes out: told here without interleavings, which have tests of their own."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.allowance import DEFAULT_CAP, HOUR, NO_CAP, Budget, Period, Taking, Usage
from chalicelib.domain.delivery import Detail
from chalicelib.domain.errors import BusyError
from chalicelib.domain.ids import NotificationId, TenantId, UserId, UserType, derived_id
from chalicelib.domain.outcome import Ended
from chalicelib.domain.preferences import Cap
from chalicelib.domain.value import Millis
from chalicelib.domain.words import Channel, Reason
from chalicelib.services.allowances import TRIES, Allowances, Wanted
from chalicelib.services.ports import StaleVersionError
from tests.build import ACME, ID, NOW, a_recipient, a_state
from tests.twin import Rows, TwinSpendings, TwinUsages

EMAIL, SMS, PUSH = Channel.EMAIL, Channel.SMS, Channel.PUSH
WHO = (a_recipient().user_type, a_recipient().user_id)
OTHER = NotificationId("01890a5d-ac96-774b-bcce-b302099a8058")
DAILY = Budget(period=Period.DAY, limit=100)
MONTHLY = Budget(period=Period.MONTH, limit=150)
ON_MARKETING = Budget(period=Period.DAY, limit=10, category="marketing")
CAPPED_BY_HOUR = Ended(reason=Reason.FREQUENCY_CAPPED, detail=Detail.HOUR)
CAPPED_BY_DAY = Ended(reason=Reason.FREQUENCY_CAPPED, detail=Detail.DAY)
PAID_OUT_BY_DAY = Ended(reason=Reason.BUDGET_EXCEEDED, detail=Detail.DAY)
PAID_OUT_BY_MONTH = Ended(reason=Reason.BUDGET_EXCEEDED, detail=Detail.MONTH)


@dataclass
class Counted:
    """A port that notes the methods that are called."""

    port: object
    calls: list[str]

    def __getattr__(self, name: str) -> Any:
        self.calls.append(name)
        return getattr(self.port, name)


@dataclass
class Desk:
    """Where allowances are taken from; `calls` are those of its ports."""

    rows: Rows = field(default_factory=Rows)
    calls: list[str] = field(default_factory=list)

    def take(
        self,
        wanted: dict[Channel, Wanted],
        budgets: Sequence[Budget] = (),
        *,
        id: NotificationId = ID,
        now: Millis = NOW,
        usage: Usage | None = None,
        **state: Any,
    ) -> dict[Channel, Ended]:
        """Take what a notification wants, by the last usage unless another is given."""
        usages: Any = Counted(TwinUsages(self.rows), self.calls)
        spendings: Any = Counted(TwinSpendings(self.rows), self.calls)
        seen = self.usage if usage is None else usage
        return Allowances(usages, spendings).take(a_state(id=id, **state), wanted, budgets, seen, now)

    @property
    def usage(self) -> Usage:
        return TwinUsages(self.rows).get(ACME, *WHO)

    def spent(self, *budgets: Budget, now: Millis = NOW) -> tuple[int, ...]:
        return TwinSpendings(self.rows).spent(ACME, budgets, now)


def an_id(number: int) -> NotificationId:
    return NotificationId(derived_id("notification", str(number)))


def test_what_is_allowed_is_recorded_by_one_put_and_no_read() -> None:
    desk = Desk()
    assert desk.take({EMAIL: Wanted(cap=DEFAULT_CAP), SMS: Wanted(cap=Cap(day=3))}) == {}
    assert desk.calls == ["put"]
    assert desk.usage.holds(EMAIL, ID)
    assert desk.usage.holds(SMS, ID)


@pytest.mark.parametrize(
    ("want", "budgets"),
    [
        (Wanted(cap=None, cost=5), ()),
        (Wanted(cap=NO_CAP, cost=5), ()),
        (Wanted(cap=None, cost=5), (ON_MARKETING,)),
        (Wanted(cap=None, cost=0), (DAILY,)),
    ],
)
def test_what_nothing_limits_is_neither_read_nor_written(want: Wanted, budgets: tuple[Budget, ...]) -> None:
    desk = Desk()
    assert desk.take({EMAIL: want}, budgets) == {}
    assert desk.take({}, budgets) == {}
    assert desk.calls == []


def test_a_channel_that_nothing_limits_is_not_recorded_beside_one_that_is() -> None:
    desk = Desk()
    desk.take({EMAIL: Wanted(cap=NO_CAP), SMS: Wanted(cap=Cap(hour=1))})
    assert desk.usage.taken.keys() == {SMS}


def test_taking_again_is_free_and_writes_nothing() -> None:
    desk = Desk()
    wanted = {EMAIL: Wanted(cap=Cap(hour=1), cost=60)}
    desk.take(wanted, [DAILY])
    before, desk.calls[:] = desk.usage, []
    assert desk.take(wanted, [DAILY]) == {}
    assert (desk.calls, desk.usage, desk.spent(DAILY)) == ([], before, (60,))


@pytest.mark.parametrize(
    ("cap", "later", "refused"),
    [
        (Cap(hour=1), 0, CAPPED_BY_HOUR),
        (Cap(hour=1), HOUR - 1, CAPPED_BY_HOUR),
        (Cap(hour=1), HOUR, None),
        (Cap(hour=1, day=1), HOUR, CAPPED_BY_DAY),
        (Cap(hour=2), 0, None),
        (None, 0, None),
    ],
)
def test_a_full_cap_refuses_the_next(cap: Cap | None, later: int, refused: Ended | None) -> None:
    desk = Desk()
    desk.take({EMAIL: Wanted(cap=Cap(hour=1, day=1))})
    told = desk.take({EMAIL: Wanted(cap=cap)}, id=OTHER, now=Millis(NOW + later))
    assert told.get(EMAIL) == refused


def test_channels_are_judged_each_for_itself() -> None:
    desk = Desk()
    desk.take({EMAIL: Wanted(cap=Cap(hour=1))})
    told = desk.take({EMAIL: Wanted(cap=Cap(hour=1)), SMS: Wanted(cap=Cap(hour=1))}, id=OTHER)
    assert told == {EMAIL: CAPPED_BY_HOUR}
    assert desk.usage.holds(SMS, OTHER)
    assert not desk.usage.holds(EMAIL, OTHER)


def test_a_stale_usage_is_read_again() -> None:
    desk = Desk()
    wanted = {EMAIL: Wanted(cap=Cap(hour=1))}
    desk.take(wanted)
    assert desk.take(wanted, id=OTHER, usage=Usage()) == {EMAIL: CAPPED_BY_HOUR}
    assert desk.take(wanted, usage=Usage()) == {}
    assert desk.usage.version == 1


def test_what_a_usage_that_lags_refuses_is_looked_at_again() -> None:
    """It was taken by another worker since, for this very notification."""
    desk = Desk()
    wanted = {EMAIL: Wanted(cap=Cap(hour=2), cost=100)}
    desk.take(wanted, [DAILY])
    assert desk.take(wanted, [DAILY], usage=Usage()) == {}
    assert desk.spent(DAILY) == (100,)


def test_all_budgets_of_the_category_are_paid_from() -> None:
    desk = Desk()
    desk.take({EMAIL: Wanted(cap=None, cost=60)}, [DAILY, MONTHLY, ON_MARKETING])
    assert desk.spent(DAILY, MONTHLY, ON_MARKETING) == (60, 60, 0)
    desk.take({EMAIL: Wanted(cap=None, cost=5)}, [DAILY, MONTHLY, ON_MARKETING], id=OTHER, category="marketing")
    assert desk.spent(DAILY, MONTHLY, ON_MARKETING) == (65, 65, 5)


def test_a_budget_that_is_used_up_refuses_and_nothing_stays_spent() -> None:
    desk = Desk()
    tomorrow = Millis(NOW + 24 * HOUR)
    desk.take({EMAIL: Wanted(cap=None, cost=100)}, [DAILY, MONTHLY])
    assert desk.take({SMS: Wanted(cap=None, cost=1)}, [DAILY, MONTHLY], id=OTHER) == {SMS: PAID_OUT_BY_DAY}
    told = desk.take({SMS: Wanted(cap=None, cost=51)}, [DAILY, MONTHLY], id=OTHER, now=tomorrow)
    assert told == {SMS: PAID_OUT_BY_MONTH}
    assert desk.spent(DAILY, MONTHLY) == (100, 100)
    assert desk.spent(DAILY, now=tomorrow) == (0,)
    assert not desk.usage.holds(SMS, OTHER)


def test_channels_of_one_notification_share_a_budget_in_their_order() -> None:
    desk = Desk()
    wanted = {channel: Wanted(cap=DEFAULT_CAP, cost=cost) for channel, cost in ((SMS, 60), (PUSH, 50), (EMAIL, 40))}
    assert desk.take(wanted, [DAILY]) == {PUSH: PAID_OUT_BY_DAY}
    assert desk.spent(DAILY) == (100,)


def test_a_full_cap_costs_nothing() -> None:
    desk = Desk()
    desk.take({EMAIL: Wanted(cap=Cap(hour=1))})
    desk.calls.clear()
    assert desk.take({EMAIL: Wanted(cap=Cap(hour=1), cost=5)}, [DAILY], id=OTHER) == {EMAIL: CAPPED_BY_HOUR}
    assert "spend" not in desk.calls
    assert desk.spent(DAILY) == (0,)


def test_what_ignores_its_cap_is_released_and_does_not_count() -> None:
    desk = Desk()
    desk.take({EMAIL: Wanted(cap=Cap(hour=1))})
    assert desk.take({EMAIL: Wanted(cap=None, cost=1)}, [DAILY], id=OTHER) == {}
    assert desk.usage.taken[EMAIL][1] == Taking(mark=OTHER[-12:], at=NOW, counts=False)


@dataclass
class Hopeless(TwinUsages):
    """Usages that somebody else always changes first."""

    puts: int = 0

    def put(self, tenant: TenantId, user_type: UserType, user_id: UserId, usage: Usage, ttl: int) -> None:
        self.puts += 1
        raise StaleVersionError


def test_it_gives_up_when_others_keep_taking_and_gives_the_money_back() -> None:
    rows = Rows()
    usages, spendings = Hopeless(rows), TwinSpendings(rows)
    with pytest.raises(BusyError):
        Allowances(usages, spendings).take(a_state(), {EMAIL: Wanted(cap=None, cost=7)}, [DAILY], Usage(), NOW)
    assert usages.puts == TRIES
    assert spendings.spent(ACME, [DAILY], NOW) == (0,)


@settings(max_examples=200)
@given(
    cap=st.builds(Cap, hour=st.none() | st.integers(1, 3), day=st.none() | st.integers(1, 5)),
    costs=st.lists(st.integers(0, 60), min_size=10, max_size=10),
    sends=st.lists(st.tuples(st.integers(0, 9), st.integers(0, 3 * HOUR), st.booleans()), max_size=40),
)
def test_no_cap_and_no_budget_is_ever_exceeded(cap: Cap, costs: list[int], sends: list[tuple[int, int, bool]]) -> None:
    desk, now, earlier, allowed = Desk(), NOW, Usage(), dict[int, Millis]()
    for number, gap, is_stale in sends:
        now, seen = Millis(now + gap), earlier if is_stale else desk.usage
        earlier = desk.usage
        if number in allowed and now - allowed[number] >= HOUR:
            continue
        told = desk.take(
            {EMAIL: Wanted(cap=cap, cost=costs[number])}, [DAILY, MONTHLY], id=an_id(number), now=now, usage=seen
        )
        assert number not in allowed or told == {}
        if not told:
            allowed.setdefault(number, now)
    times = allowed.values()
    for limit, span in ((cap.hour, HOUR), (cap.day, 24 * HOUR)):
        assert limit is None or all(sum(start <= at < start + span for at in times) <= limit for start in times)
    for day in {at // (24 * HOUR) for at in times}:
        paid = sum(costs[number] for number, at in allowed.items() if at // (24 * HOUR) == day)
        assert desk.spent(DAILY, now=Millis(day * 24 * HOUR)) == (paid,)
        assert paid <= DAILY.limit
    assert sum(costs[number] for number in allowed) <= MONTHLY.limit
