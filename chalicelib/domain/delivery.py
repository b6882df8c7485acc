"""A delivery: one notification on one channel. Its status only moves forward; this file is the table of moves."""

from enum import StrEnum
from typing import Final

from chalicelib.domain.ids import ProviderId
from chalicelib.domain.value import Millis, Value
from chalicelib.domain.words import Reason


class DeliveryStatus(StrEnum):
    """The status of a delivery; see `may_follow` for the order."""

    SCHEDULED = "scheduled"
    QUEUED = "queued"
    SENDING = "sending"
    UNKNOWN = "unknown"
    SENT = "sent"
    FAILED = "failed"
    DELIVERED = "delivered"
    BOUNCED = "bounced"
    SUPPRESSED = "suppressed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


_RANK: Final = {
    DeliveryStatus.SCHEDULED: 0,
    DeliveryStatus.QUEUED: 1,
    DeliveryStatus.SENDING: 2,
    DeliveryStatus.UNKNOWN: 3,
    DeliveryStatus.SENT: 4,
    DeliveryStatus.FAILED: 5,
    DeliveryStatus.DELIVERED: 6,
    DeliveryStatus.BOUNCED: 7,
}
NEVER_SENT: Final = frozenset({DeliveryStatus.SUPPRESSED, DeliveryStatus.CANCELLED, DeliveryStatus.EXPIRED})
FAILURES: Final = frozenset({DeliveryStatus.FAILED, DeliveryStatus.BOUNCED})
OPEN: Final = frozenset({DeliveryStatus.SCHEDULED, DeliveryStatus.QUEUED, DeliveryStatus.SENDING})
"""Somebody still has to do something for it."""


def predecessors(status: DeliveryStatus) -> frozenset[DeliveryStatus]:
    """Return the statuses a delivery may have just before it takes `status`.

    A delivery never moves back, and what never went out (`suppressed`, `cancelled`, `expired`) can only
    follow `queued` or earlier.
    """
    if status in NEVER_SENT:
        return frozenset({DeliveryStatus.SCHEDULED, DeliveryStatus.QUEUED})
    return frozenset(earlier for earlier, rank in _RANK.items() if rank < _RANK[status])


class AttemptOutcome(StrEnum):
    """What became of one call to one provider."""

    ACCEPTED = "accepted"
    RETRIABLE = "retriable"
    PERMANENT = "permanent"
    MISCONFIGURED = "misconfigured"
    UNKNOWN = "unknown"


class Attempt(Value, frozen=True):
    """One call to one provider. `vendor_id` is the vendor's name for the message, `code` its word on a failure,
    `segments` how many parts an accepted text message went out in. `epoch` is the delivery's when it was made.

    Calls that tried a provider out which was ill, and found that it still is, are one attempt: the last of them, and
    `trials` is how many there were. `over`: it was the last one by its provider in this epoch.
    """

    number: int
    provider: ProviderId
    at: Millis
    outcome: AttemptOutcome
    vendor_id: str | None = None
    code: str | None = None
    segments: int | None = None
    epoch: int = 0
    trials: int = 0
    over: bool = False


class Detail(StrEnum):
    """The fine print of a decision on one channel."""

    CHANNEL = "channel"
    CATEGORY = "category"
    TYPE = "type"
    TOPIC = "topic"
    HOUR = "hour"
    DAY = "day"
    MONTH = "month"
    INSTEAD_OF_SMS = "instead_of_sms"
    INSTEAD_OF_PUSH = "instead_of_push"


class Delivery(Value, frozen=True):
    """One notification on one channel.

    `providers` is the order decided by the dispatcher, `provider` the index of the current one and `tries` how
    often that one was called. `lease` is present exactly while a vendor call is in flight: until then nobody else
    may touch it, afterwards its outcome is unknown. `not_before` is when the next call is due. `epoch` counts how often
    an operator redrove it after it had failed.

    `scheduled_for` is when it was planned for, where that was not at once, and `held` why a step waits longer than its
    policy says (`quiet_hours`, `do_not_disturb`). `detail` says more about `reason` or the plan (`Detail`).
    """

    status: DeliveryStatus
    providers: tuple[ProviderId, ...] = ()
    provider: int = 0
    tries: int = 0
    attempt: int = 0
    epoch: int = 0
    lease: Millis | None = None
    not_before: Millis | None = None
    scheduled_for: Millis | None = None
    held: Reason | None = None
    reason: Reason | None = None
    detail: Detail | None = None
    sent_at: Millis | None = None
    delivered_at: Millis | None = None
    attempts: tuple[Attempt, ...] = ()

    @property
    def last_attempt(self) -> Attempt | None:
        """The attempt that was made last."""
        return max(self.attempts, key=lambda attempt: attempt.number, default=None)

    @property
    def calls(self) -> int:
        """How many calls were made, with the one that is in flight. Numbers of attempts may have gaps: one that began
        while its provider was about to be left alone ended without a call.
        """
        return sum(attempt.trials or 1 for attempt in self.attempts) + (self.lease is not None)
