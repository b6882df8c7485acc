"""What users ask of their inbox, and what they are shown of it."""

from typing import Annotated, Any, Self

from pydantic import Field

from chalicelib.api.call import Call
from chalicelib.api.delivery_answers import DeliveryAnswer
from chalicelib.api.fields import ChannelName, Name, NotificationIdText
from chalicelib.api.filters import DateFrom, DateTo, span
from chalicelib.api.models import Answer, Body, CommaSeparated, Query, Time
from chalicelib.api.paging import PageQuery
from chalicelib.domain.ids import UserId, UserType
from chalicelib.domain.status import NotificationStatus
from chalicelib.domain.words import Channel, Priority
from chalicelib.services.inbox_filter import ALWAYS, InboxFilter
from chalicelib.services.inbox_many import Tally
from chalicelib.services.notification import Notification, Owner

SomeIds = Annotated[list[NotificationIdText], Field(min_length=1, max_length=100)]


class InboxFilters(Query):
    """Which notifications. `unread`: arrived in the inbox and not read, as the unread count counts them."""

    status: NotificationStatus | None = None
    unread: bool | None = None
    archived: bool | None = None
    channel: ChannelName | None = None
    category: Name | None = None
    type: Name | None = None
    date_from: DateFrom | None = None
    date_to: DateTo | None = None

    def wanted(self) -> InboxFilter:
        """Return the filter as the use cases know it."""
        return InboxFilter(
            span=span(self.date_from or ALWAYS.start, self.date_to or ALWAYS.end),
            status=self.status,
            unread=self.unread,
            archived=self.archived,
            channel=self.channel,
            category=self.category,
            type=self.type,
        )


class InboxListing(InboxFilters, PageQuery):
    """A page of the inbox. What is archived is listed only when asked for; so is what never went out, by its status."""

    archived: bool | None = False


class Deletion(InboxFilters):
    """Which notifications to delete: `ids`, or all that the filters admit."""

    ids: Annotated[SomeIds | None, CommaSeparated] = None


class Ids(Body):
    """Notifications by their ids."""

    ids: SomeIds


class InboxNotification(Answer):
    """A notification as its recipient sees it. `metadata` is shown as the sender gave it."""

    id: str
    category: str
    type: str | None
    priority: Priority
    subject: str | None
    body: str
    html: str | None
    action_url: str | None
    metadata: dict[str, Any]
    channels: list[Channel]
    status: NotificationStatus
    unread: bool
    created_at: Time
    expires_at: Time | None
    read_at: Time | None
    acknowledged_at: Time | None
    archived_at: Time | None

    @classmethod
    def of(cls, notification: Notification) -> Self:
        """Return what the recipient is shown of a notification."""
        request, state = notification.request, notification.state
        return cls(
            id=request.id,
            category=request.category,
            type=request.type,
            priority=request.priority,
            subject=request.content.subject,
            body=request.content.body,
            html=request.content.html,
            action_url=request.content.action_url,
            metadata=request.metadata,
            channels=list(notification.channels),
            status=notification.status,
            unread=state is not None and state.unread,
            created_at=request.accepted_at,
            expires_at=request.expires_at,
            read_at=state and state.read_at,
            acknowledged_at=state and state.acknowledged_at,
            archived_at=state and state.archived_at,
        )


class InboxPage(Answer):
    """A page of the inbox, newest first. It may be short, even empty, while `nextCursor` goes on."""

    items: list[InboxNotification]
    next_cursor: str | None


class InboxDeliveries(Answer):
    """How the deliveries of a notification stand."""

    id: str
    status: NotificationStatus
    deliveries: list[DeliveryAnswer]

    @classmethod
    def of(cls, notification: Notification) -> Self:
        """Return what the recipient is shown of a notification's deliveries."""
        deliveries = {} if notification.state is None else notification.state.deliveries
        return cls(
            id=notification.request.id,
            status=notification.status,
            deliveries=[DeliveryAnswer.of(channel, delivery) for channel, delivery in deliveries.items()],
        )


class UnreadCount(Answer):
    """How many notifications arrived in the inbox and wait to be read."""

    unread_count: int


class Updated(Answer):
    """How many were marked. Unless `complete`, more are left than one call can do: repeat it."""

    updated_count: int
    complete: bool

    @classmethod
    def of(cls, tally: Tally) -> Self:
        """Return a tally as an answer."""
        return cls(updated_count=tally.count, complete=tally.complete)


class Deleted(Answer):
    """How many were deleted. Unless `complete`, more are left than one call can do: repeat it."""

    deleted_count: int
    complete: bool

    @classmethod
    def of(cls, tally: Tally) -> Self:
        """Return a tally as an answer."""
        return cls(deleted_count=tally.count, complete=tally.complete)


def owner_of(call: Call) -> Owner:
    """Return the user who calls; RuntimeError on a route that services may call."""
    who = call.principal
    if who.user_id is None or who.user_type is None:
        raise RuntimeError("the route is not a user's")
    return Owner(call.tenant, UserType(who.user_type), UserId(who.user_id))
