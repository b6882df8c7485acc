"""What services are told of what they sent."""

from typing import Any, Self

from pydantic import ConfigDict, RootModel

from chalicelib.api.delivery_answers import TrackedDelivery, tracked
from chalicelib.api.fields import NotificationIdText
from chalicelib.api.models import Answer, Body, Line, Time
from chalicelib.api.send_answers import RecipientName
from chalicelib.domain.status import NotificationStatus
from chalicelib.domain.words import Channel, Priority, Strategy
from chalicelib.services.notification import Notification


class CancelBody(Body):
    """What to cancel: one of these. `batchId` is the `requestId` of a send to several recipients."""

    id: NotificationIdText | None = None
    cancellation_key: Line | None = None
    batch_id: Line | None = None


class CancelledGroup(Answer):
    """What became of the notifications of a key or batch: `cancelled` counts those of which something was held back.

    All that was accepted before `cancelledAt` is cancelled. When `complete` is false there are more than could be seen
    to in one call: nothing of them goes out, but it does not show in their status until the call is repeated.
    """

    cancellation_key: str | None
    batch_id: str | None
    cancelled: int
    cancelled_at: Time
    complete: bool


class FilledTemplate(Answer):
    """The version of a template that is filled for each channel, and the data for it."""

    key: str
    version: int
    data: dict[str, Any]


class SentContent(Answer):
    """What was said."""

    subject: str | None
    body: str
    html: str | None
    action_url: str | None


class SentNotification(Answer):
    """A notification as the service that sent it sees it."""

    id: str
    request_id: str
    recipient: RecipientName
    status: NotificationStatus
    channels: list[Channel]
    category: str
    type: str | None
    priority: Priority
    strategy: Strategy | None
    content: SentContent | None
    template: FilledTemplate | None
    metadata: dict[str, Any]
    cancellation_key: str | None
    correlation_id: str | None
    sent_by: str
    accepted_at: Time
    expires_at: Time | None
    read_at: Time | None
    archived_at: Time | None
    cancelled_at: Time | None
    opened_at: Time | None
    clicked_at: Time | None

    @classmethod
    def of(cls, notification: Notification) -> Self:
        """Return what is told of a notification."""
        request, state = notification.request, notification.state
        return cls(
            id=request.id,
            request_id=request.request_id,
            recipient=RecipientName.of(request.recipient),
            status=notification.status,
            channels=list(notification.channels),
            category=request.category,
            type=request.type,
            priority=request.priority,
            strategy=request.strategy if state is None else state.strategy,
            content=None if request.template else SentContent.model_validate(request.content),
            template=request.template and FilledTemplate.model_validate(request.template),
            metadata=request.metadata,
            cancellation_key=request.cancellation_key,
            correlation_id=request.correlation_id,
            sent_by=request.sent_by,
            accepted_at=request.accepted_at,
            expires_at=request.expires_at,
            read_at=state and state.read_at,
            archived_at=state and state.archived_at,
            cancelled_at=state and state.cancelled_at,
            opened_at=state and state.opened_at,
            clicked_at=state and state.clicked_at,
        )


class Tracking(Answer):
    """How a notification stands: every delivery with its attempts. `openedAt` and `clickedAt` are when its e-mail was
    first opened and a link in it first followed, where the tenant has that told.
    """

    id: str
    status: NotificationStatus
    strategy: Strategy | None
    read_at: Time | None
    cancelled_at: Time | None
    opened_at: Time | None
    clicked_at: Time | None
    deliveries: list[TrackedDelivery]

    @classmethod
    def of(cls, notification: Notification) -> Self:
        """Return what is told of the deliveries of a notification."""
        request, state = notification.request, notification.state
        return cls(
            id=request.id,
            status=notification.status,
            strategy=request.strategy if state is None else state.strategy,
            read_at=state and state.read_at,
            cancelled_at=state and state.cancelled_at,
            opened_at=state and state.opened_at,
            clicked_at=state and state.clicked_at,
            deliveries=tracked(state),
        )


class CancelAnswer(RootModel[Tracking | CancelledGroup]):
    """How the one notification stands, or what became of many."""

    model_config = ConfigDict(defer_build=True)
