"""Relaying: asking those on duty, one after another, until somebody acknowledges.

Each person is asked by a notification of their own (domain/relays.py), which is put first; the relay moves on second.
A crash in between repeats the first, which then exists, and workers at the same position put the same one.
"""

from dataclasses import dataclass

from msgspec.structs import replace

from chalicelib.domain.errors import NotFoundError
from chalicelib.domain.ids import TenantId
from chalicelib.domain.relays import advanced, asked_by, child_of, is_due, is_over
from chalicelib.domain.request import NotificationRequest
from chalicelib.domain.rota import Person, on_duty
from chalicelib.domain.state import NotificationState, Relay
from chalicelib.domain.value import Millis
from chalicelib.services.ports import (
    ExistsError,
    NotificationRef,
    RefusedChangeError,
    Requests,
    Rotas,
    States,
    TenantLookup,
)
from chalicelib.services.withdraw import CancelOne, withdraw


@dataclass(frozen=True, slots=True)
class Relaying:
    """The use case: ask the next person on duty."""

    requests: Requests
    states: States
    rotas: Rotas
    tenants: TenantLookup
    cancel: CancelOne

    def advance(self, state: NotificationState, request: NotificationRequest, now: Millis) -> NotificationState:
        """Ask whom the relays of a notification have come to, and return its state after it.

        Nobody is asked who was asked before, whatever the hours have changed since. A relay ends when nobody is left
        to ask, and where its rota is gone. Somebody asked while the notification was stopped or acknowledged is not
        told after all, unless the message is out already: whoever is first, this or they who stop it, the other one
        finds what it wrote.
        """
        for index in range(len(state.relays)):
            if is_due(state.relays[index], now) and not is_over(state, now):
                state = self._go_on(state, request, index, now)
        if is_over(state, now):
            self.withdraw(state, now)
        return state

    def withdraw(self, state: NotificationState, now: Millis) -> None:
        """Cancel what waits to go out to people on duty."""
        withdraw(self.states, self.cancel, state, now)

    def _go_on(
        self, state: NotificationState, request: NotificationRequest, index: int, now: Millis
    ) -> NotificationState:
        relay = state.relays[index]
        person = self._next_person(state, index, now)
        if person is None:
            return self._move(state, index, replace(relay, ended=True))
        self._ask(child_of(request, index, relay, person, now))
        return self._move(state, index, advanced(relay, now))

    def _next_person(self, state: NotificationState, index: int, now: Millis) -> Person | None:
        rota = self.rotas.get(state.tenant, state.relays[index].rota)
        if rota is None:
            return None
        people = on_duty(rota, now, lambda other: self.rotas.get(state.tenant, other))
        asked = self._asked(state, index)
        return next((person for person in people if person not in asked), None)

    def _asked(self, state: NotificationState, index: int) -> set[Person]:
        ids = asked_by(state, index)
        found = self.requests.get_many(state.tenant, ids) if ids else {}
        recipients = (request.recipient for request in found.values())
        return {Person(user_type=recipient.user_type, user_id=recipient.user_id) for recipient in recipients}

    def _ask(self, child: NotificationRequest) -> None:
        try:
            self.requests.put(child, self._expiry(child.tenant, child.accepted_at))
        except ExistsError:
            return  # Somebody was asked at this position before, by a worker that died or is at it now.

    def _expiry(self, id: TenantId, accepted_at: Millis) -> int:
        tenant = self.tenants.get(id)
        if tenant is None:
            raise NotFoundError
        return tenant.keeps_until(accepted_at)

    def _move(self, state: NotificationState, index: int, relay: Relay) -> NotificationState:
        after = (*state.relays[:index], relay, *state.relays[index + 1 :])
        try:
            return self.states.relay(NotificationRef(state.tenant, state.id), state.relays, after)
        except RefusedChangeError as refused:
            return refused.state or state
