"""A user's own inbox: reading it, and marking one notification."""

from chalicelib import bootstrap
from chalicelib.api.call import Call
from chalicelib.api.paging import opened, sealed
from chalicelib.api.path import notification_id
from chalicelib.api.route import Routes
from chalicelib.api.users_models import (
    InboxDeliveries,
    InboxListing,
    InboxNotification,
    InboxPage,
    UnreadCount,
    owner_of,
)
from chalicelib.auth.permissions import Permission
from chalicelib.domain.errors import NotFoundError

routes = Routes(__name__, tag="Inbox")
INBOX = "/api/v1/users/me/notifications"
ONE = INBOX + "/{id}"


@routes.add("GET", INBOX, needs=Permission.OWN, summary="List my notifications", query=InboxListing, answer=InboxPage)
def list_inbox(call: Call, query: InboxListing) -> InboxPage:
    """Answer a page of the caller's notifications, newest first."""
    page = bootstrap.inbox().list(owner_of(call), query.wanted(), query.limit, opened(call, "inbox", query))
    items = [InboxNotification.of(notification) for notification in page.items]
    return InboxPage(items=items, next_cursor=sealed(call, "inbox", query, page.next))


@routes.add(
    "GET",
    INBOX + "/unread-count",
    needs=Permission.OWN,
    summary="Count my unread notifications",
    answer=UnreadCount,
)
def count_unread(call: Call) -> UnreadCount:
    """Answer how many wait to be read."""
    return UnreadCount(unread_count=bootstrap.inbox().count_unread(owner_of(call)))


@routes.add(
    "GET",
    ONE,
    needs=Permission.OWN,
    summary="Look at one of my notifications",
    answer=InboxNotification,
    raises=(NotFoundError,),
)
def get_notification(call: Call, id: str) -> InboxNotification:
    """Answer one notification."""
    return InboxNotification.of(bootstrap.inbox().get(owner_of(call), notification_id(id)))


@routes.add(
    "GET",
    ONE + "/delivery-status",
    needs=Permission.OWN,
    summary="See how the deliveries of one of my notifications stand",
    answer=InboxDeliveries,
    raises=(NotFoundError,),
)
def get_delivery_status(call: Call, id: str) -> InboxDeliveries:
    """Answer the deliveries of one notification."""
    return InboxDeliveries.of(bootstrap.inbox().get(owner_of(call), notification_id(id)))


@routes.add(
    "PATCH PUT POST",
    ONE + "/read",
    needs=Permission.OWN,
    summary="Mark one of my notifications read",
    answer=InboxNotification,
    raises=(NotFoundError,),
)
def mark_read(call: Call, id: str) -> InboxNotification:
    """Mark one read; an escalation stops."""
    return InboxNotification.of(bootstrap.inbox().read(owner_of(call), notification_id(id), call.now))


@routes.add(
    "PATCH",
    ONE + "/unread",
    needs=Permission.OWN,
    summary="Mark one of my notifications unread",
    answer=InboxNotification,
    raises=(NotFoundError,),
)
def mark_unread(call: Call, id: str) -> InboxNotification:
    """Undo reading."""
    return InboxNotification.of(bootstrap.inbox().unread(owner_of(call), notification_id(id)))


@routes.add(
    "POST",
    ONE + "/acknowledge",
    needs=Permission.OWN,
    summary="Acknowledge one of my notifications",
    answer=InboxNotification,
    raises=(NotFoundError,),
)
def acknowledge(call: Call, id: str) -> InboxNotification:
    """Take care of one: nothing more of it is sent, and nobody else on duty is asked."""
    return InboxNotification.of(bootstrap.acknowledge()(owner_of(call), notification_id(id), call.now))


@routes.add(
    "POST",
    ONE + "/archive",
    needs=Permission.OWN,
    summary="Archive one of my notifications",
    answer=InboxNotification,
    raises=(NotFoundError,),
)
def archive(call: Call, id: str) -> InboxNotification:
    """Put one out of the default listing."""
    return InboxNotification.of(bootstrap.inbox().archive(owner_of(call), notification_id(id), call.now))


@routes.add(
    "DELETE", ONE, needs=Permission.OWN, summary="Delete one of my notifications", status=204, raises=(NotFoundError,)
)
def delete(call: Call, id: str) -> None:
    """Take one away for good."""
    bootstrap.inbox().delete(owner_of(call), notification_id(id), call.now)
