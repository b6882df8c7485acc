"""The inbox: a user's own notifications, read and marked one by one.

A notification enters its recipient's inbox when it is decided, on whatever channels, and leaves it when its owner
deletes it. Whose it is, is part of the condition of every change; what is foreign, deleted or missing answers alike.
"""

from collections.abc import Callable, Sequence

import msgspec

from chalicelib.domain.errors import NotFoundError
from chalicelib.domain.ids import NotificationId
from chalicelib.domain.recipient import Recipient
from chalicelib.domain.request import NotificationRequest
from chalicelib.domain.state import NotificationState
from chalicelib.domain.value import Millis
from chalicelib.services.filtered_page import filtered_page
from chalicelib.services.inbox_filter import InboxFilter
from chalicelib.services.notification import Notification, Owner
from chalicelib.services.ports import NotificationRef, Page, RefusedChangeError, Requests, States, TenantLookup
from chalicelib.services.say import Say
from chalicelib.services.stop_pending import stop_pending


class Inbox(msgspec.Struct, frozen=True):
    """The use case: what a user does with one notification. Every method raises NotFoundError when it is not theirs."""

    requests: Requests
    states: States
    tenants: TenantLookup
    say: Say

    def list(self, owner: Owner, wanted: InboxFilter, limit: int, after: str | None) -> Page[Notification]:
        """Return the owner's notifications that `wanted` lists, newest first.

        The listing may lag behind by moments. A page may be shorter than `limit` while its cursor goes on.
        """

        def read(size: int, start: str | None) -> Page[NotificationId]:
            return self.requests.of_user(owner.tenant, owner.user_type, owner.user_id, wanted.span, size, start)

        def admit(ids: Sequence[NotificationId]) -> Sequence[Notification | None]:
            states = self.states.get_many(owner.tenant, ids)
            listed = {id: state for id, state in states.items() if owner.owns(state) and wanted.lists(state)}
            requests = self.requests.get_many(owner.tenant, tuple(listed))
            return [self._shown(requests[id], listed[id]) if id in requests else None for id in ids]

        return filtered_page(read, admit, limit, after, lambda notification: notification.weight)

    def get(self, owner: Owner, id: NotificationId) -> Notification:
        """Return one notification."""
        state = self.states.get(owner.tenant, id)
        if state is None or not owner.owns(state):
            raise NotFoundError
        return self._whole(state)

    def read(self, owner: Owner, id: NotificationId, now: Millis) -> Notification:
        """Mark one read; nothing more of it is sent if it escalates. Reading twice keeps the first time."""

        def read(ref: NotificationRef, who: Recipient) -> NotificationState:
            return stop_pending(self.states, self.states.read(ref, who, now), now)

        return self._marked(owner, id, read)

    def unread(self, owner: Owner, id: NotificationId) -> Notification:
        """Mark one unread again. What reading stopped stays stopped."""
        return self._marked(owner, id, self.states.unread)

    def archive(self, owner: Owner, id: NotificationId, now: Millis) -> Notification:
        """Put one out of the default listing and the unread count; nothing more of it is sent if it escalates."""

        def archive(ref: NotificationRef, who: Recipient) -> NotificationState:
            return stop_pending(self.states, self.states.archive(ref, who, now), now)

        return self._marked(owner, id, archive)

    def delete(self, owner: Owner, id: NotificationId, now: Millis) -> None:
        """Take one away from its owner for good; nothing more of it is sent if it escalates."""
        try:
            state = self.states.delete(NotificationRef(owner.tenant, id), owner.as_recipient(), now)
        except RefusedChangeError as refused:
            raise NotFoundError from refused
        stop_pending(self.states, state, now)

    def count_unread(self, owner: Owner) -> int:
        """Return how many arrived in the inbox and wait to be read."""
        return self.states.count_unread(owner.tenant, owner.user_type, owner.user_id)

    def _marked(
        self, owner: Owner, id: NotificationId, mark: Callable[[NotificationRef, Recipient], NotificationState]
    ) -> Notification:
        try:
            state = mark(NotificationRef(owner.tenant, id), owner.as_recipient())
        except RefusedChangeError as refused:
            raise NotFoundError from refused
        return self._whole(state)

    def _whole(self, state: NotificationState) -> Notification:
        request = self.requests.get(state.tenant, state.id)
        if request is None:
            raise NotFoundError
        return self._shown(request, state)

    def _shown(self, request: NotificationRequest, state: NotificationState) -> Notification:
        """Return a notification with what it says here."""
        tenant = self.tenants.get(state.tenant) if request.template else None
        return Notification(self.say.to_owner(request, tenant) if tenant else request, state)
