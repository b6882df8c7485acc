"""What passes between the table's client and AWS: seen, repeated, or refused, by botocore's own hooks."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders

from chalicelib.store.table import Raw, Table


def events_of(table: Table) -> Any:
    """Return the hooks of a table's client."""
    return table._connection.client.meta.events


def scan(table: Table) -> list[Raw]:
    """Return every row there is."""
    items: list[Raw] = table._connection.client._make_api_call("Scan", {"TableName": table.name})["Items"]
    return items


@contextmanager
def first_answer_lost(table: Table, operation: str) -> Iterator[None]:
    """Let the client ask again although its first request did what it was to do, as after a timeout."""

    def repeat(attempts: int, **_: object) -> int | None:
        return 0 if attempts == 1 else None

    events_of(table).register_first(f"needs-retry.dynamodb.{operation}", repeat)
    yield
    events_of(table).unregister(f"needs-retry.dynamodb.{operation}", repeat)


@contextmanager
def refused(table: Table, operation: str, times: int, code: str, *reasons: str) -> Iterator[None]:
    """Refuse the first requests of a kind as DynamoDB does, before they do anything; a transaction for `reasons`."""
    left = [times]
    answer = {"Error": {"Code": code, "Message": code}, "CancellationReasons": [{"Code": reason} for reason in reasons]}

    def refuse(**_: object) -> tuple[AWSResponse, Raw] | None:
        if left[0] == 0:
            return None
        left[0] -= 1
        return AWSResponse("", 400, HTTPHeaders(), None), answer

    events_of(table).register_first(f"before-call.dynamodb.{operation}", refuse)
    yield
    events_of(table).unregister(f"before-call.dynamodb.{operation}", refuse)


@contextmanager
def requests_of(table: Table) -> Iterator[list[Raw]]:
    """Yield the parameters of all requests that are made meanwhile."""
    made: list[Raw] = []

    def keep(params: Raw, **_: object) -> None:
        made.append(params)

    events_of(table).register("before-parameter-build.dynamodb", keep)
    yield made
    events_of(table).unregister("before-parameter-build.dynamodb", keep)


@contextmanager
def lagging(table: Table) -> Iterator[None]:
    """Answer eventually consistent reads from a copy of the table that has nothing yet."""

    def forget(parsed: Raw, context: Raw, **_: object) -> None:
        if not context["asked"].get("ConsistentRead"):
            parsed.pop("Item", None)

    def remember(params: Raw, context: Raw, **_: object) -> None:
        context["asked"] = params

    events_of(table).register("before-parameter-build.dynamodb.GetItem", remember)
    events_of(table).register("after-call.dynamodb.GetItem", forget)
    yield
    events_of(table).unregister("before-parameter-build.dynamodb.GetItem", remember)
    events_of(table).unregister("after-call.dynamodb.GetItem", forget)
