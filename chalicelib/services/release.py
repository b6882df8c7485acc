"""Releasing: what has come due of a decided notification may go out, if nothing speaks against it by now.

All of it is done before the channels are published, and each part may be done twice: taking an allowance knows the
notification again, relays and digests move on by compare-and-set, a timer is set to the same time.
"""

from dataclasses import dataclass
from typing import Final

from chalicelib.domain.allowance import UNCAPPED, cap_for
from chalicelib.domain.decision import next_due
from chalicelib.domain.delivery import DeliveryStatus
from chalicelib.domain.errors import NotFoundError
from chalicelib.domain.facts import Facts
from chalicelib.domain.outcome import Ended
from chalicelib.domain.rules import refusal_when_due
from chalicelib.domain.state import Claim, NotificationState, claimable, stop_reason
from chalicelib.domain.stopping import change_of_refused
from chalicelib.domain.timer import Due, DueKind
from chalicelib.domain.value import Millis
from chalicelib.domain.words import Channel, Reason
from chalicelib.services.allowances import Allowances, Wanted
from chalicelib.services.digests import Digests
from chalicelib.services.gather_facts import GatherFacts
from chalicelib.services.ports import NotificationRef, RefusedChangeError, Requests, States, TenantLookup, Timers
from chalicelib.services.relay import Relaying
from chalicelib.services.stop_pending import stop_pending
from chalicelib.services.withdraw import CancelOne

IN_QUEUES: Final = 4 * 86_400
"""Seconds that a message of something due may lie in queues; the rows that it names have to be there."""
NOT_BEGUN = frozenset({DeliveryStatus.QUEUED, DeliveryStatus.SCHEDULED})


@dataclass(frozen=True, slots=True)
class Release:
    """The use case: let go what is due now, and see that what is due next comes back."""

    requests: Requests
    states: States
    tenants: TenantLookup
    gather: GatherFacts
    allowances: Allowances
    relaying: Relaying
    digests: Digests
    cancel: CancelOne
    timers: Timers

    def __call__(self, state: NotificationState, now: Millis, facts: Facts | None = None) -> NotificationState:
        """Return the state with all that is due at `now` allowed or ended; its channels may be published then.

        `facts` are those it was just decided by; without them they are gathered, if there is something to release.

        Raises
        ------
        NotFoundError
            The request or the tenant is gone.
        """
        state = stop_pending(self.states, state, now)
        if stop_reason(state, now) is not None:
            if state.relays:
                # A worker that died may have asked somebody after whoever stopped it looked.
                self.relaying.withdraw(state, now)
            return state
        if _is_due(state, now):
            state = self._let_go(state, facts or self._facts(state, now), now)
        following = next_due(state, now)
        if following is not None:
            self._come_back(state, following)
        return state

    def _come_back(self, state: NotificationState, at: Millis) -> None:
        """See that the notification is looked at again at `at`, and that it is still there then."""
        tenant = self.tenants.get(state.tenant)
        if tenant is not None and tenant.keeps_until(state.accepted_at) < at // 1_000 + IN_QUEUES:
            self.requests.keep(NotificationRef(state.tenant, state.id), tenant.keeps_until(at))
        self.timers.schedule(Due(tenant=state.tenant, kind=DueKind.NOTIFICATION, id=state.id), at)

    def _facts(self, state: NotificationState, now: Millis) -> Facts:
        request, tenant = self.requests.get(state.tenant, state.id), self.tenants.get(state.tenant)
        if request is None or tenant is None:
            raise NotFoundError
        return self.gather(request, tenant, now, _beginning(state, now))

    def _let_go(self, state: NotificationState, facts: Facts, now: Millis) -> NotificationState:
        if facts.cancelled:
            # Its group was, by a call that did not come to this one: not to those on duty whom it asked, either.
            return self.cancel(NotificationRef(state.tenant, state.id), now)
        for channel in _beginning(state, now):
            if (refusal := refusal_when_due(facts, channel, now)) is not None:
                state = self._end(state, channel, refusal, now)
        for channel, refusal in self._take(state, facts, now).items():
            state = self._end(state, channel, refusal, now)
        if state.relays:
            state = self.relaying.advance(state, facts.request, now)
        if _awaits_digest(state):
            state = self.digests.join(facts.request, state, facts.tenant.settings.digests.get(state.category), now)
        return state

    def _take(self, state: NotificationState, facts: Facts, now: Millis) -> dict[Channel, Ended]:
        budgets = facts.tenant.settings.budgets
        wanted = {
            channel: Wanted(
                cap=None if facts.critical else cap_for(facts.preferences, channel),
                cost=facts.estimate(channel) if budgets else 0,
            )
            for channel in _beginning(state, now)
            if channel not in UNCAPPED
        }
        return self.allowances.take(state, wanted, budgets, facts.usage, now) if wanted else {}

    def _end(self, state: NotificationState, channel: Channel, refusal: Ended, now: Millis) -> NotificationState:
        change = change_of_refused(refusal, state.deliveries[channel], now)
        try:
            return self.states.change(NotificationRef(state.tenant, state.id), channel, change)
        except RefusedChangeError as refused:
            return refused.state or state


def _beginning(state: NotificationState, now: Millis) -> list[Channel]:
    """Return the channels whose first attempt may be made now."""
    return [
        channel
        for channel, delivery in state.deliveries.items()
        if delivery.status in NOT_BEGUN and not delivery.attempt and claimable(state, channel, now) is Claim.FREE
    ]


def _is_due(state: NotificationState, now: Millis) -> bool:
    to_relay = any(not relay.ended and relay.not_before <= now for relay in state.relays)
    return _awaits_digest(state) or to_relay or bool(_beginning(state, now))


def _awaits_digest(state: NotificationState) -> bool:
    return state.digest is None and any(d.reason is Reason.DIGESTED for d in state.deliveries.values())
