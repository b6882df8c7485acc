"""Requests are stored once and found by id, by user and by hour."""

from collections.abc import Callable, Iterator

import pytest

from chalicelib.domain.content import Content, PushContent, SmsContent
from chalicelib.domain.ids import NotificationId, TenantId, UserId, UserType, time_ordered_id
from chalicelib.domain.request import NotificationRequest
from chalicelib.domain.value import Millis
from chalicelib.domain.words import Channel, Priority, Strategy
from chalicelib.services.ports import Between, ExistsError, Page
from tests.build import ACME, ID, NOW, a_recipient, a_request
from tests.store.stores import Store

ANN = (UserType("customer"), UserId("u1"))
HOUR = 3_600_000
TTL = NOW // 1_000 + 86_400
DAY = Between(Millis(NOW - 12 * HOUR), Millis(NOW + 12 * HOUR))


def test_a_stored_request_is_found_as_it_was(store: Store) -> None:
    request = a_request(
        content=Content(
            body="Grüße — 你好",
            subject="Hi",
            html="<p>Hi</p>",
            action_url="https://example.com/?a=1",
            push=PushContent(title="T", image="https://example.com/i.png", data={"k": "v"}, ttl=60),
            sms=SmsContent(truncate=True),
        ),
        recipient=a_recipient(attributes={"plan": {"name": "gold", "seats": 3}}, roles=("owner",)),
        priority=Priority.CRITICAL,
        strategy=Strategy.ESCALATION,
        channels=(Channel.EMAIL, Channel.IN_APP),
        providers={Channel.EMAIL: "smtp"},
        metadata={"orderId": "42", "nested": [1, 2.5, None, True]},
        type="order.confirmed",
        expires_at=Millis(NOW + 1),
        cancellation_key="order-42",
        correlation_id="c-1",
    )
    store.requests.put(request, TTL)
    assert store.requests.get(ACME, ID) == request


def test_the_smallest_request_is_found_as_it_was(store: Store) -> None:
    request = a_request(channels=(), content=Content(body=""))
    store.requests.put(request, TTL)
    assert store.requests.get(ACME, ID) == request


def test_an_id_is_taken_once(store: Store) -> None:
    store.requests.put(a_request(), TTL)
    with pytest.raises(ExistsError):
        store.requests.put(a_request(category="marketing"), TTL)
    assert store.requests.get(ACME, ID) == a_request()


def test_many_are_read_at_once_and_missing_ones_left_out(store: Store) -> None:
    stored = list(some_requests(120, lambda number: Millis(NOW + number)))
    for request in stored:
        store.requests.put(request, TTL)
    found = store.requests.get_many(ACME, [*(request.id for request in stored), ID])
    assert found == {request.id: request for request in stored}


def test_none_are_read_when_none_are_asked_for(store: Store) -> None:
    assert store.requests.get_many(ACME, []) == {}


