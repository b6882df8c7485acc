"""Why a notification was, or was not, received, as answers tell it."""

from chalicelib.api.delivery_answers import AttemptAnswer
from chalicelib.api.models import Answer, Time
from chalicelib.domain.delivery import DeliveryStatus, Detail
from chalicelib.domain.status import NotificationStatus
from chalicelib.domain.words import Channel, Reason


class FactAnswer(Answer):
    """One fact that the decision rested on; `name` says what it is about, in a word that stays the same."""

    name: str
    text: str


class ExplainedChannelAnswer(Answer):
    """One channel: a sentence, and what it says for programs. `held` is why it waits longer than its plan says."""

    channel: Channel
    status: DeliveryStatus
    text: str
    reason: Reason | None
    detail: Detail | None
    scheduled_for: Time | None
    held: Reason | None
    providers: list[str]
    attempts: list[AttemptAnswer]


class AskedAnswer(Answer):
    """Somebody on duty who was told, by a notification of their own."""

    id: str
    user_type: str
    user_id: str
    at: Time
    status: NotificationStatus
    acknowledged_at: Time | None


class ExplainedRelayAnswer(Answer):
    """A step to those on duty by a rota: who was asked, in order."""

    rota: str
    channels: list[Channel]
    text: str
    asked: list[AskedAnswer]


class MomentAnswer(Answer):
    """Something that happened, or is to happen."""

    at: Time
    text: str


class ExplanationAnswer(Answer):
    """The decision record of a notification and its story. `summary` says whether it was received, and why."""

    id: str
    status: NotificationStatus
    summary: str
    facts: list[FactAnswer]
    channels: list[ExplainedChannelAnswer]
    relays: list[ExplainedRelayAnswer]
    timeline: list[MomentAnswer]
