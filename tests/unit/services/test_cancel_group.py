"""Cancelling all of a key or batch: what is counted, what is passed over, what is left for the next call."""

from typing import Any

import pytest

from chalicelib.domain.content import Content
from chalicelib.domain.errors import NotFoundError
from chalicelib.domain.groups import CancelGroup
from chalicelib.domain.ids import NotificationId, RequestId, TenantId, UserId, derived_id
from chalicelib.domain.status import NotificationStatus, shown_status
from chalicelib.domain.value import Millis
from chalicelib.domain.words import Channel, Priority
from chalicelib.services.accept import Acceptance, IdempotencyKey
from chalicelib.services.cancel_group import AT_ONCE, Cancelled
from chalicelib.services.order import Order
from chalicelib.services.ports import NotificationRef
from tests.build import ACME, NOW, a_recipient
from tests.world import World

KEY = CancelGroup("key", "order-42")
LATER = Millis(NOW + 1_000)


def order(users: int = 1, **fields: Any) -> Order:
    recipients = tuple(a_recipient(user_id=UserId(f"u{number}")) for number in range(users))
    return Order(
        tenant=ACME,
        recipients=recipients,
        content=Content(body="Hello"),
        category="transactional",
        priority=Priority.MEDIUM,
        channels=(Channel.EMAIL,),
        **fields,
    )


def accept(world: World, wanted: Order, key: IdempotencyKey | None = None) -> Acceptance:
    return world.accept()(wanted, sent_by="service:orders", now=world.clock(), key=key)


def dispatch(world: World, *ids: NotificationId) -> None:
    for id in ids:
        world.dispatched(world.dispatch(), NotificationRef(ACME, id))


def statuses(world: World) -> list[NotificationStatus]:
    return [shown_status(world.rows.states.get(place)) for place in world.rows.requests]


def test_all_of_a_key_are_cancelled_decided_or_not() -> None:
    world = World()
    one = accept(world, order(cancellation_key="order-42"))
    accept(world, order(cancellation_key="order-42"))
    other = accept(world, order(cancellation_key="order-43"))
    dispatch(world, *one.ids, *other.ids)

    cancelled = world.cancel_groups()(ACME, KEY, NOW, LATER)

    assert cancelled == Cancelled(NOW, 2, complete=True)
    assert statuses(world) == [NotificationStatus.CANCELLED, NotificationStatus.CANCELLED, NotificationStatus.QUEUED]


def test_all_of_a_request_are_cancelled() -> None:
    world = World()
    sent = accept(world, order(users=3))
    accept(world, order(users=2))
    cancelled = world.cancel_groups()(ACME, CancelGroup("batch", sent.request_id), NOW, LATER)
    assert cancelled.count == 3
    assert statuses(world).count(NotificationStatus.CANCELLED) == 3


def test_what_went_out_is_not_counted_and_twice_is_as_good_as_once() -> None:
    world = World()
    gone = accept(world, order(cancellation_key="order-42"))
    accept(world, order(cancellation_key="order-42"))
    dispatch(world, *gone.ids)
    world.deliver()(NotificationRef(ACME, gone.ids[0]), Channel.EMAIL)

    first = world.cancel_groups()(ACME, KEY, NOW, LATER)
    again = world.cancel_groups()(ACME, KEY, NOW, LATER)

    assert first == again == Cancelled(NOW, 1, complete=True)


def test_a_key_that_nobody_used_is_cancelled_for_what_is_on_its_way() -> None:
    world = World()
    assert world.cancel_groups()(ACME, KEY, NOW, LATER) == Cancelled(NOW, 0, complete=True)
    sent = accept(world, order(cancellation_key="order-42"))
    dispatch(world, *sent.ids)
    assert statuses(world) == [NotificationStatus.CANCELLED]


@pytest.mark.parametrize("name", ["nothing", derived_id("none")])
def test_a_batch_that_is_none_is_not_found(name: str) -> None:
    world = World()
    with pytest.raises(NotFoundError):
        world.cancel_groups()(ACME, CancelGroup("batch", name), NOW, LATER)
    assert world.rows.tombstones == {}


def test_a_request_to_one_recipient_is_no_batch_and_costs_none() -> None:
    world = World()
    sent = accept(world, order())
    assert world.rows.members == {}
    with pytest.raises(NotFoundError):
        world.cancel_groups()(ACME, CancelGroup("batch", sent.request_id), NOW, LATER)


def test_another_tenants_batch_is_not_found_and_its_key_is_its_own() -> None:
    world = World()
    sent = accept(world, order(users=2, cancellation_key="order-42"))
    eve = TenantId("eve")
    with pytest.raises(NotFoundError):
        world.cancel_groups()(eve, CancelGroup("batch", sent.request_id), NOW, LATER)
    assert world.cancel_groups()(eve, KEY, NOW, LATER).count == 0
    dispatch(world, *sent.ids)
    assert statuses(world) == [NotificationStatus.QUEUED] * 2


def test_a_repeated_request_is_in_its_groups_once() -> None:
    world, key = World(), IdempotencyKey("send", "k", "h")
    wanted = order(users=2, cancellation_key="order-42")
    first, again = accept(world, wanted, key), accept(world, wanted, key)
    assert again.ids == first.ids
    assert sorted(world.store.groups.members(ACME, KEY)) == sorted(first.ids)
    assert {request.batch for request in world.rows.requests.values()} == {first.request_id}


def test_a_completed_request_is_in_its_groups_whole() -> None:
    world, key = World(), IdempotencyKey("send", "k", "h")
    wanted = order(users=3, cancellation_key="order-42")
    first = accept(world, wanted, key)
    del world.rows.requests[ACME, first.ids[1]]
    world.rows.members.clear()
    world.clock.advance(60_000)
    accept(world, wanted, key)
    assert sorted(world.store.groups.members(ACME, KEY)) == sorted(first.ids)


def test_what_takes_too_long_is_left_for_the_next_call_and_goes_out_no_more() -> None:
    world = World()
    sent = [accept(world, order(cancellation_key="order-42")) for _ in range(AT_ONCE + 1)]

    partly = world.cancel_groups()(ACME, KEY, NOW, NOW)
    dispatch(world, *(acceptance.ids[0] for acceptance in sent))
    at_the_limit = world.cancel_groups()(ACME, KEY, NOW, LATER)

    assert partly == Cancelled(NOW, AT_ONCE, complete=False)
    assert at_the_limit == Cancelled(NOW, AT_ONCE + 1, complete=True)
    assert set(statuses(world)) == {NotificationStatus.CANCELLED}
    assert world.queues.lanes[Channel.EMAIL] == []


def test_a_member_whose_request_is_not_stored_is_passed_over() -> None:
    world = World()
    world.store.groups.add(ACME, KEY, [NotificationId(derived_id("x"))], RequestId("r"), 0)
    assert world.cancel_groups()(ACME, KEY, NOW, LATER) == Cancelled(NOW, 0, complete=True)
