"""Notifications as support and administrators see them: in short when searched for, whole when looked at."""

from typing import Any, Self

from chalicelib.api.delivery_answers import TrackedDelivery, tracked
from chalicelib.api.models import Answer, Time
from chalicelib.api.personal import as_seen_by
from chalicelib.api.recipient_models import RecipientAnswer
from chalicelib.api.send_answers import RecipientName
from chalicelib.api.services_answers import FilledTemplate
from chalicelib.domain.principal import Principal
from chalicelib.domain.status import NotificationStatus
from chalicelib.domain.wire import to_plain
from chalicelib.domain.words import Channel, Priority, Reason, StopOn, Strategy
from chalicelib.services.notification import Notification


class FoundNotification(Answer):
    """A notification in short."""

    id: str
    recipient: RecipientName
    status: NotificationStatus
    channels: list[Channel]
    category: str
    type: str | None
    priority: Priority
    subject: str | None
    template: str | None
    sent_by: str
    created_at: Time
    read_at: Time | None

    @classmethod
    def of(cls, notification: Notification) -> Self:
        """Return a notification in short."""
        request, state = notification.request, notification.state
        return cls(
            id=request.id,
            recipient=RecipientName.of(request.recipient),
            status=notification.status,
            channels=list(notification.channels),
            category=request.category,
            type=request.type,
            priority=request.priority,
            subject=request.content.subject,
            template=request.template and request.template.key,
            sent_by=request.sent_by,
            created_at=request.accepted_at,
            read_at=state and state.read_at,
        )


class FoundPage(Answer):
    """A page of notifications. It may be short, even empty, while `nextCursor` goes on."""

    items: list[FoundNotification]
    next_cursor: str | None


class RequestAnswer(Answer):
    """What was asked for."""

    request_id: str
    content: dict[str, Any] | None
    template: FilledTemplate | None
    channels: list[Channel]
    strategy: Strategy | None
    providers: dict[Channel, str]
    metadata: dict[str, Any]
    cancellation_key: str | None
    correlation_id: str | None


class StateAnswer(Answer):
    """What was decided, and what became of it. `version` counts the changes."""

    strategy: Strategy
    stop_on: StopOn | None
    reason: Reason | None
    version: int
    read_at: Time | None
    acknowledged_at: Time | None
    archived_at: Time | None
    deleted_at: Time | None
    cancelled_at: Time | None
    opened_at: Time | None
    clicked_at: Time | None


class WholeNotification(Answer):
    """All that is known of a notification. `state` and `deliveries` are missing until it is decided."""

    id: str
    recipient: RecipientAnswer
    status: NotificationStatus
    category: str
    type: str | None
    priority: Priority
    sent_by: str
    created_at: Time
    expires_at: Time | None
    request: RequestAnswer
    state: StateAnswer | None
    deliveries: list[TrackedDelivery]

    @classmethod
    def of(cls, notification: Notification, principal: Principal) -> Self:
        """Return all that `principal` may see of a notification."""
        request, state = notification.request, notification.state
        return cls(
            id=request.id,
            recipient=RecipientAnswer.of(as_seen_by(principal, request.recipient)),
            status=notification.status,
            category=request.category,
            type=request.type,
            priority=request.priority,
            sent_by=request.sent_by,
            created_at=request.accepted_at,
            expires_at=request.expires_at,
            request=_asked(notification),
            state=None if state is None else StateAnswer.model_validate(state),
            deliveries=tracked(state),
        )


def _asked(notification: Notification) -> RequestAnswer:
    request = notification.request
    return RequestAnswer(
        request_id=request.request_id,
        content=None if request.template else to_plain(request.content),
        template=request.template and FilledTemplate.model_validate(request.template),
        channels=list(request.channels),
        strategy=request.strategy,
        providers=dict(request.providers),
        metadata=request.metadata,
        cancellation_key=request.cancellation_key,
        correlation_id=request.correlation_id,
    )
