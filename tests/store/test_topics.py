"""Subscriptions to topics, seen from the user and from the topic, on every store."""

from msgspec.structs import replace

from chalicelib.domain.ids import TopicKey, UserId, UserType
from chalicelib.domain.topic import SHARDS, TopicSubscription
from chalicelib.domain.value import Millis
from tests.build import ACME, NOW
from tests.store.stores import Store

ANN = (UserType("customer"), UserId("ann@example.com"))
BOB = (UserType("driver"), UserId("bob|1"))
NEWS = TopicSubscription(topic=TopicKey("news"), subscribed_at=NOW)
SPORTS = TopicSubscription(topic=TopicKey("news.sports"), subscribed_at=NOW)


def members(store: Store, topic: TopicKey) -> dict[tuple[UserType, UserId], int]:
    """Return the members of a topic and the shards they are in."""
    return {member: shard for shard in range(SHARDS) for member in store.topics.members(ACME, topic, shard)}


def test_nobody_is_subscribed_at_first(store: Store) -> None:
    assert store.topics.list(ACME, *ANN) == ()
    assert store.topics.get(ACME, *ANN, NEWS.topic) is None
    assert members(store, NEWS.topic) == {}


def test_a_subscription_is_seen_from_both_sides(store: Store) -> None:
    for subscription in (SPORTS, NEWS):
        store.topics.subscribe(ACME, *ANN, subscription)
    store.topics.subscribe(ACME, *BOB, NEWS)
    assert store.topics.list(ACME, *ANN) == (NEWS, SPORTS)
    assert store.topics.get(ACME, *ANN, SPORTS.topic) == SPORTS
    assert members(store, NEWS.topic).keys() == {ANN, BOB}
    assert members(store, SPORTS.topic).keys() == {ANN}


def test_whoever_subscribes_twice_is_a_member_once(store: Store) -> None:
    later = replace(NEWS, subscribed_at=Millis(NOW + 1))
    for subscription in (NEWS, later):
        store.topics.subscribe(ACME, *ANN, subscription)
    assert store.topics.list(ACME, *ANN) == (later,)
    assert list(members(store, NEWS.topic)) == [ANN]


def test_who_has_left_is_gone_from_both_sides_and_leaving_again_changes_nothing(store: Store) -> None:
    for user in (ANN, BOB):
        store.topics.subscribe(ACME, *user, NEWS)
    for _ in range(2):
        store.topics.unsubscribe(ACME, *ANN, NEWS.topic)
        assert store.topics.get(ACME, *ANN, NEWS.topic) is None
        assert members(store, NEWS.topic).keys() == {BOB}


def test_members_are_spread_over_the_shards(store: Store) -> None:
    for number in range(60):
        store.topics.subscribe(ACME, UserType("customer"), UserId(f"u{number}"), NEWS)
    found = members(store, NEWS.topic)
    assert len(found) == 60
    assert len(set(found.values())) > SHARDS // 2
