"""Looking up and cancelling what a service sent."""

from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.domain.content import Content
from chalicelib.domain.delivery import Attempt, AttemptOutcome, DeliveryStatus
from chalicelib.domain.ids import ProviderId
from chalicelib.domain.provider import Accepted
from chalicelib.domain.value import Millis
from chalicelib.domain.words import Channel, Priority, Reason, Role, Scope
from chalicelib.services.ports import NotificationRef
from tests.api import Api, Response, in_memory_api
from tests.build import ACME, ID, NOW, a_delivery, a_tenant
from tests.callers import GLOBEX, a_service, a_user
from tests.fakes import ManualClock
from tests.twin import TwinTenants
from tests.world import World

NOTIFICATIONS = "/api/v1/services/notifications"
CANCEL = f"{NOTIFICATIONS}/cancel"
ONE = f"{NOTIFICATIONS}/{ID}"
ORDERS = a_service(Scope.SEND, Scope.READ)
STRANGER = a_service(Scope.SEND, Scope.READ, tenants=(GLOBEX,))
MISSING = "01890a5d-ac96-774b-bcce-ffffffffffff"


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Api:
    api = in_memory_api(monkeypatch, World(clock=ManualClock()))
    TwinTenants(api.world.rows).create(a_tenant(id=GLOBEX))
    return api


def test_what_was_accepted_can_be_looked_at_before_it_is_decided(api: Api) -> None:
    api.world.accepted(
        content=Content(subject="Hello", body="It is on its way.", action_url="https://example.com/42"),
        type="order.shipped",
        priority=Priority.HIGH,
        metadata={"orderId": "42"},
        correlation_id="order-42",
        cancellation_key="order-42",
        expires_at=Millis(NOW + 1_000),
    )

    assert api.call("GET", ONE, ORDERS).json == {
        "id": ID,
        "requestId": "01890a5d-ac96-774b-bcce-b302099a8058",
        "recipient": {"userType": "customer", "userId": "u1"},
        "status": "accepted",
        "channels": ["email"],
        "category": "transactional",
        "type": "order.shipped",
        "priority": "high",
        "content": {"subject": "Hello", "body": "It is on its way.", "actionUrl": "https://example.com/42"},
        "metadata": {"orderId": "42"},
        "cancellationKey": "order-42",
        "correlationId": "order-42",
        "sentBy": "service:orders",
        "acceptedAt": "2027-01-15T08:00:00.000Z",
        "expiresAt": "2027-01-15T08:00:01.000Z",
    }
    assert api.call("GET", f"{ONE}/status", ORDERS).json == {"id": ID, "status": "accepted", "deliveries": []}


def test_the_status_tells_every_delivery_with_its_attempts(api: Api) -> None:
    api.world.decided(channels=(Channel.EMAIL, Channel.SMS))
    api.world.vendor.answers = [Accepted(vendor_id="vendor-1")]
    api.world.deliver()(NotificationRef(ACME, ID), Channel.EMAIL)

    answer = api.call("GET", f"{ONE}/status", ORDERS).json

    email, sms = sorted(answer["deliveries"], key=lambda delivery: str(delivery["channel"]))
    assert (answer["status"], answer["strategy"]) == ("sent", "broadcast")
    assert email == {
        "channel": "email",
        "status": "sent",
        "attemptCount": 1,
        "sentAt": "2027-01-15T08:00:00.000Z",
        "providers": ["first", "second"],
        "attempts": [
            {
                "number": 1,
                "provider": "first",
                "at": "2027-01-15T08:00:00.000Z",
                "outcome": "accepted",
                "vendorId": "vendor-1",
            }
        ],
    }
    assert (sms["status"], sms["attemptCount"], sms["attempts"]) == ("queued", 0, [])


def test_a_failed_delivery_says_why_and_a_waiting_one_when_it_is_tried_again(api: Api) -> None:
    state = api.world.decided(channels=(Channel.EMAIL, Channel.SMS))
    refused = Attempt(number=1, provider=ProviderId("first"), at=NOW, outcome=AttemptOutcome.PERMANENT, code="550")
    failed = a_delivery(DeliveryStatus.FAILED, attempt=1, reason=Reason.REFUSED, attempts=(refused,))
    waiting = a_delivery(DeliveryStatus.SENDING, attempt=1, not_before=Millis(NOW + 30_000))
    api.world.rows.states[ACME, ID] = replace(state, deliveries={Channel.EMAIL: failed, Channel.SMS: waiting})

    email, sms = api.call("GET", f"{ONE}/status", ORDERS).json["deliveries"]
    assert (email["error"], email["attempts"][0]["code"]) == ("refused_by_provider", "550")
    assert sms["scheduledFor"] == "2027-01-15T08:00:30.000Z"


