"""What is wrong with a rota, by pointer and code."""

import pytest
from msgspec.structs import replace

from chalicelib.domain.ids import RotaId, UserId, UserType
from chalicelib.domain.rota import DAY, Person, Rota, Shift
from chalicelib.domain.words import Weekday
from chalicelib.services.rota_rules import MOST_HOLIDAYS, MOST_PEOPLE, MOST_SHIFTS, rota_faults

ANN = Person(user_type=UserType("support"), user_id=UserId("ann"))
ALWAYS = Shift(people=(ANN,))
SOME = Shift(people=(ANN,), days=(Weekday.MON,), start=9 * 60, end=17 * 60)
OPS = Rota(id=RotaId("ops"), time_zone="America/Toronto", shifts=(ALWAYS,))
OTHER = Rota(id=RotaId("other"), time_zone="UTC", shifts=(ALWAYS,))
CIRCLE = {
    OTHER.id: replace(OTHER, fallback_rota=RotaId("third")),
    RotaId("third"): replace(OTHER, id=RotaId("third"), fallback_rota=OPS.id),
}


@pytest.mark.parametrize(
    "rota",
    [
        OPS,
        replace(OPS, shifts=(SOME,), fallback=(ANN,)),
        replace(OPS, shifts=(SOME,), fallback_rota=OTHER.id),
        replace(OPS, shifts=(), fallback=(ANN,)),
        replace(OPS, holidays=("2026-12-25", "2028-02-29"), holiday_people=(ANN,)),
        replace(OPS, holidays=("2026-12-25",), fallback=(ANN,)),
        replace(OPS, holidays=("2026-12-25",), fallback_rota=OTHER.id),
    ],
)
def test_rotas_that_leave_nobody_alone(rota: Rota) -> None:
    assert rota_faults(rota, {OTHER.id: OTHER}) == []


@pytest.mark.parametrize(
    ("rota", "found"),
    [
        (replace(OPS, time_zone="Mars/Olympus"), {"/timeZone": "invalid_time_zone"}),
        (replace(OPS, time_zone="../../etc/passwd"), {"/timeZone": "invalid_time_zone"}),
        (replace(OPS, shifts=()), {"/shifts": "rota_gap"}),
        (replace(OPS, shifts=(SOME,)), {"/shifts": "rota_gap"}),
        (replace(OPS, holidays=("2026-12-25",)), {"/holidayPeople": "rota_gap"}),
        (
            replace(OPS, shifts=(SOME,), holidays=("2026-12-25",)),
            {"/shifts": "rota_gap", "/holidayPeople": "rota_gap"},
        ),
        (replace(OPS, shifts=(ALWAYS, replace(ALWAYS, people=()))), {"/shifts/1/people": "too_few"}),
        (replace(OPS, shifts=(ALWAYS, replace(ALWAYS, days=()))), {"/shifts/1/days": "too_few"}),
        (replace(OPS, shifts=(replace(SOME, end=9 * 60),)), {"/shifts/0/end": "empty_shift"}),
        (replace(OPS, shifts=(replace(SOME, start=0, end=0),)), {"/shifts/0/end": "empty_shift"}),
        (replace(OPS, shifts=(replace(SOME, start=-1),)), {"/shifts/0/start": "out_of_range"}),
        (replace(OPS, shifts=(replace(SOME, start=DAY),)), {"/shifts/0/start": "out_of_range"}),
        (replace(OPS, shifts=(replace(SOME, end=DAY + 1),)), {"/shifts/0/end": "out_of_range"}),
        (replace(OPS, shifts=(ALWAYS,) * (MOST_SHIFTS + 1)), {"/shifts": "too_many"}),
        (replace(OPS, fallback=(ANN,) * (MOST_PEOPLE + 1)), {"/fallback": "too_many"}),
        (replace(OPS, holidays=("2026-12-25", "25.12.2026")), {"/holidays/1": "invalid_date"}),
        (replace(OPS, holidays=("2026-02-29",)), {"/holidays/0": "invalid_date"}),
        (replace(OPS, holidays=("20261225",)), {"/holidays/0": "invalid_date"}),
        (
            replace(OPS, holidays=("2026-12-25",) * (MOST_HOLIDAYS + 1), holiday_people=(ANN,)),
            {"/holidays": "too_many"},
        ),
        (replace(OPS, fallback_rota=RotaId("gone")), {"/fallbackRota": "unknown_rota"}),
        (replace(OPS, fallback_rota=OPS.id), {"/fallbackRota": "cycle"}),
        (replace(OPS, fallback_rota=OTHER.id), {"/fallbackRota": "cycle"}),
    ],
)
def test_rotas_that_are_refused(rota: Rota, found: dict[str, str]) -> None:
    assert {fault.pointer: fault.code for fault in rota_faults(rota, CIRCLE)} == found


def test_the_first_gap_is_told_in_words() -> None:
    (fault,) = rota_faults(replace(OPS, shifts=(SOME,)), {})

    assert fault.detail == "nobody is on duty from mon 00:00 to mon 09:00: cover it or name a fallback"


def test_an_earlier_version_of_the_rota_itself_does_not_matter() -> None:
    earlier = {OPS.id: replace(OPS, fallback_rota=OTHER.id), OTHER.id: OTHER}

    assert rota_faults(replace(OPS, fallback_rota=OTHER.id), earlier) == []
