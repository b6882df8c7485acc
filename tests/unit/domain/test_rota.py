"""Who is on duty: tables of instants on the wall clock, and an oracle that goes through the week minute by minute."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some
from msgspec.structs import replace

from chalicelib.domain.ids import RotaId, UserId, UserType
from chalicelib.domain.rota import DAY, Gap, Person, Rota, Shift, gaps, on_duty
from chalicelib.domain.value import Millis
from chalicelib.domain.words import Weekday
from tests.build import NOW

MON, TUE, WED, THU, FRI, SAT, SUN = Weekday
TORONTO = "America/Toronto"


def person(name: str) -> Person:
    return Person(user_type=UserType("support"), user_id=UserId(name))


def shift(people: str, *days: Weekday, start: int = 0, end: int = DAY) -> Shift:
    """Return a shift of people with names of one letter; without `days`, on all of them."""
    return Shift(people=tuple(map(person, people)), days=days or tuple(Weekday), start=start, end=end)


def rota(*shifts: Shift, id: str = "ops", zone: str = TORONTO, **fields: Any) -> Rota:
    return Rota(id=RotaId(id), time_zone=zone, shifts=shifts, **fields)


def people(names: str) -> tuple[Person, ...]:
    return tuple(map(person, names))


def at(text: str, zone: str = TORONTO) -> Millis:
    """Return an instant: of a wall clock, or with an offset of its own."""
    moment = datetime.fromisoformat(text)
    return Millis(round((moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))).timestamp() * 1_000))


def names(rota: Rota, text: str, *others: Rota) -> str:
    found = {other.id: other for other in (rota, *others)}
    return "".join(person.user_id for person in on_duty(rota, at(text), found.get))


OFFICE = rota(
    shift("ab", MON, TUE, WED, THU, FRI, start=9 * 60, end=17 * 60),
    shift("c", MON, TUE, WED, THU, start=22 * 60, end=6 * 60),
    shift("d", FRI, start=17 * 60, end=0),
    shift("e", SUN, start=20 * 60, end=4 * 60),
    shift("b", WED),
)


@pytest.mark.parametrize(
    ("moment", "who"),
    [
        ("2026-11-23T09:00", "ab"),  # a Monday
        ("2026-11-23T08:59:59.999", ""),
        ("2026-11-23T16:59:59.999", "ab"),
        ("2026-11-23T17:00", ""),
        ("2026-11-23T14:30+00:00", "ab"),  # 9:30 in Toronto
        ("2026-11-23T12:00+00:00", ""),
        ("2026-11-23T21:59", ""),
        ("2026-11-23T22:00", "c"),
        ("2026-11-24T05:59:59.999", "c"),  # still Monday's night
        ("2026-11-24T06:00", ""),
        ("2026-11-27T05:00", "c"),  # Thursday's night
        ("2026-11-27T23:00", "d"),  # Friday has no night of that kind
        ("2026-11-28T00:00", ""),
        ("2026-11-28T10:00", ""),
        ("2026-11-29T19:59", ""),
        ("2026-11-29T20:00", "e"),
        ("2026-11-30T03:59", "e"),  # Sunday's night reaches into Monday
        ("2026-11-30T04:00", ""),
        ("2026-11-25T10:00", "ab"),  # each once, in the order of the shifts
        ("2026-11-25T23:00", "cb"),
    ],
)
def test_the_weekday_and_the_hour_say_who_is_on_duty(moment: str, who: str) -> None:
    assert names(OFFICE, moment) == who


@pytest.mark.parametrize(
    ("moment", "who"),
    [
        # On 8 March 2026 at 2:00 the clocks of Toronto go to 3:00.
        ("2026-03-08T06:59:00+00:00", "n"),  # 1:59
        ("2026-03-08T07:00:00+00:00", "m"),  # 3:00: the shift that begins at 2:30 has begun
        ("2026-03-08T10:29:00+00:00", "m"),
        # On 1 November 2026 at 2:00 they go back to 1:00.
        ("2026-11-01T05:59:00+00:00", "n"),  # 1:59, the first time
        ("2026-11-01T06:15:00+00:00", "n"),  # 1:15, the second time
        ("2026-11-01T07:29:00+00:00", "n"),  # 2:29
        ("2026-11-01T07:30:00+00:00", "m"),
    ],
)
def test_shifts_follow_the_wall_clock_when_it_changes(moment: str, who: str) -> None:
    nights = rota(shift("n", start=22 * 60, end=2 * 60 + 30), shift("m", start=2 * 60 + 30, end=22 * 60))

    assert names(nights, moment) == who


@pytest.mark.parametrize(
    ("moment", "who"),
    [
        ("2026-12-24T23:59", "a"),
        ("2026-12-25T00:00", "h"),
        ("2026-12-25T04:59:59+00:00", "a"),  # it is still Christmas Eve in Toronto
        ("2026-12-26T04:59:59+00:00", "h"),
        ("2026-12-26T00:00", "a"),
    ],
)
def test_on_holidays_others_take_the_place_of_every_shift(moment: str, who: str) -> None:
    days = rota(shift("a"), holidays=("2026-12-25",), holiday_people=people("h"))

    assert names(days, moment) == who


def test_who_is_named_as_a_fallback_comes_last() -> None:
    days = rota(shift("a", start=9 * 60, end=17 * 60), fallback=people("za"))

    assert names(days, "2026-11-23T10:00") == "az"
    assert names(days, "2026-11-23T18:00") == "za"


def test_rotas_are_gone_through_as_they_fall_back_to_each_other() -> None:
    last = rota(shift("d"), id="last", zone="UTC")
    middle = rota(shift("c", MON), id="middle", fallback=people("x"), fallback_rota=last.id)
    first = rota(shift("a"), fallback=people("b"), fallback_rota=middle.id)

    assert names(first, "2026-11-23T10:00", middle, last) == "abcxd"
    assert names(first, "2026-11-24T10:00", middle, last) == "abxd"


def test_a_circle_of_rotas_is_gone_through_once() -> None:
    one = rota(shift("a"), id="one", fallback_rota=RotaId("two"))
    two = rota(shift("b"), id="two", fallback_rota=RotaId("one"))

    assert names(one, "2026-11-23T10:00", two) == "ab"
    assert names(replace(one, fallback_rota=one.id), "2026-11-23T10:00") == "a"


def test_a_rota_that_is_gone_has_nobody() -> None:
    assert names(rota(shift("a"), fallback_rota=RotaId("gone")), "2026-11-23T10:00") == "a"


@pytest.mark.parametrize(
    ("shifts", "found"),
    [
        ([shift("a")], []),
        ([shift("a", start=7 * 60, end=19 * 60), shift("b", start=19 * 60, end=7 * 60)], []),
        ([], ["mon 00:00 to mon 00:00"]),
        ([shift("a", MON, TUE, WED, THU, FRI)], ["sat 00:00 to mon 00:00"]),
        ([shift("a"), replace(shift("b"), end=60)], []),
        ([shift("a", start=12 * 60, end=12 * 60 - 1)], [f"{day} 11:59 to {day} 12:00" for day in Weekday]),
        ([shift("a"), shift("b", MON, start=60, end=120)], []),
        ([shift("a", *[*Weekday][:6]), shift("b", SUN, start=60, end=0)], ["sun 00:00 to sun 01:00"]),
    ],
)
def test_gaps_of_the_week(shifts: list[Shift], found: list[str]) -> None:
    assert [str(gap) for gap in gaps(rota(*shifts))] == found


def test_a_gap_tells_the_minutes() -> None:
    assert gaps(rota(shift("a", SUN, start=DAY - 1), shift("b", *[*Weekday][:6]))) == (
        Gap(start=6 * DAY, end=7 * DAY - 1),
    )


spans = some.builds(
    shift,
    some.just("a"),
    some.sampled_from(Weekday),
    start=some.integers(0, DAY - 1),
    end=some.integers(0, DAY),
).filter(lambda shift: shift.start != shift.end)


@given(shifts=some.lists(spans, max_size=12), zone=some.sampled_from(["UTC", TORONTO, "Asia/Kathmandu"]))
def test_gaps_are_exactly_the_minutes_without_anybody(shifts: list[Shift], zone: str) -> None:
    found = rota(*shifts, zone=zone)
    monday = datetime(2026, 6, 1, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    uncovered = gaps(found)

    for minute in range(0, 7 * DAY, 29):
        alone = any(gap.start <= minute < gap.end for gap in uncovered)
        moment = Millis(round((monday + timedelta(minutes=minute)).timestamp() * 1_000))
        assert bool(on_duty(found, moment, lambda _: None)) != alone


def test_on_duty_now_needs_no_other_rota() -> None:
    assert on_duty(rota(shift("a")), NOW, lambda _: pytest.fail("nobody asked for it")) == people("a")
