"""Caps over sliding spans and budgets by period: what may still be sent."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.allowance import (
    DAY,
    DEFAULT_CAP,
    HOUR,
    MOST_UNCOUNTED,
    NO_CAP,
    Budget,
    Period,
    Taking,
    Usage,
    cap_for,
    mark_of,
    over_budget,
    over_cap,
    released,
)
from chalicelib.domain.delivery import Detail
from chalicelib.domain.ids import NotificationId, derived_id
from chalicelib.domain.preferences import Cap, Preferences
from chalicelib.domain.value import Millis
from chalicelib.domain.words import Channel
from tests.build import ID, NOW

EMAIL, SMS = Channel.EMAIL, Channel.SMS


def used(*ages: int, counts: bool = True) -> Usage:
    """E-mails that were released so many milliseconds ago, oldest first."""
    takings = (Taking(mark=f"{number:012x}", at=Millis(NOW - age), counts=counts) for number, age in enumerate(ages))
    return Usage(taken={EMAIL: tuple(takings)}, version=1)


def an_id(number: int) -> NotificationId:
    return NotificationId(derived_id("notification", str(number)))


@pytest.mark.parametrize(
    ("usage", "cap", "over"),
    [
        (Usage(), Cap(hour=1), None),
        (used(0), Cap(hour=1), Detail.HOUR),
        (used(HOUR - 1), Cap(hour=1), Detail.HOUR),
        (used(HOUR), Cap(hour=1), None),
        (used(HOUR, 1), Cap(hour=2), None),
        (used(2, 1), Cap(hour=2), Detail.HOUR),
        (used(HOUR), Cap(day=1), Detail.DAY),
        (used(DAY - 1), Cap(day=1), Detail.DAY),
        (used(DAY), Cap(day=1), None),
        (used(HOUR, 1), Cap(hour=2, day=2), Detail.DAY),
        (used(2, 1), Cap(hour=2, day=2), Detail.HOUR),
        (used(*[1] * 100), NO_CAP, None),
        (used(*[1] * 99), DEFAULT_CAP, None),
        (used(*[1] * 100), DEFAULT_CAP, Detail.HOUR),
        (used(1, counts=False), Cap(hour=1, day=1), None),
        (used(-5_000), Cap(hour=1), Detail.HOUR),  # by a clock that is ahead of ours
    ],
)
def test_a_cap_counts_what_was_released_in_the_last_hour_and_day(usage: Usage, cap: Cap, over: Detail | None) -> None:
    assert over_cap(usage, EMAIL, cap, NOW) is over
    assert over_cap(usage, SMS, cap, NOW) is None


def test_what_was_released_is_remembered_once() -> None:
    first = released(Usage(), {EMAIL: Cap(hour=5), SMS: Cap(day=5)}, ID, NOW)
    taking = Taking(mark="b302099a8057", at=NOW)
    assert first == Usage(taken={EMAIL: (taking,), SMS: (taking,)}, version=1)
    assert first.holds(EMAIL, ID)
    assert not first.holds(Channel.PUSH, ID)
    again = released(first, {EMAIL: Cap(hour=5)}, ID, Millis(NOW + 1))
    assert again == Usage(taken=first.taken, version=2)


@pytest.mark.parametrize(("cap", "kept"), [(Cap(hour=5), 2), (Cap(hour=5, day=5), 3), (Cap(day=5), 3), (None, 3)])
def test_what_no_cap_looks_back_to_is_forgotten(cap: Cap | None, kept: int) -> None:
    usage = released(used(DAY, HOUR, HOUR - 1), {EMAIL: cap}, ID, NOW)
    assert len(usage.taken[EMAIL]) == kept


def test_other_channels_keep_a_day() -> None:
    assert EMAIL not in released(used(DAY + HOUR), {SMS: Cap(hour=1)}, ID, NOW).taken
    assert EMAIL in released(used(DAY - 1), {SMS: Cap(hour=1)}, ID, NOW).taken


def test_what_does_not_count_pushes_nothing_out_that_counts() -> None:
    usage = released(Usage(), {EMAIL: Cap(hour=1)}, ID, NOW)
    for number in range(2 * MOST_UNCOUNTED):
        usage = released(usage, {EMAIL: None}, an_id(number), Millis(NOW + number))
    assert over_cap(usage, EMAIL, Cap(hour=1), Millis(NOW + HOUR - 1)) is Detail.HOUR
    assert len(usage.taken[EMAIL]) == MOST_UNCOUNTED + 1
    assert usage.holds(EMAIL, an_id(2 * MOST_UNCOUNTED - 1))


def test_a_clock_that_is_behind_does_not_open_a_gap() -> None:
    usage = used(0)
    early = Millis(NOW - HOUR)
    assert over_cap(usage, EMAIL, Cap(hour=1), early) is Detail.HOUR
    assert released(usage, {EMAIL: Cap(hour=2)}, ID, early).taken[EMAIL][-1].at == NOW


@given(
    cap=st.builds(Cap, hour=st.none() | st.integers(1, 4), day=st.none() | st.integers(1, 6)),
    gaps=st.lists(st.integers(-HOUR // 60, HOUR // 2) | st.integers(0, DAY // 2), max_size=40),
    again=st.lists(st.integers(0, 39), max_size=40),
)
def test_no_span_ever_holds_more_than_its_cap(cap: Cap, gaps: list[int], again: list[int]) -> None:
    usage, now, times, refusals = Usage(), NOW, dict[str, Millis](), 0
    for number, gap in enumerate(gaps):
        now = Millis(now + gap)
        # A redelivered message asks again for what may have been released before.
        for id in (an_id(number), *(an_id(other) for other in again[number : number + 1] if other <= number)):
            if usage.holds(EMAIL, id):
                continue
            if over_cap(usage, EMAIL, cap, now) is None:
                usage = released(usage, {EMAIL: cap}, id, now)
                times[mark_of(id) + str(now)] = usage.taken[EMAIL][-1].at
            else:
                refusals += 1
                # Refused only where one more would have been too many.
                at = max(now, *times.values())
                assert is_full(times, cap.hour, at - HOUR) or is_full(times, cap.day, at - DAY)
    for limit, span in ((cap.hour, HOUR), (cap.day, DAY)):
        ordered = sorted(times.values())
        assert limit is None or all(sum(start <= at < start + span for at in ordered) <= limit for start in ordered)
    assert cap != NO_CAP or refusals == 0


def is_full(times: dict[str, Millis], limit: int | None, start: int) -> bool:
    """Whether as many as may be were released since then."""
    return limit is not None and sum(at > start for at in times.values()) >= limit


@pytest.mark.parametrize(
    ("channel", "caps", "cap"),
    [
        (EMAIL, {}, DEFAULT_CAP),
        (EMAIL, {EMAIL: Cap(day=1)}, Cap(day=1)),
        (EMAIL, {SMS: Cap(day=1)}, DEFAULT_CAP),
        (Channel.IN_APP, {}, NO_CAP),
        (Channel.IN_APP, {Channel.IN_APP: Cap(day=1)}, NO_CAP),
    ],
)
def test_a_cap_is_the_chosen_one_or_the_default(channel: Channel, caps: dict[Channel, Cap], cap: Cap) -> None:
    assert cap_for(Preferences(caps=caps), channel) == cap


def test_a_user_chooses_over_the_tenant() -> None:
    theirs = Preferences(caps={EMAIL: Cap(hour=200)})
    tenants = Preferences(caps={EMAIL: Cap(hour=3), SMS: Cap(day=3)})
    assert cap_for(theirs.over(tenants), EMAIL) == Cap(hour=200)
    assert cap_for(theirs.over(tenants), SMS) == Cap(day=3)


DAILY = Budget(period=Period.DAY, limit=100)
MONTHLY = Budget(period=Period.MONTH, limit=1_000)
ON_MARKETING = Budget(period=Period.MONTH, limit=10, category="marketing")


@pytest.mark.parametrize(
    ("spent", "category", "amount", "over"),
    [
        ((0, 0, 0), "alert", 100, None),
        ((0, 0, 0), "alert", 101, Detail.DAY),
        ((0, 901, 0), "alert", 100, Detail.MONTH),
        ((0, 900, 0), "alert", 100, None),
        ((0, 0, 10), "alert", 1, None),
        ((0, 0, 10), "marketing", 1, Detail.MONTH),
        ((100, 0, 10), "marketing", 1, Detail.DAY),
        ((200, 2_000, 20), "marketing", 0, None),
    ],
)
def test_a_budget_is_told_that_has_no_room(
    spent: tuple[int, ...], category: str, amount: int, over: Detail | None
) -> None:
    assert over_budget((DAILY, MONTHLY, ON_MARKETING), spent, category, amount) is over
