"""What became of a notification, and why she did not get it, in words that a support person can read."""

from collections.abc import Collection, Iterator, Sequence

from chalicelib.domain.breaker import Circuit
from chalicelib.domain.delivery import OPEN, Delivery, DeliveryStatus
from chalicelib.domain.events import iso8601
from chalicelib.domain.explained_channel import ExplainedChannel, explain_channel, why
from chalicelib.domain.explained_facts import Fact, explain_facts
from chalicelib.domain.explained_relays import Child, ExplainedRelay, explain_relays
from chalicelib.domain.explained_timeline import Moment, timeline
from chalicelib.domain.ids import NotificationId
from chalicelib.domain.reasons import ON, in_words
from chalicelib.domain.request import NotificationRequest
from chalicelib.domain.state import NotificationState
from chalicelib.domain.status import NotificationStatus, shown_status
from chalicelib.domain.value import Millis, Value
from chalicelib.domain.words import Channel, Reason


class Explanation(Value, frozen=True):
    """The decision record of a notification and its story. `summary` says first whether it was received, then why."""

    id: NotificationId
    status: NotificationStatus
    summary: str
    facts: tuple[Fact, ...]
    channels: tuple[ExplainedChannel, ...]
    relays: tuple[ExplainedRelay, ...]
    timeline: tuple[Moment, ...]


def explain(
    request: NotificationRequest,
    state: NotificationState | None,
    now: Millis,
    *,
    starts_at: Millis | None = None,
    children: Sequence[Child] = (),
    circuits: Sequence[Circuit] = (),
) -> Explanation:
    """Return the explanation of a notification as it stands at `now`.

    `starts_at` is when one that is not decided begins, where that is later; `children` are what its relays sent,
    `circuits` what is known of the health of its tenant's providers.
    """
    relays = () if state is None else explain_relays(state, children, now)
    return Explanation(
        id=request.id,
        status=shown_status(state),
        summary=_undecided(starts_at, now) if state is None else " ".join(_told(state)),
        facts=explain_facts(request, state),
        channels=()
        if state is None
        else tuple(explain_channel(state, channel, now, circuits) for channel in state.deliveries),
        relays=relays,
        timeline=timeline(request, state, relays),
    )


def _undecided(starts_at: Millis | None, now: Millis) -> str:
    if starts_at is not None and starts_at > now:
        return f"It has not been sent yet: it begins at {iso8601(starts_at)}, and what is sent is decided then."
    return "It has not been sent yet: it was accepted, and is about to be decided."


def _told(state: NotificationState) -> Iterator[str]:
    if state.reason is not None:
        yield f"Nothing was sent: {_refusal(state)}."
        return
    arrived = _on(state, DeliveryStatus.DELIVERED)
    handed_over = _on(state, DeliveryStatus.SENT)
    yield _headline(state, arrived, handed_over)
    if arrived and handed_over:
        yield f"It was also sent {_channels(handed_over)}; whether that arrived was not reported yet."
    if state.read_at is not None:
        yield f"It was read at {iso8601(state.read_at)}."
    if state.acknowledged_at is not None:
        yield f"It was acknowledged at {iso8601(state.acknowledged_at)}."
    yield from _missed(state)


def _headline(state: NotificationState, arrived: list[Channel], handed_over: list[Channel]) -> str:
    if arrived == [Channel.IN_APP] and state.read_at is None:
        return "It lies in the recipient's inbox and was not read yet."
    if arrived:
        return f"It reached the recipient {_channels(arrived)}."
    if handed_over:
        return f"It was sent {_channels(handed_over)}; whether it arrived was not reported yet."
    said = _nothing_arrived(state.deliveries.values())
    if not state.relays:
        return said
    asked = sum(relay.position for relay in state.relays)
    return f"{said.removesuffix('.')}; {asked} on duty {'was' if asked == 1 else 'were'} asked."


def _nothing_arrived(deliveries: Collection[Delivery]) -> str:
    statuses = {delivery.status for delivery in deliveries}
    if DeliveryStatus.UNKNOWN in statuses:
        return "Nobody can tell whether it reached the recipient."
    if any(status in OPEN for status in statuses):
        return "It has not reached the recipient yet."
    if any(delivery.reason is Reason.DIGESTED for delivery in deliveries):
        return "It is not sent by itself."
    return "It did not reach the recipient."


def _missed(state: NotificationState) -> Iterator[str]:
    """Yield a sentence on each channel that it did not go out on, and on each that is to come."""
    for channel, delivery in state.deliveries.items():
        if delivery.status in OPEN:
            yield _to_come(channel, delivery)
        elif delivery.status not in (DeliveryStatus.SENT, DeliveryStatus.DELIVERED):
            yield f"{_HOW_IT_ENDED.get(delivery.status, 'Not')} {ON[channel]}: {_ended(state, delivery)}."


def _to_come(channel: Channel, delivery: Delivery) -> str:
    at = delivery.not_before
    held = in_words(delivery.held)
    when = "soon" if at is None else f"at {iso8601(at)}" + (f" ({held})" if held else "")
    return f"Still to come {ON[channel]}, {when}."


def _ended(state: NotificationState, delivery: Delivery) -> str:
    if delivery.status is DeliveryStatus.BOUNCED:
        return "the provider reported that it could not be delivered"
    return why(state, delivery)


_HOW_IT_ENDED = {DeliveryStatus.FAILED: "It failed", DeliveryStatus.UNKNOWN: "Perhaps"}


def _refusal(state: NotificationState) -> str:
    return why(state, Delivery(status=DeliveryStatus.SUPPRESSED, reason=state.reason))


def _on(state: NotificationState, status: DeliveryStatus) -> list[Channel]:
    return [channel for channel, delivery in state.deliveries.items() if delivery.status is status]


def _channels(channels: Sequence[Channel]) -> str:
    *others, last = (ON[channel] for channel in channels)
    return f"{', '.join(others)} and {last}" if others else last
