"""What standard queues do to messages: some come twice, late, or out of order; and what messages must have."""

from typing import Any

import pytest

from tests.aws_semantics.conftest import Hook, received
from tests.aws_semantics.record import ViolationError

BODIES = [str(number) for number in range(10)]


def entries(body: str, **more: Any) -> list[dict[str, Any]]:
    return [{"Id": text, body: text, **more} for text in BODIES]


def test_a_message_sent_once_comes_twice(hook: Hook, queue: str) -> None:
    hooked = hook("7:duplicates=1")
    hooked.client("sqs").send_message(QueueUrl=queue, MessageBody="x")

    assert received(queue) == ["x", "x"]
    assert len(hooked.record.effects("duplicates")) == 1


def test_a_notification_published_once_comes_twice(hook: Hook, queue: str, topic: str) -> None:
    client = hook("7:duplicates=1").client("sns")
    client.publish_batch(TopicArn=topic, PublishBatchRequestEntries=entries("Message"))

    assert sorted(received(queue)) == sorted(BODIES * 2)


def test_a_send_that_was_refused_is_not_repeated(hook: Hook, queue: str) -> None:
    hooked = hook("7:duplicates=1")
    client = hooked.client("sqs")

    with pytest.raises(client.exceptions.QueueDoesNotExist):
        client.send_message(QueueUrl=f"{queue}-gone", MessageBody="x")
    assert not hooked.record.effects("duplicates")


def test_batches_arrive_in_another_order(hook: Hook, queue: str, topic: str) -> None:
    hooked = hook("7:reordering=0.0001")
    hooked.client("sqs").send_message_batch(QueueUrl=queue, Entries=entries("MessageBody"))
    hooked.client("sns").publish_batch(TopicArn=topic, PublishBatchRequestEntries=entries("Message"))

    bodies = received(queue)
    assert bodies[:10] != BODIES != bodies[10:]
    assert sorted(bodies[:10]) == BODIES == sorted(bodies[10:])


def test_messages_come_late_unless_their_sender_chose_a_delay(hook: Hook, queue: str) -> None:
    client = hook("7:reordering=1").client("sqs")
    client.send_message_batch(QueueUrl=queue, Entries=entries("MessageBody"))
    client.send_message(QueueUrl=queue, MessageBody="late")
    client.send_message(QueueUrl=queue, MessageBody="as wished", DelaySeconds=0)

    assert received(queue) == ["as wished"]


@pytest.mark.parametrize(
    ("service", "call", "arguments"),
    [
        ("sqs", "send_message", {"MessageBody": "x"}),
        ("sqs", "send_message_batch", {"Entries": [*entries("MessageBody", MessageGroupId="acme")[1:], {"Id": "0"}]}),
        ("sns", "publish", {"Message": "x"}),
        ("sns", "publish_batch", {"PublishBatchRequestEntries": entries("Message")}),
    ],
)
def test_a_message_without_a_group_is_not_sent(
    hook: Hook, queue: str, topic: str, service: str, call: str, arguments: dict[str, Any]
) -> None:
    hooked = hook("7:message_groups")
    to = {"QueueUrl": queue} if service == "sqs" else {"TopicArn": topic}

    with pytest.raises(ViolationError, match="MessageGroupId"):
        getattr(hooked.client(service), call)(**to, **arguments)

    assert [entry.semantic for entry in hooked.record.violations] == ["message_groups"]
    assert received(queue) == []


def test_a_message_with_a_group_and_a_text_message_are_sent(hook: Hook, queue: str) -> None:
    hooked = hook("7:message_groups")
    hooked.client("sqs").send_message_batch(QueueUrl=queue, Entries=entries("MessageBody", MessageGroupId="acme"))
    hooked.client("sns").publish(PhoneNumber="+14155550100", Message="x")

    assert len(received(queue)) == len(BODIES)
    assert not hooked.record.violations
