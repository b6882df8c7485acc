"""On-call on the deployed stack: people on duty are asked one after another until one of them acknowledges."""

from typing import Any

import pytest

from infra.cli.waiting import eventually
from tests.e2e.arrivals import IN_TIME, INBOX, explained, mails, texts
from tests.e2e.conftest import Herald, Person, User
from tests.e2e.tenants import ADMIN, Tenant, new_tenant, sendgrid, twilio

pytestmark = pytest.mark.stack

PHONES = ["+14155550131", "+14155550132", "+14155550133"]
ASKED_AFTER, NEXT_AFTER, MAIL_AFTER = 1, 8, 120
"""Seconds."""


@pytest.fixture(scope="module")
def tenant(herald: Herald) -> Tenant:
    """A tenant of its own."""
    return new_tenant(herald, sendgrid(herald), twilio(herald))


@pytest.fixture(scope="module")
def on_duty(herald: Herald, tenant: Tenant) -> list[User]:
    """Three people who are on duty around the clock, in the order they are asked, by a policy called `incident`."""
    people = [herald.new_user(tenant=tenant.id) for _ in PHONES]
    for user, phone in zip(people, PHONES, strict=True):
        tenant.service.put(f"/api/v1/services/recipients/customer/{user.user_id}", {"phone": phone})
    shift = {"people": [{"userId": user.user_id, "userType": "customer"} for user in people]}
    rota = {"id": "operations", "timeZone": "Asia/Kathmandu", "shifts": [shift]}
    tenant.admin.post(f"{ADMIN}/on-call-rotas", rota)
    steps: list[dict[str, Any]] = [
        {"channel": "in_app"},
        {"channels": ["sms", "in_app"], "rota": "operations", "after": ASKED_AFTER, "every": NEXT_AFTER},
        {"channel": "email", "after": MAIL_AFTER},
    ]
    tenant.admin.post(f"{ADMIN}/escalation-policies", {"id": "incident", "stop": "acknowledged", "steps": steps})
    return people


def report(tenant: Tenant, person: Person) -> str:
    """Report an incident that somebody on duty has to look after; return its id."""
    return tenant.send(person, channels=["in_app", "email"], escalation={"policy": "incident"})


def asked(herald: Herald, incident: Person) -> list[str]:
    """Return the numbers that were texted for an incident, in order."""
    return [text.body["To"] for text in texts(herald, incident)]


def await_asked(herald: Herald, incident: Person, count: int) -> None:
    """Wait until so many people were texted for an incident."""
    eventually(lambda: len(asked(herald, incident)) >= count, f"{count} to be asked", IN_TIME)


def lying_with(user: User, incident: Person) -> str:
    """Return the id of what asks somebody on duty to look after an incident, once it lies in their inbox."""

    def look() -> str | None:
        return next((item["id"] for item in user.api.get(INBOX)["items"] if incident.user_id in item["body"]), None)

    return eventually(look, "the question to lie in the inbox", within=30)


def refuse(user: User, *ids: str) -> None:
    """Demand that somebody cannot acknowledge what is not theirs, as if there were no such thing."""
    answers = [user.api.call("POST", f"{INBOX}/{id}/acknowledge") for id in ids]
    assert [(answer.status, answer.body["code"]) for answer in answers] == [(404, "not_found")] * len(ids)


def test_the_next_on_duty_is_asked_until_somebody_acknowledges(
    herald: Herald, tenant: Tenant, on_duty: list[User]
) -> None:
    # Given
    looked_after, neglected = herald.new_user(tenant=tenant.id), Person()
    stranger = herald.new_user(tenant=tenant.id)
    first, second, _ = on_duty
    parent = report(tenant, looked_after)
    report(tenant, neglected)
    await_asked(herald, looked_after, 1)
    assert asked(herald, looked_after) == PHONES[:1]

    # When others try, and the second, whom the first has left it to, acknowledges
    refuse(stranger, parent, lying_with(first, looked_after))
    await_asked(herald, looked_after, 2)
    child = lying_with(second, looked_after)
    refuse(first, child)
    answer = second.api.call("POST", f"{INBOX}/{child}/acknowledge")

    # Then what she was asked for is acknowledged, and what was to come is cancelled
    assert (answer.status, answer.body["acknowledgedAt"] is not None) == (200, True)
    seen = looked_after.api.get(f"{INBOX}/{parent}")
    assert (seen["acknowledgedAt"] is not None, seen["status"]) == (True, "read")
    explanation = explained(tenant.service, parent)
    [by_mail] = [channel for channel in explanation["channels"] if channel["channel"] == "email"]
    assert (by_mail["status"], by_mail["reason"]) == ("cancelled", "acknowledged_before_escalation")
    [relay] = explanation["relays"]
    people = [each["userId"] for each in relay["asked"]]
    assert people == [first.user_id, second.user_id]
    assert [each.get("acknowledgedAt") is not None for each in relay["asked"]] == [False, True]
    assert relay["text"].startswith("2 on duty by the rota “operations” were asked; it was acknowledged at ")

    # and nobody else is asked, while what nobody acknowledges goes on to the last one
    await_asked(herald, neglected, 3)
    assert asked(herald, neglected) == PHONES
    assert asked(herald, looked_after) == PHONES[:2]
    assert mails(herald, looked_after.email) == []


def test_cancelling_what_they_are_asked_for_ends_it(
    herald: Herald, tenant: Tenant, on_duty: list[User], person: Person
) -> None:
    witness = Person()
    parent = report(tenant, person)
    tenant.service.post("/api/v1/services/notifications/cancel", {"id": parent})
    report(tenant, witness)

    await_asked(herald, witness, 1)

    assert asked(herald, person) == []
    story = explained(tenant.service, parent)
    channels = {channel["channel"]: channel["status"] for channel in story["channels"]}
    # It may have come into the inbox before, or not have been decided: that is as fast as this machine is.
    assert story["status"] == channels.get("in_app", "cancelled")
    assert channels.get("email", "cancelled") == "cancelled"
    assert [relay["asked"] for relay in story["relays"]] in ([], [[]])
