"""Given a bucket, when its execution is started, then there is one, however many start it."""

import json
from datetime import datetime
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from chalicelib.aws.timers import StateMachine
from chalicelib.domain.timer import SHARDS

BUCKET = 1_790_000_040_000
GRACE = 30_000
DEFINITION = {"StartAt": "Only", "States": {"Only": {"Type": "Succeed"}}}


@pytest.fixture
def machine() -> StateMachine:
    role = "arn:aws:iam::123456789012:role/timers"
    answer = boto3.client("stepfunctions").create_state_machine(
        name="timers", definition=json.dumps(DEFINITION), roleArn=role
    )
    return StateMachine(answer["stateMachineArn"], GRACE)


def started(machine: StateMachine) -> dict[str, Any]:
    """Return the inputs of all executions by their names."""
    client = boto3.client("stepfunctions")
    executions = client.list_executions(stateMachineArn=machine.arn)["executions"]
    return {
        execution["name"]: json.loads(client.describe_execution(executionArn=execution["executionArn"])["input"])
        for execution in executions
    }


def test_a_bucket_has_one_execution_named_after_it(machine: StateMachine) -> None:
    machine.start(BUCKET)
    machine.start(BUCKET)
    machine.start(BUCKET + 5_000)

    assert started(machine).keys() == {"1790000040", "1790000045"}


def test_a_name_stays_taken_when_its_execution_is_over(machine: StateMachine) -> None:
    machine.start(BUCKET)
    client = boto3.client("stepfunctions")
    (execution,) = client.list_executions(stateMachineArn=machine.arn)["executions"]
    client.stop_execution(executionArn=execution["executionArn"])

    machine.start(BUCKET)

    assert started(machine).keys() == {"1790000040"}


def test_another_attempt_has_another_name(machine: StateMachine) -> None:
    machine.start(BUCKET)
    machine.start(BUCKET, attempt=29_833_333)
    machine.start(BUCKET, attempt=29_833_333)

    assert started(machine).keys() == {"1790000040", "1790000040-29833333"}


def test_an_execution_knows_its_bucket_its_rounds_and_its_shards(machine: StateMachine) -> None:
    machine.start(BUCKET)

    (told,) = started(machine).values()
    first, second = (datetime.fromisoformat(told[name]).timestamp() * 1_000 for name in ("at", "again"))
    assert (told["bucket"], told["shards"]) == (BUCKET, list(range(SHARDS)))
    assert BUCKET < first <= BUCKET + 1_000
    assert second == first + GRACE
    assert told["at"].endswith("Z")


def test_what_cannot_be_started_is_told(machine: StateMachine) -> None:
    with pytest.raises(ClientError, match="StateMachineDoesNotExist"):
        StateMachine(machine.arn + "-none", GRACE).start(BUCKET)
