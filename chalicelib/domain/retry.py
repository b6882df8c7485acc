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
        case Refused(kind=AttemptOutcome.RETRIABLE, telling=True) if trial:
            return _uncounted(delivery, result, now, backoff(1, randomness))
        case Refused(kind=AttemptOutcome.RETRIABLE) if (tries := _made(delivery)) < _tries(result):
            asked = int(min((result.retry_after or 0) * 1_000, LONGEST_WAIT))
            record, wait = _record(delivery, result, now), max(backoff(tries, randomness), asked)
            return _again(delivery, record, provider=delivery.provider, tries=delivery.tries, wait=wait)
        case Refused(kind=kind) if kind is not AttemptOutcome.PERMANENT and (others := remaining(delivery)[1:]):
            record = replace(_record(delivery, result, now), over=True)
            return _again(delivery, record, provider=others[0], tries=0, wait=0)
        case _:
            status, reason = _END[result.kind if isinstance(result, Refused) else type(result)]
            return _ended(delivery, status, reason, _record(delivery, result, now))


_END: Final[dict[object, tuple[DeliveryStatus, Reason | None]]] = {
    Accepted: (DeliveryStatus.SENT, None),
    Unsure: (DeliveryStatus.UNKNOWN, Reason.OUTCOME_UNKNOWN),
    AttemptOutcome.PERMANENT: (DeliveryStatus.FAILED, Reason.REFUSED),
    AttemptOutcome.RETRIABLE: (DeliveryStatus.FAILED, Reason.RETRIES_EXHAUSTED),
    AttemptOutcome.MISCONFIGURED: (DeliveryStatus.FAILED, Reason.MISCONFIGURED),
}


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


def _again(delivery: Delivery, record: Attempt, *, provider: int, tries: int, wait: int) -> DeliveryChange:
    return DeliveryChange(
        attempt=delivery.attempt,
        status=DeliveryStatus.SENDING,
        at=record.at,
        in_flight=InFlight.YES,
        record=record,
        provider=provider,
        tries=tries,
        not_before=Millis(record.at + wait),
    )


def _uncounted(delivery: Delivery, result: Refused, now: Millis, wait: int) -> DeliveryChange:
    """Return the change by a call that is no try: its circuit says when the next one may be. However many there are,
    they are one attempt, so that the state does not grow by them.
    """
    record = _record(delivery, result, now)
    same = [
        index
        for index, attempt in enumerate(delivery.attempts)
        if attempt.trials > 0 and (attempt.provider, attempt.epoch) == (record.provider, record.epoch)
    ]
    trials = delivery.attempts[same[0]].trials + 1 if same else 1
    again = _again(
        delivery, replace(record, trials=trials), provider=delivery.provider, tries=delivery.tries - 1, wait=wait
    )
    return replace(again, instead_of=same[0]) if same else again


def _made(delivery: Delivery) -> int:
    """Return how many calls to its provider count in this epoch, with the one that is being judged; it may have been
    elsewhere in between.
    """
    here = delivery.providers[delivery.provider]
    before = [attempt for attempt in delivery.attempts if (attempt.provider, attempt.epoch) == (here, delivery.epoch)]
    return max(delivery.tries, 1 + sum(not attempt.trials for attempt in before))


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
