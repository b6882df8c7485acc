"""Topics that users subscribe to."""

from dataclasses import dataclass

from chalicelib.domain.errors import Fault, InvalidInputError, NotFoundError
from chalicelib.domain.ids import TopicKey
from chalicelib.domain.topic import MOST_TOPICS, TopicSubscription
from chalicelib.domain.value import Millis
from chalicelib.services.notification import Owner
from chalicelib.services.ports import Topics


@dataclass(frozen=True, slots=True)
class SubscribeToTopics:
    """The use case: a user begins and ends their own subscriptions."""

    topics: Topics

    def subscribe(self, owner: Owner, topic: TopicKey, now: Millis) -> tuple[TopicSubscription, bool]:
        """Subscribe to a topic; return the subscription, and whether it is new: who has one keeps it as it is.

        Raises InvalidInputError when there are too many; those who begin several at once may get some more.
        """
        stored = self.list(owner)
        found = next((subscription for subscription in stored if subscription.topic == topic), None)
        if found is not None:
            return found, False
        if len(stored) >= MOST_TOPICS:
            detail = f"at most {MOST_TOPICS} topics are possible"
            raise InvalidInputError(faults=[Fault(pointer="", code="too_many", detail=detail)])
        new = TopicSubscription(topic=topic, subscribed_at=now)
        self.topics.subscribe(owner.tenant, owner.user_type, owner.user_id, new)
        return new, True

    def list(self, owner: Owner) -> tuple[TopicSubscription, ...]:
        """Return all subscriptions of a user, in order of topic."""
        return self.topics.list(owner.tenant, owner.user_type, owner.user_id)

    def get(self, owner: Owner, topic: TopicKey) -> TopicSubscription:
        """Return a subscription; raises NotFoundError when there is none."""
        found = self.topics.get(owner.tenant, owner.user_type, owner.user_id, topic)
        if found is None:
            raise NotFoundError
        return found

    def unsubscribe(self, owner: Owner, topic: TopicKey) -> None:
        """End a subscription; raises NotFoundError when there is none."""
        self.get(owner, topic)
        self.topics.unsubscribe(owner.tenant, owner.user_type, owner.user_id, topic)
