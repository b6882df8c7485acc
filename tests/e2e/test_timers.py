"""Timers on the deployed stack: what is to go out later goes out then, whatever dies, from one execution a bucket.
(Every order of the steps is explored on the twin: tests/interleavings.)
"""

import time
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import pytest

from chalicelib.domain.ids import TenantId
from chalicelib.domain.timer import SHARDS, Due, DueKind, bucket_of
from chalicelib.domain.value import Millis
from chalicelib.services.drain import PAGE
from chalicelib.store import access_patterns as keys
from infra.cli.deliveries import Delivery
from infra.cli.waiting import eventually
from infra.deployed import function_name
from infra.merge import read_stage
from tests.e2e.conftest import Herald, Person

pytestmark = pytest.mark.stack

ACME = TenantId("acme")
WIDTH = read_stage("local").values["timer_width"] * 1_000
SOON = 8_000
"""Milliseconds in which what is sent for later is stored and has its timer."""


def now() -> Millis:
    return Millis(time.time_ns() // 1_000_000)


def iso(at: int) -> str:
    return datetime.fromtimestamp(at / 1_000, UTC).isoformat().replace("+00:00", "Z")


def arrival(herald: Herald, person: Person, id: str) -> Delivery:
    """Return the delivery of what was sent for later, when it has arrived."""
    eventually(lambda: herald.arrived(person) > 0, f"{id} to arrive", within=120)
    return herald.delivery(id)


def executions(herald: Herald, bucket: int) -> list[dict[str, Any]]:
    """Return the executions of a bucket."""
    client = herald.stack.cloud.client("stepfunctions")
    pages = client.get_paginator("list_executions").paginate(
        stateMachineArn=function_name("local", "Timers", herald.stack.cloud)
    )
    found = [dict(each) for page in pages for each in page["executions"]]
    return [each for each in found if each["name"].split("-")[0] == str(bucket // 1_000)]


def entered(herald: Herald, bucket: int) -> list[str]:
    """Return the states that the execution of a bucket entered, once it has ended well."""
    [execution] = executions(herald, bucket)
    client, arn = herald.stack.cloud.client("stepfunctions"), execution["executionArn"]
    eventually(
        lambda: client.describe_execution(executionArn=arn)["status"] == "SUCCEEDED", "the execution's end", within=60
    )
    pages = client.get_paginator("get_execution_history").paginate(executionArn=arn)
    events = [event for page in pages for event in page["events"]]
    return [event["stateEnteredEventDetails"]["name"] for event in events if event["type"].endswith("StateEntered")]


def store(herald: Herald, bucket: int, dues: Iterable[Due]) -> None:
    """Store due items behind Herald's back."""
    table = herald.stack.cloud.client("dynamodb")
    rows: list[Any] = [{"PK": {"S": pk}, "SK": {"S": sk}} for pk, sk in (keys.due(bucket, due) for due in dues)]
    for start in range(0, len(rows), 25):
        puts: Any = [{"PutRequest": {"Item": row}} for row in rows[start : start + 25]]
        table.batch_write_item(RequestItems={herald.stack.outputs.table_name: puts})


def left(herald: Herald, bucket: int) -> int:
    """Return how much lies in a bucket."""
    table = herald.stack.cloud.client("dynamodb")
    answers = [
        table.query(
            TableName=herald.stack.outputs.table_name,
            KeyConditionExpression="PK = :p",
            ExpressionAttributeValues={":p": {"S": f"DUE#{bucket}#{shard}"}},
            ConsistentRead=True,
        )
        for shard in range(SHARDS)
    ]
    return sum(answer["Count"] for answer in answers)


def closed_digests(count: int) -> list[Due]:
    """Return windows of nobody's, in one shard: to close them is no work."""
    dues = (Due(tenant=ACME, kind=DueKind.DIGEST, id=f"customer/nobody-{number}/news") for number in range(count * 64))
    return [due for due in dues if keys.due(0, due).pk == keys.all_due(0, 0).pk][:count]


def test_many_that_are_sent_for_one_time_go_out_then_from_one_execution(herald: Herald) -> None:
    people = [Person() for _ in range(8)]
    at = now() + SOON + WIDTH

    ids = [herald.send(person, sendAt=iso(at)) for person in people]
    assert sum(herald.arrived(person) for person in people) == 0
    deliveries = [arrival(herald, person, id) for person, id in zip(people, ids, strict=True)]

    assert all(delivery.has_arrived for delivery in deliveries)
    assert now() >= at
    assert [herald.arrived(person) for person in people] == [1] * len(people)
    assert entered(herald, bucket_of(Millis(at), WIDTH)) == ["AwaitBucket", "Drain", "AwaitLate", "DrainLate"]
    assert left(herald, bucket_of(Millis(at), WIDTH)) == 0


@pytest.mark.parametrize(
    ("function", "operation", "when"),
    [
        ("Dispatch", "StartExecution", "after"),
        ("Drain", "SendMessageBatch", "after"),
        ("Drain", "BatchWriteItem", "before"),
        ("Drain", "BatchWriteItem", "after"),
    ],
)
def test_whoever_dies_it_goes_out_once(
    herald: Herald, person: Person, function: str, operation: str, when: str
) -> None:
    order = herald.order_death(function, operation, when)
    at = Millis(now() + SOON)

    delivery = arrival(herald, person, herald.send(person, sendAt=iso(at)))
    eventually(lambda: not order.exists(), f"{function} to die", within=30)
    eventually(lambda: left(herald, bucket_of(at, WIDTH)) == 0, "the bucket to be emptied", within=90, every=1)

    assert delivery.has_arrived
    assert herald.arrived(person) == 1


def test_a_flood_is_drained_shard_by_shard(herald: Herald, person: Person) -> None:
    bucket = bucket_of(Millis(now() + SOON + WIDTH), WIDTH)
    store(herald, bucket, closed_digests(2 * PAGE + 50))  # still a flood when the first page met an accident

    assert arrival(herald, person, herald.send(person, sendAt=iso(bucket))).has_arrived

    names = entered(herald, bucket)
    assert names[:3] == ["AwaitBucket", "Drain", "DrainShards"]
    assert names.count("DrainShard") in {0, SHARDS}  # MiniStack does not tell of the states inside of a map
    assert left(herald, bucket) == 0


def test_a_bucket_whose_execution_is_lost_is_started_anew_by_the_sweeper(herald: Herald) -> None:
    functions, sweep = herald.stack.cloud.client("lambda"), function_name("local", "Sweep", herald.stack.cloud)
    bucket = bucket_of(Millis(now() + WIDTH), WIDTH)
    store(herald, bucket, closed_digests(3))
    assert executions(herald, bucket) == []

    def swept() -> bool:
        functions.invoke(FunctionName=sweep, Payload=b"{}")
        return left(herald, bucket) == 0

    eventually(swept, "the sweeper to start the bucket anew", within=60, every=1)

    assert all("-" in execution["name"] for execution in executions(herald, bucket))
    assert executions(herald, bucket)
