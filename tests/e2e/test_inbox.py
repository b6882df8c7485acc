"""The inbox over HTTP, route by route, each user with a token of their own."""

from collections.abc import Callable
from typing import Any

import pytest

from infra.cli.waiting import eventually
from tests.e2e.conftest import Herald, User

pytestmark = pytest.mark.stack

INBOX = "/api/v1/users/me/notifications"
IN_TIME = 30.0


def arrive(herald: Herald, user: User, count: int = 1, **changes: Any) -> list[str]:
    """Let so many notifications arrive in a user's inbox; return their ids, oldest first."""
    ids = [herald.send(user, **{"channels": ["in_app"], **changes}) for _ in range(count)]
    for id in ids:
        herald.settled(id)
    eventually(lambda: set(ids) <= set(listed(user)), "the listing to show them", IN_TIME)
    return ids


def listed(user: User, **query: Any) -> list[str]:
    """Return the ids of the first page of a listing, newest first."""
    return [item["id"] for item in user.api.get(INBOX, **query)["items"]]


def unread_count(user: User) -> int:
    """Return how many wait to be read."""
    count: int = user.api.get(f"{INBOX}/unread-count")["unreadCount"]
    return count


def test_a_listing_shows_what_a_look_at_one_shows(herald: Herald, user: User) -> None:
    [id] = arrive(herald, user, type="order.shipped", metadata={"orderId": "42"})

    [item] = user.api.get(INBOX)["items"]

    assert item == user.api.get(f"{INBOX}/{id}")
    assert (item["type"], item["metadata"], item["status"]) == ("order.shipped", {"orderId": "42"}, "delivered")
    deliveries = user.api.get(f"{INBOX}/{id}/delivery-status")["deliveries"]
    assert [(delivery["channel"], delivery["status"]) for delivery in deliveries] == [("in_app", "delivered")]


@pytest.mark.parametrize("method", ["PATCH", "PUT", "POST"])
def test_reading_is_one_way_by_three_methods_and_can_be_undone(herald: Herald, user: User, method: str) -> None:
    [id] = arrive(herald, user)

    read = user.api.demand(method, f"{INBOX}/{id}/read").body
    assert (read["status"], read["unread"], unread_count(user)) == ("read", False, 0)
    assert listed(user, unread="true") == []

    unread = user.api.patch(f"{INBOX}/{id}/unread")
    assert (unread["status"], unread["unread"], unread_count(user)) == ("delivered", True, 1)
    assert listed(user, unread="true") == [id]


def test_archiving_takes_one_out_of_the_listing_and_the_count(herald: Herald, user: User) -> None:
    first, second = arrive(herald, user, 2)

    assert user.api.post(f"{INBOX}/{first}/archive")["archivedAt"]

    assert (listed(user), listed(user, archived="true"), unread_count(user)) == ([second], [first], 1)


@pytest.mark.parametrize("route", ["read-multiple", "mark-read"])
def test_several_are_read_at_once(herald: Herald, user: User, route: str) -> None:
    first, second, third = arrive(herald, user, 3)

    answer = user.api.post(f"{INBOX}/{route}", {"ids": [first, second]})

    assert answer == {"updatedCount": 2, "complete": True}
    assert listed(user, unread="true") == [third]
    assert user.api.post(f"{INBOX}/{route}", {"ids": [first]})["updatedCount"] == 0


@pytest.mark.parametrize("route", ["mark-all-read", "read-all"])
def test_all_are_read_at_once(herald: Herald, user: User, route: str) -> None:
    arrive(herald, user, 3)
    assert unread_count(user) == 3

    assert user.api.post(f"{INBOX}/{route}") == {"updatedCount": 3, "complete": True}

    assert (unread_count(user), listed(user, unread="true"), len(listed(user))) == (0, [], 3)


def test_what_is_deleted_is_gone_for_its_owner(herald: Herald, user: User) -> None:
    first, second = arrive(herald, user, 2)

    assert user.api.demand("DELETE", f"{INBOX}/{first}").status == 204

    assert (listed(user), unread_count(user)) == ([second], 1)
    for method, path in (("GET", first), ("PATCH", f"{first}/read"), ("DELETE", first)):
        assert user.api.call(method, f"{INBOX}/{path}").status == 404


@pytest.mark.parametrize("by", ["body", "query", "filter"])
def test_several_are_deleted_by_ids_or_by_a_filter(herald: Herald, user: User, by: str) -> None:
    doomed = arrive(herald, user, 2, type="news")
    [kept] = arrive(herald, user, type="order")
    asked: dict[str, dict[str, Any]] = {
        "body": {"body": {"ids": doomed}},
        "query": {"query": {"ids": ",".join(doomed)}},
        "filter": {"query": {"type": "news"}},
    }

    answer = user.api.demand("DELETE", INBOX, **asked[by]).body

    assert answer == {"deletedCount": 2, "complete": True}
    assert listed(user) == [kept]


@pytest.mark.parametrize(
    ("query", "finds"),
    [
        ({"channel": "database"}, True),
        ({"channel": "email"}, False),
        ({"category": "marketing"}, True),
        ({"category": "alert"}, False),
        ({"type": "news"}, True),
        ({"type": "order"}, False),
        ({"status": "delivered"}, True),
        ({"status": "read"}, False),
        ({"dateFrom": "2020-01-01"}, True),
        ({"dateTo": "2020-01-01"}, False),
    ],
)
def test_filters(herald: Herald, reader: User, query: dict[str, str], finds: bool) -> None:
    assert bool(listed(reader, **query)) is finds


@pytest.fixture(scope="module")
def reader(herald: Herald) -> User:
    """A user with one marketing message in the inbox."""
    user = herald.new_user()
    arrive(herald, user, category="marketing", type="news")
    return user


def test_a_users_notifications_are_nobody_elses(herald: Herald, user: User) -> None:
    [id] = arrive(herald, user)
    stranger = herald.new_user()
    missing = id[:-6] + "ffffff"

    calls: list[Callable[[str], tuple[str, str]]] = [
        lambda id: ("GET", f"{INBOX}/{id}"),
        lambda id: ("GET", f"{INBOX}/{id}/delivery-status"),
        lambda id: ("PATCH", f"{INBOX}/{id}/read"),
        lambda id: ("PATCH", f"{INBOX}/{id}/unread"),
        lambda id: ("POST", f"{INBOX}/{id}/archive"),
        lambda id: ("DELETE", f"{INBOX}/{id}"),
    ]
    for call in calls:
        theirs, nobodys = (stranger.api.call(*call(target)) for target in (id, missing))
        assert (theirs.status, theirs.body | {"instance": ""}) == (404, nobodys.body | {"instance": ""})
    assert stranger.api.post(f"{INBOX}/read-multiple", {"ids": [id]})["updatedCount"] == 0
    assert stranger.api.demand("DELETE", INBOX, {"ids": [id]}).body["deletedCount"] == 0
    assert (listed(stranger), unread_count(user)) == ([], 1)
