"""The inbox over HTTP: only ever one's own."""

from typing import Any

import pytest

from chalicelib.domain.content import Content
from chalicelib.domain.ids import NotificationId, UserId
from chalicelib.domain.principal import Principal
from chalicelib.domain.value import Millis
from chalicelib.domain.words import Channel, Role, Scope
from chalicelib.services.ports import NotificationRef
from tests.api import Api, Response, in_memory_api
from tests.build import ACME, a_recipient, a_tenant
from tests.callers import GLOBEX, PLATFORM, a_service, a_user
from tests.twin import TwinTenants

INBOX = "/api/v1/users/me/notifications"
ANN = a_user(Role.USER)
BOB = a_user(Role.USER, user_id="u2")
NAMESAKE = a_user(Role.USER, tenants=(GLOBEX,))
MISSING = "01890a5d-ac96-774b-bcce-ffffffffffff"


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Api:
    return in_memory_api(monkeypatch)


def arrive(api: Api, count: int = 1, **changes: Any) -> list[str]:
    """Let so many in-app notifications arrive in Ann's inbox; return their ids, oldest first."""
    begin, now = len(api.world.rows.requests), api.world.clock()
    ids = [f"01890a5d-ac96-774b-bcce-{number:012x}" for number in range(begin, begin + count)]
    for number, id in enumerate(ids, start=begin):
        asked = {"channels": (Channel.IN_APP,), "accepted_at": Millis(now - 10_000 + number)} | changes
        api.world.decided(id=NotificationId(id), **asked)
        api.world.deliver()(NotificationRef(ACME, NotificationId(id)), Channel.IN_APP)
    return ids


def ids_of(response: Response) -> list[str]:
    assert response.status == 200, response.text
    return [item["id"] for item in response.json["items"]]


def test_an_item_shows_what_was_said_and_how_it_stands(api: Api) -> None:
    content = Content(subject="Hello", body="It is on its way.", action_url="https://example.com/42")
    (id,) = arrive(api, content=content, metadata={"orderId": "42"}, type="order.shipped")

    listed = api.call("GET", INBOX, ANN).json["items"][0]
    one = api.call("GET", f"{INBOX}/{id}", ANN).json

    assert listed == one
    assert {name: one[name] for name in one if not name.endswith("At")} == {
        "id": id,
        "category": "transactional",
        "type": "order.shipped",
        "priority": "medium",
        "subject": "Hello",
        "body": "It is on its way.",
        "actionUrl": "https://example.com/42",
        "metadata": {"orderId": "42"},
        "channels": ["in_app"],
        "status": "delivered",
        "unread": True,
    }
    assert one["createdAt"].endswith("Z")


def test_reading_and_its_undoing_show_in_item_and_count(api: Api) -> None:
    (id,) = arrive(api)

    read = api.call("PATCH", f"{INBOX}/{id}/read", ANN).json
    after_read = api.call("GET", f"{INBOX}/unread-count", ANN).json
    unread = api.call("PATCH", f"{INBOX}/{id}/unread", ANN).json
    after_unread = api.call("GET", f"{INBOX}/unread-count", ANN).json

    assert (read["status"], read["unread"], "readAt" in read) == ("read", False, True)
    assert (unread["status"], unread["unread"], "readAt" in unread) == ("delivered", True, False)
    assert (after_read, after_unread) == ({"unreadCount": 0}, {"unreadCount": 1})


@pytest.mark.parametrize("method", ["PATCH", "PUT", "POST"])
def test_read_can_be_asked_for_by_three_methods(api: Api, method: str) -> None:
    (id,) = arrive(api)

    assert api.call(method, f"{INBOX}/{id}/read", ANN).json["status"] == "read"


def test_an_archived_item_is_listed_only_when_asked_for(api: Api) -> None:
    first, second = arrive(api, 2)

    assert "archivedAt" in api.call("POST", f"{INBOX}/{first}/archive", ANN).json
    assert ids_of(api.call("GET", INBOX, ANN)) == [second]
    assert ids_of(api.call("GET", INBOX, ANN, query={"archived": "true"})) == [first]


def test_acknowledging_shows_in_the_item_and_counts_as_reading(api: Api) -> None:
    (id,) = arrive(api)

    answer = api.call("POST", f"{INBOX}/{id}/acknowledge", ANN).json
    again = api.call("POST", f"{INBOX}/{id}/acknowledge", ANN).json

    assert (answer["status"], answer["unread"], answer["acknowledgedAt"]) == ("read", False, answer["readAt"])
    assert again == answer
    assert api.call("GET", f"{INBOX}/unread-count", ANN).json == {"unreadCount": 0}


