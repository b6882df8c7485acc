"""Stopping: how a delivery ends that is open, in nobody's hands, and not to be made any more."""

from chalicelib.domain.delivery import Delivery, DeliveryStatus
from chalicelib.domain.outcome import Ended
from chalicelib.domain.state import DeliveryChange, InFlight, NotificationState, stop_reason, stopped_status
from chalicelib.domain.value import Millis
from chalicelib.domain.words import Channel, Reason


def change_of_stopped(state: NotificationState, channel: Channel, now: Millis) -> DeliveryChange:
    """Return how an open delivery changes that was cancelled, read or has expired before it went out."""
    return change_of_refused(Ended(reason=stop_reason(state, now) or Reason.CANCELLED), state.deliveries[channel], now)


def change_of_refused(refusal: Ended, delivery: Delivery, now: Millis) -> DeliveryChange:
    """Return how an open delivery, in nobody's hands, ends for a reason that came up since it was decided."""
    failed = refusal.status is DeliveryStatus.FAILED
    return DeliveryChange(
        attempt=delivery.attempt,
        status=refusal.status if failed else stopped_status(delivery, refusal.reason),
        at=now,
        in_flight=InFlight.NO,
        reason=refusal.reason,
        detail=refusal.detail,
    )
