from typing import Any

import pytest

from chalicelib.domain.delivery import DeliveryStatus, predecessors
from chalicelib.domain.state import Claim, DeliveryChange, InFlight, claimable, stopped_status
from chalicelib.domain.words import Channel, Reason, StopOn
from tests.build import NOW, a_delivery, a_state

ORDER = ["scheduled", "queued", "sending", "unknown", "sent", "failed", "delivered", "bounced"]


@pytest.mark.parametrize("later", ORDER)
def test_a_status_follows_only_what_stands_before_it(later: str) -> None:
    assert predecessors(DeliveryStatus(later)) == set(ORDER[: ORDER.index(later)])


@pytest.mark.parametrize("status", ["suppressed", "cancelled", "expired"])
def test_what_never_went_out_follows_only_what_waited(status: str) -> None:
    assert predecessors(DeliveryStatus(status)) == {"scheduled", "queued"}


@pytest.mark.parametrize(
    ("delivery", "notification", "expected"),
    [
        ({}, {}, Claim.FREE),
        ({"status": DeliveryStatus.SENDING}, {}, Claim.FREE),
        ({"not_before": NOW}, {}, Claim.FREE),
        ({"not_before": NOW + 1}, {}, Claim.NOT_YET),
        ({"status": DeliveryStatus.SENDING, "lease": NOW + 1}, {}, Claim.LEASED),
        ({"status": DeliveryStatus.SENDING, "lease": NOW}, {}, Claim.LAPSED),
        ({"status": DeliveryStatus.SENDING, "lease": NOW}, {"cancelled_at": NOW}, Claim.LAPSED),
        ({"status": DeliveryStatus.SENT}, {}, Claim.SETTLED),
        ({"status": DeliveryStatus.UNKNOWN}, {}, Claim.SETTLED),
        ({}, {"cancelled_at": NOW}, Claim.STOPPED),
        ({"not_before": NOW + 1}, {"cancelled_at": NOW}, Claim.STOPPED),
        ({}, {"read_at": NOW}, Claim.FREE),
        ({}, {"read_at": NOW, "stop_on": StopOn.READ}, Claim.STOPPED),
        ({}, {"expires_at": NOW}, Claim.STOPPED),
        ({}, {"expires_at": NOW + 1}, Claim.FREE),
    ],
)
def test_a_worker_is_told_what_it_finds(
    delivery: dict[str, Any], notification: dict[str, Any], expected: Claim
) -> None:
    state = a_state({Channel.EMAIL: a_delivery(**delivery)}, **notification)

    assert claimable(state, Channel.EMAIL, NOW) is expected


def test_a_channel_that_was_not_decided_has_nothing_to_do() -> None:
    assert claimable(a_state(), Channel.SMS, NOW) is Claim.SETTLED


@pytest.mark.parametrize(
    ("status", "reason", "expected"),
    [
        (DeliveryStatus.QUEUED, Reason.CANCELLED, DeliveryStatus.CANCELLED),
        (DeliveryStatus.QUEUED, Reason.READ, DeliveryStatus.CANCELLED),
        (DeliveryStatus.QUEUED, Reason.EXPIRED, DeliveryStatus.EXPIRED),
        (DeliveryStatus.SENDING, Reason.CANCELLED, DeliveryStatus.FAILED),
        (DeliveryStatus.SENDING, Reason.EXPIRED, DeliveryStatus.FAILED),
    ],
)
def test_a_stopped_delivery_never_moves_back(status: DeliveryStatus, reason: Reason, expected: DeliveryStatus) -> None:
    assert stopped_status(a_delivery(status), reason) is expected


@pytest.mark.parametrize(
    ("change", "delivery", "applies"),
    [
        ({"status": "sent"}, {"status": "sending", "lease": NOW}, True),
        ({"status": "sent"}, {"status": "unknown"}, True),
        ({"status": "sent"}, {"status": "failed"}, False),
        ({"status": "sent", "attempt": 2}, {"status": "sending", "lease": NOW}, False),
        ({"status": "sending", "in_flight": "yes"}, {"status": "sending", "lease": NOW}, True),
        ({"status": "sending", "in_flight": "yes"}, {"status": "sending"}, False),
        ({"status": "sending", "in_flight": "yes"}, {"status": "unknown"}, False),
        ({"status": "failed", "in_flight": "no"}, {"status": "sending", "lease": NOW}, False),
        ({"status": "failed", "in_flight": "no"}, {"status": "sending"}, True),
        ({"status": "cancelled", "in_flight": "no"}, {"status": "queued"}, True),
        ({"status": "cancelled", "in_flight": "no"}, {"status": "sending"}, False),
    ],
)
def test_a_change_applies_only_where_it_may(change: dict[str, Any], delivery: dict[str, Any], applies: bool) -> None:
    wanted = DeliveryChange(
        attempt=change.get("attempt", 1),
        status=DeliveryStatus(change["status"]),
        at=NOW,
        in_flight=InFlight(change.get("in_flight", "either")),
    )
    found = a_delivery(DeliveryStatus(delivery["status"]), attempt=1, lease=delivery.get("lease"))

    assert wanted.applies_to(found) is applies
