"""What follows a call to a provider: done, again later, the next provider, or the end."""

from functools import partial
from typing import Final

from msgspec.structs import replace

from chalicelib.domain.delivery import Attempt, AttemptOutcome, Delivery, DeliveryStatus
from chalicelib.domain.provider import Accepted, ProviderResult, Refused, Unsure
from chalicelib.domain.routing import remaining
from chalicelib.domain.state import DeliveryChange, InFlight
from chalicelib.domain.value import Millis
from chalicelib.domain.words import Reason

MAX_TRIES: Final = 4
"""Calls to one provider for one delivery: the first and three retries."""
FIRST_BACKOFF: Final = 1_000
MAX_BACKOFF: Final = 30_000
LONGEST_OUTAGE: Final = 86_400_000
"""For how long, in milliseconds, a message waits for providers that are left alone because they fail."""
LONGEST_WAIT: Final = 86_400_000
"""What a vendor may ask for, in milliseconds: the header is theirs, and may say any number."""


def backoff(tries: int, randomness: float) -> int:
    """Return the wait in milliseconds after `tries` failed calls: full jitter below 1 s doubling to 30 s.

    `randomness` is uniform in [0, 1). See the AWS Architecture Blog, "Exponential Backoff And Jitter".
    """
    ceiling = min(MAX_BACKOFF, FIRST_BACKOFF * 2 ** (tries - 1))
    return int(ceiling * randomness)


def change_after(
    delivery: Delivery, result: ProviderResult, now: Millis, randomness: float, *, trial: bool = False
) -> DeliveryChange:
    """Return how the claimed `delivery` changes by the `result` of its call.

    A retriable refusal is tried again at the same provider, then at the next, and at last at those that were passed
    over; a misconfigured provider is left at once; a permanent refusal ends the delivery; an unknown outcome is left to
    the vendor's report. A `trial` of a provider that was ill is no try while it is ill still: who finds out for all
    that a vendor is down must not pay for it with the message. A provider that only asks to wait is no longer ill.
    """
    match result:
        case Accepted():
            return _ended(delivery, DeliveryStatus.SENT, None, _record(delivery, result, now))
        case Unsure():
            return _ended(delivery, DeliveryStatus.UNKNOWN, Reason.OUTCOME_UNKNOWN, _record(delivery, result, now))
        case Refused(kind=AttemptOutcome.PERMANENT):
            return _ended(delivery, DeliveryStatus.FAILED, Reason.REFUSED, _record(delivery, result, now))
        case Refused(kind=AttemptOutcome.RETRIABLE) if (ill := trial and result.telling) or (
            delivery.tries < _tries(result)
        ):
            asked = int(min((result.retry_after or 0) * 1_000, LONGEST_WAIT))
            again = _again(
                delivery,
                result,
                now,
                provider=delivery.provider,
                tries=delivery.tries,
                wait=max(backoff(delivery.tries, randomness), asked),
            )
            return _uncounted(delivery, again) if ill else again
        case Refused() if others := remaining(delivery)[1:]:
            return _again(delivery, result, now, provider=others[0], tries=0, wait=0)
        case Refused():
            exhausted = result.kind is AttemptOutcome.RETRIABLE
            reason = Reason.RETRIES_EXHAUSTED if exhausted else Reason.MISCONFIGURED
            return _ended(delivery, DeliveryStatus.FAILED, reason, _record(delivery, result, now))


def change_elsewhere(
    delivery: Delivery, provider: int, result: ProviderResult, now: Millis, randomness: float, *, trial: bool = False
) -> DeliveryChange:
    """Return how the claimed `delivery` changes by the `result` of a first call to another of its providers."""
    change = change_after(replace(delivery, provider=provider, tries=1), result, now, randomness, trial=trial)
    return change if change.provider is not None else replace(change, provider=provider, tries=1)


def change_of_lapsed(delivery: Delivery, now: Millis) -> DeliveryChange:
    """Return how a delivery changes whose worker began a call and never reported within its lease."""
    record = _record(delivery, Unsure(code=Reason.WORKER_DIED), now)
    return DeliveryChange(
        attempt=delivery.attempt,
        status=DeliveryStatus.UNKNOWN,
        at=now,
        in_flight=InFlight.YES,
        reason=Reason.WORKER_DIED,
        record=record,
    )


def change_of_unmade(delivery: Delivery, now: Millis, until: Millis) -> DeliveryChange:
    """Return how a claimed delivery changes whose provider turned out not to be open for calls until then: no call was
    made, and none counts.
    """
    return DeliveryChange(
        attempt=delivery.attempt,
        status=DeliveryStatus.SENDING,
        at=now,
        in_flight=InFlight.YES,
        tries=delivery.tries - 1,
        not_before=until,
    )


def change_of_given_up(delivery: Delivery, now: Millis) -> DeliveryChange:
    """Return how a delivery ends, in nobody's hands, that nobody could be called for in all the time it had."""
    return DeliveryChange(
        attempt=delivery.attempt,
        status=DeliveryStatus.FAILED,
        at=now,
        in_flight=InFlight.NO,
        reason=Reason.RETRIES_EXHAUSTED,
    )


def _tries(refusal: Refused) -> int:
    return MAX_TRIES if refusal.retries is None else min(MAX_TRIES, 1 + refusal.retries)


def _ended(delivery: Delivery, status: DeliveryStatus, reason: Reason | None, record: Attempt) -> DeliveryChange:
    return DeliveryChange(attempt=delivery.attempt, status=status, at=record.at, reason=reason, record=record)


def _again(delivery: Delivery, result: Refused, now: Millis, *, provider: int, tries: int, wait: int) -> DeliveryChange:
    return DeliveryChange(
        attempt=delivery.attempt,
        status=DeliveryStatus.SENDING,
        at=now,
        in_flight=InFlight.YES,
        record=_record(delivery, result, now),
        provider=provider,
        tries=tries,
        not_before=Millis(now + wait),
    )


def _uncounted(delivery: Delivery, again: DeliveryChange) -> DeliveryChange:
    """Return the change without a try. However often the same delivery finds its provider ill, it grows no more."""
    record, last = again.record, delivery.attempts[-1] if delivery.attempts else None
    if record is None:
        return again
    same = last is not None and last.trials > 0 and (last.provider, last.epoch) == (record.provider, record.epoch)
    return replace(
        again,
        tries=delivery.tries - 1,
        record=replace(record, trials=last.trials + 1 if last is not None and same else 1),
        instead_of=len(delivery.attempts) - 1 if same else None,
    )


def _record(delivery: Delivery, result: ProviderResult, now: Millis) -> Attempt:
    provider = delivery.providers[delivery.provider]
    made = partial(Attempt, number=delivery.attempt, provider=provider, at=now, epoch=delivery.epoch)
    match result:
        case Accepted():
            return made(outcome=AttemptOutcome.ACCEPTED, vendor_id=result.vendor_id, segments=result.segments)
        case Refused():
            return made(outcome=result.kind, code=result.code)
        case Unsure():
            return made(outcome=AttemptOutcome.UNKNOWN, code=result.code)
