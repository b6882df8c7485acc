"""What a DynamoDB request is about: its partition keys, in the table and in indexes, and what it writes.

The attributes that Herald's table and indexes are partitioned by end in `PK`.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from math import ceil
from typing import Any, Final

Request = Mapping[str, Any]

WRITES: Final = ("PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems")
KEYED: Final = (*WRITES, "GetItem", "Query", "BatchGetItem", "BatchWriteItem", "TransactGetItems")
"""The operations that name the keys they touch."""
KEYLESS: Final = ("Scan", "ExecuteStatement", "BatchExecuteStatement", "ExecuteTransaction")
"""The operations on items that need not."""
_PARTITION: Final = re.compile(r"(GSI\d+)?PK\Z")
_ASSIGNMENT: Final = re.compile(r"(#?[\w.-]+)\s*=\s*(:\w+)")
_TRANSACTED: Final = ("Put", "Update", "Delete", "ConditionCheck")
_UNIT: Final = 1_024


def partition_keys(request: Request) -> Iterator[str]:
    """Yield every partition key that a request names, wherever it stands: keys, items, expressions, pages' starts."""
    return (partition for partition, _ in named_keys(request))


def named_keys(request: Request) -> Iterator[tuple[str, str]]:
    """Yield every partition key that a request names, and the sort key beside it, empty where there is none."""
    for name, value in request.items():
        if _PARTITION.match(name) and isinstance(value, Mapping):
            yield str(value.get("S", value)), str(request.get(f"{name[:-2]}SK", {}).get("S", ""))
        elif name in {"KeyConditionExpression", "UpdateExpression"}:
            yield from ((partition, "") for partition in _assigned(value, request))
        elif isinstance(value, Mapping) and not _is_document(value):  # whose words are not keys
            yield from named_keys(value)
        elif isinstance(value, list):
            for part in value:
                yield from named_keys(part) if isinstance(part, Mapping) else ()


def single_writes(request: Request) -> list[Request]:
    """Return the writes a request consists of: itself, or those of its transaction."""
    if "TransactItems" not in request:
        return [request]
    return [part[kind] for part in request["TransactItems"] for kind in _TRANSACTED if kind in part]


def write_units(write: Request) -> int:
    """Return about how many write units a write costs its partition: one per KB of what is sent."""
    return max(1, ceil(size_of(write.get("Item", write.get("ExpressionAttributeValues", {}))) / _UNIT))


def size_of(item: Request) -> int:
    """Return the size of an item in bytes.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
    """
    return sum(len(name.encode()) + _size(value) for name, value in item.items())


def _assigned(expression: str, request: Request) -> Iterator[str]:
    names = request.get("ExpressionAttributeNames", {})
    for name, value in _ASSIGNMENT.findall(expression):
        if _PARTITION.match(names.get(name, name)):
            yield str(request["ExpressionAttributeValues"][value].get("S"))


def _is_document(value: Request) -> bool:
    return len(value) == 1 and value.keys() <= {"M", "L"}


def _size(value: Mapping[str, Any]) -> int:
    ((kind, content),) = value.items()
    return _SIZES.get(kind, _of_one)(content)


def _of_one(_: Any) -> int:
    return 1


def _of_set(content: Any) -> int:
    return sum(map(len, content))


_SIZES: Final[Mapping[str, Callable[[Any], int]]] = {
    "S": lambda text: len(text.encode()),
    "N": lambda digits: len(digits) // 2 + 2,
    "B": len,
    "M": lambda document: 3 + len(document) + size_of(document),
    "L": lambda parts: 3 + sum(1 + _size(part) for part in parts),
    "SS": _of_set,
    "NS": _of_set,
    "BS": _of_set,
}
"""Of each type of an attribute; those of Booleans and null are of one byte."""
