"""How large, in bytes, the parts of a request are that AWS limits."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tests.aws_semantics.dynamodb_requests import named_keys, size_of

Params = Mapping[str, Any]


def items(params: Params) -> Iterator[int]:
    """Yield the size of each item put."""
    if "Item" in params:
        yield size_of(params["Item"])
    for part in params.get("TransactItems", ()):
        yield from items(part.get("Put", {}))
    for parts in params.get("RequestItems", {}).values():
        for part in parts:
            yield from items(part.get("PutRequest", {}))


def partition_keys(params: Params) -> Iterator[int]:
    """Yield the size of each partition key named."""
    return (len(partition.encode()) for partition, _ in named_keys(params))


def sort_keys(params: Params) -> Iterator[int]:
    """Yield the size of each sort key named."""
    return (len(sort.encode()) for _, sort in named_keys(params))


def message(params: Params) -> Iterator[int]:
    """Yield the size of a message with its attributes."""
    content: str = params.get("MessageBody", params.get("Message", ""))
    attributes = params.get("MessageAttributes", {})
    yield len(content.encode()) + sum(_attribute(name, value) for name, value in attributes.items())


def batch(params: Params) -> Iterator[int]:
    """Yield the size of all messages of a batch together."""
    entries: Sequence[Params] = params.get("Entries", params.get("PublishBatchRequestEntries", ()))
    yield sum(size for entry in entries for size in message(entry))


def events(params: Params) -> Iterator[int]:
    """Yield the size of all events together."""
    words = ("Source", "DetailType", "Detail")
    yield sum(len(entry.get(word, "").encode()) for entry in params["Entries"] for word in words)


def payload(params: Params) -> Iterator[int]:
    """Yield the size of a function's payload."""
    content = params.get("Payload", b"")
    yield len(content.encode() if isinstance(content, str) else content)


def environment(params: Params) -> Iterator[int]:
    """Yield the size of a function's environment."""
    variables: Mapping[str, str] = params.get("Environment", {}).get("Variables", {})
    yield sum(len(name.encode()) + len(value.encode()) for name, value in variables.items())


def _attribute(name: str, value: Params) -> int:
    content = value.get("BinaryValue", value.get("StringValue", "").encode())
    return len(name.encode()) + len(value["DataType"]) + len(content)
