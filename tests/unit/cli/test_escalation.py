import json
from datetime import UTC, datetime
from typing import Any

import pytest

from chalicelib.api.policy_models import CreatePolicy
from chalicelib.api.send_body import SendBody
from chalicelib.domain.delivery import DeliveryStatus
from chalicelib.domain.escalation import policy_faults
from chalicelib.domain.words import Channel
from infra.cli.commands.demo import count
from infra.cli.deliveries import Delivery, Tracked
from infra.cli.demo import Outcome
from infra.cli.escalation import Story, approval_send
from infra.cli.samples import POLICIES

APPROVAL = Tracked("id", "Approve A1B2C3", datetime(2026, 12, 1, 9, tzinfo=UTC))


def outcome(status: DeliveryStatus = DeliveryStatus.SENT, evidence: str | None = "seen") -> Outcome:
    delivery = Delivery("sms", status, provider="twilio", attempts=1, took=None)
    return Outcome(APPROVAL, delivery, evidence)


STOPPED = outcome(DeliveryStatus.CANCELLED, "no mail")


def test_the_approval_is_a_send_that_the_api_understands() -> None:
    send = SendBody.model_validate_json(json.dumps(approval_send("A1B2C3", "sub-1")))
    assert send.channels == [Channel.IN_APP, Channel.SMS, Channel.EMAIL]
    assert send.content is not None
    assert "A1B2C3" in send.content.body


@pytest.mark.parametrize("policy", [policy for _, policy in POLICIES])
def test_sample_policies_are_what_the_api_understands(policy: dict[str, Any]) -> None:
    assert policy_faults(CreatePolicy.model_validate_json(json.dumps(policy)).policy(), rotas=()) == []


@pytest.mark.parametrize(
    ("story", "counted"),
    [
        (Story((outcome(), outcome()), STOPPED), (3, 0)),
        (Story((outcome(), outcome(evidence=None)), STOPPED), (2, 1)),
        (Story((outcome(), outcome()), outcome(evidence=None)), (3, 1)),
    ],
)
def test_what_reading_stopped_is_no_failure_and_what_it_did_not_stop_is_one(
    story: Story, counted: tuple[int, int]
) -> None:
    assert count([outcome()], story) == counted
