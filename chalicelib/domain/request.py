"""The request `R`: what was asked for one notification. Written once when it is accepted, never changed."""

from typing import Any

import msgspec

from chalicelib.domain.content import Content
from chalicelib.domain.ids import NotificationId, ProviderId, RequestId, TenantId
from chalicelib.domain.recipient import Recipient
from chalicelib.domain.value import Millis, Value
from chalicelib.domain.words import Channel, Priority, Strategy


class IdempotencyRecord(Value, frozen=True):
    """What is remembered of a request under an `Idempotency-Key`, so that a repetition can be answered.

    The ids of its notifications derive from `request_id`, so it need not list them.
    """

    route: str
    key: str
    body_hash: str
    request_id: RequestId
    count: int
    accepted_at: Millis


class NotificationRequest(Value, frozen=True):
    """One message asked for one recipient. `sent_by` is the principal (`service:<clientId>`, `user:<type>/<id>`)."""

    tenant: TenantId
    id: NotificationId
    request_id: RequestId
    recipient: Recipient
    content: Content
    category: str
    priority: Priority
    accepted_at: Millis
    sent_by: str
    channels: tuple[Channel, ...] = ()
    type: str | None = None
    strategy: Strategy | None = None
    providers: dict[Channel, ProviderId] = msgspec.field(default_factory=dict)
    metadata: dict[str, Any] = msgspec.field(default_factory=dict)
    expires_at: Millis | None = None
    cancellation_key: str | None = None
    correlation_id: str | None = None
