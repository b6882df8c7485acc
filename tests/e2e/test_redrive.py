"""What failed for good lies in the dead-letter queue; an operator's redrive sends it, once."""

import json
from collections.abc import Callable

import pytest

from infra.cli.waiting import eventually
from infra.local.sandbox.faults import FaultKind
from tests.e2e.conftest import Herald, Person

pytestmark = pytest.mark.stack

IN_TIME = 60.0
AGAIN_AFTER = 5


def redrive(herald: Herald, channel: str, id: str) -> str:
    """Move the dead letter of a notification back to its lane, as SQS's redrive does; return its body."""
    sqs, lane = herald.stack.cloud.client("sqs"), herald.stack.outputs.lanes[channel]

    def look() -> str | None:
        # Other tests' letters come too, and are left for them.
        answer = sqs.receive_message(
            QueueUrl=lane.dlq, MaxNumberOfMessages=10, WaitTimeSeconds=1, VisibilityTimeout=AGAIN_AFTER
        )
        for message in answer.get("Messages", []):
            if id in message["Body"]:
                sqs.send_message(QueueUrl=lane.queue, MessageBody=message["Body"], MessageGroupId="acme")
                sqs.delete_message(QueueUrl=lane.dlq, ReceiptHandle=message["ReceiptHandle"])
                return str(message["Body"])
        return None

    return eventually(look, f"the dead letter of {id}", IN_TIME)


@pytest.fixture
def failed(herald: Herald, person: Person) -> str:
    """A notification that every provider of its channel refused to take."""
    herald.fail(person, vendor="sendgrid", kind=FaultKind.STATUS, status=401)
    herald.fail(person, vendor="smtp", kind=FaultKind.STATUS, status=500)
    id = herald.send(person)
    delivery = herald.delivery(id)
    assert (delivery.status, delivery.error, delivery.attempts) == ("failed", "retries_exhausted", 5)
    return id


@pytest.fixture
def mend(herald: Herald) -> Callable[[], None]:
    """Make the vendors healthy again."""
    return herald.stack.sandbox.clear_faults


def test_a_redriven_letter_is_delivered_once(
    herald: Herald, person: Person, failed: str, mend: Callable[[], None]
) -> None:
    mend()

    body = redrive(herald, "email", failed)
    eventually(lambda: herald.delivery(failed).has_arrived, "the redriven mail", IN_TIME)

    # The same letter, moved a second time, finds nothing left to do.
    queue = herald.stack.outputs.lanes["email"].queue
    herald.stack.cloud.client("sqs").send_message(QueueUrl=queue, MessageBody=body, MessageGroupId="acme")
    herald.settled(herald.send(Person()))
    assert herald.arrived(person) == 1
    assert json.loads(body)["id"] == failed
    told = herald.orders.get(f"/api/v1/services/notifications/{failed}/status")
    assert (told["status"], told["deliveries"][0]["attemptCount"]) == ("sent", 6)


def test_a_letter_redriven_too_early_fails_again_and_can_be_redriven_again(
    herald: Herald, person: Person, failed: str, mend: Callable[[], None]
) -> None:
    redrive(herald, "email", failed)
    eventually(lambda: attempts(herald, failed) == 10, "the second round of tries", IN_TIME)
    assert herald.delivery(failed).status == "failed"
    mend()

    redrive(herald, "email", failed)

    eventually(lambda: herald.delivery(failed).has_arrived, "the redriven mail", IN_TIME)
    assert herald.arrived(person) == 1


def attempts(herald: Herald, id: str) -> int:
    """Return how many calls were made for a notification."""
    return sum(delivery.attempts for delivery in herald.settled(id).deliveries)
