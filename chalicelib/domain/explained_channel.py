"""One channel of a notification in a sentence: what became of the message there, when and why."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import msgspec

from chalicelib.domain.breaker import Circuit, Phase
from chalicelib.domain.delivery import Attempt, Delivery, DeliveryStatus, Detail
from chalicelib.domain.digest import digest_id
from chalicelib.domain.events import iso8601
from chalicelib.domain.ids import ProviderId
from chalicelib.domain.reasons import in_words
from chalicelib.domain.state import NotificationState
from chalicelib.domain.value import Millis, Value
from chalicelib.domain.words import Channel, Reason


class ExplainedChannel(Value, frozen=True):
    """What became of one channel. `scheduled_for` is when it was planned for, `held` why later than it would have been;
    `providers` are in the order they are tried; `text` says all of it to a person.
    """

    channel: Channel
    status: DeliveryStatus
    text: str
    reason: Reason | None = None
    detail: Detail | None = None
    scheduled_for: Millis | None = None
    held: Reason | None = None
    providers: tuple[ProviderId, ...] = ()
    attempts: tuple[Attempt, ...] = ()


class _Seen(Value, frozen=True):
    """A delivery, the notification it belongs to, and when it is looked at; since when which providers are not called
    because their calls failed.
    """

    state: NotificationState
    channel: Channel
    delivery: Delivery
    now: Millis
    shut: Mapping[ProviderId, Millis] = msgspec.field(default_factory=dict)

    @property
    def is_inbox(self) -> bool:
        return self.channel is Channel.IN_APP

    @property
    def provider(self) -> str:
        """The provider of the last attempt, or else the one whose turn it is."""
        last = self.delivery.last_attempt
        return self.following if last is None else last.provider

    @property
    def following(self) -> str:
        """The provider whose turn it is."""
        delivery = self.delivery
        return delivery.providers[delivery.provider] if delivery.provider < len(delivery.providers) else "its provider"


def explain_channel(
    state: NotificationState, channel: Channel, now: Millis, circuits: Sequence[Circuit] = ()
) -> ExplainedChannel:
    """Return what became of a notification on one of its channels, as seen at `now`; `circuits` are what is known then
    of the health of its providers.
    """
    delivery = state.deliveries[channel]
    shut = {circuit.provider: circuit.down_since or circuit.at for circuit in circuits if circuit.phase is Phase.OPEN}
    seen = _Seen(state=state, channel=channel, delivery=delivery, now=now, shut=shut)
    plan = in_words(None, delivery.detail) if delivery.reason is None else None
    return ExplainedChannel(
        channel=channel,
        status=delivery.status,
        text=_SENTENCES[delivery.status](seen) + _passed_over(delivery) + (f" ({plan})." if plan else "."),
        reason=delivery.reason,
        detail=delivery.detail,
        scheduled_for=delivery.scheduled_for,
        held=delivery.held,
        providers=delivery.providers,
        attempts=delivery.attempts,
    )


def why(state: NotificationState, delivery: Delivery) -> str:
    """Return why a delivery ended as it did, with the time of what ended it, as a clause."""
    said = in_words(delivery.reason, delivery.detail) or "the decision does not say why"
    at = ended_by(state, delivery.reason)
    if delivery.reason is Reason.DIGESTED and state.digest is not None:
        return f"{said}: notification {digest_id(state.tenant, state.digest)}, once its window has closed"
    return said if at is None else f"{said} ({iso8601(at)})"


def ended_by(state: NotificationState, reason: Reason | None) -> Millis | None:
    """Return when that happened which a delivery was stopped for, as far as the state tells."""
    match reason:
        case Reason.READ:
            return state.read_at
        case Reason.ACKNOWLEDGED:
            return state.acknowledged_at
        case Reason.CANCELLED:
            return state.cancelled_at
        case Reason.EXPIRED:
            return state.expires_at
        case Reason.DELIVERED:
            arrivals = (delivery.delivered_at for delivery in state.deliveries.values())
            return min((at for at in (*arrivals, state.read_at) if at is not None), default=None)
    return None


def _scheduled(seen: _Seen) -> str:
    due, held = seen.delivery.not_before, in_words(seen.delivery.held)
    if due is None or due <= seen.now:
        return "Due now: it is about to go out"
    return f"Waits until {iso8601(due)}" + (f": {held}" if held else "")


def _queued(seen: _Seen) -> str:
    if seen.is_inbox:
        return "Is about to be put into the inbox"
    return f"Waits in the queue to be sent by {seen.following}{_left_alone(seen)}"


def _sending(seen: _Seen) -> str:
    delivery = seen.delivery
    if delivery.lease is not None and delivery.lease > seen.now:
        return f"{seen.following} is being called at this moment"
    if delivery.lease is not None:
        return f"A call to {seen.following} began and was not reported on; it will be called unknown"
    at = f" at {iso8601(delivery.not_before)}" if delivery.not_before is not None else ""
    return f"{_tries(delivery)} failed{_last_word(delivery)}; {seen.following} is tried next{at}{_left_alone(seen)}"


def _unknown(seen: _Seen) -> str:
    return f"May have been sent by {seen.provider}, or not: {why(seen.state, seen.delivery)}"


def _sent(seen: _Seen) -> str:
    return f"Sent: {seen.provider} took it{_at(seen.delivery.sent_at)}, and has not reported yet whether it arrived"


def _delivered(seen: _Seen) -> str:
    if seen.is_inbox:
        return f"Lies in the inbox{_since(seen.delivery.delivered_at)}"
    return f"Delivered{_at(seen.delivery.delivered_at)}, as {seen.provider} reports"


def _failed(seen: _Seen) -> str:
    tried = f"Failed after {_tries(seen.delivery)}" if seen.delivery.calls else "Failed"
    return f"{tried}: {why(seen.state, seen.delivery)}{_last_word(seen.delivery)}"


def _bounced(seen: _Seen) -> str:
    return f"{seen.provider} took it{_at(seen.delivery.sent_at)} and reported later that it could not be delivered"


def _not_sent(seen: _Seen) -> str:
    return f"Not sent: {why(seen.state, seen.delivery)}"


_SENTENCES: Final[Mapping[DeliveryStatus, Callable[[_Seen], str]]] = {
    DeliveryStatus.SCHEDULED: _scheduled,
    DeliveryStatus.QUEUED: _queued,
    DeliveryStatus.SENDING: _sending,
    DeliveryStatus.UNKNOWN: _unknown,
    DeliveryStatus.SENT: _sent,
    DeliveryStatus.FAILED: _failed,
    DeliveryStatus.DELIVERED: _delivered,
    DeliveryStatus.BOUNCED: _bounced,
    DeliveryStatus.SUPPRESSED: _not_sent,
    DeliveryStatus.CANCELLED: _not_sent,
    DeliveryStatus.EXPIRED: _not_sent,
}


def _left_alone(seen: _Seen) -> str:
    since = seen.shut.get(ProviderId(seen.following))
    return "" if since is None else f", whose circuit is open since {iso8601(since)} because calls to it failed"


def _passed_over(delivery: Delivery) -> str:
    """Return who came before the provider that was called last, and was not called."""
    last, called = delivery.last_attempt, {attempt.provider for attempt in delivery.attempts}
    if last is None or last.provider not in delivery.providers:
        return ""
    before = delivery.providers[: delivery.providers.index(last.provider)]
    passed = " and ".join(provider for provider in before if provider not in called)
    return f"; {passed} was passed over because calls to it were failing" if passed else ""


def _tries(delivery: Delivery) -> str:
    return "1 attempt" if delivery.calls == 1 else f"{delivery.calls} attempts"


def _last_word(delivery: Delivery) -> str:
    last = delivery.last_attempt
    return "" if last is None or last.code is None else f" ({last.code})"


def _at(at: Millis | None) -> str:
    return "" if at is None else f" at {iso8601(at)}"


def _since(at: Millis | None) -> str:
    return "" if at is None else f" since {iso8601(at)}"