def test_cancelling_stops_what_no_vendor_has_yet(api: Api) -> None:
    api.world.decided(channels=(Channel.EMAIL, Channel.SMS))
    api.world.deliver()(NotificationRef(ACME, ID), Channel.EMAIL)

    response = api.call("POST", CANCEL, ORDERS, {"id": ID})

    assert response.status == 200, response.text
    statuses = {delivery["channel"]: delivery["status"] for delivery in response.json["deliveries"]}
    assert statuses == {"email": "sent", "sms": "cancelled"}
    assert "cancelledAt" in response.json
    assert response.json == api.call("GET", f"{ONE}/status", ORDERS).json


def test_cancelling_before_the_decision_wins_and_twice_is_as_good_as_once(api: Api) -> None:
    api.world.accepted()

    first = api.call("POST", CANCEL, ORDERS, {"id": ID})
    again = api.call("POST", CANCEL, ORDERS, {"id": ID})

    assert (first.status, first.json["status"]) == (200, "cancelled")
    assert again.json == first.json
    api.world.dispatch()(NotificationRef(ACME, ID), api.world.clock())
    assert api.world.state.deliveries == {}


@pytest.mark.parametrize(
    ("body", "faults"),
    [
        ({}, {"/id": "required"}),
        ({"id": "42"}, {"/id": "malformed"}),
        ({"id": 42}, {"/id": "wrong_type"}),
        ({"id": ID.upper()}, {"/id": "malformed"}),
        ({"cancellationKey": ""}, {"/cancellationKey": "too_short"}),
        ({"cancellationKey": "k" * 256}, {"/cancellationKey": "too_long"}),
        ({"cancellationKey": "a\nb"}, {"/cancellationKey": "control_characters"}),
        ({"id": ID, "cancellationKey": "order-42"}, {"/cancellationKey": "conflicting_fields"}),
        (
            {"batchId": "b1", "id": ID, "cancellationKey": "order-42"},
            {"/cancellationKey": "conflicting_fields", "/batchId": "conflicting_fields"},
        ),
        ({"ids": [ID]}, {"/ids": "unknown_field"}),
    ],
)
def test_what_cannot_be_cancelled(api: Api, body: Any, faults: dict[str, str]) -> None:
    response = api.call("POST", CANCEL, ORDERS, body)
    assert response.status == 422
    assert response.faults == faults


def without_ids(response: Response) -> dict[str, Any]:
    return {name: value for name, value in response.json.items() if name != "instance"}


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [("GET", NOTIFICATIONS + "/{id}", None), ("GET", NOTIFICATIONS + "/{id}/status", None), ("POST", CANCEL, "id")],
)
def test_a_foreign_id_answers_exactly_like_one_that_does_not_exist(
    api: Api, method: str, path: str, body: str | None
) -> None:
    api.world.decided()

    def ask(id: str) -> Response:
        return api.call(method, path.replace("{id}", id), STRANGER, {body: id} if body else None)

    foreign, missing = ask(ID), ask(MISSING)
    assert foreign.status == missing.status == 404
    assert without_ids(foreign) == without_ids(missing)
    assert api.world.state.cancelled_at is None


@pytest.mark.parametrize("id", ["42", "..", "%00", ID.upper(), f"{ID}%0a", "*", f"{{{ID}}}"])
def test_what_is_no_id_answers_the_same(api: Api, id: str) -> None:
    api.world.decided()
    assert api.call("GET", f"{NOTIFICATIONS}/{id}", ORDERS).status == 404


@pytest.mark.parametrize("caller", [a_service(Scope.SEND), a_user(Role.ADMIN), a_user(Role.PLATFORM_ADMIN)])
def test_reading_needs_the_scope(api: Api, caller: Any) -> None:
    assert api.call("GET", ONE, caller).status == 403
