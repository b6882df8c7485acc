"""Which calls belong to which invocation of the drain, and who is sent what."""

from typing import Any

import pytest

from bench.cost.rig import copies_in, drains_in
from bench.sends import ESCALATION, SINGLE, THREE_CHANNELS, Send, body_of
from chalicelib.domain.escalation import DEFAULT_POLICY
from chalicelib.domain.timer import SHARDS
from tests.unit.bench.calls import a_call, an_invocation

QUERY, WAKE, REMOVE = a_call("Query"), a_call("SendMessageBatch", "sqs"), a_call("BatchWriteItem")


def test_each_invocation_asks_all_shards_once_and_wakes_meanwhile() -> None:
    full = [*[QUERY] * 16, WAKE, REMOVE, *[QUERY] * (SHARDS - 16), WAKE, REMOVE]
    late = [QUERY] * SHARDS
    assert [len(drain) for drain in drains_in([*full, *late, *full])] == [len(full), len(late), len(full)]


def test_the_topic_puts_a_message_into_the_queue_of_each_channel() -> None:
    entries = [
        {"MessageAttributes": {"channels": {"StringValue": channels}}} for channels in ('["sms"]', '["in_app","email"]')
    ]
    published = a_call("PublishBatch", "sns", request={"PublishBatchRequestEntries": entries})
    assert copies_in([an_invocation("Dispatch", 2, published), an_invocation("Dispatch", 1, QUERY)]) == 3


def test_without_calls_there_was_no_invocation() -> None:
    assert drains_in([]) == []


@pytest.mark.parametrize(
    ("send", "strategy"), [(SINGLE, {}), (THREE_CHANNELS, {}), (ESCALATION, {"strategy": "escalation"})]
)
def test_what_escalates_says_so(send: Send, strategy: dict[str, Any]) -> None:
    body = body_of(send, "u1", "order 1")
    assert {key: value for key, value in body.items() if key == "strategy"} == strategy


def test_the_escalation_takes_the_steps_that_everybody_has() -> None:
    assert [channel for step in DEFAULT_POLICY.steps for channel in step.channels] == list(ESCALATION.channels)
