import json
from dataclasses import replace

import boto3
import pytest

from chalicelib.aws.clients import client
from chalicelib.aws.queues import AwsQueues
from chalicelib.domain.ids import NotificationId, derived_id
from chalicelib.domain.timer import Due, DueKind
from chalicelib.domain.words import Channel
from chalicelib.services.messages import ForeignMessageError, Message, decode, encode, encode_woken
from chalicelib.services.ports import NotificationRef, Publication
from chalicelib.settings import Lane
from tests.build import ACME, ID

REF = NotificationRef(ACME, ID)


@pytest.fixture
def queues() -> AwsQueues:
    sqs, sns = boto3.client("sqs"), boto3.client("sns")
    urls = {name: sqs.create_queue(QueueName=name)["QueueUrl"] for name in ("dispatch", "redrive", "email", "dlq")}
    topic = sns.create_topic(Name="notifications")["TopicArn"]
    arn = sqs.get_queue_attributes(QueueUrl=urls["email"], AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    attributes = {"RawMessageDelivery": "true", "FilterPolicy": json.dumps({"channels": ["email"]})}
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn, Attributes=attributes)
    return AwsQueues(
        topic_arn=topic,
        dispatch_queue=urls["dispatch"],
        redrive_queue=urls["redrive"],
        lanes={Channel.EMAIL: Lane(queue=urls["email"], dlq=urls["dlq"])},
    )


def bodies(url: str) -> list[str]:
    found: list[str] = []
    while messages := client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        found += [message["Body"] for message in messages]
    return found


def test_many_notifications_are_asked_to_be_dispatched_in_batches(queues: AwsQueues) -> None:
    refs = [NotificationRef(ACME, NotificationId(derived_id(str(number)))) for number in range(23)]

    assert queues.dispatch(refs) == []

    assert {decode(body).ref for body in bodies(queues.dispatch_queue)} == set(refs)


def test_a_publication_reaches_the_lanes_of_its_channels_only(queues: AwsQueues) -> None:
    other = NotificationRef(ACME, NotificationId(derived_id("other")))

    both = (Channel.EMAIL, Channel.SMS)
    left = queues.publish([Publication(REF, both), Publication(other, (Channel.SMS, Channel.PUSH))])

    assert left == []
    assert [decode(body).ref for body in bodies(queues.lanes[Channel.EMAIL].queue)] == [REF]


def test_what_is_for_one_lane_goes_there_itself_in_batches(queues: AwsQueues) -> None:
    refs = [NotificationRef(ACME, NotificationId(derived_id(str(number)))) for number in range(23)]
    without_topic = replace(queues, topic_arn="arn:aws:sns:us-east-1:123456789012:gone")

    assert without_topic.publish([Publication(ref, (Channel.EMAIL,)) for ref in refs]) == []

    assert {decode(body).ref for body in bodies(queues.lanes[Channel.EMAIL].queue)} == set(refs)


def test_a_dead_letter_names_the_epoch_that_a_redrive_opens(queues: AwsQueues) -> None:
    queues.dead_letter(REF, Channel.EMAIL, 2)

    assert [decode(body) for body in bodies(queues.lanes[Channel.EMAIL].dlq)] == [
        Message(tenant=ACME, ref=REF, epoch=2)
    ]


def test_a_delayed_message_is_not_there_yet(queues: AwsQueues) -> None:
    queues.deliver_later(REF, Channel.EMAIL, 900)
    queues.deliver_later(REF, Channel.EMAIL, 0)

    assert [decode(body) for body in bodies(queues.lanes[Channel.EMAIL].queue)] == [Message(tenant=ACME, ref=REF)]


def test_records_set_aside_keep_their_reader(queues: AwsQueues) -> None:
    record = {"dynamodb": {"Keys": {"PK": {"S": f"T#acme#N#{ID}"}}}}

    queues.redrive("outbox", [record, {"odd": True}])

    assert [json.loads(body) for body in bodies(queues.redrive_queue)] == [
        {"reader": "outbox", "record": record},
        {"reader": "outbox", "record": {"odd": True}},
    ]


def test_a_message_says_what_it_says_and_no_more() -> None:
    assert json.loads(encode(REF)) == {"v": 1, "tenant": "acme", "id": ID}
    assert decode(encode(REF, 3)) == Message(tenant=ACME, ref=REF, epoch=3)


def test_a_message_of_a_timer_says_that_it_is_not_the_first() -> None:
    due = Due(tenant=ACME, kind=DueKind.NOTIFICATION, id=ID)
    assert json.loads(encode_woken(due)) == {"v": 1, "tenant": "acme", "id": ID, "woken": True}
    assert decode(encode_woken(due)) == Message(tenant=ACME, ref=REF, woken=True)


def test_a_message_of_a_digest_names_its_window_and_no_notification() -> None:
    message = decode(encode_woken(Due(tenant=ACME, kind=DueKind.DIGEST, id="customer#u1#orders")))
    assert message == Message(tenant=ACME, digest="customer#u1#orders")
    with pytest.raises(ForeignMessageError):
        _ = message.notification


def test_what_has_come_due_of_a_kind_that_only_another_version_knows_is_a_message_that_nobody_reads() -> None:
    body = encode_woken(Due(tenant=ACME, kind="X", id=ID))
    assert json.loads(body) == {"v": 1, "tenant": "acme", "kind": "X", "id": ID}
    with pytest.raises(ForeignMessageError):
        decode(body)


def test_what_has_come_due_is_woken_in_batches(queues: AwsQueues) -> None:
    dues = [Due(tenant=ACME, kind=DueKind.NOTIFICATION, id=derived_id(str(number))) for number in range(23)]

    assert queues.wake(dues) == []

    assert sorted(bodies(queues.dispatch_queue)) == sorted(map(encode_woken, dues))


@pytest.mark.parametrize(
    "body",
    [
        "",
        "hello",
        "[]",
        "{}",
        json.dumps({"v": 1, "tenant": "Not A Tenant", "id": ID}),
        json.dumps({"v": 1, "tenant": "_platform", "id": ID}),
        json.dumps({"v": 1, "tenant": "acme", "id": "1"}),
        json.dumps({"v": 1, "tenant": "acme", "id": ID, "more": 1}),
        json.dumps({"v": 1, "tenant": "acme"}),
        json.dumps({"v": 1, "tenant": "acme", "digest": ""}),
        json.dumps({"v": 1, "tenant": "acme", "id": ID, "digest": "d"}),
    ],
)
def test_a_message_that_is_not_ours_is_refused(body: str) -> None:
    with pytest.raises(ForeignMessageError):
        decode(body)
