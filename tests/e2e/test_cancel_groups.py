"""Cancelling by key and by batch on the deployed stack: what waits never goes out, and shows at once."""

import time
from datetime import UTC, datetime
from typing import Any

import pytest

from infra.cli.errors import ProblemError
from tests.e2e.conftest import SEND, Herald, Person

pytestmark = pytest.mark.stack

CANCEL = "/api/v1/services/notifications/cancel"
CONTENT = {"subject": "Hello", "body": "It is on its way."}


def in_a_while(seconds: float) -> str:
    """Return a time to come as the API takes it."""
    return datetime.fromtimestamp(time.time() + seconds, UTC).isoformat()


def send_to(herald: Herald, *people: Person, **changes: Any) -> Any:
    """Send an e-mail for later to some people; return the answer."""
    recipients = [person.as_recipient() for person in people]
    return herald.orders.post(
        SEND, {"recipients": recipients, "channels": ["email"], "content": CONTENT, "sendAt": in_a_while(600)} | changes
    )


def status(herald: Herald, id: str) -> str:
    """Return how a notification stands right now."""
    found: str = herald.orders.get(f"/api/v1/services/notifications/{id}/status")["status"]
    return found


def test_all_that_waits_under_a_key_is_cancelled_at_once(herald: Herald, person: Person) -> None:
    key = f"order-{person.user_id}"
    ids = [send_to(herald, person, cancellationKey=key)["notifications"][0]["id"] for _ in range(2)]
    other = send_to(herald, person)["notifications"][0]["id"]

    answer = herald.orders.post(CANCEL, {"cancellationKey": key})

    assert {**answer, "cancelledAt": "…"} == {
        "cancellationKey": key,
        "cancelled": 2,
        "cancelledAt": "…",
        "complete": True,
    }
    assert [status(herald, id) for id in ids] == ["cancelled", "cancelled"]
    assert status(herald, other) != "cancelled"


def test_a_key_stops_what_was_accepted_before_and_nothing_after(herald: Herald, person: Person) -> None:
    key = f"order-{person.user_id}"
    herald.orders.post(CANCEL, {"cancellationKey": key})
    id = herald.send(person, cancellationKey=key)
    assert herald.delivery(id).status == "sent"


def test_all_of_a_request_are_cancelled(herald: Herald) -> None:
    sent = send_to(herald, Person(), Person(), Person())
    answer = herald.orders.post(CANCEL, {"batchId": sent["requestId"]})
    assert (answer["cancelled"], answer["complete"]) == (3, True)
    assert {status(herald, each["id"]) for each in sent["notifications"]} == {"cancelled"}


def test_a_batch_that_is_none_is_not_found(herald: Herald, person: Person) -> None:
    with pytest.raises(ProblemError) as refused:
        herald.orders.post(CANCEL, {"batchId": person.user_id})
    assert refused.value.status == 404