def test_a_deleted_item_is_gone(api: Api) -> None:
    (id,) = arrive(api)

    deleted = api.call("DELETE", f"{INBOX}/{id}", ANN)

    assert (deleted.status, deleted.text) == (204, "")
    assert api.call("GET", f"{INBOX}/{id}", ANN).status == 404
    assert api.call("DELETE", f"{INBOX}/{id}", ANN).status == 404
    assert ids_of(api.call("GET", INBOX, ANN)) == []


def test_delivery_status_tells_how_not_by_whom(api: Api) -> None:
    (id,) = arrive(api, channels=(Channel.IN_APP, Channel.EMAIL))
    api.world.deliver()(NotificationRef(ACME, NotificationId(id)), Channel.EMAIL)

    answer = api.call("GET", f"{INBOX}/{id}/delivery-status", ANN)

    assert [(each["channel"], each["status"], each["attemptCount"]) for each in answer.json["deliveries"]] == [
        ("in_app", "delivered", 0),
        ("email", "sent", 1),
    ]
    assert "first" not in answer.text
    assert "vendor" not in answer.text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, "cba"),
        ({"status": "read"}, "a"),
        ({"unread": "true"}, "cb"),
        ({"unread": "false"}, "a"),
        ({"channel": "EMAIL"}, "b"),
        ({"channel": "database", "category": "marketing"}, "c"),
        ({"type": "order.shipped"}, "a"),
        ({"dateFrom": "2020-01-01", "dateTo": "2020-12-31"}, ""),
        ({"dateFrom": "2020-01-01T00:00:00+02:00"}, "cba"),
        ({"dateTo": "2020-01-01"}, ""),
    ],
)
def test_filters(api: Api, query: dict[str, str], found: str) -> None:
    (a,) = arrive(api, type="order.shipped")
    (b,) = arrive(api, channels=(Channel.IN_APP, Channel.EMAIL))
    (c,) = arrive(api, category="marketing")
    api.call("PATCH", f"{INBOX}/{a}/read", ANN)
    names = {a: "a", b: "b", c: "c"}

    assert "".join(names[id] for id in ids_of(api.call("GET", INBOX, ANN, query=query))) == found


@pytest.mark.parametrize(
    ("query", "pointer", "code"),
    [
        ({"status": "lost"}, "/status", "not_one_of"),
        ({"unread": "perhaps"}, "/unread", "malformed"),
        ({"channel": "pigeon"}, "/channel", "unknown_channel"),
        ({"category": "a\r\nb"}, "/category", "malformed"),
        ({"type": ""}, "/type", "malformed"),
        ({"limit": "0"}, "/limit", "out_of_range"),
        ({"limit": "101"}, "/limit", "out_of_range"),
        ({"limit": "ten"}, "/limit", "malformed"),
        ({"dateFrom": "yesterday"}, "/dateFrom", "malformed"),
        ({"dateFrom": "2026-01-01T00:00:00"}, "/dateFrom", "time_zone_missing"),
        ({"dateTo": "9999-12-31"}, "/dateTo", "malformed"),
        ({"dateFrom": "2026-02-02", "dateTo": "2026-02-01"}, "/dateTo", "out_of_order"),
        ({"offset": "20"}, "/offset", "unknown_field"),
    ],
)
def test_bad_queries(api: Api, query: dict[str, str], pointer: str, code: str) -> None:
    response = api.call("GET", INBOX, ANN, query=query)

    assert (response.status, response.json["code"], response.faults) == (422, "invalid_input", {pointer: code})


def test_pages_follow_each_other_by_cursor(api: Api) -> None:
    ids = arrive(api, 5)

    first = api.call("GET", INBOX, ANN, query={"limit": "3"})
    second = api.call("GET", INBOX, ANN, query={"limit": "3", "cursor": first.json["nextCursor"]})

    assert ids_of(first) + ids_of(second) == ids[::-1]
    assert "nextCursor" not in second.json


