"""On-call rotas: who is on duty when."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from chalicelib.domain.ids import RotaId, UserId, UserType
from chalicelib.domain.value import Millis, Value
from chalicelib.domain.words import Weekday

DAY: Final = 1_440
"""Minutes of a day."""
_DAYS: Final = tuple(Weekday)
_WEEK: Final = len(_DAYS) * DAY


class Person(Value, frozen=True):
    """Somebody who can be on duty: a stored recipient."""

    user_type: UserType
    user_id: UserId


class Shift(Value, frozen=True):
    """People on duty on some days between two times of the wall clock, in the order they are asked.

    `start` and `end` are minutes after midnight; where `end` is not after `start` the shift ends on the following day.
    """

    people: tuple[Person, ...]
    days: tuple[Weekday, ...] = tuple(Weekday)
    start: int = 0
    end: int = DAY


class Rota(Value, frozen=True):
    """A rota in an IANA time zone. On `holidays` (ISO dates) `holiday_people` take the place of every shift.

    Whoever the hour leaves unnamed is taken from `fallback` and then from `fallback_rota`; they also follow when nobody
    of the shift acknowledges.
    """

    id: RotaId
    time_zone: str
    shifts: tuple[Shift, ...]
    holidays: tuple[str, ...] = ()
    holiday_people: tuple[Person, ...] = ()
    fallback: tuple[Person, ...] = ()
    fallback_rota: RotaId | None = None
    version: int = 1


class Gap(Value, frozen=True):
    """A span of the week that no shift covers, in minutes after Monday's midnight; `end` is excluded."""

    start: int
    end: int

    def __str__(self) -> str:
        return f"{_moment(self.start)} to {_moment(self.end)}"


def on_duty(rota: Rota, at: Millis, other: Callable[[RotaId], Rota | None]) -> tuple[Person, ...]:
    """Return who is on duty at an instant, in the order they are asked, each once; `other` finds a rota that one
    falls back to.

    A shift covers the instants at which the wall clock of the rota's zone shows one of its times: over a change of the
    clock it is an hour longer or shorter, and nobody is left out. A night's shift belongs to the day it starts on;
    a holiday is one from midnight to midnight. Rotas that fall back to each other are each gone through once.
    """
    people: dict[Person, None] = {}
    visited: set[RotaId] = set()
    following: Rota | None = rota
    while following is not None and following.id not in visited:
        visited.add(following.id)
        people |= dict.fromkeys((*_by_the_hour(following, at), *following.fallback))
        following = None if following.fallback_rota is None else other(following.fallback_rota)
    return tuple(people)


def gaps(rota: Rota) -> tuple[Gap, ...]:
    """Return the spans of an ordinary week that no shift covers, from Monday on."""
    covered = sorted(span for shift in rota.shifts for span in _spans(shift))
    found: list[Gap] = []
    reached = 0
    for start, end in covered:
        if start > reached:
            found.append(Gap(start=reached, end=start))
        reached = max(reached, end)
    if reached < _WEEK:
        found.append(Gap(start=reached, end=_WEEK))
    return tuple(found)


def _by_the_hour(rota: Rota, at: Millis) -> Iterator[Person]:
    wall_clock = datetime.fromtimestamp(at / 1_000, ZoneInfo(rota.time_zone))
    if wall_clock.date().isoformat() in rota.holidays:
        yield from rota.holiday_people
        return
    minute = wall_clock.weekday() * DAY + wall_clock.hour * 60 + wall_clock.minute
    for shift in rota.shifts:
        if any(start <= minute < end for start, end in _spans(shift)):
            yield from shift.people


def _spans(shift: Shift) -> Iterator[tuple[int, int]]:
    """Yield when a shift covers the week, in minutes after Monday's midnight; Sunday's night is cut in two."""
    length = shift.end - shift.start if shift.end > shift.start else shift.end - shift.start + DAY
    for day in shift.days:
        start = _DAYS.index(day) * DAY + shift.start
        yield start, min(start + length, _WEEK)
        if start + length > _WEEK:
            yield 0, start + length - _WEEK


def _moment(minute: int) -> str:
    day, minute = divmod(minute, DAY)
    return f"{_DAYS[day % len(_DAYS)]} {minute // 60:02d}:{minute % 60:02d}"
