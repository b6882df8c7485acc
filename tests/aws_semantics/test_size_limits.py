"""Given something larger than AWS takes, when it is sent, then it is refused as AWS refuses it."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.aws_semantics.conftest import TABLE, Hook, a_key
from tests.aws_semantics.dynamodb_requests import size_of
from tests.aws_semantics.record import ViolationError

KB = 1_024


def half(body: str) -> list[dict[str, Any]]:
    return [{"Id": id, body: "x" * 129 * KB} for id in ("first", "second")]


@pytest.mark.parametrize(
    ("service", "call", "arguments", "code"),
    [
        ("dynamodb", "put_item", {"TableName": TABLE, "Item": {**a_key(), "b": {"B": b"x" * 400 * KB}}}, "Validation"),
        (
            "dynamodb",
            "transact_write_items",
            {"TransactItems": [{"Put": {"TableName": TABLE, "Item": {**a_key(), "b": {"S": "x" * 400 * KB}}}}]},
            "Validation",
        ),
        (
            "dynamodb",
            "batch_write_item",
            {"RequestItems": {TABLE: [{"PutRequest": {"Item": {**a_key(), "b": {"S": "é" * 200 * KB}}}}]}},
            "Validation",
        ),
        ("dynamodb", "get_item", {"TableName": TABLE, "Key": a_key(sort="é" * 513)}, "range keys"),
        ("dynamodb", "put_item", {"TableName": TABLE, "Item": a_key(tenant="x" * 2 * KB)}, "hashkey"),
        ("sqs", "send_message", {"QueueUrl": "q", "MessageBody": "x" * 257 * KB}, "InvalidParameterValue"),
        ("sqs", "send_message_batch", {"QueueUrl": "q", "Entries": half("MessageBody")}, "BatchRequestTooLong"),
        ("sns", "publish", {"TopicArn": "t", "Message": "x" * 257 * KB}, "InvalidParameter"),
        ("sns", "publish_batch", {"TopicArn": "t", "PublishBatchRequestEntries": half("Message")}, "TooLong"),
        ("events", "put_events", {"Entries": [{"Source": "herald", "Detail": "x" * 257 * KB}]}, "Validation"),
        ("lambda", "invoke", {"FunctionName": "f", "Payload": b"x" * 6_145 * KB}, "RequestTooLarge"),
        (
            "lambda",
            "update_function_configuration",
            {"FunctionName": "f", "Environment": {"Variables": {"LANES": "x" * 4 * KB}}},
            "InvalidParameterValue",
        ),
    ],
)
def test_too_large(hook: Hook, service: str, call: str, arguments: dict[str, Any], code: str) -> None:
    hooked = hook("7:size_limits")

    with pytest.raises(ClientError, match=code):
        getattr(hooked.client(service), call)(**arguments)
    assert len(hooked.record.effects("size_limits")) == 1


def test_attributes_of_a_message_count(hook: Hook) -> None:
    attributes = {"channels": {"DataType": "String.Array", "StringValue": "x" * 2 * KB}}
    message = {"TopicArn": "t", "Message": "x" * 255 * KB, "MessageAttributes": attributes}

    with pytest.raises(ClientError, match="too long"):
        hook("7:size_limits").client("sns").publish(**message, Subject="s")


def test_what_just_fits_is_taken(hook: Hook, table: Any, queue: str) -> None:
    client = hook("7:size_limits")
    client.client("dynamodb").put_item(TableName=TABLE, Item={**a_key(), "b": {"S": "x" * 390 * KB}})
    client.client("sqs").send_message(QueueUrl=queue, MessageBody="x" * 256 * KB)

    assert not client.record.entries


@pytest.mark.parametrize(
    ("item", "size"),
    [
        ({"a": {"S": "é"}}, 3),
        ({"a": {"N": "1234"}}, 5),
        ({"a": {"BOOL": True}, "b": {"NULL": True}}, 4),
        ({"a": {"SS": ["xx", "yyy"]}}, 6),
        ({"a": {"L": [{"S": "x"}, {"S": "yy"}]}}, 9),
        ({"a": {"M": {"b": {"S": "x"}}}}, 7),
    ],
)
def test_size_of_an_item(item: dict[str, Any], size: int) -> None:
    assert size_of(item) == size


def test_an_execution_longer_than_aws_allows_is_a_violation(hook: Hook, monkeypatch: pytest.MonkeyPatch) -> None:
    hooked = hook("7:size_limits=0.00004")  # one event
    client = hooked.client("stepfunctions")
    definition = '{"StartAt": "End", "States": {"End": {"Type": "Succeed"}}}'
    role = "arn:aws:iam::123456789012:role/r"
    machine = client.create_state_machine(name="m", definition=definition, roleArn=role)["stateMachineArn"]
    execution = client.start_execution(stateMachineArn=machine)["executionArn"]

    with pytest.raises(ViolationError, match="events"):
        client.get_execution_history(executionArn=execution)
