"""AWS in memory (moto), called by sessions that show its nature."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import boto3
import pytest
from botocore.config import Config
from moto import mock_aws

from tests.aws_semantics.record import Record
from tests.aws_semantics.switch import semantics

TABLE = "herald"


@dataclass(frozen=True)
class Hooked:
    """A session with semantics on, and the record of what they do."""

    session: boto3.Session
    record: Record

    def client(self, service: str, tries: int = 2) -> Any:
        """Return a client that tries each call so often."""
        config = Config(retries={"mode": "standard", "total_max_attempts": tries})
        return self.session.client(service, config=config)  # type: ignore[call-overload]


Hook = Callable[[str], Hooked]


@pytest.fixture
def hook() -> Hook:
    """Return what makes a session with the semantics of a text."""

    def make(text: str) -> Hooked:
        with semantics(text) as record:
            return Hooked(boto3.Session(), record)

    return make


@pytest.fixture(autouse=True)
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    with mock_aws():
        yield


@pytest.fixture
def table() -> Any:
    """A table with Herald's keys, as it really is: a client without hooks."""
    client = boto3.client("dynamodb")
    keys: Any = [{"AttributeName": "PK", "KeyType": "HASH"}, {"AttributeName": "SK", "KeyType": "RANGE"}]
    index_keys: Any = [{"AttributeName": "GSI1PK", "KeyType": "HASH"}, {"AttributeName": "GSI1SK", "KeyType": "RANGE"}]
    client.create_table(
        TableName=TABLE,
        KeySchema=keys,
        AttributeDefinitions=[
            {"AttributeName": name, "AttributeType": "S"} for name in ("PK", "SK", "GSI1PK", "GSI1SK")
        ],
        GlobalSecondaryIndexes=[
            {"IndexName": "GSI1", "KeySchema": index_keys, "Projection": {"ProjectionType": "KEYS_ONLY"}}
        ],
        BillingMode="PAY_PER_REQUEST",
    )
    return client


@pytest.fixture
def queue() -> str:
    """The address of an empty queue."""
    return boto3.client("sqs").create_queue(QueueName="queue")["QueueUrl"]


@pytest.fixture
def topic(queue: str) -> str:
    """A topic whose messages come into `queue`."""
    arn = boto3.client("sns").create_topic(Name="topic")["TopicArn"]
    queue_arn = boto3.client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]
    boto3.client("sns").subscribe(
        TopicArn=arn, Protocol="sqs", Endpoint=queue_arn["QueueArn"], Attributes={"RawMessageDelivery": "true"}
    )
    return arn


def a_key(tenant: str = "acme", sort: str = "N") -> dict[str, Any]:
    """Return the key of a row of a tenant."""
    return {"PK": {"S": f"T#{tenant}#N#1"}, "SK": {"S": sort}}


def received(queue: str) -> list[str]:
    """Return the bodies of all messages in a queue, in the order in which it hands them out."""
    sqs, bodies = boto3.client("sqs"), []
    while messages := sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages"):
        bodies += [message["Body"] for message in messages]
    return bodies
