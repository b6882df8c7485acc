"""Searching a tenant's notifications and looking at one, for support and administrators."""

from typing import Annotated, Final

from pydantic import StringConstraints

from chalicelib import bootstrap
from chalicelib.api.admin_notification_answers import FoundNotification, FoundPage, WholeNotification
from chalicelib.api.call import Call
from chalicelib.api.fields import ChannelName, Name
from chalicelib.api.filters import DAY, DateFrom, DateTo, span
from chalicelib.api.paging import PageQuery, opened, sealed
from chalicelib.api.path import notification_id
from chalicelib.api.route import Routes
from chalicelib.auth.permissions import Permission
from chalicelib.domain.errors import NotFoundError
from chalicelib.domain.ids import UserId, UserType
from chalicelib.domain.status import NotificationStatus
from chalicelib.domain.value import Millis
from chalicelib.services.find_notifications import Search

routes = Routes(__name__, tag="Administration: notifications")
NOTIFICATIONS = "/api/v1/admin/notifications"
MOST_DAYS: Final = 31

RecipientName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,31}/[^/]{1,128}$")]


class NotificationSearch(PageQuery):
    """Which notifications; without dates those of the last 24 hours. One question covers up to 31 days.

    `recipient` is `userType/userId`. Answers come by hour, newest first; of one recipient simply newest first.
    """

    date_from: DateFrom | None = None
    date_to: DateTo | None = None
    status: NotificationStatus | None = None
    channel: ChannelName | None = None
    type: Name | None = None
    recipient: RecipientName | None = None

    def search(self, now: Millis) -> Search:
        """Return the search as the use case knows it."""
        end = self.date_to or Millis(now + 1)
        start = self.date_from or Millis(end - DAY)
        user_type, _, user_id = (self.recipient or "").partition("/")
        return Search(
            span=span(start, end, MOST_DAYS),
            status=self.status,
            channel=self.channel,
            type=self.type,
            recipient=(UserType(user_type), UserId(user_id)) if self.recipient else None,
        )


@routes.add(
    "GET",
    NOTIFICATIONS,
    needs=Permission.VIEW,
    summary="Search the notifications of a tenant",
    query=NotificationSearch,
    answer=FoundPage,
)
def search_notifications(call: Call, query: NotificationSearch) -> FoundPage:
    """Answer a page of what is searched for."""
    search, after = query.search(call.now), opened(call, "notifications", query)
    page = bootstrap.find_notifications().list(call.tenant, search, query.limit, after)
    items = [FoundNotification.of(notification) for notification in page.items]
    return FoundPage(items=items, next_cursor=sealed(call, "notifications", query, page.next))


@routes.add(
    "GET",
    NOTIFICATIONS + "/{id}",
    needs=Permission.VIEW,
    summary="Look at a notification; addresses are masked for viewers and managers",
    answer=WholeNotification,
    raises=(NotFoundError,),
)
def view_notification(call: Call, id: str) -> WholeNotification:
    """Answer all that is known of a notification."""
    notification = bootstrap.find_notifications().get(call.tenant, notification_id(id))
    return WholeNotification.of(notification, call.principal)
