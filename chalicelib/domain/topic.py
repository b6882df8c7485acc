"""Topics: what a tenant's users subscribe to by name."""

from typing import Final

from chalicelib.domain.ids import TopicKey
from chalicelib.domain.value import Millis, Value

MOST_TOPICS: Final = 200
"""Topics that a user may subscribe to."""
SHARDS: Final = 32
"""Parts that the members of a topic lie in, so that many can be read and written at the same time."""


class TopicSubscription(Value, frozen=True):
    """A user's subscription to a topic, and since when."""

    topic: TopicKey
    subscribed_at: Millis
