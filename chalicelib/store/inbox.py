"""The inbox: what waits to be read, and what owners do to their notifications.

Each notification that waits to be read has a mark in its recipient's partition, so that counting them is reading one
partition. A mark belongs where `NotificationState.unread` holds. Owners' changes move state and mark in one
transaction. Delivery takes two steps, at half the price: first the mark, then the state. Whatever removes a mark also
counts the state's version on; so a delivery that finds the version one on knows that its mark is still there, and any
other looks after it. A crash in between leaves a mark too many or too few, which the next delivery of the message
settles, or the owner's next change.
"""

from collections.abc import Callable
from typing import Final

from msgspec.structs import replace

from chalicelib.domain.errors import BusyError
from chalicelib.domain.ids import NotificationId, TenantId, UserId, UserType
from chalicelib.domain.inbox import is_of
from chalicelib.domain.recipient import Recipient
from chalicelib.domain.state import Claim, NotificationState, claimable
from chalicelib.domain.value import Millis
from chalicelib.domain.words import Channel
from chalicelib.services.ports import NotificationRef, Page, RefusedChangeError
from chalicelib.store import access_patterns as keys
from chalicelib.store import state_changes as changes
from chalicelib.store.models import StateItem, UnreadItem
from chalicelib.store.paging import page_in_order, suffix
from chalicelib.store.table import ConditionFailedError, Table

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
            raise RefusedChangeError(self._settle(item))
        self._table.put(_mark(state, item.ttl))
        try:
            arrived = StateItem.from_raw_data(self._table.update(item.key, *changes.deliver_in_app(now)))
        except ConditionFailedError as failed:
            stored = StateItem.from_raw_data(failed.stored) if failed.stored else None
            raise RefusedChangeError(self._settle(stored) if stored else None) from failed
        undisturbed = arrived.version == state.version + 1 and arrived.state.unread
        return arrived.state if undisturbed else self._settle(arrived)

    def mark(
        self, ref: NotificationRef, owner: Recipient | None, rule: Callable[[NotificationState], NotificationState]
    ) -> NotificationState:
        """Change a notification by a rule of domain.inbox; RefusedChangeError when it is not that of a named owner."""
        for _ in range(TRIES):
            item = self._get(ref)
            if item is None or (owner is not None and not is_of(owner, item.state)):
                raise RefusedChangeError(item.state if item else None)
            after = rule(item.state)
            if after == item.state:
                return self._settle(item)
            try:
                return self._move(item, after)
            except ConditionFailedError:
                continue  # Others were faster: look again.
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

    def _move(self, item: StateItem, after: NotificationState) -> NotificationState:
        """Write what the owner changed, and the mark with it; raises ConditionFailedError when others were faster."""
        update = (item.key, *changes.mark(item.state, after))
        mark = _mark(after, item.ttl)
        if Channel.IN_APP not in after.deliveries:
            self._table.update(*update)
        elif after.unread:
            self._table.transact(updates=[update], puts=[(mark, None)])
        else:
            self._table.transact(updates=[update], deletes=[mark.key])
        return replace(after, version=item.state.version + 1)

    def _settle(self, item: StateItem) -> NotificationState:
        """Put the mark where it belongs, and return the state as it is then."""
        for _ in range(TRIES):
            state = item.state
            marked = self._table.get(UnreadItem, _mark(state, item.ttl).key) is not None
            if marked == state.unread:
                return state
            try:
                return self._move(item, state)
            except ConditionFailedError:
                item = self._get(NotificationRef(state.tenant, state.id)) or item
        raise BusyError("others keep changing the notification")

    def _get(self, ref: NotificationRef) -> StateItem | None:
        return self._table.get(StateItem, keys.state(ref.tenant, ref.id))


def _mark(state: NotificationState, ttl: float) -> UnreadItem:
    """Return the mark of a notification; it goes when its state goes."""
    moment = keys.moment(state.accepted_at, state.id)
    return UnreadItem(*keys.unread(state.tenant, state.user_type, state.user_id, moment), ttl=ttl)
