"""Many notifications of the inbox at once, over HTTP."""

from typing import Any

import pytest

from chalicelib.domain.ids import UserId
from tests.api import Api, in_memory_api
from tests.build import a_recipient
from tests.functional.api.test_users_inbox import ANN, BOB, INBOX, MISSING, arrive, ids_of


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Api:
    return in_memory_api(monkeypatch)


def unread(api: Api) -> int:
    count: int = api.call("GET", f"{INBOX}/unread-count", ANN).json["unreadCount"]
    return count


@pytest.mark.parametrize("route", ["read-multiple", "mark-read"])
def test_reading_several_answers_how_many_of_ones_own_it_marked(api: Api, route: str) -> None:
    ids = arrive(api, 3)
    (foreign,) = arrive(api, recipient=a_recipient(user_id=UserId("u2")))

    answer = api.call("POST", f"{INBOX}/{route}", ANN, {"ids": [*ids[:2], foreign, MISSING]})

    assert (answer.status, answer.json) == (200, {"updatedCount": 2, "complete": True})
    assert unread(api) == 1
    assert api.call("GET", f"{INBOX}/unread-count", BOB).json == {"unreadCount": 1}


@pytest.mark.parametrize("route", ["mark-all-read", "read-all"])
def test_reading_all(api: Api, route: str) -> None:
    arrive(api, 230)

    answer = api.call("POST", f"{INBOX}/{route}", ANN)

    assert (answer.status, answer.json) == (200, {"updatedCount": 230, "complete": True})
    assert unread(api) == 0


@pytest.mark.parametrize(
    ("body", "status", "faults"),
    [
        ({}, 422, {"/ids": "required"}),
        ({"ids": []}, 422, {"/ids": "too_few"}),
        ({"ids": [MISSING] * 101}, 422, {"/ids": "too_many"}),
        ({"ids": ["1"]}, 422, {"/ids/0": "malformed"}),
        ({"ids": [MISSING, 2]}, 422, {"/ids/1": "wrong_type"}),
        ({"ids": MISSING}, 422, {"/ids": "wrong_type"}),
        ({"ids": [MISSING], "all": True}, 422, {"/all": "unknown_field"}),
        (b'{"ids": [', 400, {}),
        (b"", 400, {}),
    ],
)
def test_bad_bodies_mark_nothing(api: Api, body: Any, status: int, faults: dict[str, str]) -> None:
    arrive(api)

    answer = api.call("POST", f"{INBOX}/read-multiple", ANN, body)

    assert (answer.status, answer.faults) == (status, faults)
    assert unread(api) == 1


def test_deleting_by_ids_of_the_body(api: Api) -> None:
    ids = arrive(api, 3)

    answer = api.call("DELETE", INBOX, ANN, {"ids": [*ids[:2], MISSING]})

    assert (answer.status, answer.json) == (200, {"deletedCount": 2, "complete": True})
    assert ids_of(api.call("GET", INBOX, ANN)) == [ids[2]]


def test_deleting_by_ids_of_the_query(api: Api) -> None:
    ids = arrive(api, 3)

    assert api.call("DELETE", INBOX, ANN, query={"ids": ",".join(ids[:2])}).json["deletedCount"] == 2
    assert api.call("DELETE", INBOX, ANN, query={"ids": [ids[2], MISSING]}).json["deletedCount"] == 1


def test_deleting_by_a_filter(api: Api) -> None:
    arrive(api, 2, category="marketing")
    (kept,) = arrive(api)

    answer = api.call("DELETE", INBOX, ANN, query={"category": "marketing"})

    assert answer.json == {"deletedCount": 2, "complete": True}
    assert ids_of(api.call("GET", INBOX, ANN)) == [kept]


@pytest.mark.parametrize(
    ("query", "body"),
    [
        ({}, None),
        ({"ids": MISSING, "category": "marketing"}, None),
        ({"category": "marketing"}, {"ids": [MISSING]}),
        ({"ids": MISSING}, {"ids": [MISSING]}),
    ],
)
def test_deleting_wants_either_ids_or_a_filter(api: Api, query: dict[str, str], body: Any) -> None:
    (id,) = arrive(api, category="marketing")

    answer = api.call("DELETE", INBOX, ANN, body, query=query)

    assert (answer.status, answer.faults) == (422, {"/ids": "either_or"})
    assert ids_of(api.call("GET", INBOX, ANN)) == [id]


def test_nobody_deletes_what_is_somebody_elses(api: Api) -> None:
    (id,) = arrive(api)

    assert api.call("DELETE", INBOX, BOB, {"ids": [id]}).json == {"deletedCount": 0, "complete": True}
    assert api.call("DELETE", INBOX, BOB, query={"unread": "true"}).json == {"deletedCount": 0, "complete": True}
    assert ids_of(api.call("GET", INBOX, ANN)) == [id]
