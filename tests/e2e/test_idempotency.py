"""One notification for one Idempotency-Key, whatever happens. (That a key is free again after 24 hours is proven with a
clock: tests/unit/services/test_accept.py.)
"""

import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from infra.cli.api import Answer, Api
from tests.e2e.conftest import SEND, Herald, Person, User

pytestmark = pytest.mark.stack

INBOX = "/api/v1/users/me/notifications"
TWINS = 8


@pytest.fixture
def key() -> str:
    """A key that nobody used before."""
    return f"order-{uuid.uuid4()}"


def post(api: Api, key: str, *people: Person, body: str = "It is on its way.") -> Answer:
    """Send an e-mail under a key."""
    sent: dict[str, Any] = {
        "recipients": [person.as_recipient() for person in people],
        "channels": ["email", "in_app"],
        "content": {"subject": "Hello", "body": body},
    }
    return api.call("POST", SEND, sent, headers={"Idempotency-Key": key})


def ids_of(answer: Answer) -> list[str]:
    """Return the ids of what was accepted."""
    return [notification["id"] for notification in answer.body["notifications"]]


def test_the_same_key_and_body_is_answered_alike_and_sent_once(herald: Herald, person: Person, key: str) -> None:
    first = post(herald.orders, key, person)
    again = [post(herald.orders, name, person) for name in (key, f'"{key}"')]

    assert first.status == 202
    assert "Idempotency-Replayed" not in first.headers
    for answer in again:
        assert (answer.status, answer.body) == (202, first.body)
        assert answer.headers["Idempotency-Replayed"] == "true"
    [id] = ids_of(first)
    assert herald.delivery(id).has_arrived
    assert herald.arrived(person) == 1


def test_a_key_covers_all_recipients_of_its_request(herald: Herald, key: str) -> None:
    people = [Person() for _ in range(3)]

    first, again = (post(herald.orders, key, *people) for _ in range(2))

    assert first.body == again.body
    assert len(set(ids_of(first))) == 3
    for id in ids_of(first):
        herald.settled(id)
    assert [herald.arrived(person) for person in people] == [1, 1, 1]


def test_the_same_key_with_another_body_is_refused(herald: Herald, person: Person, key: str) -> None:
    post(herald.orders, key, person)

    answer = post(herald.orders, key, person, body="Something else.")

    assert (answer.status, answer.body["code"]) == (422, "idempotency_mismatch")


def test_keys_of_different_tenants_and_routes_are_different_keys(herald: Herald, person: Person, key: str) -> None:
    elsewhere = herald.stack.as_service("invoices")
    body = {"recipients": [person.as_recipient()], "channels": ["in_app"], "content": {"body": "Hello"}}

    answers = [
        herald.orders.call("POST", SEND, body, headers={"Idempotency-Key": key}),
        elsewhere.call("POST", SEND, body, headers={"Idempotency-Key": key}),
        herald.admin.call("POST", "/api/v1/admin/notifications/send", body, headers={"Idempotency-Key": key}),
    ]

    assert [answer.status for answer in answers] == [202, 202, 202]
    assert len({id for answer in answers for id in ids_of(answer)}) == 3


def test_concurrent_twins_make_one_notification(herald: Herald, person: Person, key: str) -> None:
    apis = [herald.orders for _ in range(TWINS)]
    with ThreadPoolExecutor(TWINS) as pool:
        answers = list(pool.map(lambda api: post(api, key, person), apis))

    accepted = [answer for answer in answers if answer.status == 202]
    originals = [answer for answer in accepted if "Idempotency-Replayed" not in answer.headers]
    assert len(originals) == 1
    assert {tuple(ids_of(answer)) for answer in accepted} == {tuple(ids_of(originals[0]))}
    refused = [(answer.status, answer.body["code"]) for answer in answers if answer.status != 202]
    assert set(refused) <= {(409, "request_in_progress")}
    [id] = ids_of(originals[0])
    assert herald.delivery(id).has_arrived
    assert herald.arrived(person) == 1


def test_what_its_user_deleted_is_not_sent_again(herald: Herald, user: User, key: str) -> None:
    [id] = ids_of(post(herald.orders, key, user))
    herald.settled(id)
    user.api.demand("DELETE", f"{INBOX}/{id}")

    again = post(herald.orders, key, user)

    assert ids_of(again) == [id]
    assert again.headers["Idempotency-Replayed"] == "true"
    herald.settled(ids_of(post(herald.orders, f"{key}-later", Person()))[0])
    assert herald.arrived(user) == 1
    assert user.api.call("GET", f"{INBOX}/{id}").status == 404