def test_a_users_feed_is_newest_first_page_by_page(store: Store) -> None:
    mine = list(some_requests(7, lambda number: Millis(NOW + number // 2)))
    other = a_request(id=new_id(NOW, 99), recipient=a_recipient(user_id=UserId("u2")))
    for request in [*mine, other]:
        store.requests.put(request, TTL)
    pages = list(follow(lambda after: store.requests.of_user(ACME, *ANN, DAY, 3, after)))
    assert [len(page.items) for page in pages] == [3, 3, 1]
    assert flat(pages) == newest_first(mine)


def test_a_feed_begins_and_ends_with_its_span(store: Store) -> None:
    mine = list(some_requests(5, lambda number: Millis(NOW + number)))
    for request in mine:
        store.requests.put(request, TTL)
    span = Between(Millis(NOW + 1), Millis(NOW + 4))
    assert store.requests.of_user(ACME, *ANN, span, 10, None) == Page(tuple(newest_first(mine[1:4])))


@pytest.mark.parametrize("span", [Between(NOW, NOW), Between(Millis(NOW + 1), NOW)])
def test_an_empty_span_has_no_notifications(store: Store, span: Between) -> None:
    store.requests.put(a_request(), TTL)
    assert store.requests.of_user(ACME, *ANN, span, 10, None) == Page(())
    assert store.requests.of_tenant(ACME, span, 10, None) == Page(())


def test_a_span_may_reach_beyond_any_stamp(store: Store) -> None:
    store.requests.put(a_request(), TTL)
    always = Between(Millis(0), Millis(253_402_300_800_000))
    assert store.requests.of_user(ACME, *ANN, always, 10, None) == Page((ID,))


@pytest.mark.parametrize("user_id", ["a#b", "a%23b", "#", "ü/ 漢"])
def test_user_ids_may_hold_anything(store: Store, user_id: str) -> None:
    for name in ("a#b", "a%23b", "#", "ü/ 漢"):
        request = a_request(id=new_id(NOW, ord(name[0]) + len(name)), recipient=a_recipient(user_id=UserId(name)))
        store.requests.put(request, TTL)
    page = store.requests.of_user(ACME, UserType("customer"), UserId(user_id), DAY, 10, None)
    found = store.requests.get_many(ACME, page.items)
    assert [request.recipient.user_id for request in found.values()] == [user_id]


def test_a_user_type_and_id_do_not_run_into_each_other(store: Store) -> None:
    store.requests.put(a_request(recipient=a_recipient(user_type=UserType("a"), user_id=UserId("b#c"))), TTL)
    assert store.requests.of_user(ACME, UserType("a#b"), UserId("c"), DAY, 10, None) == Page(())


def test_a_tenants_listing_goes_through_hours_and_shards_newest_first(store: Store) -> None:
    stored = list(some_requests(60, lambda number: Millis(NOW - number * HOUR // 20)))
    for request in stored:
        store.requests.put(request, TTL)
    assert len({request.id[-1] for request in stored}) > 8
    pages = list(follow(lambda after: store.requests.of_tenant(ACME, DAY, 7, after)))
    assert flat(pages) == newest_first(stored)
    assert all(len(page.items) <= 7 for page in pages)


def test_a_tenants_listing_begins_and_ends_with_its_span(store: Store) -> None:
    stored = list(some_requests(9, lambda number: Millis(NOW + number * HOUR // 4)))
    for request in stored:
        store.requests.put(request, TTL)
    span = Between(stored[2].accepted_at, stored[7].accepted_at)
    assert flat(follow(lambda after: store.requests.of_tenant(ACME, span, 2, after))) == newest_first(stored[2:7])


def test_a_listing_crosses_days_in_which_nothing_happened(store: Store) -> None:
    stored = list(some_requests(3, lambda number: Millis(NOW - number * 40 * HOUR)))
    for request in stored:
        store.requests.put(request, TTL)
    span = Between(Millis(NOW - 100 * HOUR), Millis(NOW + 1))
    assert flat(follow(lambda after: store.requests.of_tenant(ACME, span, 10, after))) == newest_first(stored)


def test_a_page_may_be_read_again_with_another_limit(store: Store) -> None:
    stored = list(some_requests(6, lambda number: Millis(NOW + number)))
    for request in stored:
        store.requests.put(request, TTL)
    first = store.requests.of_tenant(ACME, DAY, 2, None)
    assert store.requests.of_tenant(ACME, DAY, 4, first.next) == Page(tuple(newest_first(stored)[2:]))


def some_requests(count: int, accepted_at: Callable[[int], Millis]) -> Iterator[NotificationRequest]:
    for number in range(count):
        at = accepted_at(number)
        yield a_request(id=new_id(at, number), accepted_at=at)


def new_id(at: Millis, number: int, tenant: TenantId = ACME) -> NotificationId:
    return NotificationId(time_ordered_id(at, number.to_bytes(10)))


def newest_first(requests: list[NotificationRequest]) -> list[NotificationId]:
    return [request.id for request in sorted(requests, key=lambda each: (each.accepted_at, each.id), reverse=True)]


def follow(read: Callable[[str | None], Page[NotificationId]]) -> Iterator[Page[NotificationId]]:
    page = read(None)
    yield page
    while page.next is not None:
        page = read(page.next)
        yield page


def flat(pages: Iterator[Page[NotificationId]] | list[Page[NotificationId]]) -> list[NotificationId]:
    return [id for page in pages for id in page.items]
