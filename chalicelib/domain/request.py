"""The request `R`: what was asked for one notification. Written once when it is accepted, never changed."""

from typing import Any, Final

import msgspec

from chalicelib.domain.content import NO_CONTENT, Content
from chalicelib.domain.ids import NotificationId, PolicyId, ProviderId, RequestId, TenantId
from chalicelib.domain.recipient import Recipient
from chalicelib.domain.template import TemplateUse
from chalicelib.domain.value import Millis, Value
from chalicelib.domain.words import Channel, Priority, Strategy

_TWO_DAYS: Final = 2 * 86_400_000


class IdempotencyRecord(Value, frozen=True):
    """What is remembered of a request under an `Idempotency-Key`, so that a repetition can be answered.

    The ids of its notifications derive from `request_id`, so it need not list them. All of them are filled from the
    same version of their template, `template_version`, also those that a repetition completes.
    """

    route: str
    key: str
    body_hash: str
    request_id: RequestId
    count: int
    accepted_at: Millis
    template_version: int | None = None


class NotificationRequest(Value, frozen=True):
    """One message asked for one recipient. `sent_by` is the principal (`service:<clientId>`, `user:<type>/<id>`).

    It says its `content`, or what is filled from a `template`. It begins at `send_at`, or the next time the recipient's
    wall clock shows `send_at_local` (minutes after midnight), or at once. `batch` is set where several were accepted
    together: their request's id. `parent` is the notification that a step to somebody on duty belongs to; `digest_of`
    are those that a digest tells of.
    """

    tenant: TenantId
    id: NotificationId
    request_id: RequestId
    recipient: Recipient
    category: str
    priority: Priority
    accepted_at: Millis
    sent_by: str
    content: Content = NO_CONTENT
    template: TemplateUse | None = None
    channels: tuple[Channel, ...] = ()
    type: str | None = None
    strategy: Strategy | None = None
    providers: dict[Channel, ProviderId] = msgspec.field(default_factory=dict)
    metadata: dict[str, Any] = msgspec.field(default_factory=dict)
    expires_at: Millis | None = None
    send_at: Millis | None = None
    send_at_local: int | None = None
    policy: PolicyId | None = None
    topic: str | None = None
    cancellation_key: str | None = None
    batch: RequestId | None = None
    parent: NotificationId | None = None
    digest_of: tuple[NotificationId, ...] = ()
    correlation_id: str | None = None

    @property
    def begins_at(self) -> Millis:
        """When it begins: at once, or when it is to be sent; where that is for a wall clock to say, some time later."""
        if self.send_at_local is not None:
            return Millis(self.accepted_at + _TWO_DAYS)
        return max(self.accepted_at, self.send_at or self.accepted_at)
