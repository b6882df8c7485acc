"""What listings are bounded by: the times that come in a query."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Final

from pydantic import BeforeValidator, WithJsonSchema

from chalicelib.api.models import fault
from chalicelib.domain.errors import Fault, InvalidInputError
from chalicelib.domain.value import Millis
from chalicelib.services.ports import Between

DAY: Final = 86_400_000
"""Milliseconds."""
_DATE: Final = len("2026-12-01")


def _moment(text: object, *, date_means: timedelta) -> object:
    if not isinstance(text, str):
        return text
    try:
        moment = datetime.fromisoformat(text)
        if len(text) == _DATE:
            moment = moment.replace(tzinfo=UTC) + date_means
    except (ValueError, OverflowError) as error:
        raise fault("malformed", "Not a date or time by ISO 8601") from error
    if moment.tzinfo is None:
        raise fault("time_zone_missing", "A time needs a time zone, such as Z or +02:00")
    return max(0, int(moment.timestamp() * 1_000))


def _from(text: object) -> object:
    return _moment(text, date_means=timedelta(0))


def _until(text: object) -> object:
    return _moment(text, date_means=timedelta(days=1))


DateFrom = Annotated[
    Millis,
    BeforeValidator(_from),
    WithJsonSchema({"type": "string", "examples": ["2026-12-01", "2026-12-01T09:00:00Z"]}),
]
"""The first moment wanted: a time by ISO 8601, or a date (its beginning, UTC)."""
DateTo = Annotated[
    Millis,
    BeforeValidator(_until),
    WithJsonSchema({"type": "string", "examples": ["2026-12-31", "2026-12-31T17:00:00Z"]}),
]
"""The first moment no longer wanted: a time by ISO 8601, or the last date that is (UTC)."""


def span(start: Millis, end: Millis, most_days: int | None = None) -> Between:
    """Return the time from `start` to `end`; InvalidInputError when it is empty, or longer than `most_days`."""
    if start >= end:
        _refuse("out_of_order", "dateTo is not after dateFrom")
    if most_days is not None and end - start > most_days * DAY:
        _refuse("out_of_range", f"No more than {most_days} days can be looked at in one question")
    return Between(start, end)


def _refuse(code: str, detail: str) -> None:
    raise InvalidInputError("The query is not valid", faults=[Fault(pointer="/dateTo", code=code, detail=detail)])
