"""On-call rotas: who is on duty when."""

from chalicelib.domain.ids import RotaId, UserId, UserType
from chalicelib.domain.value import Value
from chalicelib.domain.words import Weekday


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
    end: int = 1_440


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
