"""What a push to several devices comes to: tokens that FCM declares dead are named, whatever became of the others."""

import pytest
from msgspec.structs import replace

from chalicelib.domain.delivery import AttemptOutcome
from chalicelib.domain.provider import Accepted, Refused, Unsure
from chalicelib.domain.words import Priority
from infra.local.sandbox.faults import Fault, FaultKind
from tests.contract.cases.fcm import FcmCase
from tests.contract.messages import A_PUSH
from tests.contract.worker import Worker

pytestmark = [
    pytest.mark.parametrize("case", [FcmCase()], ids=["fcm"]),
    pytest.mark.filterwarnings("ignore:Message.token is deprecated:DeprecationWarning"),
]


def test_one_device_reached_is_enough(worker: Worker) -> None:
    result = worker.send(replace(A_PUSH, tokens=("dead-1", "device-1", "dead-2")))

    (accepted,) = worker.sandbox.records("fcm", accepted=True)
    assert result == Accepted(vendor_id=accepted.vendor_id, dead_tokens=("dead-1", "dead-2"))
    assert len(worker.sandbox.records("fcm")) == 3


def test_dead_devices_only_are_a_refusal_for_good(worker: Worker) -> None:
    result = worker.send(replace(A_PUSH, tokens=("dead-1", "dead-2")))

    dead = ("dead-1", "dead-2")
    assert result == Refused(kind=AttemptOutcome.PERMANENT, code="UNREGISTERED", dead_tokens=dead)


def test_a_device_that_may_have_been_reached_leaves_the_outcome_unknown(worker: Worker) -> None:
    worker.sandbox.fault(Fault(vendor="fcm", kind=FaultKind.DROPPED, contains="device-1"))

    assert isinstance(worker.send(replace(A_PUSH, tokens=("dead-1", "device-1"))), Unsure)


def test_many_devices_are_reached_by_one_send_and_one_access_token(worker: Worker) -> None:
    result = worker.send(replace(A_PUSH, tokens=tuple(f"device-{number}" for number in range(100))))

    assert isinstance(result, Accepted)
    assert len(worker.sandbox.records("fcm", accepted=True)) == 100
    assert len(worker.sandbox.records("google_oauth")) == 1


def test_without_an_access_token_nothing_is_sent(worker: Worker) -> None:
    worker.sandbox.fault(Fault(vendor="google_oauth", kind=FaultKind.STATUS, status=503))

    result = worker.send()

    assert isinstance(result, Refused)
    assert result.kind is AttemptOutcome.RETRIABLE
    assert not worker.sandbox.records("fcm")


def test_more_devices_than_one_call_takes_are_one_attempt(worker: Worker) -> None:
    tokens = tuple(f"device-{number}" for number in range(500))

    result = worker.send(replace(A_PUSH, tokens=(*tokens, "dead-1", "device-500")))

    assert isinstance(result, Accepted)
    assert result.dead_tokens == ("dead-1",)
    assert len(worker.sandbox.records("fcm", accepted=True)) == 501


def test_a_topic_is_one_request_whoever_subscribed(worker: Worker) -> None:
    result = worker.send(replace(A_PUSH, tokens=("/topics/news",)))

    (record,) = worker.sandbox.records("fcm", accepted=True)
    assert result == Accepted(vendor_id=record.vendor_id)
    assert record.body["message"]["topic"] == "news"


def test_data_only_is_taken(worker: Worker) -> None:
    assert isinstance(worker.send(replace(A_PUSH, data_only=True, priority=Priority.HIGH)), Accepted)
