"""Dispatching: decide a notification once, when its time has come, and publish what the stored decision says is due.

Whatever waits (a send for later, a step, the end of quiet hours) comes back as one more message: a timer sends it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from chalicelib.domain.decision import decide
from chalicelib.domain.errors import NotFoundError
from chalicelib.domain.facts import Facts
from chalicelib.domain.quiet_hours import next_local_time, zone_of
from chalicelib.domain.request import NotificationRequest
from chalicelib.domain.state import Claim, NotificationState, claimable
from chalicelib.domain.tenant import Tenant
from chalicelib.domain.timer import Due, DueKind
from chalicelib.domain.value import Millis
from chalicelib.services.gather_facts import GatherFacts
from chalicelib.services.ports import NotificationRef, Publication, Queues, Requests, States, TenantLookup, Timers
from chalicelib.services.release import Release

FOR_A_WORKER: Final = frozenset({Claim.FREE, Claim.LAPSED})


@dataclass(frozen=True, slots=True)
class Dispatch:
    """The use case: bring a notification one step on, and publish."""

    requests: Requests
    states: States
    tenants: TenantLookup
    gather: GatherFacts
    release: Release
    timers: Timers
    queues: Queues

    def __call__(self, ref: NotificationRef, now: Millis, *, woken: bool = False) -> NotificationState | None:
        """Do all but the publishing that is due for a notification; return its state, None where its time is to come.

        Everything here may be done twice. `woken`: a timer sent the message, so a decision is probably stored.

        Raises
        ------
        NotFoundError
            There is no such request: the message was not ours.
        """
        stored = self.states.get(ref.tenant, ref.id) if woken else None
        if stored is not None:
            return self.release(stored, now)
        request, tenant = self.requests.get(ref.tenant, ref.id), self.tenants.get(ref.tenant)
        if request is None or tenant is None:
            raise NotFoundError
        facts = self._facts_in_time(request, tenant, now)
        if facts is None:
            return None
        state = self.states.put(decide(facts), tenant.keeps_until(request.begins_at))
        return self.release(state, now, facts)

    def publish(self, states: Sequence[NotificationState], now: Millis) -> list[NotificationRef]:
        """Publish what is due of each state; return the notifications the topic did not take."""
        return self.queues.publish([due for state in states if (due := announce(state, now)).channels])

    def _facts_in_time(self, request: NotificationRequest, tenant: Tenant, now: Millis) -> Facts | None:
        """Return the facts if it is time to decide; else see to it that it comes back then."""
        if request.send_at is not None and request.send_at > now:
            self._later(request, request.send_at)
            return None
        facts = self.gather(request, tenant, now)
        if request.send_at_local is not None:
            start = next_local_time(request.accepted_at, request.send_at_local, zone_of(_zones(facts)))
            if start > now:
                self._later(request, start)
                return None
        return facts

    def _later(self, request: NotificationRequest, at: Millis) -> None:
        self.timers.schedule(Due(tenant=request.tenant, kind=DueKind.NOTIFICATION, id=request.id), at)


def announce(state: NotificationState, now: Millis) -> Publication:
    """Return what to publish of a state: the channels with something for a worker to do at `now`."""
    waiting = tuple(channel for channel in state.deliveries if claimable(state, channel, now) in FOR_A_WORKER)
    return Publication(ref=NotificationRef(state.tenant, state.id), channels=waiting)


def _zones(facts: Facts) -> tuple[str | None, ...]:
    return (facts.preferences.time_zone, facts.recipient.time_zone, facts.tenant.configuration.time_zone)
