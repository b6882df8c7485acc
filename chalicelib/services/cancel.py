"""Cancelling: whatever was not handed to a vendor yet never will be."""

from dataclasses import dataclass

from chalicelib.domain.errors import NotFoundError
from chalicelib.domain.state import NotificationState
from chalicelib.domain.strategy import choose_strategy
from chalicelib.domain.value import Millis
from chalicelib.domain.words import Reason
from chalicelib.services.ports import NotificationRef, RefusedChangeError, Requests, States, TenantLookup
from chalicelib.services.stop_pending import stop_pending
from chalicelib.services.withdraw import withdraw


@dataclass(frozen=True, slots=True)
class Cancel:
    """The use case: cancel one notification."""

    requests: Requests
    states: States
    tenants: TenantLookup

    def __call__(self, ref: NotificationRef, now: Millis) -> NotificationState:
        """Cancel a notification and return its state.

        Once this returns, no further call to a vendor begins: the mark is part of every claim's condition. What
        waits in a queue turns `cancelled` here, visibly, and so does what waits to go out to people on duty.

        Raises
        ------
        NotFoundError
            The tenant has no such notification.
        """
        try:
            state = self.states.cancel(ref, now)
        except RefusedChangeError:
            state = self._cancel_before_dispatch(ref, now)
        state = stop_pending(self.states, state, now)
        withdraw(self.states, self, state, now)
        return state

    def _cancel_before_dispatch(self, ref: NotificationRef, now: Millis) -> NotificationState:
        request, tenant = self.requests.get(ref.tenant, ref.id), self.tenants.get(ref.tenant)
        if request is None or tenant is None:
            raise NotFoundError
        tombstone = NotificationState(
            tenant=ref.tenant,
            id=ref.id,
            user_type=request.recipient.user_type,
            user_id=request.recipient.user_id,
            accepted_at=request.accepted_at,
            strategy=choose_strategy(request, tenant)[0],
            category=request.category,
            type=request.type,
            reason=Reason.CANCELLED,
            cancelled_at=now,
        )
        stored = self.states.put(tombstone, tenant.keeps_until(request.begins_at))
        # The dispatcher may have put its decision meanwhile; then that one is cancelled.
        return stored if stored.cancelled_at is not None else self.states.cancel(ref, now)
