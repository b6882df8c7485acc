"""Deliveries and attempts as answers show them."""

from typing import Any, Self

from chalicelib.api.models import Answer, Time
from chalicelib.domain.delivery import AttemptOutcome, Delivery, DeliveryStatus
from chalicelib.domain.state import NotificationState
from chalicelib.domain.words import Channel, Reason


class DeliveryAnswer(Answer):
    """One delivery. `error` is the reason it was not made, or ended the way it did."""

    channel: Channel
    status: DeliveryStatus
    attempt_count: int
    scheduled_for: Time | None
    sent_at: Time | None
    delivered_at: Time | None
    error: Reason | None

    @classmethod
    def of(cls, channel: Channel, delivery: Delivery) -> Self:
        """Return what is told of a delivery."""
        return cls(**_progress(channel, delivery))


class AttemptAnswer(Answer):
    """One call to one provider. `vendor_id` is the vendor's name for the message, `code` its word on a failure,
    `segments` how many parts a text message went out in.
    """

    number: int
    provider: str
    at: Time
    outcome: AttemptOutcome
    vendor_id: str | None
    code: str | None
    segments: int | None


class TrackedDelivery(DeliveryAnswer):
    """One delivery with its providers, in the order they are tried, and the attempts made."""

    providers: list[str]
    attempts: list[AttemptAnswer]

    @classmethod
    def of(cls, channel: Channel, delivery: Delivery) -> Self:
        """Return what is told of a delivery."""
        attempts = [AttemptAnswer.model_validate(attempt) for attempt in delivery.attempts]
        return cls(**_progress(channel, delivery), providers=list(delivery.providers), attempts=attempts)


def tracked(state: NotificationState | None) -> list[TrackedDelivery]:
    """Return the deliveries of a notification; none before it is decided."""
    deliveries = {} if state is None else state.deliveries
    return [TrackedDelivery.of(channel, delivery) for channel, delivery in deliveries.items()]


def _progress(channel: Channel, delivery: Delivery) -> dict[str, Any]:
    return {
        "channel": channel,
        "status": delivery.status,
        "attempt_count": delivery.calls,
        "scheduled_for": delivery.not_before or delivery.scheduled_for,
        "sent_at": delivery.sent_at,
        "delivered_at": delivery.delivered_at,
        "error": delivery.reason,
    }
