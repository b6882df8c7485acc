"""A user's own subscriptions to topics."""

from typing import Self

from chalicelib import bootstrap
from chalicelib.api.call import Call
from chalicelib.api.models import Answer, Time
from chalicelib.api.path import topic_key
from chalicelib.api.reply import Reply
from chalicelib.api.route import Routes
from chalicelib.api.users_models import owner_of
from chalicelib.auth.permissions import Permission
from chalicelib.domain.errors import NotFoundError
from chalicelib.domain.topic import TopicSubscription

routes = Routes(__name__, tag="Topics")
TOPICS = "/api/v1/users/me/topics"
ONE = TOPICS + "/{topic}"


class TopicAnswer(Answer):
    """A topic that a user subscribed to."""

    topic: str
    subscribed_at: Time

    @classmethod
    def of(cls, subscription: TopicSubscription) -> Self:
        """Return what is shown of a subscription."""
        return cls(topic=subscription.topic, subscribed_at=subscription.subscribed_at)


class TopicList(Answer):
    """All topics that a user subscribed to, in order."""

    items: list[TopicAnswer]


@routes.add("GET", TOPICS, needs=Permission.OWN, summary="List the topics I subscribed to", answer=TopicList)
def list_topics(call: Call) -> TopicList:
    """Answer the caller's subscriptions."""
    subscriptions = bootstrap.subscribe_to_topics().list(owner_of(call))
    return TopicList(items=[TopicAnswer.of(subscription) for subscription in subscriptions])


@routes.add(
    "GET",
    ONE,
    needs=Permission.OWN,
    summary="See whether I subscribed to a topic",
    answer=TopicAnswer,
    raises=(NotFoundError,),
)
def get_topic(call: Call, topic: str) -> TopicAnswer:
    """Answer a subscription."""
    return TopicAnswer.of(bootstrap.subscribe_to_topics().get(owner_of(call), topic_key(topic)))


@routes.add(
    "PUT", ONE, needs=Permission.OWN, summary="Subscribe to a topic", answer=TopicAnswer, raises=(NotFoundError,)
)
def subscribe(call: Call, topic: str) -> Reply:
    """Subscribe to a topic. 201 when that is new."""
    subscribed = bootstrap.subscribe_to_topics().subscribe(owner_of(call), topic_key(topic), call.now)
    return Reply(TopicAnswer.of(subscribed[0]), status=201 if subscribed[1] else 200)


@routes.add(
    "DELETE",
    ONE,
    needs=Permission.OWN,
    summary="Subscribe no more to a topic",
    status=204,
    raises=(NotFoundError,),
)
def unsubscribe(call: Call, topic: str) -> None:
    """End a subscription."""
    bootstrap.subscribe_to_topics().unsubscribe(owner_of(call), topic_key(topic))
