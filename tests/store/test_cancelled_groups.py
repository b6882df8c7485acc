"""Groups: who belongs to them, and a tombstone that never moves back."""

import pytest

from chalicelib.domain.groups import CancelGroup
from chalicelib.domain.ids import NotificationId, derived_id
from chalicelib.domain.value import Millis
from tests.build import ACME, NOW
from tests.store.stores import Store

TTL = NOW // 1_000 + 86_400
KEY = CancelGroup("key", "order-42")


def ids(*names: str) -> list[NotificationId]:
    return [NotificationId(derived_id(name)) for name in names]


def test_a_group_that_nobody_named_has_no_members(store: Store) -> None:
    assert list(store.groups.members(ACME, KEY)) == []


def test_the_members_of_a_group_are_those_of_all_its_requests(store: Store) -> None:
    store.groups.add(ACME, KEY, ids("a", "b"), "request-1", TTL)
    store.groups.add(ACME, KEY, ids("c"), "request-2", TTL)
    assert sorted(store.groups.members(ACME, KEY)) == sorted(ids("a", "b", "c"))


def test_adding_a_request_again_changes_nothing(store: Store) -> None:
    for _ in range(2):
        store.groups.add(ACME, KEY, ids("a", "b"), "request-1", TTL)
    assert list(store.groups.members(ACME, KEY)) == ids("a", "b")


@pytest.mark.parametrize("other", [CancelGroup("batch", "order-42"), CancelGroup("key", "order-4")])
def test_groups_are_told_apart(store: Store, other: CancelGroup) -> None:
    store.groups.add(ACME, KEY, ids("a"), "request-1", TTL)
    assert list(store.groups.members(ACME, other)) == []


def test_a_request_of_many_recipients_is_found_whole(store: Store) -> None:
    many = ids(*map(str, range(1_000)))
    store.groups.add(ACME, KEY, many, "request-1", TTL)
    assert list(store.groups.members(ACME, KEY)) == many


@pytest.mark.parametrize("name", ["x" * 3_000, "über#%", "a b"])
def test_a_group_may_have_any_name(store: Store, name: str) -> None:
    group = CancelGroup("key", name)
    store.groups.add(ACME, group, ids("a"), "request-1", TTL)
    assert store.groups.cancel(ACME, group, NOW, TTL) == NOW
    assert list(store.groups.members(ACME, group)) == ids("a")


def test_a_tombstone_never_moves_back(store: Store) -> None:
    later, earlier = Millis(NOW + 5), Millis(NOW - 5)
    assert store.groups.cancel(ACME, KEY, NOW, TTL) == NOW
    assert store.groups.cancel(ACME, KEY, later, TTL) == later
    assert store.groups.cancel(ACME, KEY, earlier, TTL) == later
    assert store.groups.cancel(ACME, KEY, later, TTL) == later


def test_the_tombstones_of_many_groups_are_found_at_once(store: Store) -> None:
    keys = [CancelGroup("key", f"order-{number}") for number in range(120)]
    for number in (3, 119):
        store.groups.cancel(ACME, keys[number], Millis(NOW + number), TTL)
    assert store.groups.cancelled(ACME, keys) == {keys[3]: NOW + 3, keys[119]: NOW + 119}
    assert store.groups.cancelled(ACME, []) == {}
