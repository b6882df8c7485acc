"""What every provider must do, whoever the vendor is: one suite, each provider's case in `cases/`."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from chalicelib.domain.delivery import AttemptOutcome
from chalicelib.domain.provider import Accepted, ProviderResult, Refused, Unsure
from chalicelib.providers.registry import all_providers
from infra.local.ministack import find_free_port
from infra.local.sandbox.client import Sandbox
from infra.local.sandbox.faults import Fault, FaultKind
from infra.local.sandbox.records import Record
from tests.contract.case import Case
from tests.contract.conftest import CASES, StartWorker
from tests.contract.worker import IMPATIENT, TOO_SLOW, Worker, seal

# The SDK would rather have installation ids; apps still register by tokens.
pytestmark = pytest.mark.filterwarnings("ignore:Message.token is deprecated:DeprecationWarning")


def fail(worker: Worker, kind: FaultKind, status: int = 500) -> ProviderResult:
    """Send to a vendor that fails at it once, then would take it."""
    vendor = worker.case.vendor
    worker.sandbox.fault(Fault(vendor=vendor, kind=kind, status=status, retry_after=2.0, delay=TOO_SLOW, times=1))
    return worker.send()


def the_record(worker: Worker) -> Record:
    """Return the one request that reached the vendor, however it ended: nothing was tried behind our back."""
    (record,) = worker.sandbox.records(worker.case.vendor)
    return record


def test_every_provider_has_a_case() -> None:
    assert {provider.vendor: provider.channel for provider in all_providers() if provider.through is None} == {
        name: case.channel for name, case in CASES.items()
    }


def test_an_accepted_message_carries_the_vendors_id_and_arrived_whole(worker: Worker) -> None:
    result = worker.send()

    record = the_record(worker)
    assert isinstance(result, Accepted)
    assert result.vendor_id == record.vendor_id
    assert bool(record.vendor_id) is worker.case.names_messages
    assert worker.case.content(record) == worker.case.arrives


def test_what_the_vendor_refuses_is_refused_with_its_code(worker: Worker) -> None:
    refusals = worker.case.refusals

    results = [worker.send(refusal.message) for refusal in refusals]

    told = [(result.kind, result.code) for result in results if isinstance(result, Refused)]
    assert told == [(refusal.outcome, refusal.code) for refusal in refusals]
    assert AttemptOutcome.PERMANENT in {refusal.outcome for refusal in refusals}
    assert len(worker.sandbox.records(worker.case.vendor, accepted=False)) == len(refusals)


def test_too_many_requests_are_tried_again_when_the_vendor_says(worker: Worker) -> None:
    result = fail(worker, FaultKind.STATUS, 429)

    assert isinstance(result, Refused)
    assert (result.kind, result.retry_after) == (AttemptOutcome.RETRIABLE, worker.case.retry_after)
    assert not the_record(worker).accepted


def test_an_error_in_the_vendors_own_words_is_tried_again(worker: Worker) -> None:
    result = fail(worker, FaultKind.STATUS, 500)

    assert isinstance(result, Refused)
    assert result.kind is AttemptOutcome.RETRIABLE
    assert not the_record(worker).accepted


@pytest.mark.parametrize("case", [case for case in CASES.values() if case.gateways], ids=lambda case: case.vendor)
def test_an_error_in_a_gateways_words_leaves_the_outcome_unknown(worker: Worker) -> None:
    assert isinstance(fail(worker, FaultKind.BAD_GATEWAY), Unsure)
    assert the_record(worker).status == 502


def test_an_answer_that_does_not_come_in_time_leaves_the_outcome_unknown(
    case: Case, sandbox: Sandbox, start_worker: StartWorker
) -> None:
    worker = start_worker(case.environment(sandbox), IMPATIENT)

    assert fail(worker, FaultKind.SLOW) == Unsure(code="timeout")
    assert the_record(worker).accepted
    assert isinstance(worker.send(), Accepted)


@pytest.mark.parametrize("kind", [FaultKind.DROPPED, FaultKind.MALFORMED])
def test_an_answer_that_is_none_leaves_the_outcome_unknown(worker: Worker, kind: FaultKind) -> None:
    believed = kind is FaultKind.MALFORMED and not worker.case.has_answers

    assert isinstance(fail(worker, kind), Accepted if believed else Unsure)
    assert the_record(worker).accepted


@pytest.mark.parametrize("kind", [FaultKind.STATUS, FaultKind.DROPPED, FaultKind.MALFORMED])
def test_the_next_message_is_not_harmed_by_a_failure(worker: Worker, kind: FaultKind) -> None:
    fail(worker, kind)

    assert isinstance(worker.send(), Accepted)


def test_a_vendor_out_of_reach_is_tried_again(worker: Worker) -> None:
    result = fail(worker, FaultKind.UNREACHABLE)

    assert isinstance(result, Refused)
    assert result.kind is AttemptOutcome.RETRIABLE
    assert not worker.sandbox.records(worker.case.vendor)


def test_a_refused_connection_is_tried_again(case: Case, sandbox: Sandbox, start_worker: StartWorker) -> None:
    environment, settings = case.nowhere(sandbox, find_free_port())

    result = start_worker(environment).send(settings=settings)

    assert isinstance(result, Refused)
    assert (result.kind, result.retry_after) == (AttemptOutcome.RETRIABLE, None)


@pytest.mark.parametrize("case", [case for case in CASES.values() if case.has_credentials], ids=lambda c: c.vendor)
def test_wrong_credentials_are_the_providers_fault_not_the_messages(
    case: Case, sandbox: Sandbox, start_worker: StartWorker
) -> None:
    worker = start_worker(case.wrong_environment(sandbox))

    result = worker.send(credentials=seal(case.wrong_credentials(sandbox)))

    assert isinstance(result, Refused)
    assert result.kind is AttemptOutcome.MISCONFIGURED
    assert not sandbox.records(case.vendor, accepted=True)


@pytest.mark.parametrize("case", [case for case in CASES.values() if case.without_credentials], ids=lambda c: c.vendor)
def test_so_are_missing_ones(case: Case, sandbox: Sandbox, start_worker: StartWorker) -> None:
    result = start_worker(case.empty_environment(sandbox)).send(credentials=None)

    assert isinstance(result, Refused)
    assert (result.kind, result.code) == (AttemptOutcome.MISCONFIGURED, case.without_credentials)
    assert not sandbox.records()


def test_messages_are_sent_side_by_side(worker: Worker) -> None:
    with ThreadPoolExecutor(10) as threads:
        results = list(threads.map(lambda _: worker.send(), range(30)))

    records = worker.sandbox.records(worker.case.vendor)
    assert all(isinstance(result, Accepted) for result in results)
    assert len(records) == 30
