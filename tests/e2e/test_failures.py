"""What may go wrong between accepting and delivering, on the deployed stack."""

import json

import pytest

from infra.cli.waiting import eventually
from infra.deployed import function_name
from infra.local.sandbox.faults import FaultKind
from tests.e2e.conftest import Herald, Person
from tests.e2e.tenants import mailing_tenant

pytestmark = pytest.mark.stack


def test_a_message_that_the_queue_delivers_twice_reaches_the_vendor_once(herald: Herald, person: Person) -> None:
    id = herald.send(person)
    assert herald.delivery(id).has_arrived
    lane = herald.stack.outputs.lanes["email"].queue
    message = json.dumps({"v": 1, "tenant": "acme", "id": id})

    for _ in range(3):
        herald.stack.cloud.client("sqs").send_message(QueueUrl=lane, MessageBody=message, MessageGroupId="acme")
    later = herald.send(Person())
    herald.settled(later)

    assert herald.arrived(person) == 1


@pytest.mark.parametrize("moment", ["after the claim", "after the vendor's yes"])
def test_a_worker_that_dies_between_claim_and_result_leaves_unknown(
    herald: Herald, person: Person, moment: str
) -> None:
    if moment == "after the claim":
        order = herald.order_death("DeliverSms", "UpdateItem", "after", "sending")
    else:
        order = herald.order_death("DeliverSms", "UpdateItem", "before", '"sent"')

    recipient = person.as_recipient(phone="+14155550177")
    id = herald.send(person, recipients=[recipient], channels=["sms"], content={"body": f"Hello {person.user_id}"})

    delivery = herald.delivery(id, "sms", within=120)
    assert not order.exists()
    assert (delivery.status, delivery.error) == ("unknown", "worker_died")
    sent = herald.stack.sandbox.records("twilio", contains=person.user_id, accepted=True)
    assert len(sent) == (0 if moment == "after the claim" else 1)


@pytest.mark.parametrize("kind", [FaultKind.SLOW, FaultKind.DROPPED, FaultKind.BAD_GATEWAY, FaultKind.MALFORMED])
def test_an_unclear_answer_is_unknown_and_never_sent_again(herald: Herald, person: Person, kind: FaultKind) -> None:
    tenant = mailing_tenant(herald)
    herald.fail(person, vendor="sendgrid", kind=kind, delay=4.0)

    delivery = tenant.settled(tenant.send(person)).on("email")

    assert delivery.status == "unknown"
    assert len(herald.stack.sandbox.records("sendgrid", contains=person.email)) == 1


@pytest.mark.parametrize(
    ("operation", "when", "channels"),
    [
        ("PutItem", "before", ["email"]),
        ("PutItem", "after", ["email"]),
        ("SendMessageBatch", "after", ["email"]),
        ("PublishBatch", "after", ["email", "in_app"]),
    ],
    ids=["before the state is put", "after it", "after it put the message into the lane", "after the publish"],
)
def test_a_dispatcher_that_dies_anywhere_delivers_once(
    herald: Herald, person: Person, operation: str, when: str, channels: list[str]
) -> None:
    order = herald.order_death("Dispatch", operation, when)

    delivery = herald.delivery(herald.send(person, channels=channels), within=120)

    assert not order.exists()
    assert delivery.has_arrived
    assert herald.arrived(person) == 1


def test_without_the_stream_the_sweeper_alone_delivers(herald: Herald, person: Person) -> None:
    functions = herald.stack.cloud.client("lambda")
    mapping = herald.stack.outputs.outbox_mapping_id
    sweep = function_name("local", "Sweep", herald.stack.cloud)
    functions.update_event_source_mapping(UUID=mapping, Enabled=False)
    try:
        id = herald.send(person)

        def swept() -> bool:
            functions.invoke(FunctionName=sweep, Payload=b"{}")
            return herald.arrived(person) > 0

        eventually(swept, "the sweeper to have it delivered", within=60, every=1)
    finally:
        functions.update_event_source_mapping(UUID=mapping, Enabled=True)
    assert herald.delivery(id).has_arrived
    assert herald.arrived(person) == 1


def test_a_foreign_message_goes_to_the_dead_letters_and_its_neighbors_arrive(herald: Herald, person: Person) -> None:
    sqs = herald.stack.cloud.client("sqs")
    lane = herald.stack.outputs.lanes["email"]
    foreign = f"not ours {person.user_id}"
    sqs.send_message(QueueUrl=lane.queue, MessageBody=foreign, MessageGroupId="acme")

    assert herald.delivery(herald.send(person)).has_arrived

    def dead() -> bool:
        messages = sqs.receive_message(QueueUrl=lane.dlq, MaxNumberOfMessages=10, WaitTimeSeconds=1)
        return any(message["Body"] == foreign for message in messages.get("Messages", []))

    eventually(dead, "the foreign message to be dead-lettered", within=240, every=1)


def test_a_stream_record_that_cannot_be_handled_harms_no_neighbor(herald: Herald, person: Person) -> None:
    herald.stack.cloud.client("dynamodb").put_item(
        TableName=herald.stack.outputs.table_name,
        Item={name: {"S": text} for name, text in (("PK", "T#acme#N#nonsense"), ("SK", "R"), ("GSI1PK", "x"))},
    )

    assert herald.delivery(herald.send(person)).has_arrived
