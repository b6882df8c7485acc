"""Given an item that was put a moment ago, when an index is asked, then it is not there yet."""

import time
from collections.abc import Callable
from typing import Any

from tests.aws_semantics.conftest import TABLE, Hook, a_key

LAG = 0.5


def put(client: Any, sort: str, stamp: int) -> None:
    index = {"GSI1PK": {"S": "T#acme#F#u1"}, "GSI1SK": {"S": f"{stamp:013d}#{sort}"}}
    client.put_item(TableName=TABLE, Item={**a_key(sort=sort), **index})


def listed(client: Any, **how: Any) -> list[str]:
    values = {":p": {"S": how.pop("partition", "T#acme#F#u1")}}
    answer = client.query(TableName=TABLE, ExpressionAttributeValues=values, **how)
    assert answer["Count"] == len(answer["Items"])
    return [item["SK"]["S"] for item in answer["Items"]]


def feed(client: Any) -> list[str]:
    return listed(client, IndexName="GSI1", KeyConditionExpression="GSI1PK = :p")


def eventually(holds: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 5 * LAG
    while not (held := holds()) and time.monotonic() < deadline:
        time.sleep(LAG / 20)
    return held


def test_an_item_is_seen_in_the_index_later(hook: Hook, table: Any) -> None:
    hooked = hook(f"7:index_lag={LAG}")
    client = hooked.client("dynamodb")
    everything = [str(number) for number in range(20)]
    for sort in everything:
        put(client, sort, stamp=0)

    assert feed(client) != everything
    assert eventually(lambda: sorted(feed(client)) == sorted(everything))
    assert hooked.record.effects("index_lag")


def test_the_table_itself_shows_it_at_once(hook: Hook, table: Any) -> None:
    client = hook("7:index_lag=60").client("dynamodb")
    put(client, "R", stamp=0)

    assert listed(client, partition="T#acme#N#1", KeyConditionExpression="PK = :p") == ["R"]


def test_what_another_process_put_is_as_old_as_its_key_says(hook: Hook, table: Any) -> None:
    now = int(time.time() * 1_000)
    put(table, "new", stamp=now)
    put(table, "old", stamp=now - 61_000)
    put(table, "of a clock that is ahead", stamp=now + 60_000)
    client = hook("7:index_lag=60").client("dynamodb")

    assert feed(client) == ["old", "of a clock that is ahead"]


def test_a_put_of_a_transaction_lags_too(hook: Hook, table: Any) -> None:
    client = hook("7:index_lag=60").client("dynamodb")
    item = {**a_key(), "GSI1PK": {"S": "T#acme#F#u1"}, "GSI1SK": {"S": "x"}}
    client.transact_write_items(TransactItems=[{"Put": {"TableName": TABLE, "Item": item}}])

    assert feed(client) == []
    assert feed(table) == ["N"]
