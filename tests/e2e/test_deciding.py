"""What is not sent, and why: no address, no provider, too late."""

import time
from datetime import UTC, datetime

import pytest

from infra.cli.waiting import eventually
from infra.local.sandbox.faults import FaultKind
from tests.e2e.conftest import Herald, Person
from tests.e2e.mappings import paused
from tests.e2e.tenants import new_tenant

pytestmark = pytest.mark.stack

Outcomes = dict[str, tuple[str, str | None]]


def at(moment: float) -> str:
    """Return a time in epoch seconds as the API takes it."""
    return datetime.fromtimestamp(moment, UTC).isoformat()


def outcomes(herald: Herald, id: str) -> Outcomes:
    """Return status and reason of each settled delivery, by channel."""
    return {delivery.channel: (delivery.status.value, delivery.error) for delivery in herald.settled(id).deliveries}


def test_what_has_no_address_is_suppressed_and_the_rest_is_sent(herald: Herald, person: Person) -> None:
    recipient = {"userId": person.user_id, "phone": "+14155550123"}

    id = herald.send(person, recipients=[recipient], channels=["email", "push", "in_app"])

    assert outcomes(herald, id) == {
        "email": ("suppressed", "missing_address"),
        "push": ("suppressed", "missing_address"),
        "in_app": ("delivered", None),
    }


def test_a_notification_of_which_nothing_is_left_is_suppressed(herald: Herald, person: Person) -> None:
    id = herald.send(person, recipients=[{"userId": person.user_id}])

    assert outcomes(herald, id) == {"email": ("suppressed", "missing_address")}
    assert herald.settled(id).status == "suppressed"


def test_a_channel_that_the_tenant_turned_off_is_suppressed(herald: Herald, person: Person) -> None:
    tenant = new_tenant(herald, disabledChannels=["email"])

    [delivery] = tenant.settled(tenant.send(person)).deliveries

    assert (delivery.status, delivery.error) == ("suppressed", "channel_disabled")


def test_a_channel_without_a_provider_is_suppressed(herald: Herald, person: Person) -> None:
    tenant = new_tenant(herald)
    recipient = person.as_recipient(deviceTokens=[f"phone-{person.user_id}"])

    [delivery] = tenant.settled(tenant.send(person, recipients=[recipient], channels=["push"])).deliveries

    assert (delivery.status, delivery.error) == ("suppressed", "no_provider")


def test_what_expires_before_it_is_sent_is_never_sent(herald: Herald, person: Person) -> None:
    expiry = time.time() + 1.5
    with paused(herald, "EmailMapping"):
        id = herald.send(person, expiresAt=at(expiry))
        eventually(lambda: time.time() > expiry, "it to expire", within=5)

    assert outcomes(herald, id) == {"email": ("expired", "expired")}
    assert herald.settled(id).status == "expired"
    assert herald.arrived(person) == 0


def test_what_expires_between_two_tries_is_not_tried_again(herald: Herald, person: Person) -> None:
    herald.fail(person, vendor="sendgrid", kind=FaultKind.STATUS, status=429, retry_after=6, times=1)

    id = herald.send(person, expiresAt=at(time.time() + 5))

    assert outcomes(herald, id) == {"email": ("failed", "expired")}
    assert herald.arrived(person) == 0
