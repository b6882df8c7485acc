"""The kinds of attributes that rows have beyond PynamoDB's own.

The deliveries of a state are a map in the item, so that a condition can look into one of them. Their fields have
names of one letter: a state is to stay within one write unit.
"""

from collections.abc import Iterator
from enum import StrEnum
from typing import Any, Final, TypeVar

import msgspec
from pynamodb.attributes import Attribute
from pynamodb.constants import MAP, STRING
from pynamodb.expressions.operand import Path

from chalicelib.domain.allowance import Taking
from chalicelib.domain.delivery import Attempt, Delivery
from chalicelib.domain.state import Basis, Relay, Source
from chalicelib.domain.value import Millis
from chalicelib.domain.wire import from_json, prepared, to_json, to_plain
from chalicelib.domain.words import Channel

E = TypeVar("E", bound=StrEnum)
_HALF: Final = 6
"""Bytes of a time, and of a mark."""
_UNCOUNTED: Final = 1 << 47
"""The bit of a time that says that the message does not count; milliseconds need it in the year 6429."""

DELIVERY_NAMES: Final = {
    "status": "s",
    "providers": "p",
    "provider": "i",
    "tries": "t",
    "attempt": "n",
    "epoch": "e",
    "lease": "l",
    "notBefore": "b",
    "scheduledFor": "d",
    "held": "h",
    "reason": "r",
    "detail": "w",
    "sentAt": "x",
    "deliveredAt": "y",
    "attempts": "a",
}
ATTEMPT_NAMES: Final = {
    "number": "n",
    "provider": "p",
    "at": "t",
    "outcome": "o",
    "vendorId": "v",
    "code": "c",
    "segments": "g",
    "epoch": "e",
    "trials": "u",
    "over": "x",
}
TOKEN: Final = "c"  # noqa: S105 — the name of a field
"""Field of a leased delivery: says which call of `claim` leased it."""


class WordAttribute(Attribute[E]):
    """A word of a closed set."""

    attr_type = STRING

    def __init__(self, words: type[E], *, attr_name: str, null: bool = False) -> None:
        super().__init__(attr_name=attr_name, null=null)
        self._words = words

    def serialize(self, value: E) -> str:
        """Return the word as text."""
        return value.value

    def deserialize(self, value: str) -> E:
        """Return the word in a text."""
        return self._words(value)


class BasisAttribute(Attribute[Basis]):
    """What a decision rested on: two letters."""

    attr_type = STRING

    def serialize(self, value: Basis) -> str:
        """Return the two letters."""
        return value.strategy.value + value.recipient.value

    def deserialize(self, value: str) -> Basis:
        """Return the basis in two letters."""
        return Basis(strategy=Source(value[0]), recipient=Source(value[1]))


class RelaysAttribute(Attribute[tuple[Relay, ...]]):
    """The relays of a notification as one text, so that all of them change together or not at all."""

    attr_type = STRING

    def serialize(self, value: tuple[Relay, ...]) -> str:
        """Return the relays as JSON."""
        return to_json(value).decode()

    def deserialize(self, value: str) -> tuple[Relay, ...]:
        """Return the relays in JSON."""
        return from_json(value.encode(), tuple[Relay, ...])


class TakenAttribute(Attribute[dict[Channel, tuple[Taking, ...]]]):
    """What was released to a user, by channel: 12 bytes a message, 6 of its time and 6 of its id."""

    attr_type = MAP

    def serialize(self, value: dict[Channel, tuple[Taking, ...]]) -> dict[str, Any]:
        """Return what was released as a typed map of bytes."""
        return {channel.value: {"B": b"".join(map(_taking_bytes, takings))} for channel, takings in value.items()}

    def deserialize(self, value: dict[str, Any]) -> dict[Channel, tuple[Taking, ...]]:
        """Return what was released by a typed map of bytes."""
        return {Channel(channel): tuple(_takings(typed["B"])) for channel, typed in value.items()}


class DeliveriesAttribute(Attribute[dict[Channel, Delivery]]):
    """The deliveries of a notification, by channel."""

    attr_type = MAP

    def serialize(self, value: dict[Channel, Delivery]) -> dict[str, Any]:
        """Return the deliveries as a typed map."""
        typed: dict[str, Any] = _typed({str(channel): _renamed(delivery) for channel, delivery in value.items()})["M"]
        return typed

    def deserialize(self, value: dict[str, Any]) -> dict[Channel, Delivery]:
        """Return the deliveries in a typed map."""
        plain = {channel: _original(delivery) for channel, delivery in _plain({"M": value}).items()}
        return msgspec.convert(plain, prepared(dict[Channel, Delivery]))

    def field(self, channel: Channel, name: str) -> Path:
        """Return where the field of a delivery lies, by its JSON name."""
        return self[channel.value][DELIVERY_NAMES[name]]


def typed_attempts(*attempts: Attempt) -> dict[str, Any]:
    """Return attempts as a typed list, as they lie in a delivery."""
    return _typed([_rename(to_plain(attempt), ATTEMPT_NAMES) for attempt in attempts])


def _taking_bytes(taking: Taking) -> bytes:
    at = taking.at | (0 if taking.counts else _UNCOUNTED)
    return at.to_bytes(_HALF, "big") + bytes.fromhex(taking.mark)


def _takings(data: bytes) -> Iterator[Taking]:
    for start in range(0, len(data), 2 * _HALF):
        middle = start + _HALF
        at = int.from_bytes(data[start:middle], "big")
        mark = data[middle : middle + _HALF].hex()
        yield Taking(mark=mark, at=Millis(at & ~_UNCOUNTED), counts=not at & _UNCOUNTED)


def _renamed(delivery: Delivery) -> dict[str, Any]:
    plain = to_plain(delivery)
    if "attempts" in plain:
        plain["attempts"] = [_rename(attempt, ATTEMPT_NAMES) for attempt in plain["attempts"]]
    return _rename(plain, DELIVERY_NAMES)


def _original(stored: dict[str, Any]) -> dict[str, Any]:
    plain = _rename(stored, _DELIVERY_FIELDS)
    if "attempts" in plain:
        plain["attempts"] = [_rename(attempt, _ATTEMPT_FIELDS) for attempt in plain["attempts"]]
    return plain


def _rename(fields: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    return {names[name]: value for name, value in fields.items() if name in names}


_DELIVERY_FIELDS: Final = {short: name for name, short in DELIVERY_NAMES.items()}
_ATTEMPT_FIELDS: Final = {short: name for name, short in ATTEMPT_NAMES.items()}


def _typed(value: Any) -> dict[str, Any]:
    match value:
        case str():
            return {"S": value}
        case bool():
            return {"BOOL": value}
        case int():
            return {"N": str(value)}
        case list() | tuple():
            return {"L": [_typed(each) for each in value]}
        case dict():
            return {"M": {name: _typed(each) for name, each in value.items()}}
    raise TypeError(f"nothing writes {type(value).__name__}")


def _plain(typed: dict[str, Any]) -> Any:
    ((kind, value),) = typed.items()
    match kind:
        case "S" | "BOOL":
            return value
        case "N":
            return int(value)
        case "L":
            return [_plain(each) for each in value]
        case "M":
            return {name: _plain(each) for name, each in value.items()}
    raise TypeError(f"nothing reads {kind}")
