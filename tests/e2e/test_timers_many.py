"""Two thousand escalations for one moment, on a stack whose buckets span a minute as they do on AWS: one execution."""

import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from chalicelib.domain.timer import SHARDS, bucket_of
from chalicelib.domain.value import Millis
from infra.cli.booting import Options
from infra.cli.console import console
from infra.cli.samples import HURRY
from infra.cli.stack import LocalStack
from infra.cli.waiting import eventually
from infra.deployed import function_name
from infra.state_machines import EVENT_LIMIT

pytestmark = pytest.mark.stack

CALLS = 40
RECIPIENTS = 50
WIDTH = 60
SEND = "/api/v1/services/notifications/send"


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[LocalStack]:
    """A stack of its own."""
    # The sweeper would have those looked at again that wait for their time: here messages are counted.
    parameters = {"TimerWidth": str(WIDTH), "SweepGrace": "3600"}
    with LocalStack.running(tmp_path, Options(parameters=parameters)) as stack:
        yield stack


def common_time() -> Millis:
    """Return the moment all escalations begin at, the end of a bucket, with time enough to have them stored before."""
    return Millis(bucket_of(Millis(time.time_ns() // 1_000_000 + 60_000), WIDTH * 1_000))


def escalations(at: Millis) -> dict[str, Any]:
    """Return one call: an escalation for each of fifty people, from a moment on."""
    names = [f"user-{uuid.uuid4().hex[:12]}" for _ in range(RECIPIENTS)]
    return {
        "recipients": [
            {"userId": name, "userType": "customer", "email": f"{name}@example.com", "phone": "+14155550101"}
            for name in names
        ],
        "channels": ["in_app", "sms", "email"],
        "escalation": {"policy": HURRY["id"]},
        "sendAt": datetime.fromtimestamp(at / 1_000, UTC).isoformat().replace("+00:00", "Z"),
        "content": {"subject": "Approve it", "body": "It waits for you."},
    }


def switch(stack: LocalStack, mapping: str, *, enabled: bool) -> None:
    """Have a worker fed, or not, by the logical id of what feeds it."""
    id = function_name("local", mapping, stack.cloud)
    stack.cloud.client("lambda").update_event_source_mapping(UUID=id, Enabled=enabled)


def due(stack: LocalStack, bucket: int) -> int:
    """Return how much lies in a bucket."""
    table = stack.cloud.client("dynamodb")
    query: dict[str, Any] = {"KeyConditionExpression": "PK = :p", "ConsistentRead": True, "Select": "COUNT"}
    return sum(
        table.query(
            TableName=stack.outputs.table_name,
            ExpressionAttributeValues={":p": {"S": f"DUE#{bucket}#{shard}"}},
            **query,
        )["Count"]
        for shard in range(SHARDS)
    )


def queued(stack: LocalStack) -> int:
    """Return how many messages wait for the dispatcher."""
    names: Any = ["ApproximateNumberOfMessages"]
    told = stack.cloud.client("sqs").get_queue_attributes(
        QueueUrl=stack.outputs.dispatch_queue_url, AttributeNames=names
    )
    return int(told["Attributes"][names[0]])


def executions(stack: LocalStack) -> list[dict[str, Any]]:
    """Return all executions of the timers' state machine."""
    machine = function_name("local", "Timers", stack.cloud)
    pages = stack.cloud.client("stepfunctions").get_paginator("list_executions").paginate(stateMachineArn=machine)
    return [dict(each) for page in pages for each in page["executions"]]


def history(stack: LocalStack, execution: str) -> list[dict[str, Any]]:
    """Return the events of an execution."""
    client = stack.cloud.client("stepfunctions")
    pages = client.get_paginator("get_execution_history").paginate(executionArn=execution)
    return [dict(event) for page in pages for event in page["events"]]


def test_two_thousand_escalations_for_one_moment_start_one_execution(
    stack: LocalStack, capsys: pytest.CaptureFixture[str]
) -> None:
    many = CALLS * RECIPIENTS
    api, at = stack.as_service("orders"), common_time()

    accepted = [api.post(SEND, escalations(at))["recipientCount"] for _ in range(CALLS)]
    assert sum(accepted) == many
    eventually(lambda: due(stack, at) == many, "all to have their timers", within=120, every=1)
    switch(stack, "DispatchMapping", enabled=False)  # What is woken waits in the queue, to be counted.
    [execution] = executions(stack)
    eventually(lambda: executions(stack)[0]["status"] == "SUCCEEDED", "the execution's end", within=WIDTH + 60, every=1)

    assert executions(stack)[0]["name"] == str(at // 1_000)
    assert len(executions(stack)) == 1
    assert due(stack, at) == 0
    assert queued(stack) >= many  # Those that were in a worker's hands when it was switched off are there again.
    events = history(stack, execution["executionArn"])
    transitions = sum(event["type"].endswith("StateEntered") for event in events)
    assert transitions == 4
    assert len(events) < EVENT_LIMIT
    with capsys.disabled():
        console.print(f"{many} timers, 1 execution, {transitions} transitions: {many // transitions} for each")
