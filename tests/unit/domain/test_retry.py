import pytest
from msgspec.structs import replace

from chalicelib.domain.delivery import Attempt, AttemptOutcome, Delivery, DeliveryStatus
from chalicelib.domain.ids import ProviderId
from chalicelib.domain.provider import Accepted, ProviderResult, Refused, Unsure
from chalicelib.domain.retry import MAX_TRIES, backoff, change_after, change_of_lapsed, change_of_unmade
from chalicelib.domain.state import InFlight
from chalicelib.domain.value import Millis
from chalicelib.domain.words import Reason
from tests.build import NOW, a_delivery

RETRIABLE = Refused(kind=AttemptOutcome.RETRIABLE, code="busy")
MISCONFIGURED = Refused(kind=AttemptOutcome.MISCONFIGURED, code="bad_key")
PERMANENT = Refused(kind=AttemptOutcome.PERMANENT, code="bad_address")
CALLED = Attempt(number=4, provider=ProviderId("first"), at=NOW, outcome=AttemptOutcome.RETRIABLE, over=True)


def claimed() -> Delivery:
    return a_delivery(DeliveryStatus.SENDING, attempt=1, tries=1, lease=NOW + 9)


@pytest.mark.parametrize(
    ("result", "status", "reason"),
    [
        (Accepted(vendor_id="v1"), DeliveryStatus.SENT, None),
        (Unsure(code="timeout"), DeliveryStatus.UNKNOWN, Reason.OUTCOME_UNKNOWN),
        (PERMANENT, DeliveryStatus.FAILED, Reason.REFUSED),
    ],
)
def test_a_final_result_ends_the_delivery(
    result: ProviderResult, status: DeliveryStatus, reason: Reason | None
) -> None:
    change = change_after(claimed(), result, NOW, 0.5)

    assert (change.status, change.reason, change.not_before) == (status, reason, None)
    assert change.record is not None
    assert change.record.provider == "first"


def test_how_many_segments_went_out_is_on_record() -> None:
    record = change_after(claimed(), Accepted(vendor_id="v1", segments=3), NOW, 0.5).record

    assert record is not None
    assert (record.vendor_id, record.segments, record.code) == ("v1", 3, None)


def test_a_retriable_refusal_is_tried_again_at_the_same_provider_after_a_jittered_wait() -> None:
    change = change_after(claimed(), RETRIABLE, NOW, 0.5)

    assert (change.status, change.provider, change.tries) == (DeliveryStatus.SENDING, 0, 1)
    assert change.not_before == NOW + 500
    assert change.in_flight is InFlight.YES


@pytest.mark.parametrize(("tries", "provider"), [(1, 0), (2, 1)])
def test_a_refusal_that_may_be_none_is_tried_again_only_so_often(tries: int, provider: int) -> None:
    failure = Refused(kind=AttemptOutcome.RETRIABLE, code="failure", retries=1)

    change = change_after(a_delivery(DeliveryStatus.SENDING, attempt=1, tries=tries, lease=NOW + 9), failure, NOW, 0.5)

    assert change.provider == provider


def test_the_vendors_wish_outlasts_our_backoff() -> None:
    busy = Refused(kind=AttemptOutcome.RETRIABLE, code="busy", retry_after=7.5)

    assert change_after(claimed(), busy, NOW, 0.5).not_before == NOW + 7_500


@pytest.mark.parametrize("seconds", [90_000, 1e11, 1e300])
def test_no_vendor_puts_a_delivery_off_for_more_than_a_day(seconds: float) -> None:
    busy = Refused(kind=AttemptOutcome.RETRIABLE, code="busy", retry_after=seconds)

    assert change_after(claimed(), busy, NOW, 0.5).not_before == NOW + 86_400_000


@pytest.mark.parametrize("result", [RETRIABLE, MISCONFIGURED])
def test_the_next_provider_follows_without_a_wait(result: Refused) -> None:
    tries = MAX_TRIES if result is RETRIABLE else 1

    change = change_after(a_delivery(DeliveryStatus.SENDING, attempt=4, tries=tries, lease=NOW), result, NOW, 0.9)

    assert (change.status, change.provider, change.tries) == (DeliveryStatus.SENDING, 1, 0)
    assert change.not_before == NOW


