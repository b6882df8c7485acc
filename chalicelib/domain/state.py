"""The state `N` of a notification: the stored decision and everything that happened since, in one small item.

Every change of it is one conditional update. The functions here say which changes are allowed; the store turns the
same rules into conditions, and its conformance tests prove that the two agree.
"""

from enum import StrEnum
from typing import Final

import msgspec

from chalicelib.domain.delivery import OPEN, Attempt, Delivery, DeliveryStatus, Detail, predecessors
from chalicelib.domain.ids import NotificationId, RotaId, TenantId, UserId, UserType
from chalicelib.domain.value import Millis, Value
from chalicelib.domain.words import Channel, Reason, StopOn, Strategy


class Source(StrEnum):
    """Where something that was decided came from."""

    REQUEST = "q"
    PRIORITY = "p"
    TENANT = "t"
    STORED = "s"
    BOTH = "b"


class Basis(Value, frozen=True):
    """What the decision rested on: who chose the strategy, and where the recipient's data came from."""

    strategy: Source
    recipient: Source


class Relay(Value, frozen=True):
    """A step to those on duty by a rota: the person at `position` is asked at `not_before`, the next `every`
    milliseconds later.
    """

    rota: RotaId
    channels: tuple[Channel, ...]
    not_before: Millis
    every: int
    position: int = 0
    ended: bool = False


class NotificationState(Value, frozen=True):
    """What was decided for a notification and what became of it.

    `version` counts the changes and numbers the events that tell of them. `stop_on` is what ends an escalation, None
    where all is sent whatever happens. `digest` is the window that its digested channels went into.
    `opened_at` and `clicked_at` are when its e-mail was first opened and a link in it first followed, if known.
    """

    tenant: TenantId
    id: NotificationId
    user_type: UserType
    user_id: UserId
    accepted_at: Millis
    strategy: Strategy
    category: str
    type: str | None = None
    deliveries: dict[Channel, Delivery] = msgspec.field(default_factory=dict)
    reason: Reason | None = None
    version: int = 1
    basis: Basis | None = None
    stop_on: StopOn | None = None
    relays: tuple[Relay, ...] = ()
    digest: str | None = None
    expires_at: Millis | None = None
    read_at: Millis | None = None
    acknowledged_at: Millis | None = None
    archived_at: Millis | None = None
    deleted_at: Millis | None = None
    cancelled_at: Millis | None = None
    opened_at: Millis | None = None
    clicked_at: Millis | None = None

    @property
    def unread(self) -> bool:
        """Whether it lies in the recipient's inbox and waits to be read."""
        in_app = self.deliveries.get(Channel.IN_APP)
        arrived = in_app is not None and in_app.status is DeliveryStatus.DELIVERED
        return arrived and self.read_at is None and self.archived_at is None and self.deleted_at is None


UNWANTED: Final = frozenset(
    {
        Reason.TENANT_SUSPENDED,
        Reason.PREFERENCE_OFF,
        Reason.SUPPRESSED_ADDRESS,
        Reason.FREQUENCY_CAPPED,
        Reason.BUDGET_EXCEEDED,
    }
)
"""Reasons that turn up when a delivery comes due, and end it as `suppressed`."""


class Claim(StrEnum):
    """What a worker that holds a message finds when it wants to make the delivery."""

    FREE = "free"
    """Nobody has it: it may be claimed."""
    NOT_YET = "not_yet"
    """Its next call is due later."""
    LEASED = "leased"
    """Another worker's vendor call is in flight."""
    LAPSED = "lapsed"
    """A worker began the vendor call and never reported: nobody can tell whether it was taken."""
    STOPPED = "stopped"
    """It was cancelled, read or has expired before it went out."""
    SETTLED = "settled"
    """There is nothing left to do."""


def claimable(state: NotificationState, channel: Channel, now: Millis) -> Claim:
    """Tell whether the delivery on `channel` may be claimed at `now`, and if not, why."""
    delivery = state.deliveries.get(channel)
    if delivery is None or delivery.status not in OPEN:
        return Claim.SETTLED
    if delivery.lease is not None:
        return Claim.LEASED if delivery.lease > now else Claim.LAPSED
    if stop_reason(state, now) is not None:
        return Claim.STOPPED
    if delivery.not_before is not None and delivery.not_before > now:
        return Claim.NOT_YET
    return Claim.FREE


