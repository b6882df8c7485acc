"""Delivering: claim, call the vendor, record. Two conditional updates around one call, so that a message that comes
twice is sent once and a worker that dies leaves an honest `unknown`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

import msgspec

from chalicelib.channels.base import Message, UnshapeableError
from chalicelib.domain.delivery import AttemptOutcome, Delivery, DeliveryStatus
from chalicelib.domain.errors import NotFoundError
from chalicelib.domain.facts import AddressCheck
from chalicelib.domain.ids import ProviderId
from chalicelib.domain.outcome import Ended
from chalicelib.domain.provider import Accepted, ProviderConfig, ProviderResult, Refused
from chalicelib.domain.recipient import Recipient
from chalicelib.domain.request import NotificationRequest
from chalicelib.domain.retry import (
    LONGEST_OUTAGE,
    change_after,
    change_elsewhere,
    change_of_given_up,
    change_of_lapsed,
    change_of_unmade,
)
from chalicelib.domain.state import (
    Claim,
    DeliveryChange,
    NotificationState,
    claimable,
)
from chalicelib.domain.stopping import change_of_refused, change_of_stopped
from chalicelib.domain.tenant import Tenant
from chalicelib.domain.timer import Due, DueKind
from chalicelib.domain.value import Millis
from chalicelib.domain.words import Channel, Reason
from chalicelib.services.address_book import AddressBook
from chalicelib.services.breakers import Admission, Breakers, Wait
from chalicelib.services.choose_provider import Choice, ChooseProvider
from chalicelib.services.consult import Consult
from chalicelib.services.gather_facts import offer, resolve, stage_provider
from chalicelib.services.ports import (
    Clock,
    NotificationRef,
    ProviderCaller,
    ProviderLookup,
    Queues,
    RefusedChangeError,
    Requests,
    States,
    TenantLookup,
    Timers,
)
from chalicelib.services.say import Say

LONGEST_DELAY: Final = 900
"""Seconds a queue can hold a message back."""


GIVEN_UP: Final = frozenset({Reason.RETRIES_EXHAUSTED, Reason.MISCONFIGURED})
"""What an operator can mend, and then have tried again."""

Shape = Callable[[Channel, NotificationRequest, Recipient, Tenant], Message]


class Verdict(Enum):
    """What becomes of the queue message."""

    DONE = auto()
    RETURN = auto()
    """It stays in the queue and comes again after its visibility timeout."""


class _Prepared(msgspec.Struct, frozen=True):
    """All that a call needs."""

    tenant: Tenant
    message: Message
    choice: Choice
    begins_at: Millis


@dataclass(frozen=True, slots=True)
class Deliver:
    """The use case: make one delivery. `lease` is in milliseconds: twice what a vendor may take."""

    requests: Requests
    states: States
    recipients: AddressBook
    tenants: TenantLookup
    providers: ProviderLookup
    queues: Queues
    timers: Timers
    consult: Consult
    caller: ProviderCaller
    breakers: Breakers
    check_address: AddressCheck
    say: Say
    shape: Shape
    stage_vendors: dict[Channel, str]
    clock: Clock
    randomness: Callable[[], float]
    lease: int

    def __call__(self, ref: NotificationRef, channel: Channel, epoch: int = 0) -> Verdict:
        """Make the delivery that a message asks for, if it is still to be made.

        `epoch` is above 0 on a message that an operator took out of a dead-letter queue.
        """
        try:
            if epoch > 0:
                self._reopen(ref, channel, epoch)
            if channel is Channel.IN_APP:
                self.states.deliver_in_app(ref, self.clock())
                return Verdict.DONE
            return self._deliver(ref, channel, epoch)
        except RefusedChangeError as refused:
            return self._settle(ref, channel, refused.state)

    def _reopen(self, ref: NotificationRef, channel: Channel, epoch: int) -> None:
        try:
            self.states.reopen(ref, channel, epoch)
        except RefusedChangeError:
            # It was reopened for this epoch before, or is past it: the claim decides what is left to do.
            return

    def _deliver(self, ref: NotificationRef, channel: Channel, epoch: int) -> Verdict:
        # Everything is read before the claim: from then on only the vendor's answer can be late.
        prepared = self._prepare(ref, channel)
        if isinstance(prepared, Ended):
            return self._refuse(ref, channel, prepared)
        with self.breakers.admission(ref.tenant) as admission:
            move = self._choose.before_claim(ref, channel, prepared.choice, admission)
            if isinstance(move, Wait):
                return self._wait(ref, channel, move, prepared.begins_at, epoch)
            self._warm_up(prepared, admission)
            now = self.clock()
            state = self.states.claim(ref, channel, now, Millis(now + self.lease), move)
            delivery = state.deliveries[channel]
            result, change = self._attempt(delivery, prepared, admission)
        self.states.change(ref, channel, change)
        self._follow_up(ref, channel, delivery, change)
        if isinstance(result, Accepted | Refused) and result.dead_tokens:
            self.recipients.remove_device_tokens(ref.tenant, state.user_type, state.user_id, result.dead_tokens)
        self.breakers.share(ref.tenant)
        return Verdict.DONE

    @property
    def _choose(self) -> ChooseProvider:
        return ChooseProvider(self.states, self.breakers, self.clock, self.randomness)

    def _prepare(self, ref: NotificationRef, channel: Channel) -> _Prepared | Ended:
        request, tenant = self.requests.get(ref.tenant, ref.id), self.tenants.get(ref.tenant)
        if request is None or tenant is None:
            raise NotFoundError
        configured = self.providers.list(ref.tenant)
        recipient, _ = resolve(request, (channel,), self.recipients, self.check_address)
        refusal = self.consult(request, recipient, tenant, channel, self.clock())
        if refusal is not None:
            return refusal
        try:
            message = self.shape(channel, self.say(request, channel, recipient, tenant), recipient, tenant)
        except UnshapeableError as error:
            # Nobody needs to be called to know that.
            return Ended(reason=error.code, status=DeliveryStatus.FAILED)
        return _Prepared(
            tenant=tenant,
            message=message,
            choice=self._on_offer(request, channel, configured),
            begins_at=request.begins_at,
        )

    def _on_offer(self, request: NotificationRequest, channel: Channel, configured: Sequence[ProviderConfig]) -> Choice:
        """Return who may be called, and whom the first attempt is planned for: to know that for sure would take one
        more read.
        """
        known = (*configured, *stage_provider(channel, self.stage_vendors))
        usable = {provider.id: provider for provider in known if provider.enabled and provider.channel is channel}
        wanted = request.providers.get(channel)
        offers = offer(request.id, channel, configured, self.stage_vendors)
        first = wanted if wanted in usable else next((provider.id for provider in offers), None)
        return Choice(usable=usable, likely=first, wanted=wanted)

    def _warm_up(self, prepared: _Prepared, admission: Admission) -> None:
        admitted = prepared.choice.usable.get(admission.provider) if admission.provider else None
        if admitted is not None:
            self.caller.prepare(prepared.tenant, admitted)

    def _attempt(
        self, delivery: Delivery, prepared: _Prepared, admission: Admission
    ) -> tuple[ProviderResult | None, DeliveryChange]:
        """Make the call, by another provider where that of the plan is not to be called now."""
        index = self._choose.after_claim(delivery, prepared.choice, admission)
        if isinstance(index, Wait):
            return None, change_of_unmade(delivery, self.clock(), index.until)
        trial = admission.is_trial
        result = self._call(delivery.providers[index], prepared)
        admission.answered(result)
        now, randomness = self.clock(), self.randomness()
        if index != delivery.provider:
            return result, change_elsewhere(delivery, index, result, now, randomness, trial=trial)
        return result, change_after(delivery, result, now, randomness, trial=trial)

    def _call(self, id: ProviderId, prepared: _Prepared) -> ProviderResult:
        provider = prepared.choice.usable.get(id)
        if provider is None:
            return Refused(kind=AttemptOutcome.MISCONFIGURED, code="provider_removed")
        return self.caller.call(prepared.tenant, provider, prepared.message)

    def _wait(self, ref: NotificationRef, channel: Channel, wait: Wait, since: Millis, epoch: int) -> Verdict:
        """Leave everything as it is and have the message come again then, unless it is due `since` too long, and all
        that time nobody could be called. What an operator has sent again waits on.
        """
        now = self.clock()
        down_for = 0 if wait.down_since is None else now - wait.down_since
        if epoch == 0 and min(down_for, now - since) > LONGEST_OUTAGE:
            state = self.states.get(ref.tenant, ref.id)
            if state is None or claimable(state, channel, now) is not Claim.FREE:
                return self._settle(ref, channel, state)
            delivery = state.deliveries[channel]
            # A later step of an escalation has not waited for as long as its notification is old.
            if delivery.epoch == 0 and now - (delivery.scheduled_for or since) > LONGEST_OUTAGE:
                self.states.change(ref, channel, change_of_given_up(delivery, now))
                self.queues.dead_letter(ref, channel, delivery.epoch + 1)
                return Verdict.DONE
        seconds = -(-(wait.until - now) // 1_000)
        self.queues.deliver_later(ref, channel, min(LONGEST_DELAY, max(1, seconds)), epoch)
        return Verdict.DONE

    def _follow_up(self, ref: NotificationRef, channel: Channel, before: Delivery, change: DeliveryChange) -> None:
        if change.status is DeliveryStatus.SENDING and change.not_before is not None:
            self._later(ref, channel, change.not_before)
        elif change.reason in GIVEN_UP:
            self.queues.dead_letter(ref, channel, before.epoch + 1)

    def _settle(self, ref: NotificationRef, channel: Channel, state: NotificationState | None) -> Verdict:
        """Do what is left when the delivery could not be claimed or its result not be recorded."""
        if state is None:
            raise NotFoundError
        now = self.clock()
        match claimable(state, channel, now):
            case Claim.SETTLED:
                given_up = state.deliveries.get(channel)
                if given_up is not None and given_up.reason in GIVEN_UP:
                    # Whoever gave it up may have died before saying so. Saying it twice opens it once.
                    self.queues.dead_letter(ref, channel, given_up.epoch + 1)
                return Verdict.DONE
            case Claim.LEASED | Claim.FREE:
                return Verdict.RETURN
            case Claim.NOT_YET:
                self._later(ref, channel, state.deliveries[channel].not_before or now)
                return Verdict.DONE
            case Claim.LAPSED:
                return self._change(ref, channel, change_of_lapsed(state.deliveries[channel], now))
            case Claim.STOPPED:
                return self._change(ref, channel, change_of_stopped(state, channel, now))

    def _refuse(self, ref: NotificationRef, channel: Channel, refusal: Ended) -> Verdict:
        """End a delivery that is not wanted any more, unless something else ended it."""
        state, now = self.states.get(ref.tenant, ref.id), self.clock()
        if state is None or claimable(state, channel, now) is not Claim.FREE:
            return self._settle(ref, channel, state)
        return self._change(ref, channel, change_of_refused(refusal, state.deliveries[channel], now))

    def _later(self, ref: NotificationRef, channel: Channel, at: Millis) -> None:
        """Have the delivery tried again at `at`: its lane can hold a message for some minutes, a timer for longer."""
        delay = max(0, -(-(at - self.clock()) // 1_000))
        if delay <= LONGEST_DELAY:
            self.queues.deliver_later(ref, channel, delay)
        else:
            self.timers.schedule(Due(tenant=ref.tenant, kind=DueKind.NOTIFICATION, id=ref.id), at)

    def _change(self, ref: NotificationRef, channel: Channel, change: DeliveryChange) -> Verdict:
        try:
            self.states.change(ref, channel, change)
        except RefusedChangeError:
            return Verdict.RETURN
        return Verdict.DONE
