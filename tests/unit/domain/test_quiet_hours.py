"""Quiet hours and times of day, against a walk over the wall clock minute by minute: every zone, every change of it."""

import random
import zoneinfo
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest

from chalicelib.domain.preferences import QuietWindow
from chalicelib.domain.quiet_hours import (
    LONGEST_QUIET,
    MINUTE,
    always_quiet,
    is_time_zone,
    next_local_time,
    undisturbed_from,
    zone_of,
)
from chalicelib.domain.value import Millis
from chalicelib.domain.words import Reason, Weekday

FIRST = int(datetime(2024, 1, 1, tzinfo=UTC).timestamp()) // 60
LAST = int(datetime(2031, 1, 1, tzinfo=UTC).timestamp()) // 60
DAY = 1_440
BEFORE, AFTER, BEYOND = 26 * 60, 26 * 60, 3 * DAY
"""Minutes around a change of the clock in which sends are asked for, and how far the walk goes for their answers."""
WORKDAYS = tuple(Weekday)[:5]
PARIS = ZoneInfo("Europe/Paris")

Edge = tuple[int, int, int]
"""A minute at which a clock is changed, and the minutes it is ahead of UTC before and after."""
Course = tuple[int, ...]
"""What the clock shows minute by minute, in minutes after the first Monday's midnight: often the same as elsewhere."""


def at(text: str, millis: int = 0) -> Millis:
    return Millis(int(datetime.fromisoformat(text).timestamp()) * 1_000 + millis)


def offset(minute: int, zone: ZoneInfo) -> int:
    shift = datetime.fromtimestamp(minute * 60, zone).utcoffset()
    assert shift is not None
    assert not shift % timedelta(minutes=1)
    return shift // timedelta(minutes=1)


def edges(zone: ZoneInfo) -> Iterator[Edge]:
    """Every change of the clock, found by looking at every day and halving where two of them differ."""
    step = DAY
    ahead = offset(FIRST, zone)
    for start in range(FIRST, LAST, step):
        then = offset(start + step, zone)
        if then == ahead:
            continue
        low, high = start, start + step
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if offset(middle, zone) == ahead else (low, middle)
        yield high, ahead, then
        ahead = then


@cache
def clocks() -> dict[tuple[int, tuple[Edge, ...]], ZoneInfo]:
    """One zone for every course of the wall clock: zones that never differ are judged once."""
    zones = [ZoneInfo(name) for name in sorted(zoneinfo.available_timezones())]
    return {(offset(FIRST, zone), tuple(edges(zone))): zone for zone in zones}