def stop_reason(state: NotificationState, now: Millis) -> Reason | None:
    """Return why nothing more may be sent of this notification at `now`, or None when it may."""
    if state.cancelled_at is not None:
        return Reason.CANCELLED
    if (over := _escalation_over(state)) is not None:
        return over
    if state.expires_at is not None and state.expires_at <= now:
        return Reason.EXPIRED
    return None


def _escalation_over(state: NotificationState) -> Reason | None:
    match state.stop_on:
        case StopOn.READ if _seen(state):
            return Reason.READ
        case StopOn.ACKNOWLEDGED if state.acknowledged_at is not None:
            return Reason.ACKNOWLEDGED
        case StopOn.DELIVERED if _arrived(state):
            return Reason.DELIVERED
    return None


def _seen(state: NotificationState) -> bool:
    """Whether its owner had it before their eyes: read it, or put it away."""
    return not (state.read_at is None and state.archived_at is None and state.deleted_at is None)


def _arrived(state: NotificationState) -> bool:
    """Whether a message got through to the person: read, or delivered by a vendor. The inbox alone does not count."""
    external = (delivery for channel, delivery in state.deliveries.items() if channel is not Channel.IN_APP)
    return _seen(state) or any(delivery.status is DeliveryStatus.DELIVERED for delivery in external)


def stopped_status(delivery: Delivery, reason: Reason) -> DeliveryStatus:
    """Return the status an open delivery ends with when it is stopped for `reason`.

    What a vendor has already refused once has left `queued`; it can only end as `failed`.
    """
    if delivery.status is DeliveryStatus.SENDING:
        return DeliveryStatus.FAILED
    if reason in UNWANTED:
        return DeliveryStatus.SUPPRESSED
    return DeliveryStatus.EXPIRED if reason is Reason.EXPIRED else DeliveryStatus.CANCELLED


class Move(Value, frozen=True):
    """A claim that takes a delivery to another of its providers (by index), where tries start anew. It is fenced: it
    holds while only `attempt` attempts were begun.
    """

    attempt: int
    provider: int


class InFlight(StrEnum):
    """What a change demands of the delivery's lease."""

    EITHER = "either"
    YES = "yes"
    NO = "no"


class DeliveryChange(Value, frozen=True):
    """One conditional change of a delivery, fenced by the number of the attempt it speaks of.

    It applies only while the delivery's attempt number is `attempt`, its status may become `status` (or is
    `sending` and stays so: a retry), and its lease is as `in_flight` demands. It removes the lease. Its `record` comes
    behind the other attempts, or takes the place of the one with the index `instead_of`.
    """

    attempt: int
    status: DeliveryStatus
    at: Millis
    in_flight: InFlight = InFlight.EITHER
    record: Attempt | None = None
    instead_of: int | None = None
    reason: Reason | None = None
    detail: Detail | None = None
    provider: int | None = None
    tries: int | None = None
    not_before: Millis | None = None

    def allowed_from(self) -> frozenset[DeliveryStatus]:
        """Return the statuses the delivery may have for this change to apply."""
        if self.status is DeliveryStatus.SENDING:
            return frozenset({DeliveryStatus.SENDING})
        return predecessors(self.status)

    def applies_to(self, delivery: Delivery) -> bool:
        """Tell whether the change may be made to `delivery` as it is."""
        leased = delivery.lease is not None
        lease_fits = self.in_flight is InFlight.EITHER or leased == (self.in_flight is InFlight.YES)
        return delivery.attempt == self.attempt and delivery.status in self.allowed_from() and lease_fits

    def is_recorded_in(self, delivery: Delivery | None) -> bool:
        """Tell whether this very change was made to `delivery` before: its attempt is on record."""
        return self.record is not None and delivery is not None and self.record in delivery.attempts
