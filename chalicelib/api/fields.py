"""Fields that carry the product's own words: ids, channels, times, free data. Each refuses with a code of ours."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, Final, TypeVar

from pydantic import AfterValidator, BeforeValidator, StringConstraints, WithJsonSchema, WrapValidator

from chalicelib.api.models import Line, fault
from chalicelib.domain.errors import InvalidIdError
from chalicelib.domain.ids import (
    NotificationId,
    UserId,
    UserType,
    parse_notification_id,
    parse_user_id,
    parse_user_type,
)
from chalicelib.domain.preferences import MINUTES_A_DAY
from chalicelib.domain.value import Millis
from chalicelib.domain.words import Channel, Priority, Strategy

MOST_DEPTH: Final = 5
MOST_BYTES: Final = 4_096
_SAFE_INTEGER: Final = 2**53 - 1
"""Beyond it readers of JSON disagree on the value (RFC 7493 §2.2)."""

T = TypeVar("T")


def _channel(value: object) -> Channel:
    name = _text(value)
    try:
        return Channel.parse(name)
    except ValueError as error:
        raise fault("unknown_channel", "There is no such channel") from error


def _each_once(value: object, read: Callable[[object], dict[Channel, T]]) -> dict[Channel, T]:
    # By aliases two names mean the same channel: as with the same name twice, nobody can tell which one was meant.
    channels = read(value)
    if isinstance(value, dict) and len(channels) < len(value):
        raise fault("repeated_channel", "The same channel is named twice, by an alias or in other letters")
    return channels


def _priority(value: object) -> Priority:
    name = _text(value)
    try:
        return Priority.parse(name)
    except ValueError as error:
        raise fault("not_one_of", "A priority is low, medium, high, critical or urgent") from error


def _strategy(value: object) -> Strategy:
    name = _text(value)
    try:
        return Strategy(name.strip().lower())
    except ValueError as error:
        raise fault("not_one_of", "A strategy is broadcast or escalation") from error


def _time(value: object) -> Millis:
    text = _text(value)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise fault("malformed", "A time is written as in 2026-12-01T09:00:00Z (ISO 8601)") from error
    if moment.tzinfo is None:
        raise fault("time_zone_missing", "A time needs its offset from UTC, as in 2026-12-01T09:00:00Z")
    return Millis(round(moment.timestamp() * 1_000))


def _clock_time(value: object) -> int:
    match = re.fullmatch(r"([01]\d|2[0-3]):([0-5]\d)", _text(value))
    if match is None:
        raise fault("malformed", "A time of day is written as in 09:00")
    return 60 * int(match[1]) + int(match[2])


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    raise fault("wrong_type", "A text is expected here")


def _parsed(parse: Callable[[str], T], text: str) -> str:
    try:
        parse(text)
    except InvalidIdError as error:
        raise fault("malformed", "This is not an id of the kind expected here") from error
    return text


def _free_data(value: dict[str, Any]) -> dict[str, Any]:
    size = size_of_json(value, MOST_DEPTH)
    if size > MOST_BYTES:
        raise fault("too_long", "Free data may have 4096 bytes")
    return value


def size_of_json(value: Any, depth: int) -> int:
    """Return about how many bytes `value` takes as JSON; refuses what is nested deeper than `depth`, and numbers that
    readers of JSON disagree on.
    """
    if isinstance(value, dict | list) and depth == 0:
        raise fault("nested_too_deeply", "Data may not be nested this deep")
    if isinstance(value, dict):
        return 2 + sum(len(name.encode()) + 4 + size_of_json(each, depth - 1) for name, each in value.items())
    if isinstance(value, list):
        return 2 + sum(1 + size_of_json(each, depth - 1) for each in value)
    if isinstance(value, str):
        return 2 + len(value.encode())
    if isinstance(value, int | float) and not -_SAFE_INTEGER <= value <= _SAFE_INTEGER:
        raise fault("out_of_range", "Numbers beyond ±(2^53-1) are not told apart by all readers of JSON: send a text")
    return 8


def _words(*words: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "enum": [str(word) for word in words]})


ChannelName = Annotated[Channel, BeforeValidator(_channel), _words(*Channel, "fcm", "database")]
"""A channel, in any letter case, or an alias of one."""
EACH_ONCE: Final = WrapValidator(_each_once)
"""Put on a dictionary by channels: none of them twice, whatever it is called."""
PriorityName = Annotated[Priority, BeforeValidator(_priority), _words(*Priority, "urgent")]
"""A priority, in any letter case; `urgent` is critical."""
StrategyName = Annotated[Strategy, BeforeValidator(_strategy), _words(*Strategy)]
"""A strategy, in any letter case."""
Moment = Annotated[
    int,
    BeforeValidator(_time),
    WithJsonSchema({"type": "string", "format": "date-time", "examples": ["2026-12-01T09:00:00Z"]}),
]
"""A point in time with its offset, as milliseconds since the epoch."""
ClockTime = Annotated[
    int,
    BeforeValidator(_clock_time),
    WithJsonSchema({"type": "string", "pattern": r"^([01]\d|2[0-3]):[0-5]\d$", "examples": ["09:00"]}),
]
"""A time of day on the wall clock, as minutes after midnight."""
EndTime = Annotated[
    ClockTime,
    WrapValidator(lambda value, read: MINUTES_A_DAY if value == "24:00" else read(value)),
    WithJsonSchema({"type": "string", "pattern": r"^(([01]\d|2[0-3]):[0-5]\d|24:00)$", "examples": ["17:00"]}),
]
"""A time of day at which something ends; `24:00` is the end of the day."""
UserIdText = Annotated[UserId, AfterValidator(lambda text: _parsed(parse_user_id, text))]
"""A user's id."""
UserTypeText = Annotated[UserType, AfterValidator(lambda text: _parsed(parse_user_type, text))]
"""A user's type, such as `customer`."""
NotificationIdText = Annotated[NotificationId, AfterValidator(lambda text: _parsed(parse_notification_id, text))]
"""A notification's id."""
Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}$")]
"""A name that a tenant gives to things, such as a provider or a category."""
FreeData = Annotated[dict[Line, Any], AfterValidator(_free_data)]
"""Data of the caller's own: up to 4096 bytes of JSON, nested up to 5 deep."""
