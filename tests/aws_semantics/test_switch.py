"""What HERALD_SEMANTICS may say."""

import boto3
import pytest

from tests.aws_semantics.conftest import Hook
from tests.aws_semantics.record import ViolationError
from tests.aws_semantics.switch import find_hooks, parse, semantics

DEFAULTS = {name: module.DEFAULT for name, module in find_hooks().items()}
ON_BY_THEMSELVES = {name: amount for name, amount in DEFAULTS.items() if amount}


@pytest.mark.parametrize(
    ("text", "amounts"),
    [
        ("7", ON_BY_THEMSELVES),
        ("7:all", ON_BY_THEMSELVES),
        ("7:duplicates", {"duplicates": DEFAULTS["duplicates"]}),
        ("7:duplicates=1, index_lag=2.5", {"duplicates": 1.0, "index_lag": 2.5}),
        ("7:all,duplicates=0.5", {**ON_BY_THEMSELVES, "duplicates": 0.5}),
        ("7:all,broken_connections=0.1", {**ON_BY_THEMSELVES, "broken_connections": 0.1}),
        ("7:duplicates=0", {}),
    ],
)
def test_a_text_says_what_is_on_and_how_much(text: str, amounts: dict[str, float]) -> None:
    assert parse(text) == ("7", amounts)


@pytest.mark.parametrize("text", ["7:earthquakes", "7:broken_connections", "7:duplicates=often", "7:,"])
def test_a_text_that_makes_no_sense_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"earthquakes|broken_connections|often|''"):
        parse(text)


def test_sessions_made_afterwards_are_left_alone(queue: str) -> None:
    with semantics("7:message_groups"):
        hooked = boto3.Session().client("sqs")
    plain = boto3.Session().client("sqs")

    with pytest.raises(ViolationError):
        hooked.send_message(QueueUrl=queue, MessageBody="x")
    assert plain.send_message(QueueUrl=queue, MessageBody="x")["MessageId"]


def test_what_the_caller_passed_stays_as_it_was(hook: Hook, queue: str) -> None:
    entries = [{"Id": str(number), "MessageBody": "x", "MessageGroupId": "acme"} for number in range(5)]
    before = [dict(entry) for entry in entries]

    hook("7:all,partial_failures=0.5,reordering=1").client("sqs").send_message_batch(QueueUrl=queue, Entries=entries)

    assert entries == before
