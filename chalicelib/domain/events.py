"""Domain events: what the outside world is told of a notification, derived from two of its states.

Ids are deterministic and `sequence` is the version of the state, so a consumer can drop what comes twice and order
what comes late. Many notifications of a tenant share one event, unless the tenant wants one event each.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from chalicelib.domain.delivery import Delivery, DeliveryStatus
from chalicelib.domain.ids import NotificationId, TenantId, UserId, UserType, derived_id
from chalicelib.domain.state import NotificationState
from chalicelib.domain.tenant import EventMode
from chalicelib.domain.value import Millis, Value
from chalicelib.domain.wire import to_json
from chalicelib.domain.words import Channel

MAX_DETAIL: Final = 60_000
"""Bytes of detail in one event: below the 64 KB that EventBridge counts as one, with room for its envelope."""

EVENT_OF_STATUS: Final = {
    DeliveryStatus.QUEUED: "notification.queued",
    DeliveryStatus.SENT: "notification.sent",
    DeliveryStatus.DELIVERED: "notification.delivered",
    DeliveryStatus.FAILED: "notification.failed",
}
READ: Final = "notification.read"


class Occurrence(Value, frozen=True):
    """One thing that happened to one notification, on one channel or (read) on none."""

    event_id: str
    notification_id: NotificationId
    user_type: UserType
    user_id: UserId
    category: str
    occurred_at: str
    sequence: int
    type: str | None = None
    channel: Channel | None = None
    status: DeliveryStatus | None = None
    attempt: int | None = None
    provider: str | None = None
    vendor_id: str | None = None
    reason: str | None = None


class BusEvent(Value, frozen=True):
    """An event as it goes out: `detail` is its JSON."""

    type: str
    tenant: TenantId
    detail: str


def occurrences(old: NotificationState | None, new: NotificationState, at: Millis) -> list[tuple[str, Occurrence]]:
    """Return what happened between two states of a notification, as (event type, occurrence)."""
    happened: list[tuple[str, Occurrence]] = []
    for channel, delivery in new.deliveries.items():
        before = old.deliveries.get(channel) if old else None
        event = EVENT_OF_STATUS.get(delivery.status)
        if event and (before is None or before.status is not delivery.status):
            happened.append((event, _of_delivery(new, channel, delivery, at)))
    if new.read_at is not None and (old is None or old.read_at is None):
        happened.append((READ, _occurrence(new, at, READ, str(new.read_at))))
    return happened


def pack(tenant: TenantId, type: str, happened: Sequence[Occurrence], mode: EventMode) -> Iterator[BusEvent]:
    """Put occurrences of one type into as few events as fit, or into one event each."""
    for group in _groups(happened, mode):
        detail: dict[str, Any] = {
            "id": derived_id(*(occurrence.event_id for occurrence in group)),
            "eventType": type,
            "timestamp": max(occurrence.occurred_at for occurrence in group),
            "tenantId": tenant,
            "data": {"notifications": group},
        }
        yield BusEvent(type=type, tenant=tenant, detail=to_json(detail).decode())


def _groups(happened: Iterable[Occurrence], mode: EventMode) -> Iterator[list[Occurrence]]:
    group: list[Occurrence] = []
    size = 0
    for occurrence in happened:
        bytes_of_it = len(to_json(occurrence)) + 1
        if group and (mode is EventMode.SINGLE or size + bytes_of_it > MAX_DETAIL):
            yield group
            group, size = [], 0
        group.append(occurrence)
        size += bytes_of_it
    if group:
        yield group


def _of_delivery(state: NotificationState, channel: Channel, delivery: Delivery, at: Millis) -> Occurrence:
    last = delivery.last_attempt
    occurrence = _occurrence(state, at, channel, str(delivery.attempt), delivery.status)
    return msgspec.structs.replace(
        occurrence,
        channel=channel,
        status=delivery.status,
        attempt=delivery.attempt,
        provider=last.provider if last else None,
        vendor_id=last.vendor_id if last else None,
        reason=delivery.reason,
    )


def _occurrence(state: NotificationState, at: Millis, *identity: str) -> Occurrence:
    return Occurrence(
        event_id=derived_id(state.tenant, state.id, *identity),
        notification_id=state.id,
        user_type=state.user_type,
        user_id=state.user_id,
        category=state.category,
        type=state.type,
        occurred_at=iso8601(at),
        sequence=state.version,
    )


def iso8601(at: Millis) -> str:
    """Return a point in time as ISO 8601 in UTC with milliseconds."""
    return datetime.fromtimestamp(at / 1_000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
