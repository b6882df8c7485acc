"""The status of a notification, derived from its deliveries by one pure function."""

from collections.abc import Collection
from enum import StrEnum
from typing import Final

from chalicelib.domain.delivery import FAILURES, NEVER_SENT, OPEN, DeliveryStatus
from chalicelib.domain.state import NotificationState
from chalicelib.domain.words import Channel, Reason


class NotificationStatus(StrEnum):
    """What an API answer says of a notification; `READ` is shown instead of the derived status once it was read."""

    ACCEPTED = "accepted"
    SCHEDULED = "scheduled"
    QUEUED = "queued"
    SENT = "sent"
    DELIVERED = "delivered"
    PARTIAL = "partial"
    FAILED = "failed"
    UNKNOWN = "unknown"
    SUPPRESSED = "suppressed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    READ = "read"


def derive_status(state: NotificationState | None) -> NotificationStatus:
    """Return the status of a notification; without a state it is accepted and not yet decided.

    External channels decide: an in-app delivery, which is instant, counts alone only where no external
    delivery went out or is going to. Where nothing is for the recipient, it counts whether people on duty are asked.
    """
    if state is None:
        return NotificationStatus.ACCEPTED
    statuses = {channel: delivery.status for channel, delivery in state.deliveries.items()}
    wanted = {status for status in statuses.values() if status is not DeliveryStatus.SUPPRESSED}
    if not wanted - NEVER_SENT:
        return _nothing_went_out(state, wanted)
    went_out = {channel: status for channel, status in statuses.items() if status not in NEVER_SENT}
    external = [status for channel, status in went_out.items() if channel is not Channel.IN_APP]
    return _progress(external or list(went_out.values()), list(went_out.values()))


def shown_status(state: NotificationState | None) -> NotificationStatus:
    """Return the status to show: `read` once it was read, else the derived one."""
    if state is not None and state.read_at is not None:
        return NotificationStatus.READ
    return derive_status(state)


def _nothing_went_out(state: NotificationState, wanted: Collection[DeliveryStatus]) -> NotificationStatus:
    if not all(relay.ended for relay in state.relays):
        asked = any(relay.position for relay in state.relays)
        return NotificationStatus.SENT if asked else NotificationStatus.SCHEDULED
    if DeliveryStatus.CANCELLED in wanted or state.cancelled_at is not None:
        return NotificationStatus.CANCELLED
    if DeliveryStatus.EXPIRED in wanted or state.reason is Reason.EXPIRED:
        return NotificationStatus.EXPIRED
    return NotificationStatus.SUPPRESSED


def _progress(deciding: Collection[DeliveryStatus], everything: Collection[DeliveryStatus]) -> NotificationStatus:
    if any(status in OPEN for status in deciding):
        return _while_open(deciding, everything)
    if all(status in FAILURES for status in everything):
        return NotificationStatus.FAILED
    if any(status in FAILURES for status in deciding):
        return NotificationStatus.PARTIAL
    if all(status is DeliveryStatus.UNKNOWN for status in deciding):
        return NotificationStatus.UNKNOWN
    if all(status is DeliveryStatus.DELIVERED for status in deciding):
        return NotificationStatus.DELIVERED
    return NotificationStatus.SENT


def _while_open(deciding: Collection[DeliveryStatus], everything: Collection[DeliveryStatus]) -> NotificationStatus:
    """Return the status while something is still to be done. The inbox counts where all else waits for its time."""
    at_work = any(status in (DeliveryStatus.QUEUED, DeliveryStatus.SENDING) for status in deciding)
    if any(status in _OUT for status in (deciding if at_work else everything)):
        return NotificationStatus.SENT
    if all(status is DeliveryStatus.SCHEDULED for status in everything):
        return NotificationStatus.SCHEDULED
    return NotificationStatus.QUEUED


_OUT: Final = (DeliveryStatus.SENT, DeliveryStatus.DELIVERED)
