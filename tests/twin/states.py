"""The states of notifications in memory."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from msgspec.structs import replace

from chalicelib.domain.delivery import Attempt, Delivery, DeliveryStatus
from chalicelib.domain.ids import NotificationId, TenantId
from chalicelib.domain.state import Claim, DeliveryChange, Move, NotificationState, Relay, claimable
from chalicelib.domain.value import Millis
from chalicelib.domain.words import Channel
from chalicelib.services.ports import NotificationRef, RefusedChangeError
from tests.twin.inbox import TwinInbox, with_delivery


@dataclass
class TwinStates(TwinInbox):
    """`ports.States` in memory. `between` is called between the steps of `deliver_in_app`."""

    def put(self, state: NotificationState, ttl: int) -> NotificationState:
        with self.rows.step():
            return self.rows.states.setdefault((state.tenant, state.id), state)

    def get(self, tenant: TenantId, id: NotificationId) -> NotificationState | None:
        return self.rows.states.get((tenant, id))

    def get_many(self, tenant: TenantId, ids: Collection[NotificationId]) -> dict[NotificationId, NotificationState]:
        return {id: self.rows.states[tenant, id] for id in ids if (tenant, id) in self.rows.states}

    def claim(
        self, ref: NotificationRef, channel: Channel, now: Millis, lease: Millis, move: Move | None = None
    ) -> NotificationState:
        def is_free(state: NotificationState) -> bool:
            free = claimable(state, channel, now) is Claim.FREE
            return free and (move is None or state.deliveries[channel].attempt == move.attempt)

        with self.rows.step():
            state = self._where(ref, is_free)
            delivery = state.deliveries[channel]
            moved = delivery if move is None else replace(delivery, provider=move.provider, tries=0)
            return self._store(with_delivery(state, channel, _claimed(moved, lease)))

    def change(self, ref: NotificationRef, channel: Channel, change: DeliveryChange) -> NotificationState:
        with self.rows.step():
            state = self.rows.states.get((ref.tenant, ref.id))
            delivery = state.deliveries.get(channel) if state else None
            if state is None or delivery is None:
                raise RefusedChangeError(state)
            if change.applies_to(delivery):
                return self._store(with_delivery(state, channel, _changed(delivery, change)))
            if change.is_recorded_in(delivery):
                return state
            raise RefusedChangeError(state)

    def reopen(self, ref: NotificationRef, channel: Channel, epoch: int) -> NotificationState:
        def has_failed(state: NotificationState) -> bool:
            delivery = state.deliveries.get(channel)
            return delivery is not None and (delivery.status, delivery.epoch) == (DeliveryStatus.FAILED, epoch - 1)

        with self.rows.step():
            state = self._where(ref, has_failed)
            reopened = replace(
                state.deliveries[channel],
                status=DeliveryStatus.QUEUED,
                epoch=epoch,
                provider=0,
                tries=0,
                reason=None,
                not_before=None,
            )
            return self._store(with_delivery(state, channel, reopened))

    def cancel(self, ref: NotificationRef, now: Millis) -> NotificationState:
        with self.rows.step():
            state = self._where(ref, lambda _: True)
            return state if state.cancelled_at is not None else self._store(replace(state, cancelled_at=now))

    def mark_opened(self, ref: NotificationRef, now: Millis) -> NotificationState:
        with self.rows.step():
            state = self._where(ref, lambda _: True)
            return state if state.opened_at is not None else self._store(replace(state, opened_at=now))

    def mark_clicked(self, ref: NotificationRef, now: Millis) -> NotificationState:
        with self.rows.step():
            state = self._where(ref, lambda _: True)
            return state if state.clicked_at is not None else self._store(replace(state, clicked_at=now))

    def relay(self, ref: NotificationRef, before: tuple[Relay, ...], after: tuple[Relay, ...]) -> NotificationState:
        return self._once(
            ref,
            lambda state: state.relays == before,
            lambda state: replace(state, relays=after),
            lambda state: state.relays == after,
        )

    def join_digest(self, ref: NotificationRef, window: str) -> NotificationState:
        return self._once(
            ref,
            lambda state: state.digest is None,
            lambda state: replace(state, digest=window),
            lambda state: state.digest == window,
        )

    def _once(
        self,
        ref: NotificationRef,
        may: Callable[[NotificationState], bool],
        change: Callable[[NotificationState], NotificationState],
        is_done: Callable[[NotificationState], bool],
    ) -> NotificationState:
        with self.rows.step():
            state = self._where(ref, lambda state: may(state) or is_done(state))
            return self._store(change(state)) if may(state) else state


def _claimed(delivery: Delivery, lease: Millis) -> Delivery:
    return replace(
        delivery,
        status=DeliveryStatus.SENDING,
        lease=lease,
        attempt=delivery.attempt + 1,
        tries=delivery.tries + 1,
        not_before=None,
    )


def _recorded(attempts: tuple[Attempt, ...], change: DeliveryChange) -> tuple[Attempt, ...]:
    if change.record is None:
        return attempts
    if change.instead_of is None:
        return (*attempts, change.record)
    return (*attempts[: change.instead_of], change.record, *attempts[change.instead_of + 1 :])


def _changed(delivery: Delivery, change: DeliveryChange) -> Delivery:
    return replace(
        delivery,
        status=change.status,
        lease=None,
        reason=change.reason,
        detail=delivery.detail if change.detail is None else change.detail,
        not_before=change.not_before,
        provider=delivery.provider if change.provider is None else change.provider,
        tries=delivery.tries if change.tries is None else change.tries,
        sent_at=change.at if change.status is DeliveryStatus.SENT else delivery.sent_at,
        delivered_at=change.at if change.status is DeliveryStatus.DELIVERED else delivery.delivered_at,
        attempts=_recorded(delivery.attempts, change),
    )
