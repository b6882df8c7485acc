"""The inbox in memory: what waits to be read, and what owners do to their notifications."""

from collections.abc import Callable
from dataclasses import dataclass

from msgspec.structs import replace

from chalicelib.domain import inbox
from chalicelib.domain.delivery import Delivery, DeliveryStatus
from chalicelib.domain.ids import NotificationId, TenantId, UserId, UserType
from chalicelib.domain.recipient import Recipient
from chalicelib.domain.state import Claim, NotificationState, claimable
from chalicelib.domain.value import Millis
from chalicelib.domain.words import Channel
from chalicelib.services.ports import NotificationRef, Page, RefusedChangeError
from tests.twin.rows import Rows, page_of


@dataclass
class TwinInbox:
    """The part of `ports.States` that moves unread marks."""

    rows: Rows
    between: Callable[[], None] = lambda: None

    def deliver_in_app(self, ref: NotificationRef, now: Millis) -> NotificationState:
        before = self.rows.states.get((ref.tenant, ref.id))
        if before is None:
            raise RefusedChangeError(None)
        if not _is_free_in_app(before, now):
            raise RefusedChangeError(self._settle_later(ref))
        self.between()
        with self.rows.step():
            self._mark(before)
        self.between()
        with self.rows.step():
            found = self.rows.states[ref.tenant, ref.id]
            is_free = _is_free_in_app(found, now)
            state = self._store(with_delivery(found, Channel.IN_APP, _arrived(found, now))) if is_free else found
        if not is_free:
            raise RefusedChangeError(self._settle_later(ref))
        undisturbed = state.version == before.version + 1 and state.unread
        return state if undisturbed else self._settle_later(ref)

    def read(self, ref: NotificationRef, owner: Recipient, now: Millis) -> NotificationState:
        return self._by_owner(ref, owner, lambda state: inbox.read(state, now))

    def unread(self, ref: NotificationRef, owner: Recipient) -> NotificationState:
        return self._by_owner(ref, owner, inbox.unread)

    def acknowledge(self, ref: NotificationRef, owner: Recipient | None, now: Millis) -> NotificationState:
        return self._by_owner(ref, owner, lambda state: inbox.acknowledged(state, now))

    def archive(self, ref: NotificationRef, owner: Recipient, now: Millis) -> NotificationState:
        return self._by_owner(ref, owner, lambda state: inbox.archived(state, now))

    def delete(self, ref: NotificationRef, owner: Recipient, now: Millis) -> NotificationState:
        return self._by_owner(ref, owner, lambda state: inbox.deleted(state, now))

    def count_unread(self, tenant: TenantId, user_type: UserType, user_id: UserId) -> int:
        return len(self.rows.unread.get((tenant, user_type, user_id), ()))

    def list_unread(
        self, tenant: TenantId, user_type: UserType, user_id: UserId, limit: int, after: str | None
    ) -> Page[NotificationId]:
        marks = sorted(self.rows.unread.get((tenant, user_type, user_id), ()))
        return page_of([id for _, id in marks], limit, after)

    def _by_owner(
        self, ref: NotificationRef, owner: Recipient | None, rule: Callable[[NotificationState], NotificationState]
    ) -> NotificationState:
        with self.rows.step():
            before = self._where(ref, lambda state: owner is None or inbox.is_of(owner, state))
            after = rule(before)
            if after == before:
                return self._settle(ref)
            self._move(after)
            return self._store(after)

    def _settle_later(self, ref: NotificationRef) -> NotificationState:
        self.between()
        with self.rows.step():
            return self._settle(ref)

    def _settle(self, ref: NotificationRef) -> NotificationState:
        """Put the mark where it belongs. That counts as a change, so that a delivery in between notices."""
        state = self.rows.states[ref.tenant, ref.id]
        if ((state.accepted_at, state.id) in self._marks(state)) == state.unread:
            return state
        self._move(state)
        return self._store(state)

    def _move(self, state: NotificationState) -> None:
        if state.unread:
            self._mark(state)
        else:
            self._marks(state).discard((state.accepted_at, state.id))

    def _mark(self, state: NotificationState) -> None:
        self._marks(state).add((state.accepted_at, state.id))

    def _marks(self, state: NotificationState) -> set[tuple[Millis, NotificationId]]:
        return self.rows.unread.setdefault((state.tenant, state.user_type, state.user_id), set())

    def _where(self, ref: NotificationRef, holds: Callable[[NotificationState], bool]) -> NotificationState:
        state = self.rows.states.get((ref.tenant, ref.id))
        if state is None or not holds(state):
            raise RefusedChangeError(state)
        return state

    def _store(self, state: NotificationState) -> NotificationState:
        stored = replace(state, version=state.version + 1)
        self.rows.states[state.tenant, state.id] = stored
        return stored


def _is_free_in_app(state: NotificationState, now: Millis) -> bool:
    return claimable(state, Channel.IN_APP, now) is Claim.FREE


def _arrived(state: NotificationState, now: Millis) -> Delivery:
    arrived = state.deliveries[Channel.IN_APP]
    return replace(arrived, status=DeliveryStatus.DELIVERED, delivered_at=now, not_before=None)


def with_delivery(state: NotificationState, channel: Channel, delivery: Delivery) -> NotificationState:
    return replace(state, deliveries=state.deliveries | {channel: delivery})
