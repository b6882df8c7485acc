"""The inbox: what waits to be read, and what owners do to their notifications.

Each notification that waits to be read has a mark in its recipient's partition, so that counting them is reading one
partition. A mark belongs where `NotificationState.unread` holds. Owners' changes move state and mark in one
transaction. Delivery takes two steps, at half the price: the mark first, then the state. A crash in between leaves a
mark too many, which the next delivery of the message, or the owner's next change, removes.
"""

from collections.abc import Callable
from typing import Final

from msgspec.structs import replace

from chalicelib.domain.ids import NotificationId, TenantId, UserId, UserType
from chalicelib.domain.inbox import is_of
from chalicelib.domain.recipient import Recipient
from chalicelib.domain.state import Claim, NotificationState, claimable
from chalicelib.domain.value import Millis
from chalicelib.domain.words import Channel
from chalicelib.services.ports import NotificationRef, Page, RefusedChangeError
from chalicelib.store import access_patterns as keys
from chalicelib.store import state_changes as changes
from chalicelib.store.access_patterns import Key
from chalicelib.store.images import state_from_image
from chalicelib.store.models import StateItem, UnreadItem
from chalicelib.store.paging import page_in_order, suffix
from chalicelib.store.table import BusyError, ConditionFailedError, Table

TRIES: Final = 10
"""How often a change is tried that others overtake; each time one of them made theirs."""


class InboxRows:
    """The part of `ports.States` that moves unread marks."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def deliver(self, ref: NotificationRef, now: Millis) -> NotificationState:
        """Deliver in the inbox; see `ports.States.deliver_in_app`."""
        item = self._get(ref)
        if item is None:
            raise RefusedChangeError(None)
        state = item.state
        if claimable(state, Channel.IN_APP, now) is not Claim.FREE:
            self._settle(state)
            raise RefusedChangeError(state)
        self._table.put(UnreadItem(*_mark(state), ttl=item.ttl))
        try:
            delivered = state_from_image(self._table.update(item.key, *changes.deliver_in_app(now)))
        except ConditionFailedError as failed:
            stored = state_from_image(failed.stored) if failed.stored else None
            self._settle(stored or state)
            raise RefusedChangeError(stored) from failed
        self._settle(delivered)
        return delivered

    def mark(
        self, ref: NotificationRef, owner: Recipient, rule: Callable[[NotificationState], NotificationState]
    ) -> NotificationState:
        """Change a notification of the owner's by a rule of domain.inbox; RefusedChangeError when it is not theirs."""
        for _ in range(TRIES):
            item = self._get(ref)
            if item is None or not is_of(owner, item.state):
                raise RefusedChangeError(item.state if item else None)
            before, after = item.state, rule(item.state)
            try:
                if after == before:
                    self._settle(before)
                    return before
                return self._move(item, before, after)
            except ConditionFailedError:
                continue
        raise BusyError("others keep changing the notification")

    def count(self, tenant: TenantId, user_type: UserType, user_id: UserId) -> int:
        """Return how many notifications wait to be read."""
        return self._table.count(keys.all_unread(tenant, user_type, user_id))

    def list(
        self, tenant: TenantId, user_type: UserType, user_id: UserId, limit: int, after: str | None
    ) -> Page[NotificationId]:
        """Return the notifications that wait to be read, oldest first."""
        rows = keys.all_unread(tenant, user_type, user_id)
        return page_in_order(self._table, rows, limit, after, lambda row: keys.id_in(suffix(row, rows)))

    def _get(self, ref: NotificationRef) -> StateItem | None:
        return self._table.get(StateItem, keys.state(ref.tenant, ref.id))

    def _move(self, item: StateItem, before: NotificationState, after: NotificationState) -> NotificationState:
        """Write the owner's change, and the mark with it, if nobody changed the state since it was read."""
        update = (item.key, *changes.mark(before, after))
        if Channel.IN_APP not in after.deliveries:
            return state_from_image(self._table.update(*update))
        if after.unread:
            self._table.transact(updates=[update], puts=[(UnreadItem(*_mark(after), ttl=item.ttl), None)])
        else:
            self._table.transact(updates=[update], deletes=[_mark(after)])
        return replace(after, version=before.version + 1)

    def _settle(self, state: NotificationState) -> None:
        """Remove the mark of a notification that does not wait to be read, unless it does by now."""
        seen: NotificationState | None = state
        while seen is not None and Channel.IN_APP in seen.deliveries and not seen.unread:
            check = (keys.state(seen.tenant, seen.id), changes.is_unchanged(seen))
            try:
                return self._table.transact(checks=[check], deletes=[_mark(seen)])
            except ConditionFailedError:
                item = self._get(NotificationRef(seen.tenant, seen.id))
                seen = item.state if item else None
        return None


def _mark(state: NotificationState) -> Key:
    moment = keys.moment(state.accepted_at, state.id)
    return keys.unread(state.tenant, state.user_type, state.user_id, moment)
