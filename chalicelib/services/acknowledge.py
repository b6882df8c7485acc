"""Acknowledging: somebody says that they take care of it, so nobody else needs to be told."""

from dataclasses import dataclass

from chalicelib.domain.errors import NotFoundError
from chalicelib.domain.ids import NotificationId
from chalicelib.domain.request import NotificationRequest
from chalicelib.domain.state import NotificationState
from chalicelib.domain.value import Millis
from chalicelib.services.notification import Notification, Owner
from chalicelib.services.ports import NotificationRef, RefusedChangeError, Requests, States
from chalicelib.services.stop_pending import stop_pending
from chalicelib.services.withdraw import CancelOne, withdraw


@dataclass(frozen=True, slots=True)
class Acknowledge:
    """The use case: a user acknowledges a notification of theirs."""

    requests: Requests
    states: States
    cancel: CancelOne

    def __call__(self, owner: Owner, id: NotificationId, now: Millis) -> Notification:
        """Mark a notification acknowledged and read; the first time counts.

        What somebody on duty acknowledges is first of all the notification they were asked for. Nothing more of that
        one is sent, nobody else is asked, and what waits to go out is cancelled. Whoever repeats this after a crash
        completes it.

        Raises
        ------
        NotFoundError
            It is not the owner's, or they deleted it.
        """
        request = self._theirs(owner, id)
        if request.parent is not None:
            self._settle_parent(NotificationRef(owner.tenant, request.parent), now)
        try:
            state = self.states.acknowledge(NotificationRef(owner.tenant, id), owner.as_recipient(), now)
        except RefusedChangeError as refused:
            raise NotFoundError from refused
        return Notification(request, self._stop(state, now))

    def _theirs(self, owner: Owner, id: NotificationId) -> NotificationRequest:
        state = self.states.get(owner.tenant, id)
        request = self.requests.get(owner.tenant, id) if state is not None and owner.owns(state) else None
        if request is None:
            raise NotFoundError
        return request

    def _settle_parent(self, ref: NotificationRef, now: Millis) -> None:
        try:
            state = self.states.acknowledge(ref, None, now)
        except RefusedChangeError:
            return  # Its time is over: there is nothing left to stop.
        self._stop(state, now)

    def _stop(self, state: NotificationState, now: Millis) -> NotificationState:
        state = stop_pending(self.states, state, now)
        withdraw(self.states, self.cancel, state, now)
        return state
