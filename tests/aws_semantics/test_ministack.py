"""Given MiniStack with semantics in its environment, when it runs functions, then they suffer them and it does not."""

import io
import json
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from infra.local.ministack import MiniStack, find_free_port
from tests.aws_semantics.record import Record, read_record
from tests.aws_semantics.redelivery import redeliver
from tests.aws_semantics.switch import environment

pytestmark = pytest.mark.xdist_group("aws_semantics_ministack")
ROLE = "arn:aws:iam::000000000000:role/worker"


@dataclass(frozen=True)
class Stack:
    """A function that sends to the queue `sink`, and the record of what happens to it."""

    ministack: MiniStack
    sink: str
    record_path: Path

    def client(self, service: str) -> Any:
        """Return a client without hooks."""
        return self.ministack.cloud.client(service)

    @property
    def record(self) -> Record:
        """What happened so far."""
        return read_record(self.record_path)

    def invoke(self, event: object) -> Any:
        """Return what the function answers."""
        answer = self.client("lambda").invoke(FunctionName="worker", Payload=json.dumps(event).encode())
        return json.loads(answer["Payload"].read())

    def arrived(self) -> int:
        """Return how many messages the function's queue holds."""
        attributes = self.client("sqs").get_queue_attributes(QueueUrl=self.sink, AttributeNames=["All"])["Attributes"]
        return int(attributes["ApproximateNumberOfMessages"])


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    folder = tmp_path_factory.mktemp("semantics")
    record = folder / "record"
    ministack = MiniStack(find_free_port(), folder / "ministack")
    ministack.start(environment("7:duplicates=1,message_groups", record))
    try:
        sink = ministack.cloud.client("sqs").create_queue(QueueName="sink")["QueueUrl"]
        made = Stack(ministack, sink, record)
        create_function(made)
        yield made
    finally:
        ministack.stop()


def create_function(stack: Stack) -> None:
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.write(Path(__file__).parent / "function.py", "function.py")
    stack.client("lambda").create_function(
        FunctionName="worker",
        Runtime="python3.11",
        Handler="function.handle",
        Role=ROLE,
        Timeout=10,
        Code={"ZipFile": code.getvalue()},
        Environment={"Variables": {"SINK": stack.sink}},
    )


def eventually(holds: Callable[[], bool], seconds: float = 15) -> bool:
    deadline = time.monotonic() + seconds
    while not (held := holds()) and time.monotonic() < deadline:
        time.sleep(0.1)
    return held


def test_what_a_function_sends_once_is_there_twice(stack: Stack) -> None:
    before = stack.arrived()

    assert stack.invoke({"Records": [{"body": "x"}]}) == 1
    assert stack.arrived() == before + 2
    assert {entry.process for entry in stack.record.effects("duplicates")} == {"worker"}


def test_what_breaks_a_rule_is_recorded(stack: Stack) -> None:
    assert "message_groups" in json.dumps(stack.invoke({"forget": True}))
    assert [entry.process for entry in stack.record.violations] == ["worker"]


def test_what_the_emulator_does_itself_is_not_touched(stack: Stack) -> None:
    source = stack.client("sqs").create_queue(QueueName="plain")["QueueUrl"]
    arn = stack.client("sqs").get_queue_attributes(QueueUrl=source, AttributeNames=["QueueArn"])["Attributes"]
    topic = stack.client("sns").create_topic(Name="plain")["TopicArn"]
    stack.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn["QueueArn"])
    stack.client("sns").publish(TopicArn=topic, Message="x")

    answer = stack.client("sqs").receive_message(QueueUrl=source, MaxNumberOfMessages=10, WaitTimeSeconds=2)
    assert len(answer["Messages"]) == 1


def test_a_wrapped_function_gets_a_batch_of_its_queue_again(stack: Stack) -> None:
    source = stack.client("sqs").create_queue(QueueName="source")["QueueUrl"]
    arn = stack.client("sqs").get_queue_attributes(QueueUrl=source, AttributeNames=["QueueArn"])["Attributes"]
    redeliver(stack.client("lambda"), ["worker"], seed="7", share=1)
    stack.client("lambda").create_event_source_mapping(FunctionName="worker", EventSourceArn=arn["QueueArn"])
    before = stack.arrived()

    stack.client("sqs").send_message(QueueUrl=source, MessageBody="x")

    # Delivered twice, and each of its two sends duplicated.
    assert eventually(lambda: stack.arrived() == before + 4)
    assert stack.record.effects("redelivery")
