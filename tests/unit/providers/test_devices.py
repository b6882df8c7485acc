"""One result for a message to many devices, whatever each of them answered."""

import pytest

from chalicelib.domain.delivery import AttemptOutcome
from chalicelib.domain.provider import Accepted, ProviderResult, Refused, Unsure
from chalicelib.providers.devices import combine

ACCEPTED = Accepted(vendor_id="projects/p/messages/1")
UNSURE = Unsure(code="timeout")
DEAD = Refused(kind=AttemptOutcome.PERMANENT, code="UNREGISTERED")
INVALID = Refused(kind=AttemptOutcome.PERMANENT, code="INVALID_ARGUMENT")
FOREIGN = Refused(kind=AttemptOutcome.MISCONFIGURED, code="SENDER_ID_MISMATCH")
BUSY = Refused(kind=AttemptOutcome.RETRIABLE, code="UNAVAILABLE", retry_after=3)


@pytest.mark.parametrize(
    ("results", "combined"),
    [
        ([ACCEPTED], ACCEPTED),
        ([DEAD, ACCEPTED], Accepted(vendor_id="projects/p/messages/1", dead_tokens=("t0",))),
        ([UNSURE, BUSY, ACCEPTED], ACCEPTED),
        ([DEAD, UNSURE, BUSY], UNSURE),
        (
            [DEAD, FOREIGN, BUSY],
            Refused(kind=AttemptOutcome.RETRIABLE, code="UNAVAILABLE", retry_after=3, dead_tokens=("t0",)),
        ),
        ([INVALID, FOREIGN], FOREIGN),
        ([DEAD, INVALID, DEAD], Refused(kind=AttemptOutcome.PERMANENT, code="UNREGISTERED", dead_tokens=("t0", "t2"))),
    ],
)
def test_the_result_of_a_message_to_several_devices(results: list[ProviderResult], combined: ProviderResult) -> None:
    tokens = [f"t{number}" for number in range(len(results))]
    assert combine(tokens, results, "UNREGISTERED") == combined