@pytest.mark.parametrize(
    ("result", "reason"), [(RETRIABLE, Reason.RETRIES_EXHAUSTED), (MISCONFIGURED, Reason.MISCONFIGURED)]
)
def test_the_last_providers_last_refusal_fails_the_delivery(result: Refused, reason: Reason) -> None:
    last = a_delivery(DeliveryStatus.SENDING, attempt=8, tries=MAX_TRIES, provider=1, lease=NOW, attempts=(CALLED,))

    change = change_after(last, result, NOW, 0.9)

    assert (change.status, change.reason) == (DeliveryStatus.FAILED, reason)


@pytest.mark.parametrize(("tries", "ceiling"), [(1, 1_000), (2, 2_000), (3, 4_000), (6, 30_000), (60, 30_000)])
def test_backoff_doubles_up_to_a_ceiling_with_full_jitter(tries: int, ceiling: int) -> None:
    assert backoff(tries, 0.0) == 0
    assert backoff(tries, 0.5) == ceiling // 2
    assert backoff(tries, 0.999_999) < ceiling


def test_a_lapsed_lease_leaves_an_honest_unknown() -> None:
    change = change_of_lapsed(claimed(), NOW)

    assert (change.status, change.reason, change.in_flight) == (
        DeliveryStatus.UNKNOWN,
        Reason.WORKER_DIED,
        InFlight.YES,
    )


def test_who_was_passed_over_is_tried_at_last() -> None:
    at_second = a_delivery(DeliveryStatus.SENDING, attempt=4, tries=MAX_TRIES, provider=1, lease=NOW)

    change = change_after(at_second, RETRIABLE, NOW, 0.9)

    assert (change.status, change.provider, change.tries) == (DeliveryStatus.SENDING, 0, 0)


def test_in_a_new_epoch_everybody_is_tried_again() -> None:
    second = replace(CALLED, number=8, provider=ProviderId("second"))
    redriven = a_delivery(DeliveryStatus.SENDING, attempt=12, tries=MAX_TRIES, epoch=1, attempts=(CALLED, second))

    change = change_after(redriven, RETRIABLE, NOW, 0.9)

    assert (change.status, change.provider) == (DeliveryStatus.SENDING, 1)
    assert change.record is not None
    assert change.record.epoch == 1


def test_a_call_that_was_not_made_does_not_count() -> None:
    change = change_of_unmade(claimed(), NOW, Millis(NOW + 60_000))

    assert (change.status, change.tries, change.record) == (DeliveryStatus.SENDING, 0, None)
    assert (change.provider, change.not_before, change.in_flight) == (None, NOW + 60_000, InFlight.YES)


def test_calls_are_those_on_record_and_the_one_in_flight() -> None:
    once = replace(claimed(), attempt=2, attempts=(CALLED,))

    assert (claimed().calls, once.calls) == (1, 2)
    # Nothing in flight: the second was claimed, and turned out not to be allowed.
    assert replace(once, lease=None).calls == 1


def test_a_refused_trial_of_a_provider_that_was_ill_is_no_try() -> None:
    last = a_delivery(
        DeliveryStatus.SENDING, attempt=9, tries=MAX_TRIES, provider=0, providers=(ProviderId("only"),), lease=NOW
    )

    change = change_after(last, RETRIABLE, NOW, 0.9, trial=True)

    assert (change.status, change.provider, change.tries) == (DeliveryStatus.SENDING, 0, MAX_TRIES - 1)
    assert change.record is not None
    assert change_after(last, RETRIABLE, NOW, 0.9).status is DeliveryStatus.FAILED


@pytest.mark.parametrize("result", [PERMANENT, Unsure(code="timeout")])
def test_a_trial_that_tells_more_than_later_ends_it_as_any_call(result: ProviderResult) -> None:
    assert change_after(claimed(), result, NOW, 0.9, trial=True) == change_after(claimed(), result, NOW, 0.9)


def test_a_trial_that_is_told_to_wait_is_a_try_as_any_other() -> None:
    last = a_delivery(DeliveryStatus.SENDING, attempt=9, tries=MAX_TRIES, provider=0, lease=NOW)
    limited = Refused(kind=AttemptOutcome.RETRIABLE, code="http_429", telling=False)

    change = change_after(last, limited, NOW, 0.9, trial=True)

    assert (change.status, change.provider, change.tries) == (DeliveryStatus.SENDING, 1, 0)
