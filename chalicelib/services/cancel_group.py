"""Cancelling a group: all that was accepted under a cancellation key, or in one request, until now.

The tombstone comes first: from then on nothing of the group begins to go out that was accepted before, not even what is
being stored at this moment, for whoever decides or sends looks for tombstones last. Then each member known is cancelled
by itself, so that it shows at once, and so that a call that was about to be made is not.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

import msgspec

from chalicelib.domain.delivery import OPEN, DeliveryStatus
from chalicelib.domain.errors import NotFoundError
from chalicelib.domain.groups import CancelGroup
from chalicelib.domain.ids import NotificationId, TenantId
from chalicelib.domain.state import NotificationState
from chalicelib.domain.value import Millis
from chalicelib.domain.words import Reason
from chalicelib.services.cancel import Cancel
from chalicelib.services.concurrently import concurrently
from chalicelib.services.ports import CancelledGroups, Clock, NotificationRef

AT_ONCE: Final = 100
LONGEST_WAIT: Final = 800 * 86_400
"""Seconds: nothing accepted now may go out later than this."""


class Cancelled(msgspec.Struct, frozen=True):
    """What became of a group. `count` are the notifications of which something was held back, by this or an earlier
    call. When `complete` is False there are more of them: nothing of them goes out, but it does not show yet.
    """

    at: Millis
    count: int
    complete: bool


@dataclass(frozen=True, slots=True)
class CancelGroups:
    """The use case: cancel all notifications of a group."""

    groups: CancelledGroups
    cancel: Cancel
    clock: Clock
    concurrency: int = 10
    """Cancellations at a time."""

    def __call__(self, tenant: TenantId, group: CancelGroup, now: Millis, deadline: Millis) -> Cancelled:
        """Cancel a group, and show it of as many members as can be by `deadline`.

        Once this returns, no further call to a vendor begins for what was accepted before it was called.

        Raises
        ------
        NotFoundError
            No request of this id accepted several notifications. A key that nothing was accepted under may be that of
            a request on its way, which the tombstone stops.
        """
        if group.kind == "batch" and next(self.groups.members(tenant, group), None) is None:
            raise NotFoundError
        at = self.groups.cancel(tenant, group, now, now // 1_000 + LONGEST_WAIT)
        members, count = self.groups.members(tenant, group), 0
        while some := list(islice(members, AT_ONCE)):
            count += self._cancel_each(tenant, some, now)
            if self.clock() >= deadline:
                return Cancelled(at, count, complete=next(members, None) is None)
        return Cancelled(at, count, complete=True)

    def _cancel_each(self, tenant: TenantId, ids: Sequence[NotificationId], now: Millis) -> int:
        known = self.cancel.states.get_many(tenant, set(ids))

        def held_back(id: NotificationId) -> bool:
            state = known.get(id)
            if state is None or not _is_settled(state):
                state = self._cancelled(NotificationRef(tenant, id), now)
            return state is not None and _was_held_back(state)

        return sum(concurrently(held_back, ids, self.concurrency))

    def _cancelled(self, ref: NotificationRef, now: Millis) -> NotificationState | None:
        try:
            return self.cancel(ref, now)
        except NotFoundError:
            return None  # Its request is being stored right now, or never was.


def _is_settled(state: NotificationState) -> bool:
    return state.cancelled_at is not None and not any(each.status in OPEN for each in state.deliveries.values())


def _was_held_back(state: NotificationState) -> bool:
    statuses = {delivery.status for delivery in state.deliveries.values()}
    return state.reason is Reason.CANCELLED or DeliveryStatus.CANCELLED in statuses
