"""Searching a tenant's notifications: what support and administrators look at."""

from collections.abc import Sequence

import msgspec

from chalicelib.domain.errors import NotFoundError
from chalicelib.domain.ids import NotificationId, TenantId, UserId, UserType
from chalicelib.domain.status import NotificationStatus
from chalicelib.domain.words import Channel
from chalicelib.services.filtered_page import filtered_page
from chalicelib.services.notification import Notification
from chalicelib.services.ports import Between, Page, Requests, States


class Search(msgspec.Struct, frozen=True):
    """What to look for among the notifications accepted in `span`; None admits all."""

    span: Between
    status: NotificationStatus | None = None
    channel: Channel | None = None
    type: str | None = None
    recipient: tuple[UserType, UserId] | None = None

    def admits(self, notification: Notification) -> bool:
        """Tell whether a notification is looked for."""
        answers = (
            self.status in (None, notification.status),
            self.channel is None or self.channel in notification.channels,
            self.type in (None, notification.request.type),
        )
        return all(answers)


class FindNotifications(msgspec.Struct, frozen=True):
    """The use case: look notifications of one tenant up, also those their owners deleted."""

    requests: Requests
    states: States

    def list(self, tenant: TenantId, search: Search, limit: int, after: str | None) -> Page[Notification]:
        """Return what `search` admits: newest first of a recipient, by hour (newest first) of a whole tenant.

        The listing may lag behind by moments. A page may be shorter than `limit` while its cursor goes on.
        """

        def read(size: int, start: str | None) -> Page[NotificationId]:
            if search.recipient is None:
                return self.requests.of_tenant(tenant, search.span, size, start)
            return self.requests.of_user(tenant, *search.recipient, search.span, size, start)

        def admit(ids: Sequence[NotificationId]) -> Sequence[Notification | None]:
            requests, states = self.requests.get_many(tenant, ids), self.states.get_many(tenant, ids)
            found = [Notification(requests[id], states.get(id)) if id in requests else None for id in ids]
            return [each if each is not None and search.admits(each) else None for each in found]

        return filtered_page(read, admit, limit, after)

    def get(self, tenant: TenantId, id: NotificationId) -> Notification:
        """Return one notification.

        Raises
        ------
        NotFoundError
            The tenant has no such notification.
        """
        request = self.requests.get(tenant, id)
        if request is None:
            raise NotFoundError
        return Notification(request, self.states.get(tenant, id))
