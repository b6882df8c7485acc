"""Cursors over HTTP: they lead through everything once; only who got one can use it, and only for what they asked."""

import base64
from collections.abc import Iterator
from typing import Any

import pytest

from infra.cli.api import Answer, Api
from tests.e2e.conftest import Herald, User
from tests.e2e.test_inbox import INBOX, arrive

pytestmark = pytest.mark.stack

COUNT = 5


@pytest.fixture(scope="module")
def reader(herald: Herald) -> User:
    """A user with some notifications."""
    user = herald.new_user()
    arrive(herald, user, COUNT)
    return user


@pytest.fixture
def cursor(reader: User) -> str:
    """Where the second page of the reader's listing begins."""
    found: str = reader.api.get(INBOX, limit=2)["nextCursor"]
    return found


def pages(api: Api, **query: Any) -> Iterator[list[str]]:
    """Yield the ids of each page."""
    cursor: dict[str, str] = {}
    while True:
        page = api.get(INBOX, **query, **cursor)
        yield [item["id"] for item in page["items"]]
        if "nextCursor" not in page:
            return
        cursor = {"cursor": page["nextCursor"]}


def refusal(answer: Answer) -> tuple[int, str]:
    """Return status and code of a problem."""
    return answer.status, answer.body["code"]


@pytest.mark.parametrize("limit", [1, 2, 5, 100])
def test_pages_show_everything_once_newest_first(reader: User, limit: int) -> None:
    found = list(pages(reader.api, limit=limit))

    assert all(len(page) <= limit for page in found)
    ids = [id for page in found for id in page]
    assert ids == sorted(set(ids), reverse=True)
    assert len(ids) == COUNT


def test_an_altered_cursor_is_refused_wherever_it_was_altered(reader: User, cursor: str) -> None:
    for place in range(0, len(cursor) - 1, 7):
        altered = cursor[:place] + ("A" if cursor[place] != "A" else "B") + cursor[place + 1 :]
        answer = reader.api.call("GET", INBOX, query={"limit": 2, "cursor": altered})
        assert refusal(answer) == (400, "invalid_cursor"), place


@pytest.mark.parametrize(
    "text", ["x", "0", "..", "a" * 2048, base64.urlsafe_b64encode(b'{"after":"0"}').decode(), "%00"]
)
def test_what_is_no_cursor_is_refused(reader: User, text: str) -> None:
    assert refusal(reader.api.call("GET", INBOX, query={"cursor": text})) == (400, "invalid_cursor")


def test_a_cursor_is_bound_to_the_question(reader: User, cursor: str) -> None:
    assert reader.api.call("GET", INBOX, query={"limit": 1, "cursor": cursor}).status == 200
    answer = reader.api.call("GET", INBOX, query={"limit": 2, "cursor": cursor, "unread": "true"})
    assert refusal(answer) == (400, "invalid_cursor")


def test_a_cursor_is_bound_to_its_user_and_tenant(herald: Herald, reader: User, cursor: str) -> None:
    for stranger in (herald.new_user(), herald.new_user(tenant="globex")):
        answer = stranger.api.call("GET", INBOX, query={"limit": 2, "cursor": cursor})
        assert refusal(answer) == (400, "invalid_cursor")


def test_a_search_goes_on_where_it_stopped(herald: Herald, reader: User) -> None:
    search = {"recipient": f"customer/{reader.user_id}", "limit": 3}
    path = "/api/v1/admin/notifications"

    first = herald.admin.get(path, **search)
    second = herald.admin.get(path, **search, cursor=first["nextCursor"])

    ids = [item["id"] for page in (first, second) for item in page["items"]]
    assert len(set(ids)) == COUNT
    assert "nextCursor" not in second
