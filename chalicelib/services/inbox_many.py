"""The inbox, many at once: a user reads or deletes several of their notifications, or all.

What takes longer than a call may last is left for the next: the answer says so, and a repetition goes on.
"""

from collections.abc import Callable, Sequence
from typing import Final

import msgspec

from chalicelib.domain.ids import NotificationId
from chalicelib.domain.state import NotificationState
from chalicelib.domain.value import Millis
from chalicelib.services.concurrently import concurrently
from chalicelib.services.inbox_filter import InboxFilter
from chalicelib.services.notification import Owner
from chalicelib.services.ports import Clock, NotificationRef, Page, RefusedChangeError, Requests, States
from chalicelib.services.stop_pending import stop_pending

PAGE: Final = 100
CONCURRENT_WRITES: Final = 10


class Tally(msgspec.Struct, frozen=True):
    """How many were changed, and whether that was all; if not, the same call goes on where this one stopped."""

    count: int
    complete: bool = True


class InboxMany(msgspec.Struct, frozen=True):
    """The use case: what a user does with many notifications. Ids that are not theirs are passed over in silence."""

    requests: Requests
    states: States
    clock: Clock

    def read(self, owner: Owner, ids: Sequence[NotificationId]) -> Tally:
        """Mark these read; counts those that were not."""
        states = self.states.get_many(owner.tenant, set(ids))
        unread = [id for id, state in states.items() if owner.owns(state) and state.read_at is None]
        return Tally(self._read_each(owner, unread))

    def read_all(self, owner: Owner, deadline: Millis) -> Tally:
        """Mark read all that wait to be read; stops at `deadline`."""

        def unread(after: str | None) -> Page[NotificationId]:
            return self.states.list_unread(owner.tenant, owner.user_type, owner.user_id, PAGE, after)

        return self._page_by_page(unread, lambda ids: self._read_each(owner, ids), deadline)

    def delete(self, owner: Owner, ids: Sequence[NotificationId]) -> Tally:
        """Delete these; counts those that were there."""
        return Tally(self._delete_each(owner, list(set(ids))))

    def delete_matching(self, owner: Owner, wanted: InboxFilter, deadline: Millis) -> Tally:
        """Delete all that `wanted` admits, newest first; stops at `deadline`."""

        def feed(after: str | None) -> Page[NotificationId]:
            return self.requests.of_user(owner.tenant, owner.user_type, owner.user_id, wanted.span, PAGE, after)

        def delete(ids: Sequence[NotificationId]) -> int:
            states = self.states.get_many(owner.tenant, ids)
            matching = [id for id, state in states.items() if owner.owns(state) and wanted.admits(state)]
            return self._delete_each(owner, matching)

        return self._page_by_page(feed, delete, deadline)

    def _page_by_page(
        self,
        read: Callable[[str | None], Page[NotificationId]],
        change: Callable[[Sequence[NotificationId]], int],
        deadline: Millis,
    ) -> Tally:
        page = read(None)
        count = change(page.items)
        while page.next is not None:
            if self.clock() >= deadline:
                return Tally(count, complete=False)
            page = read(page.next)
            count += change(page.items)
        return Tally(count)

    def _read_each(self, owner: Owner, ids: Sequence[NotificationId]) -> int:
        now, who = self.clock(), owner.as_recipient()

        def read(id: NotificationId) -> NotificationState:
            return stop_pending(self.states, self.states.read(NotificationRef(owner.tenant, id), who, now), now)

        return self._count(ids, read)

    def _delete_each(self, owner: Owner, ids: Sequence[NotificationId]) -> int:
        now, who = self.clock(), owner.as_recipient()

        def delete(id: NotificationId) -> NotificationState:
            return stop_pending(self.states, self.states.delete(NotificationRef(owner.tenant, id), who, now), now)

        return self._count(ids, delete)

    def _count(self, ids: Sequence[NotificationId], change: Callable[[NotificationId], NotificationState]) -> int:
        def made(id: NotificationId) -> bool:
            try:
                change(id)
            except RefusedChangeError:
                return False
            return True

        return sum(concurrently(made, ids, CONCURRENT_WRITES))
