"""What failed for good lies in the dead-letter queue; an operator's redrive sends it, once."""

import json
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from infra.cli.waiting import eventually
from infra.local.sandbox.faults import FaultKind
from tests.e2e.conftest import Herald, Person
from tests.e2e.tenants import Tenant, mailing_tenant, new_tenant, sendgrid

pytestmark = pytest.mark.stack

IN_TIME = 60.0
AGAIN_AFTER = 5


@dataclass(frozen=True)
class Failed:
    """A notification that every provider of its channel refused to take, and the tenant it is of."""

    tenant: Tenant
    id: str


def redrive(herald: Herald, failed: Failed) -> str:
    """Move the dead letter of a notification back to its lane, as SQS's redrive does; return its body."""
    return eventually(lambda: move(herald, failed), f"the dead letter of {failed.id}", IN_TIME)


def move(herald: Herald, failed: Failed) -> str | None:
    """Move its dead letter back if there is one now. There may be two of a kind, of which the second does nothing."""
    sqs, lane = herald.stack.cloud.client("sqs"), herald.stack.outputs.lanes["email"]
    # Other tests' letters come too, and are left for them.
    answer = sqs.receive_message(
        QueueUrl=lane.dlq, MaxNumberOfMessages=10, WaitTimeSeconds=1, VisibilityTimeout=AGAIN_AFTER
    )
    for message in answer.get("Messages", []):
        if failed.id in message["Body"]:
            sqs.send_message(QueueUrl=lane.queue, MessageBody=message["Body"], MessageGroupId=failed.tenant.id)
            sqs.delete_message(QueueUrl=lane.dlq, ReceiptHandle=message["ReceiptHandle"])
            return str(message["Body"])
    return None


@pytest.fixture
def failed(herald: Herald, person: Person) -> Failed:
    """Such a notification."""
    tenant = mailing_tenant(herald)
    herald.fail(person, vendor="sendgrid", kind=FaultKind.STATUS, status=401)
    herald.fail(person, vendor="smtp", kind=FaultKind.STATUS, status=500)
    failed = Failed(tenant, tenant.send(person))
    delivery = tenant.settled(failed.id).on("email")
    assert (delivery.status, delivery.error, delivery.attempts) == ("failed", "retries_exhausted", 5)
    return failed


@pytest.fixture
def mend(herald: Herald) -> Callable[[], None]:
    """Make the vendors healthy again."""
    return herald.stack.sandbox.clear_faults


def test_a_redriven_letter_is_delivered_once(
    herald: Herald, person: Person, failed: Failed, mend: Callable[[], None]
) -> None:
    mend()

    body = redrive(herald, failed)
    eventually(lambda: has_arrived(failed), "the redriven mail", IN_TIME)

    # The same letter, moved a second time, finds nothing left to do.
    queue = herald.stack.outputs.lanes["email"].queue
    herald.stack.cloud.client("sqs").send_message(QueueUrl=queue, MessageBody=body, MessageGroupId=failed.tenant.id)
    failed.tenant.settled(failed.tenant.send(Person()))
    assert herald.arrived(person) == 1
    assert json.loads(body)["id"] == failed.id
    told = failed.tenant.service.get(f"/api/v1/services/notifications/{failed.id}/status")
    assert (told["status"], told["deliveries"][0]["attemptCount"]) == ("sent", 6)


def test_a_letter_redriven_too_early_fails_again_and_can_be_redriven_again(
    herald: Herald, person: Person, mend: Callable[[], None]
) -> None:
    # Given a vendor that does not know the tenant's key any more: that is no illness, it is asked each time
    tenant = new_tenant(herald, sendgrid(herald))
    herald.fail(person, vendor="sendgrid", kind=FaultKind.STATUS, status=401)
    failed = Failed(tenant, tenant.send(person))
    assert tenant.settled(failed.id).on("email").status == "failed"

    redrive(herald, failed)
    eventually(lambda: attempts(failed) == 2, "the second round of tries", IN_TIME)
    assert failed.tenant.settled(failed.id).on("email").status == "failed"
    mend()

    redrive(herald, failed)

    eventually(lambda: move(herald, failed) is None and has_arrived(failed), "the redriven mail", IN_TIME)
    assert herald.arrived(person) == 1


def has_arrived(failed: Failed) -> bool:
    """Tell whether it was sent in the end."""
    return failed.tenant.settled(failed.id).on("email").has_arrived


def attempts(failed: Failed) -> int:
    """Return how many calls were made for it."""
    return failed.tenant.settled(failed.id).on("email").attempts
