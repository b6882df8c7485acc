"""The states `N`, each change of which is one conditional update."""

from collections.abc import Callable, Collection
from functools import partial

from chalicelib.domain import inbox
from chalicelib.domain.ids import NotificationId, TenantId, UserId, UserType
from chalicelib.domain.recipient import Recipient
from chalicelib.domain.state import DeliveryChange, Move, NotificationState, Relay
from chalicelib.domain.value import Millis
from chalicelib.domain.words import Channel
from chalicelib.services.ports import NotificationRef, Page, RefusedChangeError
from chalicelib.store import access_patterns as keys
from chalicelib.store import state_changes as changes
from chalicelib.store.images import state_from_image
from chalicelib.store.inbox import InboxRows
from chalicelib.store.models import StateItem
from chalicelib.store.state_changes import Update
from chalicelib.store.table import ConditionFailedError, Table

TOKEN_BYTES = 6


class StateRows:
    """`ports.States` in the table. `randomness` returns so many random bytes."""

    def __init__(self, table: Table, randomness: Callable[[int], bytes]) -> None:
        self._table = table
        self._inbox = InboxRows(table)
        self._randomness = randomness

    def put(self, state: NotificationState, ttl: int) -> NotificationState:
        """Store the first state unless there is one; return what is stored."""
        try:
            self._table.put(StateItem.of(state, ttl), StateItem.pk.does_not_exist())
        except ConditionFailedError as failed:
            return _stored(failed) or state
        return state

    def get(self, tenant: TenantId, id: NotificationId) -> NotificationState | None:
        """Return a state."""
        item = self._table.get(StateItem, keys.state(tenant, id))
        return item.state if item else None

    def get_many(self, tenant: TenantId, ids: Collection[NotificationId]) -> dict[NotificationId, NotificationState]:
        """Return those of the states that exist."""
        items = self._table.get_many(StateItem, [keys.state(tenant, id) for id in ids])
        return {state.id: state for state in (item.state for item in items)}

    def claim(
        self, ref: NotificationRef, channel: Channel, now: Millis, lease: Millis, move: Move | None = None
    ) -> NotificationState:
        """Begin the next attempt of a delivery; see `ports.States.claim`.

        When an answer of the table gets lost, its client asks again and meets the lease it took itself: the token
        tells that one from another worker's.
        """
        token = self._randomness(TOKEN_BYTES).hex()
        try:
            return self._update(ref, changes.claim(channel, now, lease, token, move))
        except ConditionFailedError as failed:
            stored = _stored(failed)
            if stored and changes.has_token(token, failed.stored, channel):
                return stored
            raise RefusedChangeError(stored) from failed

    def change(self, ref: NotificationRef, channel: Channel, change: DeliveryChange) -> NotificationState:
        """Make a change; see `ports.States.change`. One whose attempt is on record was made already."""
        try:
            return self._update(ref, changes.change(channel, change))
        except ConditionFailedError as failed:
            stored = _stored(failed)
            if stored and change.is_recorded_in(stored.deliveries.get(channel)):
                return stored
            raise RefusedChangeError(stored) from failed

    def reopen(self, ref: NotificationRef, channel: Channel, epoch: int) -> NotificationState:
        """Queue a failed delivery anew; see `ports.States.reopen`."""
        return self._update_or_refuse(ref, changes.reopen(channel, epoch))

    def cancel(self, ref: NotificationRef, now: Millis) -> NotificationState:
        """Mark a state cancelled; the first time counts."""
        return self._once(ref, changes.cancel(now), lambda state: state.cancelled_at is not None)

    def mark_opened(self, ref: NotificationRef, now: Millis) -> NotificationState:
        """Record when its e-mail was opened; the first time counts."""
        return self._once(ref, changes.mark_opened(now), lambda state: state.opened_at is not None)

    def mark_clicked(self, ref: NotificationRef, now: Millis) -> NotificationState:
        """Record when a link in its e-mail was followed; the first time counts."""
        return self._once(ref, changes.mark_clicked(now), lambda state: state.clicked_at is not None)

    def relay(self, ref: NotificationRef, before: tuple[Relay, ...], after: tuple[Relay, ...]) -> NotificationState:
        """Replace the relays where they are still `before`."""
        return self._once(ref, changes.relay(before, after), lambda state: state.relays == after)

    def join_digest(self, ref: NotificationRef, window: str) -> NotificationState:
        """Record the digest window a notification went into, once."""
        return self._once(ref, changes.join_digest(window), lambda state: state.digest == window)

    def deliver_in_app(self, ref: NotificationRef, now: Millis) -> NotificationState:
        """Make the in-app delivery; see `ports.States.deliver_in_app`."""
        return self._inbox.deliver(ref, now)

    def read(self, ref: NotificationRef, owner: Recipient, now: Millis) -> NotificationState:
        """Mark it read."""
        return self._inbox.mark(ref, owner, partial(inbox.read, now=now))

    def unread(self, ref: NotificationRef, owner: Recipient) -> NotificationState:
        """Undo `read`."""
        return self._inbox.mark(ref, owner, inbox.unread)

    def acknowledge(self, ref: NotificationRef, owner: Recipient | None, now: Millis) -> NotificationState:
        """Mark it acknowledged and read."""
        return self._inbox.mark(ref, owner, partial(inbox.acknowledged, now=now))

    def archive(self, ref: NotificationRef, owner: Recipient, now: Millis) -> NotificationState:
        """Mark it archived."""
        return self._inbox.mark(ref, owner, partial(inbox.archived, now=now))

    def delete(self, ref: NotificationRef, owner: Recipient, now: Millis) -> NotificationState:
        """Hide it from its owner for good."""
        return self._inbox.mark(ref, owner, partial(inbox.deleted, now=now))

    def count_unread(self, tenant: TenantId, user_type: UserType, user_id: UserId) -> int:
        """Return how many in-app notifications wait to be read."""
        return self._inbox.count(tenant, user_type, user_id)

    def list_unread(
        self, tenant: TenantId, user_type: UserType, user_id: UserId, limit: int, after: str | None
    ) -> Page[NotificationId]:
        """Return ids of the notifications that wait to be read, oldest first."""
        return self._inbox.list(tenant, user_type, user_id, limit, after)

    def _update(self, ref: NotificationRef, update: Update) -> NotificationState:
        return state_from_image(self._table.update(keys.state(ref.tenant, ref.id), *update))

    def _once(
        self, ref: NotificationRef, update: Update, is_done: Callable[[NotificationState], bool]
    ) -> NotificationState:
        """Make an update, or return the state in which it was made before; RefusedChangeError otherwise."""
        try:
            return self._update(ref, update)
        except ConditionFailedError as failed:
            stored = _stored(failed)
            if stored is not None and is_done(stored):
                return stored
            raise RefusedChangeError(stored) from failed

    def _update_or_refuse(self, ref: NotificationRef, update: Update) -> NotificationState:
        try:
            return self._update(ref, update)
        except ConditionFailedError as failed:
            raise RefusedChangeError(_stored(failed)) from failed


def _stored(failed: ConditionFailedError) -> NotificationState | None:
    return state_from_image(failed.stored) if failed.stored else None
