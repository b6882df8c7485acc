"""What is known before a decision and before a call: the list, the groups, what the person chose and was sent."""

from collections.abc import Callable, Mapping

import pytest

from chalicelib.domain.allowance import Taking, Usage, mark_of
from chalicelib.domain.groups import CancelGroup
from chalicelib.domain.ids import RequestId
from chalicelib.domain.preferences import Preferences
from chalicelib.domain.request import NotificationRequest
from chalicelib.domain.suppression import Suppression, SuppressionReason
from chalicelib.domain.value import Millis
from chalicelib.domain.words import Channel
from chalicelib.services.ports import Background
from tests.build import ACME, ID, NOW, a_request
from tests.store.stores import Store

TTL = NOW // 1_000 + 86_400
ADDRESSES = {Channel.EMAIL: "ann@example.com", Channel.SMS: "+14155550100"}
Read = Callable[[Store, NotificationRequest, Mapping[Channel, str]], Background]
NOTHING = Background(preferences=Preferences(), usage=Usage(), suppressed={})


@pytest.fixture(params=["when_deciding", "when_sending"])
def read(request: pytest.FixtureRequest) -> Read:
    """Either way to read a background."""
    name: str = request.param
    return lambda store, asked, addresses: getattr(store.backgrounds, name)(asked, addresses)


def suppression(channel: Channel, address: str) -> Suppression:
    return Suppression(channel=channel, address=address, reason=SuppressionReason.MANUAL, created_at=NOW)


def test_of_somebody_of_whom_nothing_is_stored_nothing_is_known(store: Store, read: Read) -> None:
    assert read(store, a_request(), ADDRESSES) == NOTHING
    assert read(store, a_request(), {}) == NOTHING


def test_the_channels_are_told_whose_address_is_on_the_list(store: Store, read: Read) -> None:
    store.suppressions.put(ACME, suppression(Channel.EMAIL, "ann@example.com"))
    store.suppressions.put(ACME, suppression(Channel.SMS, "+14155550199"))
    found = read(store, a_request(), ADDRESSES | {Channel.EMAIL: "Ann@Example.com"})
    assert found.suppressed == {Channel.EMAIL: suppression(Channel.EMAIL, "ann@example.com")}


def test_a_channel_that_is_not_asked_about_is_not_told_of(store: Store, read: Read) -> None:
    store.suppressions.put(ACME, suppression(Channel.EMAIL, "ann@example.com"))
    assert read(store, a_request(), {Channel.SMS: "+14155550100"}) == NOTHING


GROUPS = {
    "its key": (CancelGroup("key", "order-42"), True),
    "its batch": (CancelGroup("batch", "batch-1"), True),
    "another key": (CancelGroup("key", "order-43"), False),
    "a key of the name of its batch": (CancelGroup("key", "batch-1"), False),
}


@pytest.mark.parametrize("name", GROUPS)
def test_a_tombstone_counts_for_the_requests_of_its_group(store: Store, read: Read, name: str) -> None:
    group, counts = GROUPS[name]
    store.groups.cancel(ACME, group, NOW, TTL)
    asked = a_request(cancellation_key="order-42", batch=RequestId("batch-1"))
    assert read(store, asked, ADDRESSES).cancelled_at == (NOW if counts else None)


def test_a_request_of_no_group_is_not_cancelled_with_any(store: Store, read: Read) -> None:
    store.groups.cancel(ACME, CancelGroup("key", "order-42"), NOW, TTL)
    assert read(store, a_request(), ADDRESSES).cancelled_at is None


@pytest.mark.parametrize(("after", "counts"), [(-1, False), (0, True), (1, True)])
def test_a_tombstone_counts_for_what_was_accepted_until_then(
    store: Store, read: Read, after: int, *, counts: bool
) -> None:
    at = Millis(NOW + after)
    store.groups.cancel(ACME, CancelGroup("key", "order-42"), at, TTL)
    found = read(store, a_request(cancellation_key="order-42", accepted_at=NOW), ADDRESSES)
    assert found.cancelled_at == (at if counts else None)


def test_of_two_tombstones_the_later_counts(store: Store, read: Read) -> None:
    store.groups.cancel(ACME, CancelGroup("key", "order-42"), Millis(NOW + 7), TTL)
    store.groups.cancel(ACME, CancelGroup("batch", "batch-1"), Millis(NOW + 3), TTL)
    asked = a_request(cancellation_key="order-42", batch=RequestId("batch-1"))
    assert read(store, asked, ADDRESSES).cancelled_at == NOW + 7


def test_what_the_person_chose_is_known(store: Store, read: Read) -> None:
    asked = a_request()
    chosen = store.preferences.put(
        ACME, asked.recipient.user_type, asked.recipient.user_id, Preferences(channels={Channel.SMS: False})
    )
    assert read(store, asked, ADDRESSES).preferences == chosen


def test_what_the_person_was_sent_is_known_when_deciding_alone(store: Store) -> None:
    asked = a_request()
    used = Usage(taken={Channel.EMAIL: (Taking(mark=mark_of(ID), at=NOW),)}, version=1)
    store.usages.put(ACME, asked.recipient.user_type, asked.recipient.user_id, used, TTL)
    assert store.backgrounds.when_deciding(asked, ADDRESSES).usage == used
    assert store.backgrounds.when_sending(asked, ADDRESSES).usage == Usage()
