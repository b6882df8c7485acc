"""Given a call that took effect, when its answer gets lost, then who called cannot know."""

from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError

from tests.aws_semantics.conftest import TABLE, Hook, a_key, received
from tests.aws_semantics.dice import Dice


def first_lost_second_not() -> str:
    """Return a seed by which of two puts the first answer is lost and the second is not."""
    for seed in map(str, range(100)):
        dice = Dice(seed, "lost_answers")
        if dice.throw("PutItem") < 0.5 <= dice.throw("PutItem"):
            return seed
    raise LookupError


def test_botocore_repeats_the_call_and_meets_its_own_effect(hook: Hook, table: Any) -> None:
    hooked = hook(f"{first_lost_second_not()}:lost_answers=0.5")
    client = hooked.client("dynamodb")

    with pytest.raises(client.exceptions.ConditionalCheckFailedException):
        client.put_item(TableName=TABLE, Item=a_key(), ConditionExpression="attribute_not_exists(PK)")

    assert "Item" in table.get_item(TableName=TABLE, Key=a_key())
    assert len(hooked.record.effects("lost_answers")) == 1


def test_when_every_answer_is_lost_the_caller_sees_the_error(hook: Hook, queue: str) -> None:
    client = hook("7:lost_answers=1").client("sqs")

    with pytest.raises(ClientError) as caught:
        client.send_message(QueueUrl=queue, MessageBody="x")

    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 500
    assert received(queue) == ["x"] * 2


def test_a_broken_connection_is_the_callers_to_handle(hook: Hook, table: Any) -> None:
    hooked = hook("7:broken_connections=1")

    with pytest.raises(ConnectionClosedError):
        hooked.client("dynamodb").put_item(TableName=TABLE, Item=a_key())

    assert "Item" in table.get_item(TableName=TABLE, Key=a_key())
    assert len(hooked.record.effects("broken_connections")) == 1


@pytest.mark.parametrize("semantic", ["lost_answers", "broken_connections"])
def test_what_changes_nothing_and_what_is_refused_is_answered(hook: Hook, table: Any, semantic: str) -> None:
    client = hook(f"7:{semantic}=1").client("dynamodb")

    assert "Item" not in client.get_item(TableName=TABLE, Key=a_key())
    with pytest.raises(client.exceptions.ConditionalCheckFailedException):
        client.put_item(TableName=TABLE, Item=a_key(), ConditionExpression="attribute_exists(PK)")
