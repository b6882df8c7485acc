"""Who subscribed to what: a row of the user's and one of the topic's, written together."""

from collections.abc import Iterator

from chalicelib.domain.ids import TenantId, TopicKey, UserId, UserType
from chalicelib.domain.topic import TopicSubscription
from chalicelib.store import access_patterns as keys
from chalicelib.store.models import TopicSubscriptionItem
from chalicelib.store.packing import pack, unpack
from chalicelib.store.table import Table


class TopicRows:
    """`ports.Topics` in the table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def subscribe(
        self, tenant: TenantId, user_type: UserType, user_id: UserId, subscription: TopicSubscription
    ) -> None:
        """Make a user a member of a topic, or replace since when they are."""
        user = (user_type, user_id)
        places = (
            keys.topic_subscription(tenant, *user, subscription.topic),
            keys.topic_member(tenant, subscription.topic, *user),
        )
        self._table.transact(puts=[(TopicSubscriptionItem(*key, body=pack(subscription)), None) for key in places])

    def get(self, tenant: TenantId, user_type: UserType, user_id: UserId, topic: TopicKey) -> TopicSubscription | None:
        """Return a user's subscription to a topic."""
        item = self._table.get(TopicSubscriptionItem, keys.topic_subscription(tenant, user_type, user_id, topic))
        return unpack(item.body, TopicSubscription) if item else None

    def list(self, tenant: TenantId, user_type: UserType, user_id: UserId) -> tuple[TopicSubscription, ...]:
        """Return all subscriptions of a user, in order of topic."""
        rows = self._table.query(keys.all_topic_subscriptions(tenant, user_type, user_id))
        return tuple(unpack(TopicSubscriptionItem.from_raw_data(row).body, TopicSubscription) for row in rows)

    def unsubscribe(self, tenant: TenantId, user_type: UserType, user_id: UserId, topic: TopicKey) -> None:
        """End a subscription; does nothing where there is none."""
        user = (user_type, user_id)
        self._table.transact(
            deletes=[keys.topic_subscription(tenant, *user, topic), keys.topic_member(tenant, topic, *user)]
        )

    def members(self, tenant: TenantId, topic: TopicKey, shard: int) -> Iterator[tuple[UserType, UserId]]:
        """Yield the members of a topic in one of its shards, in order."""
        for row in self._table.query(keys.topic_members(tenant, topic, shard)):
            yield keys.member_in(row["SK"]["S"])