def windows_around(minute: int, shown: int) -> list[tuple[QuietWindow, ...]]:
    """Windows that a change of the clock at a time of day cuts, begins in, ends in or passes by, over midnight too."""
    day = tuple(Weekday)[(minute + shown) // DAY % 7 - 4]
    time = (minute + shown) % DAY

    def window(start: int, end: int, *days: Weekday) -> QuietWindow:
        return QuietWindow(start=(time + start) % DAY, end=(time + end) % DAY or DAY, days=days or tuple(Weekday))

    return [
        (window(-30, 30),),
        (window(-60, 0),),
        (window(0, 60),),
        (window(5, 20), window(-20, -5)),
        (window(-480, 90),),
        (window(-1, 1, day),),
        (window(-60, 61, day), window(60, 45)),
        (QuietWindow(start=1_320, end=420),),
        (QuietWindow(start=1_260, end=480, days=WORKDAYS), QuietWindow(start=0, end=DAY, days=(Weekday.SUN,))),
        (QuietWindow(start=120, end=180), QuietWindow(start=180, end=210), QuietWindow(start=1_439, end=1)),
    ]


def walk(minute: int, zone: ZoneInfo) -> Course:
    """The wall clock around an instant, minute by minute."""
    shown = [datetime.fromtimestamp(each * 60, zone) for each in range(minute - BEFORE, minute + AFTER + BEYOND)]
    monday = shown[0].toordinal() - shown[0].weekday()
    return tuple((each.toordinal() - monday) * DAY + each.hour * 60 + each.minute for each in shown)


@cache
def free(course: Course, windows: tuple[QuietWindow, ...]) -> list[int]:
    """For each minute of a walk the first that is not quiet from it on."""
    quiet = quiet_times(windows)
    result = [0] * len(course)
    following = len(course)
    for position in reversed(range(len(course))):
        day, time = divmod(course[position], DAY)
        if not quiet[day % 7][time]:
            following = position
        result[position] = following
    return result


@cache
def reached(course: Course, time: int) -> list[int]:
    """For each day of a walk the minute at which the clock has come to a time of it, or passed it."""
    first, now = divmod(course[0], DAY)
    wanted = (first if now <= time else first + 1) * DAY + time
    found: list[int] = []
    for position, shown in enumerate(course):
        if shown >= wanted:
            found.append(position)
            wanted += DAY
    return found


@cache
def quiet_times(windows: tuple[QuietWindow, ...]) -> list[list[bool]]:
    return [[covered(day, time, windows) for time in range(DAY)] for day in range(7)]


def covered(day: int, time: int, windows: tuple[QuietWindow, ...]) -> bool:
    today, yesterday = tuple(Weekday)[day], tuple(Weekday)[day - 1]
    for window in windows:
        if window.start < window.end:
            if today in window.days and window.start <= time < window.end:
                return True
        elif (today in window.days and time >= window.start) or (yesterday in window.days and time < window.end):
            return True
    return False


def test_no_send_disturbs_and_none_waits_too_long_in_any_zone_over_any_change_of_its_clock() -> None:
    dice = random.Random(1)
    wrong: list[tuple[str, Millis, tuple[QuietWindow, ...]]] = []
    asked = 0
    for (ahead, changes), zone in clocks().items():
        for minute, before, _ in changes or ((FIRST + dice.randrange(DAY * 300), ahead, ahead),):
            course, start = walk(minute, zone), minute - BEFORE
            for windows in windows_around(minute, before):
                freed = free(course, windows)
                for position in range(dice.randrange(29), BEFORE + AFTER, 29):
                    instant = Millis((start + position) * MINUTE + dice.randrange(MINUTE))
                    until = (start + freed[position]) * MINUTE
                    expected = (instant, None) if freed[position] == position else (until, Reason.QUIET_HOURS)
                    asked += 1
                    if undisturbed_from(instant, windows, zone, None) != expected:
                        wrong.append((zone.key, instant, windows))
    assert not wrong
    assert asked > 400_000


def test_a_time_of_day_is_met_the_first_time_a_day_shows_it_or_jumps_over_it_in_any_zone() -> None:
    dice = random.Random(2)
    wrong: list[tuple[str, int, int]] = []
    asked = 0
    for (_, changes), zone in clocks().items():
        for minute, before, _ in changes:
            course, start = walk(minute, zone), minute - BEFORE
            for shift in (-61, -60, -30, -1, 0, 1, 29, 30, 59, 60, 61, 300):
                wanted = (minute + before + shift) % DAY
                times = reached(course, wanted)
                for position in {*range(dice.randrange(41), BEFORE + AFTER, 41), BEFORE - 1, BEFORE, BEFORE + 1}:
                    now = start + position
                    expected = start + min(each for each in times if each >= position)
                    asked += 1
                    if next_local_time(Millis(now * MINUTE), wanted, zone) != expected * MINUTE:
                        wrong.append((zone.key, now, wanted))
    assert not wrong
    assert asked > 400_000


@pytest.mark.parametrize(
    ("now", "windows", "do_not_disturb_until", "expected"),
    [
        pytest.param("2026-06-01T12:00+02:00", [], None, ("2026-06-01T12:00+02:00", None), id="nothing chosen"),
        pytest.param(
            "2026-06-01T12:00+02:00",
            [],
            "2026-06-03T08:00+02:00",
            ("2026-06-03T08:00+02:00", Reason.DO_NOT_DISTURB),
            id="do not disturb",
        ),
        pytest.param(
            "2026-06-01T12:00+02:00",
            [QuietWindow(start=1_320, end=420)],
            "2026-06-01T23:00+02:00",
            ("2026-06-02T07:00+02:00", Reason.DO_NOT_DISTURB),
            id="do not disturb ends at night",
        ),
        pytest.param(
            "2026-06-01T22:00+02:00",
            [QuietWindow(start=1_320, end=420)],
            "2026-06-01T22:00+02:00",
            ("2026-06-02T07:00+02:00", Reason.QUIET_HOURS),
            id="do not disturb is over",
        ),
        pytest.param(
            "2026-06-02T07:00+02:00",
            [QuietWindow(start=1_320, end=420)],
            None,
            ("2026-06-02T07:00+02:00", None),
            id="the end is not quiet",
        ),
        pytest.param(
            "2026-06-06T05:00+02:00",
            [QuietWindow(start=1_320, end=420, days=(Weekday.FRI,))],
            None,
            ("2026-06-06T07:00+02:00", Reason.QUIET_HOURS),
            id="Friday's night on Saturday morning",
        ),
        pytest.param(
            "2026-06-06T23:00+02:00",
            [QuietWindow(start=1_320, end=420, days=(Weekday.FRI,))],
            None,
            ("2026-06-06T23:00+02:00", None),
            id="no night of Saturday's",
        ),
        pytest.param(
            "2026-06-06T10:00+02:00",
            [QuietWindow(start=0, end=DAY, days=(Weekday.SAT, Weekday.SUN)), QuietWindow(start=0, end=540)],
            None,
            ("2026-06-08T09:00+02:00", Reason.QUIET_HOURS),
            id="windows that meet",
        ),
        pytest.param(
            "2026-10-25T02:59+02:00",
            [QuietWindow(start=120, end=180)],
            None,
            ("2026-10-25T03:00+01:00", Reason.QUIET_HOURS),
            id="the clock is turned back into the window",
        ),
        pytest.param(
            "2026-03-29T01:30+01:00",
            [QuietWindow(start=60, end=150)],
            None,
            ("2026-03-29T03:00+02:00", Reason.QUIET_HOURS),
            id="the clock jumps over the end",
        ),
    ],
)
def test_what_puts_a_send_off_and_until_when(
    now: str, windows: list[QuietWindow], do_not_disturb_until: str | None, expected: tuple[str, Reason | None]
) -> None:
    until = None if do_not_disturb_until is None else at(do_not_disturb_until)
    assert undisturbed_from(at(now), windows, PARIS, until) == (at(expected[0]), expected[1])


def test_it_ends_where_windows_leave_nothing_free() -> None:
    always = [QuietWindow(start=0, end=DAY)]
    found, reason = undisturbed_from(at("2026-06-01T12:00+02:00"), always, PARIS, None)
    assert found - at("2026-06-01T12:00+02:00") >= LONGEST_QUIET
    assert reason is Reason.QUIET_HOURS


@pytest.mark.parametrize(
    ("after", "minutes", "expected"),
    [
        pytest.param("2026-06-01T08:59+02:00", 540, "2026-06-01T09:00+02:00", id="today"),
        pytest.param("2026-06-01T09:00+02:00", 540, "2026-06-01T09:00+02:00", id="now"),
        pytest.param("2026-06-01T09:01+02:00", 540, "2026-06-02T09:00+02:00", id="tomorrow"),
        pytest.param("2026-03-29T00:00+01:00", 150, "2026-03-29T03:00+02:00", id="skipped"),
        pytest.param("2026-10-25T00:00+02:00", 150, "2026-10-25T02:30+02:00", id="shown twice"),
        pytest.param("2026-10-25T02:31+02:00", 150, "2026-10-26T02:30+01:00", id="not the second time"),
    ],
)
def test_the_next_time_of_day(after: str, minutes: int, expected: str) -> None:
    assert next_local_time(at(after), minutes, PARIS) == at(expected)
    assert next_local_time(Millis(at(expected) - 1), minutes, PARIS) == at(expected)


@pytest.mark.parametrize(
    ("windows", "always"),
    [
        pytest.param([], False, id="none"),
        pytest.param([QuietWindow(start=0, end=DAY)], True, id="every day as a whole"),
        pytest.param([QuietWindow(start=0, end=DAY, days=WORKDAYS)], False, id="workdays"),
        pytest.param([QuietWindow(start=1, end=0)], False, id="all but a minute"),
        pytest.param([QuietWindow(start=540, end=1_020), QuietWindow(start=1_020, end=540)], True, id="day and night"),
        pytest.param([QuietWindow(start=540, end=1_020), QuietWindow(start=1_020, end=539)], False, id="but a minute"),
        pytest.param(
            [
                QuietWindow(start=0, end=DAY, days=tuple(Weekday)[:6]),
                QuietWindow(start=1_439, end=1_438, days=(Weekday.SUN,)),
            ],
            False,
            id="Sunday's day is free, its last minute not",
        ),
    ],
)
def test_windows_that_leave_no_minute_of_the_week_free(windows: list[QuietWindow], always: bool) -> None:
    assert always_quiet(windows) is always


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["Europe/Paris", "Asia/Tokyo"], "Europe/Paris"),
        ([None, "Asia/Tokyo"], "Asia/Tokyo"),
        (["Atlantis", "Asia/Tokyo"], "Asia/Tokyo"),
        ([None, "", "../etc/passwd", "/etc/localtime", "right/Europe/Paris", "Europe", "Europe/Paris\0"], "UTC"),
        ([], "UTC"),
    ],
)
def test_the_first_name_that_is_a_zone_counts(names: list[str | None], expected: str) -> None:
    assert zone_of(names).key == expected


def test_every_zone_that_is_known_can_be_had() -> None:
    known = {name for name in zoneinfo.available_timezones() if is_time_zone(name)}
    assert len(known) > 590
    assert {zone_of([name]).key for name in known} == known
