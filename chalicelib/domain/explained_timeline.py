"""What happened to a notification, and what is to come, in the order of time."""

from collections.abc import Iterator, Sequence

from chalicelib.domain.delivery import Attempt, AttemptOutcome, Delivery, DeliveryStatus
from chalicelib.domain.explained_relays import ExplainedRelay
from chalicelib.domain.reasons import ON
from chalicelib.domain.request import NotificationRequest
from chalicelib.domain.state import NotificationState
from chalicelib.domain.value import Millis, Value
from chalicelib.domain.words import Channel


class Moment(Value, frozen=True):
    """Something that happened, or is to happen, at a time."""

    at: Millis
    text: str


def timeline(
    request: NotificationRequest, state: NotificationState | None, relays: Sequence[ExplainedRelay] = ()
) -> tuple[Moment, ...]:
    """Return what is known of a notification's way, past and planned, earliest first."""
    moments = [Moment(at=request.accepted_at, text=f"Accepted from {request.sent_by}.")]
    if request.send_at is not None:
        moments.append(Moment(at=request.send_at, text="The start that the sender chose."))
    if state is not None:
        moments += _marks(state)
        for channel, delivery in state.deliveries.items():
            moments += _of_delivery(channel, delivery)
    for relay in relays:
        moments += (
            Moment(at=asked.at, text=f"{asked.user_type}/{asked.user_id} on duty by “{relay.rota}” was asked.")
            for asked in relay.asked
        )
    return tuple(sorted(moments, key=lambda moment: moment.at))


def _marks(state: NotificationState) -> Iterator[Moment]:
    marks = {
        "Read.": state.read_at,
        "The e-mail was opened.": state.opened_at,
        "A link in the e-mail was followed.": state.clicked_at,
        "Acknowledged.": state.acknowledged_at,
        "Archived by the recipient.": state.archived_at,
        "Deleted by the recipient.": state.deleted_at,
        "Cancelled.": state.cancelled_at,
        "Expires.": state.expires_at,
    }
    return (Moment(at=at, text=text) for text, at in marks.items() if at is not None)


def _of_delivery(channel: Channel, delivery: Delivery) -> Iterator[Moment]:
    for attempt in delivery.attempts:
        yield Moment(at=attempt.at, text=_attempt(channel, attempt))
    if delivery.delivered_at is not None:
        yield Moment(at=delivery.delivered_at, text=f"Delivered {ON[channel]}.")
    if delivery.status is DeliveryStatus.SCHEDULED and delivery.not_before is not None:
        yield Moment(at=delivery.not_before, text=f"Due {ON[channel]}.")


def _attempt(channel: Channel, attempt: Attempt) -> str:
    code = f" ({attempt.code})" if attempt.code else ""
    vendor_id = f", as {attempt.vendor_id}" if attempt.vendor_id else ""
    trials = f", the {attempt.trials} times in a row that it was tried out" if attempt.trials > 1 else ""
    outcome = _OUTCOMES[attempt.outcome]
    return f"Attempt {attempt.number} {ON[channel]}: {attempt.provider} {outcome}{code}{vendor_id}{trials}."


_OUTCOMES = {
    AttemptOutcome.ACCEPTED: "took it",
    AttemptOutcome.RETRIABLE: "could not take it at that moment",
    AttemptOutcome.PERMANENT: "refused it for good",
    AttemptOutcome.MISCONFIGURED: "could not make it, by its settings or by what it is able to",
    AttemptOutcome.UNKNOWN: "did not say whether it took it",
}
