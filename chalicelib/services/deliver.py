"""Delivering: claim, call the vendor, record. Two conditional updates around one call, so that a message that comes
twice is sent once and a worker that dies leaves an honest `unknown`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from chalicelib.channels.base import Message, UnshapeableError
from chalicelib.domain.decision import AddressCheck
from chalicelib.domain.delivery import AttemptOutcome, Delivery, DeliveryStatus
from chalicelib.domain.errors import NotFoundError
from chalicelib.domain.ids import ProviderId
from chalicelib.domain.provider import Accepted, ProviderConfig, ProviderResult, Refused
from chalicelib.domain.recipient import Recipient
from chalicelib.domain.request import NotificationRequest
from chalicelib.domain.retry import change_after, change_of_lapsed
from chalicelib.domain.state import (
    Claim,
    DeliveryChange,
    InFlight,
    NotificationState,
    claimable,
    stop_reason,
    stopped_status,
)
from chalicelib.domain.tenant import Tenant
from chalicelib.domain.value import Millis
from chalicelib.domain.words import Channel, Reason
from chalicelib.services.dispatch import offer, resolve_recipient, stage_provider
from chalicelib.services.ports import (
    Clock,
    NotificationRef,
    ProviderCaller,
    ProviderLookup,
    Queues,
    Recipients,
    RefusedChangeError,
    Requests,
    States,
    TenantLookup,
)

LONGEST_DELAY: Final = 900
"""Seconds a queue can hold a message back."""

Shape = Callable[[Channel, NotificationRequest, Recipient, Tenant], Message]


class Verdict(Enum):
    """What becomes of the queue message."""

    DONE = auto()
    RETURN = auto()
    """It stays in the queue and comes again after its visibility timeout."""


@dataclass(frozen=True, slots=True)
class Deliver:
    """The use case: make one delivery. `lease` is in milliseconds: twice what a vendor may take."""

    requests: Requests
    states: States
    recipients: Recipients
    tenants: TenantLookup
    providers: ProviderLookup
    queues: Queues
    caller: ProviderCaller
    check_address: AddressCheck
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
            return self._deliver(ref, channel)
        except RefusedChangeError as refused:
            return self._settle(ref, channel, refused.state)

    def _reopen(self, ref: NotificationRef, channel: Channel, epoch: int) -> None:
        try:
            self.states.reopen(ref, channel, epoch)
        except RefusedChangeError:
            # It was reopened for this epoch before, or is past it: the claim decides what is left to do.
            return

    def _deliver(self, ref: NotificationRef, channel: Channel) -> Verdict:
        # Everything is read before the claim: from then on only the vendor's answer can be late.
        call = self._prepare(ref, channel)
        now = self.clock()
        state = self.states.claim(ref, channel, now, Millis(now + self.lease))
        delivery = state.deliveries[channel]
        result = call(delivery)
        change = change_after(delivery, result, self.clock(), self.randomness())
        self.states.change(ref, channel, change)
        self._follow_up(ref, channel, delivery, change)
        if isinstance(result, Accepted | Refused) and result.dead_tokens:
            self.recipients.remove_device_tokens(ref.tenant, state.user_type, state.user_id, result.dead_tokens)
        return Verdict.DONE

    def _prepare(self, ref: NotificationRef, channel: Channel) -> Callable[[Delivery], ProviderResult]:
        request, tenant = self.requests.get(ref.tenant, ref.id), self.tenants.get(ref.tenant)
        if request is None or tenant is None:
            raise NotFoundError
        configured = self.providers.list(ref.tenant)
        recipient = resolve_recipient(request, (channel,), self.recipients, self.check_address)
        try:
            message = self.shape(channel, request, recipient, tenant)
        except UnshapeableError as error:
            refusal = Refused(kind=AttemptOutcome.PERMANENT, code=error.code)
            return lambda _: refusal
        likely = self._likely(request, channel, configured)
        if likely is not None:
            self.caller.prepare(tenant, likely)
        callable_now = {
            provider.id: provider for provider in (*configured, *stage_provider(channel, self.stage_vendors))
        }
        return lambda delivery: self._call(tenant, callable_now, delivery, message)

    def _likely(
        self, request: NotificationRequest, channel: Channel, configured: Sequence[ProviderConfig]
    ) -> ProviderConfig | None:
        """Return the provider that the first attempt is planned for; to know it for sure would take one more read."""
        offers = offer(request.id, channel, configured, self.stage_vendors)
        wanted = request.providers.get(channel)
        return next((provider for provider in offers if provider.id == wanted), next(iter(offers), None))

    def _call(
        self, tenant: Tenant, configured: Mapping[ProviderId, ProviderConfig], delivery: Delivery, message: Message
    ) -> ProviderResult:
        provider = configured.get(delivery.providers[delivery.provider])
        if provider is None or not provider.enabled:
            return Refused(kind=AttemptOutcome.MISCONFIGURED, code="provider_removed")
        return self.caller.call(tenant, provider, message)

    def _follow_up(self, ref: NotificationRef, channel: Channel, before: Delivery, change: DeliveryChange) -> None:
        if change.status is DeliveryStatus.SENDING and change.not_before is not None:
            self.queues.deliver_later(ref, channel, delay_until(change.not_before, self.clock()))
        elif change.reason in (Reason.RETRIES_EXHAUSTED, Reason.MISCONFIGURED):
            self.queues.dead_letter(ref, channel, before.epoch + 1)

    def _settle(self, ref: NotificationRef, channel: Channel, state: NotificationState | None) -> Verdict:
        """Do what is left when the delivery could not be claimed or its result not be recorded."""
        if state is None:
            raise NotFoundError
        now = self.clock()
        match claimable(state, channel, now):
            case Claim.SETTLED:
                return Verdict.DONE
            case Claim.LEASED | Claim.FREE:
                return Verdict.RETURN
            case Claim.NOT_YET:
                due = state.deliveries[channel].not_before or now
                self.queues.deliver_later(ref, channel, delay_until(due, now))
                return Verdict.DONE
            case Claim.LAPSED:
                return self._change(ref, channel, change_of_lapsed(state.deliveries[channel], now))
            case Claim.STOPPED:
                return self._change(ref, channel, change_of_stopped(state, channel, now))

    def _change(self, ref: NotificationRef, channel: Channel, change: DeliveryChange) -> Verdict:
        try:
            self.states.change(ref, channel, change)
        except RefusedChangeError:
            return Verdict.RETURN
        return Verdict.DONE


def change_of_stopped(state: NotificationState, channel: Channel, now: Millis) -> DeliveryChange:
    """Return how an open delivery changes that was cancelled, read or has expired before it went out."""
    delivery = state.deliveries[channel]
    reason = stop_reason(state, now) or Reason.CANCELLED
    return DeliveryChange(
        attempt=delivery.attempt,
        status=stopped_status(delivery, reason),
        at=now,
        in_flight=InFlight.NO,
        reason=reason,
    )


def delay_until(due: Millis, now: Millis) -> int:
    """Return the seconds from `now` until `due`, rounded up, that a queue can hold a message back."""
    return min(LONGEST_DELAY, max(0, -(-(due - now) // 1_000)))
