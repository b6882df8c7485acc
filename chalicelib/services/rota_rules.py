"""What is wrong with a rota, as faults of an input."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Final

from chalicelib.domain.errors import Fault
from chalicelib.domain.ids import RotaId
from chalicelib.domain.quiet_hours import is_time_zone
from chalicelib.domain.rota import DAY, Person, Rota, Shift, gaps

MOST_SHIFTS: Final = 100
MOST_PEOPLE: Final = 20
MOST_HOLIDAYS: Final = 400


def rota_faults(rota: Rota, others: Mapping[RotaId, Rota]) -> list[Fault]:
    """Return what is wrong with a rota of a tenant that has these (and perhaps an earlier version of it).

    One that leaves nobody on duty at some time of the week, or on its holidays, has to name a fallback.
    """
    faults = [*_zone_faults(rota), *_shift_faults(rota), *_holiday_faults(rota), *_fallback_faults(rota, others)]
    return faults or list(_gap_faults(rota))


def _zone_faults(rota: Rota) -> Iterator[Fault]:
    if not is_time_zone(rota.time_zone):
        yield Fault(pointer="/timeZone", code="invalid_time_zone", detail="not an IANA time zone")


def _shift_faults(rota: Rota) -> Iterator[Fault]:
    yield from _count_faults("/shifts", len(rota.shifts), 0, MOST_SHIFTS)
    for position, shift in enumerate(rota.shifts[:MOST_SHIFTS]):
        at = f"/shifts/{position}"
        yield from _count_faults(f"{at}/days", len(shift.days), 1, None)
        yield from _people_faults(f"{at}/people", shift.people, 1)
        yield from _time_faults(at, shift)


def _time_faults(at: str, shift: Shift) -> Iterator[Fault]:
    for name, time, last in (("start", shift.start, DAY - 1), ("end", shift.end, DAY)):
        if not 0 <= time <= last:
            yield Fault(pointer=f"{at}/{name}", code="out_of_range", detail="not a time of the day")
    if shift.start == shift.end:
        yield Fault(pointer=f"{at}/end", code="empty_shift", detail="a shift ends at another time than it starts")


def _holiday_faults(rota: Rota) -> Iterator[Fault]:
    yield from _count_faults("/holidays", len(rota.holidays), 0, MOST_HOLIDAYS)
    for position, text in enumerate(rota.holidays[:MOST_HOLIDAYS]):
        if not _is_date(text):
            detail = "a holiday is written as in 2026-12-25"
            yield Fault(pointer=f"/holidays/{position}", code="invalid_date", detail=detail)
    yield from _people_faults("/holidayPeople", rota.holiday_people, 0)


def _fallback_faults(rota: Rota, others: Mapping[RotaId, Rota]) -> Iterator[Fault]:
    yield from _people_faults("/fallback", rota.fallback, 0)
    named = rota.fallback_rota
    if named is None:
        return
    if named != rota.id and named not in others:
        yield Fault(pointer="/fallbackRota", code="unknown_rota", detail="the tenant has no rota of this id")
    elif _leads_back(rota, others):
        yield Fault(pointer="/fallbackRota", code="cycle", detail="the rotas fall back to each other in a circle")


def _gap_faults(rota: Rota) -> Iterator[Fault]:
    if rota.fallback or rota.fallback_rota is not None:
        return
    uncovered = gaps(rota)
    if uncovered:
        detail = f"nobody is on duty from {uncovered[0]}: cover it or name a fallback"
        yield Fault(pointer="/shifts", code="rota_gap", detail=detail)
    if rota.holidays and not rota.holiday_people:
        detail = f"nobody is on duty on {min(rota.holidays)}: name people for holidays or a fallback"
        yield Fault(pointer="/holidayPeople", code="rota_gap", detail=detail)


def _leads_back(rota: Rota, others: Mapping[RotaId, Rota]) -> bool:
    """Tell whether who follows the fallbacks from a rota comes to one a second time."""
    visited = {rota.id}
    named = rota.fallback_rota
    while named is not None:
        if named in visited:
            return True
        visited.add(named)
        following = others.get(named)
        named = None if following is None else following.fallback_rota
    return False


def _people_faults(pointer: str, people: tuple[Person, ...], least: int) -> Iterator[Fault]:
    yield from _count_faults(pointer, len(people), least, MOST_PEOPLE)


def _count_faults(pointer: str, count: int, least: int, most: int | None) -> Iterator[Fault]:
    if count < least:
        yield Fault(pointer=pointer, code="too_few", detail=f"at least {least} needed")
    if most is not None and count > most:
        yield Fault(pointer=pointer, code="too_many", detail=f"at most {most} are possible")


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
