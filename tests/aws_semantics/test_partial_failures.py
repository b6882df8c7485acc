"""Given a batch, when some of its entries fail, then the call succeeds, names them, and they had no effect."""

import json
from typing import Any

import pytest

from tests.aws_semantics.conftest import Hook, received

SHARES = pytest.mark.parametrize("share", [0.5, 1])
IDS = [str(number) for number in range(10)]


def judge(answer: Any, queue: str) -> None:
    failed = [entry["Id"] for entry in answer["Failed"]]
    successful = [entry["Id"] for entry in answer["Successful"]]
    assert failed
    assert sorted(failed + successful) == IDS
    assert sorted(received(queue)) == sorted(successful)
    assert not any(entry["SenderFault"] for entry in answer["Failed"])


@SHARES
def test_messages_sent(hook: Hook, queue: str, share: float) -> None:
    entries = [{"Id": id, "MessageBody": id} for id in IDS]
    judge(hook(f"7:partial_failures={share}").client("sqs").send_message_batch(QueueUrl=queue, Entries=entries), queue)


@SHARES
def test_messages_published(hook: Hook, queue: str, topic: str, share: float) -> None:
    entries = [{"Id": id, "Message": id} for id in IDS]
    client = hook(f"7:partial_failures={share}").client("sns")
    judge(client.publish_batch(TopicArn=topic, PublishBatchRequestEntries=entries), queue)


@SHARES
def test_events(hook: Hook, share: float) -> None:
    hooked = hook(f"7:partial_failures={share}")
    sent: list[Any] = []
    hooked.session.events.register("before-send.events", lambda request, **_: sent.extend(entries_of(request)))

    answer = hooked.client("events").put_events(
        Entries=[{"Source": "herald", "DetailType": id, "Detail": "{}"} for id in IDS]
    )

    failed = [id for id, entry in zip(IDS, answer["Entries"], strict=True) if "ErrorCode" in entry]
    assert answer["FailedEntryCount"] == len(failed) > 0
    assert sorted(failed + [entry["DetailType"] for entry in sent]) == IDS
    assert hooked.record.effects("partial_failures")


def entries_of(request: Any) -> list[Any]:
    entries: list[Any] = json.loads(request.body)["Entries"]
    return entries
