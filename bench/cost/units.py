"""How AWS counts a call: table units by the size of items, requests by the 64 KB."""

from collections.abc import Callable, Iterable, Mapping
from math import ceil
from typing import Any, Final

from bench.cost.calls import Call

Item = Mapping[str, Any]

REQUEST: Final = 64 * 1024
"""Bytes that SNS, SQS and EventBridge count as one request or event."""
_READ: Final = 4 * 1024
_INDEX_OVERHEAD: Final = 100
"""Bytes that storage counts for an item beyond itself."""


def write_units(call: Call) -> float:
    """Return the write units of a call, those of indexes included: what the table said it consumed."""
    told = call.response.get("ConsumedCapacity", ())
    return float(sum(part["CapacityUnits"] for part in ([told] if isinstance(told, Mapping) else told)))


def read_units(call: Call) -> float:
    """Return the read units of a call, by the sizes of what it answered.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html: by 4 KB, half of that
    when the read need not be consistent; a get of nothing counts as one of 4 KB, in a batch, too; a query by what it
    reads in all.
    """
    match call.operation:
        case "GetItem":
            return _by_4_kb([size_of(call.response.get("Item", {}))]) * _strength(call.request)
        case "Query":
            return _by_4_kb([sum(map(size_of, call.response.get("Items", ())))]) * _strength(call.request)
        case "BatchGetItem":
            tables = call.request["RequestItems"]
            return sum(_batch(call.response, name, asked) * _strength(asked) for name, asked in tables.items())
    raise ValueError(f"nobody counts {call.operation}")


def requests_of(size: int) -> int:
    """Return how many requests a payload of `size` bytes counts as."""
    return max(1, ceil(size / REQUEST))


def size_of(item: Item) -> int:
    """Return the size of an item in bytes.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
    """
    return sum(len(name.encode()) + _size(value) for name, value in item.items())


def stored_size(item: Item, indexes: Iterable[str]) -> int:
    """Return the bytes that an item takes in storage, with its entries in the indexes (keys only) that hold it."""
    entries = [_entry(item, index) for index in indexes if f"{index}PK" in item]
    return sum(size_of(part) + _INDEX_OVERHEAD for part in (item, *entries))


def _entry(item: Item, index: str) -> Item:
    return {name: item[name] for name in ("PK", "SK", f"{index}PK", f"{index}SK")}


def _batch(answer: Mapping[str, Any], table: str, asked: Mapping[str, Any]) -> int:
    found = answer["Responses"].get(table, ())
    left = answer.get("UnprocessedKeys", {}).get(table, {}).get("Keys", ())
    return _by_4_kb(map(size_of, found)) + len(asked["Keys"]) - len(found) - len(left)


def _by_4_kb(sizes: Iterable[int]) -> int:
    return sum(max(1, ceil(size / _READ)) for size in sizes)


def _strength(request: Mapping[str, Any]) -> float:
    return 1.0 if request.get("ConsistentRead") else 0.5


def _size(value: Mapping[str, Any]) -> int:
    ((kind, content),) = value.items()
    return _SIZES[kind](content)


_SIZES: Final[Mapping[str, Callable[[Any], int]]] = {
    "S": lambda text: len(text.encode()),
    "N": lambda digits: ceil(len(digits.lstrip("-").replace(".", "")) / 2) + 1 + digits.startswith("-"),
    "B": len,
    "BOOL": lambda _: 1,
    "NULL": lambda _: 1,
    "M": lambda document: 3 + len(document) + size_of(document),
    "L": lambda parts: 3 + sum(1 + _size(part) for part in parts),
}