def test_a_cursor_is_good_for_its_own_question_and_caller_only(api: Api) -> None:
    TwinTenants(api.world.rows).create(a_tenant(id=GLOBEX))
    arrive(api, 2)
    cursor = api.call("GET", INBOX, ANN, query={"limit": "1", "category": "transactional"}).json["nextCursor"]

    refused = [
        api.call("GET", INBOX, ANN, query={"cursor": cursor}),
        api.call("GET", INBOX, ANN, query={"cursor": cursor, "category": "marketing"}),
        api.call("GET", INBOX, ANN, query={"cursor": cursor[:-2], "category": "transactional"}),
        api.call("GET", INBOX, ANN, query={"cursor": "Zm9v", "category": "transactional"}),
        api.call("GET", INBOX, BOB, query={"cursor": cursor, "category": "transactional"}),
        api.call("GET", INBOX, NAMESAKE, query={"cursor": cursor, "category": "transactional"}),
    ]

    assert {(response.status, response.json["code"]) for response in refused} == {(400, "invalid_cursor")}
    assert api.call("GET", INBOX, ANN, query={"cursor": cursor, "category": "transactional"}).status == 200


ONE = [
    ("GET", ""),
    ("GET", "/delivery-status"),
    ("PATCH", "/read"),
    ("PUT", "/read"),
    ("POST", "/read"),
    ("PATCH", "/unread"),
    ("POST", "/archive"),
    ("POST", "/acknowledge"),
    ("DELETE", ""),
]


@pytest.mark.parametrize(("method", "action"), ONE)
@pytest.mark.parametrize("caller", [BOB, NAMESAKE], ids=["another user", "another tenant"])
def test_a_foreign_id_answers_like_one_that_does_not_exist(
    api: Api, method: str, action: str, caller: Principal
) -> None:
    TwinTenants(api.world.rows).create(a_tenant(id=GLOBEX))
    (id,) = arrive(api)
    before = dict(api.world.rows.states)

    answers = {
        (response.status, response.text)
        for response in (
            api.call(method, f"{INBOX}/{id}{action}", caller),
            api.call(method, f"{INBOX}/{MISSING}{action}", caller),
            api.call(method, f"{INBOX}/not-an-id{action}", caller),
            api.call(method, f"{INBOX}/{id.upper()}{action}", ANN),
        )
    }

    assert len(answers) == 1
    assert next(iter(answers))[0] == 404
    assert api.world.rows.states == before


@pytest.mark.parametrize(
    ("method", "path"),
    [
        *[(method, f"/{MISSING}{action}") for method, action in ONE],
        ("GET", ""),
        ("GET", "/unread-count"),
        ("POST", "/read-multiple"),
        ("POST", "/mark-read"),
        ("POST", "/mark-all-read"),
        ("POST", "/read-all"),
        ("DELETE", ""),
    ],
)
def test_the_inbox_is_for_users_only(api: Api, method: str, path: str) -> None:
    body = {"ids": [MISSING]}

    assert api.call(method, INBOX + path, None, body).status == 401
    assert api.call(method, INBOX + path, a_service(*Scope), body).status == 403


def test_the_tenant_header_picks_and_never_widens(api: Api) -> None:
    TwinTenants(api.world.rows).create(a_tenant(id=GLOBEX))
    (id,) = arrive(api)
    of_both = a_user(Role.USER, tenants=(ACME, GLOBEX))

    assert api.call("GET", f"{INBOX}/{id}", of_both, headers={"X-Tenant-ID": "acme"}).status == 200
    assert api.call("GET", f"{INBOX}/{id}", of_both, headers={"X-Tenant-ID": "globex"}).status == 404
    assert api.call("GET", f"{INBOX}/{id}", of_both).status == 400
    assert api.call("GET", f"{INBOX}/{id}", NAMESAKE, headers={"X-Tenant-ID": "acme"}).status == 403
    assert api.call("GET", f"{INBOX}/{id}", ANN, headers={"X-User-ID": "u2"}).status == 200


def test_a_platform_admin_has_no_inbox_but_their_own(api: Api) -> None:
    (id,) = arrive(api)

    assert api.call("GET", f"{INBOX}/{id}", PLATFORM, headers={"X-Tenant-ID": "acme"}).status == 404


def test_what_was_sent_to_somebody_else_is_not_listed(api: Api) -> None:
    arrive(api, recipient=a_recipient(user_id=UserId("u2")))

    assert ids_of(api.call("GET", INBOX, ANN)) == []
    assert len(ids_of(api.call("GET", INBOX, BOB))) == 1
