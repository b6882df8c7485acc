"""On-call rotas as they come in and as they are shown."""

from typing import Annotated, Any, Final, Self

import msgspec
from pydantic import AfterValidator, Field

from chalicelib.api.fields import ClockTime, EndTime, UserIdText, UserTypeText
from chalicelib.api.filters import DateFrom
from chalicelib.api.models import Answer, Body, Line, Query, Time, fault
from chalicelib.api.policy_models import RotaIdText
from chalicelib.api.tenant_models import Version
from chalicelib.domain.ids import DEFAULT_USER_TYPE, RotaId
from chalicelib.domain.rota import DAY, Person, Rota, Shift
from chalicelib.domain.value import Millis
from chalicelib.domain.words import Weekday

_LAST: Final = 4_102_444_800_000
"""The beginning of the year 2100, in milliseconds: no rota is known to hold that long."""


def _not_too_far(at: Millis) -> Millis:
    if at >= _LAST:
        raise fault("out_of_range", "Nobody knows who is on duty beyond the year 2099")
    return at


def _shown(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


At = Annotated[DateFrom, AfterValidator(_not_too_far)]


class PersonBody(Body):
    """Somebody who can be on duty: a stored recipient."""

    user_id: UserIdText
    user_type: UserTypeText = DEFAULT_USER_TYPE

    def person(self) -> Person:
        """Return the person."""
        return Person(user_type=self.user_type, user_id=self.user_id)


class ShiftBody(Body):
    """Who is on duty on some days (by default all) between two times of the rota's wall clock, first asked first.

    A shift that does not end after it starts ends on the following day.
    """

    people: list[PersonBody]
    days: list[Weekday] = Field(default_factory=lambda: [*Weekday])
    start: ClockTime = Field(default_factory=lambda: 0)
    end: EndTime = Field(default_factory=lambda: DAY)

    def shift(self) -> Shift:
        """Return the shift."""
        return Shift(people=_people(self.people), days=tuple(dict.fromkeys(self.days)), start=self.start, end=self.end)


class RotaBody(Body):
    """A rota in an IANA time zone. On `holidays` the `holidayPeople` take the place of every shift.

    Those of `fallback` and then of `fallbackRota` are asked where the hour has nobody, and after all others. One of
    them is needed where a time of the week or a holiday is left open.
    """

    time_zone: Line | None = None
    shifts: list[ShiftBody] | None = None
    holidays: list[Line] | None = None
    holiday_people: list[PersonBody] | None = None
    fallback: list[PersonBody] | None = None
    fallback_rota: RotaIdText | None = None

    def applied_to(self, rota: Rota) -> Rota:
        """Return the rota with the given replaced; a `fallbackRota` of null is none."""
        given: dict[str, Any] = {}
        if self.time_zone is not None:
            given["time_zone"] = self.time_zone
        if self.shifts is not None:
            given["shifts"] = tuple(shift.shift() for shift in self.shifts)
        if self.holidays is not None:
            given["holidays"] = tuple(dict.fromkeys(self.holidays))
        if self.holiday_people is not None:
            given["holiday_people"] = _people(self.holiday_people)
        if self.fallback is not None:
            given["fallback"] = _people(self.fallback)
        if "fallback_rota" in self.model_fields_set:
            given["fallback_rota"] = self.fallback_rota
        return msgspec.structs.replace(rota, **given)


class CreateRota(RotaBody):
    """A new rota."""

    id: RotaIdText
    time_zone: Line
    shifts: list[ShiftBody] = Field(default_factory=list)

    def rota(self) -> Rota:
        """Return the rota as it is stored first."""
        return self.applied_to(Rota(id=RotaId(self.id), time_zone=self.time_zone, shifts=()))


class ChangeRota(RotaBody):
    """What changes of a rota; what is left out stays as it is. Lists are replaced as a whole."""

    version: Version | None = None


class OnDutyQuery(Query):
    """At which time; now unless it is given."""

    at: At | None = None


class PersonAnswer(Answer):
    """Somebody who can be on duty."""

    user_type: str
    user_id: str


class ShiftAnswer(Answer):
    """A shift; `24:00` is the end of the day."""

    people: list[PersonAnswer]
    days: list[Weekday]
    start: str
    end: str

    @classmethod
    def of(cls, shift: Shift) -> Self:
        """Return what is told of a shift."""
        return cls(
            people=_shown_people(shift.people), days=list(shift.days), start=_shown(shift.start), end=_shown(shift.end)
        )


class RotaAnswer(Answer):
    """A rota."""

    id: str
    time_zone: str
    shifts: list[ShiftAnswer]
    holidays: list[str]
    holiday_people: list[PersonAnswer]
    fallback: list[PersonAnswer]
    fallback_rota: str | None
    version: int

    @classmethod
    def of(cls, rota: Rota) -> Self:
        """Return what is told of a rota."""
        return cls(
            id=rota.id,
            time_zone=rota.time_zone,
            shifts=[ShiftAnswer.of(shift) for shift in rota.shifts],
            holidays=list(rota.holidays),
            holiday_people=_shown_people(rota.holiday_people),
            fallback=_shown_people(rota.fallback),
            fallback_rota=rota.fallback_rota,
            version=rota.version,
        )


class RotaList(Answer):
    """All rotas of a tenant, in order of id."""

    items: list[RotaAnswer]


class OnDutyAnswer(Answer):
    """Who is on duty at a time, in the order they are asked."""

    at: Time
    people: list[PersonAnswer]

    @classmethod
    def of(cls, at: Millis, people: tuple[Person, ...]) -> Self:
        """Return what is told of those on duty."""
        return cls(at=at, people=_shown_people(people))


def _people(people: list[PersonBody]) -> tuple[Person, ...]:
    return tuple(dict.fromkeys(body.person() for body in people))


def _shown_people(people: tuple[Person, ...]) -> list[PersonAnswer]:
    return [PersonAnswer.model_validate(person) for person in people]
