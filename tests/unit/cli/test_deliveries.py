from datetime import UTC, datetime
from typing import Any

import pytest
from rich.console import Console

from chalicelib.domain.delivery import DeliveryStatus
from infra.cli.deliveries import Delivery, Tracked, delivery_table

ACCEPTED = datetime(2026, 12, 1, 9, tzinfo=UTC)


def told(**changes: Any) -> dict[str, Any]:
    return {
        "channel": "email",
        "status": "sent",
        "attemptCount": 1,
        "providers": ["sendgrid", "smtp"],
        "attempts": [{"provider": "sendgrid"}],
        "sentAt": "2026-12-01T09:00:00.250Z",
        **changes,
    }


def test_a_delivery_took_from_acceptance_to_the_vendors_yes() -> None:
    delivery = Delivery.of(ACCEPTED, told())
    assert (delivery.provider, delivery.took) == ("sendgrid", 250)
    assert delivery.has_arrived
    assert delivery.is_settled


def test_a_delivery_belongs_to_the_provider_of_its_last_attempt_or_else_to_the_first_planned() -> None:
    failed_over = told(attempts=[{"provider": "sendgrid", "code": "500"}, {"provider": "smtp"}], attemptCount=2)
    assert Delivery.of(ACCEPTED, failed_over).provider == "smtp"
    assert Delivery.of(ACCEPTED, told(attempts=[], status="queued", sentAt=None)).provider == "sendgrid"
    assert Delivery.of(ACCEPTED, told(channel="in_app", attempts=[], providers=[])).provider == ""


def test_a_failed_delivery_says_the_vendors_word_and_took_no_time() -> None:
    refused = told(status="failed", sentAt=None, error="refused", attempts=[{"provider": "sendgrid", "code": "bad_to"}])
    delivery = Delivery.of(ACCEPTED, refused)
    assert (delivery.trouble, delivery.took, delivery.is_settled) == ("bad_to", None, True)
    assert not delivery.has_arrived


@pytest.mark.parametrize(
    ("status", "deliveries", "settled"),
    [
        ("accepted", [], False),
        ("queued", [told(status="sending")], False),
        ("sent", [told(), told(channel="sms", status="queued")], False),
        ("sent", [told()], True),
        ("suppressed", [], True),
    ],
)
def test_a_notification_is_settled_once_it_was_decided_and_every_delivery_has_ended(
    status: str, deliveries: list[dict[str, Any]], settled: bool
) -> None:
    seen = [Delivery.of(ACCEPTED, delivery) for delivery in deliveries]
    assert Tracked("id", "Hello", ACCEPTED, status=status, deliveries=seen).is_settled is settled


def test_a_delivery_that_nobody_decided_yet_is_queued() -> None:
    assert Tracked("id", "Hello", ACCEPTED, channels=("email",)).on("email").status is DeliveryStatus.QUEUED


def test_the_table_has_a_row_for_each_delivery_and_fits_a_narrow_terminal() -> None:
    # Given
    deliveries = [Delivery.of(ACCEPTED, told()), Delivery.of(ACCEPTED, told(channel="sms", status="sending"))]
    decided = Tracked("id", "A subject that goes on for longer than anybody cares to read here", ACCEPTED)
    decided.status, decided.deliveries = "queued", deliveries
    # When
    console = Console(width=80)
    with console.capture() as captured:
        console.print(delivery_table([decided, Tracked("id2", "Not decided", ACCEPTED)]))
    # Then
    lines = captured.get().splitlines()
    assert len(lines) == 4
    assert lines[1].split()[-6:] == ["email", "sendgrid", "1", "sent", "250", "ms"]
    assert "sending" in lines[2]
    assert "Not decided" in lines[3]
    assert "accepted" in lines[3]
