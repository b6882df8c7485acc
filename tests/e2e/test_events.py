"""What the outside world is told: every event on the bus, in the shape it promises, under an id that never lies."""

import json
from collections import defaultdict
from typing import Any

import pytest

from infra.deployed import function_name
from infra.local.sandbox.faults import FaultKind
from tests.e2e.bus import Bus, listen
from tests.e2e.conftest import SEND, Herald, Person, User
from tests.e2e.mappings import paused
from tests.e2e.tenants import new_tenant

pytestmark = pytest.mark.stack

INBOX = "/api/v1/users/me/notifications"
MANY = 6


@pytest.fixture(scope="module")
def bus(herald: Herald) -> Bus:
    """The bus from now on."""
    return listen(herald)


def test_each_step_of_a_notification_is_told(herald: Herald, bus: Bus, user: User) -> None:
    id = herald.send(user, channels=["email", "in_app"], type="order.shipped", category="system")
    delivery = herald.delivery(id)
    user.api.patch(f"{INBOX}/{id}/read")
    bus.awaited(lambda bus: "notification.read" in bus.of(id) and "notification.sent" in bus.of(id))

    told = bus.of(id)

    assert set(told) == {f"notification.{step}" for step in ("queued", "sent", "delivered", "read")}
    assert {occurrence["channel"] for occurrence in told["notification.queued"]} == {"email", "in_app"}
    assert {occurrence["channel"] for occurrence in told["notification.delivered"]} == {"in_app"}
    sent = told["notification.sent"][0]
    assert (sent["provider"], sent["attempt"], sent["status"]) == (delivery.provider, 1, "sent")
    assert sent["vendorId"] == herald.stack.sandbox.records("sendgrid", contains=user.email)[0].vendor_id
    for occurrence in (occurrence for occurrences in told.values() for occurrence in occurrences):
        assert (occurrence["userId"], occurrence["type"]) == (user.user_id, "order.shipped")
        assert occurrence["category"] == "system"
    steps = [told[f"notification.{step}"][0]["sequence"] for step in ("queued", "sent", "read")]
    assert steps == sorted(steps)


def test_a_failure_is_told_with_its_reason(herald: Herald, bus: Bus, person: Person) -> None:
    herald.fail(person, vendor="sendgrid", kind=FaultKind.STATUS, status=400)

    id = herald.send(person)
    bus.awaited(lambda bus: "notification.failed" in bus.of(id))

    failed = bus.of(id)["notification.failed"][0]
    assert (failed["reason"], failed["provider"], failed["attempt"]) == ("refused_by_provider", "sendgrid", 1)


def send_many(sender: Any, people: list[Person]) -> list[str]:
    """Send one in-app message to many; return the ids."""
    recipients = [person.as_recipient() for person in people]
    body = {"recipients": recipients, "channels": ["in_app"], "content": {"body": "Hello"}}
    return [notification["id"] for notification in sender.post(SEND, body)["notifications"]]


def sizes(bus: Bus, ids: list[str]) -> list[int]:
    """Return how many of these notifications each event of their being queued tells of."""
    counts = []
    for event in bus.events:
        told = {occurrence["notificationId"] for occurrence in event["detail"]["data"]["notifications"]}
        if event["detail-type"] == "notification.queued" and told & set(ids):
            counts.append(len(told))
    return counts


@pytest.mark.parametrize("mode", ["packed", "single"])
def test_many_share_an_event_unless_the_tenant_wants_one_each(herald: Herald, bus: Bus, mode: str) -> None:
    tenant = new_tenant(herald, eventMode=mode)
    with paused(herald, "ProjectMapping"):
        ids = send_many(tenant.service, [Person() for _ in range(MANY)])
        for id in ids:
            tenant.settled(id)
    bus.awaited(lambda bus: all("notification.delivered" in bus.of(id) for id in ids))

    if mode == "packed":
        assert max(sizes(bus, ids)) > 1
    else:
        assert set(sizes(bus, ids)) == {1}
        assert len(sizes(bus, ids)) >= MANY


def test_a_replayed_stream_tells_the_same_under_the_same_ids(herald: Herald, bus: Bus, person: Person) -> None:
    # Given a notification that was told of
    id = herald.send(person)
    bus.awaited(lambda bus: "notification.sent" in bus.of(id))
    before = len(bus.of(id)["notification.sent"])

    # When the stream hands its records out again
    replay = json.dumps({"Records": stream_records(herald, id)}, default=lambda moment: moment.timestamp())
    function = function_name("local", "Project", herald.stack.cloud)
    herald.stack.cloud.client("lambda").invoke(FunctionName=function, Payload=replay.encode())
    bus.awaited(lambda bus: len(bus.of(id)["notification.sent"]) > before)

    # Then an id still means one thing, here and in everything told so far
    told: dict[str, list[Any]] = defaultdict(list)
    for detail in (event["detail"] for event in bus.events):
        told[detail["id"]].append(detail)
        for occurrence in detail["data"]["notifications"]:
            told[occurrence["eventId"]].append(occurrence)
    assert not [same for same in told.values() if any(other != same[0] for other in same)]


def stream_records(herald: Herald, id: str) -> list[Any]:
    """Return what the table's stream said of the state of a notification."""
    cloud = herald.stack.cloud
    table = cloud.client("dynamodb").describe_table(TableName=herald.stack.outputs.table_name)["Table"]
    stream, arn = cloud.client("dynamodbstreams"), table["LatestStreamArn"]
    [shard] = stream.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
    iterator = stream.get_shard_iterator(StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON")[
        "ShardIterator"
    ]
    found = []
    while iterator:
        page = stream.get_records(ShardIterator=iterator)
        key = {"PK": {"S": f"T#acme#N#{id}"}, "SK": {"S": "N"}}
        found += [record for record in page["Records"] if record["dynamodb"]["Keys"] == key]
        iterator = page.get("NextShardIterator") if page["Records"] else None
    return found
