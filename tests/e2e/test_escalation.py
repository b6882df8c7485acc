"""Escalation on the deployed stack: what nobody reads comes another way, until somebody reads or acknowledges it.

Seconds stand for minutes. What is not to arrive is shown not to by somebody else's, due at the same time, that does.
"""

from typing import Any

import pytest

from infra.cli.waiting import eventually
from tests.e2e.arrivals import INBOX, PHONE, becomes, explained, mails, outcomes, settled, texts, told
from tests.e2e.conftest import Herald, Person, User
from tests.e2e.tenants import ADMIN, Tenant, new_tenant, sendgrid, twilio

pytestmark = pytest.mark.stack

TEXT_AFTER, MAIL_AFTER = 5, 30
"""Seconds. Between the two there is time to read, whatever is slow."""


def policy(stop: str) -> dict[str, Any]:
    """Return an escalation policy that is called what it stops on."""
    steps = [
        {"channel": "in_app"},
        {"channel": "sms", "after": TEXT_AFTER},
        {"channel": "email", "after": MAIL_AFTER},
    ]
    return {"id": f"until-{stop}", "stop": stop, "steps": steps}


@pytest.fixture(scope="module")
def tenant(herald: Herald) -> Tenant:
    """A tenant that escalates until its messages are read, acknowledged or delivered."""
    tenant = new_tenant(herald, sendgrid(herald), twilio(herald))
    for stop in ("read", "acknowledged", "delivered"):
        tenant.admin.post(f"{ADMIN}/escalation-policies", policy(stop))
    return tenant


def escalate(tenant: Tenant, person: Person, stop: str, **changes: Any) -> str:
    """Send something on all three channels that escalates until it is stopped; return its id."""
    recipient = person.as_recipient(phone=PHONE)
    more: dict[str, Any] = {"channels": ["in_app", "sms", "email"], "escalation": {"policy": f"until-{stop}"}}
    return tenant.send(person, recipients=[recipient], **more | changes)


def await_inbox(user: User, id: str) -> None:
    """Wait until a notification lies in a user's inbox, unread."""
    eventually(
        lambda: [item["id"] for item in user.api.get(INBOX, unread="true")["items"]] == [id],
        f"{id} to be in the inbox",
        within=30,
    )


def test_what_is_not_read_comes_as_a_text_and_then_by_mail(herald: Herald, tenant: Tenant) -> None:
    # Given
    users = [herald.new_user(tenant=tenant.id) for _ in range(5)]
    nobody_reads, read_after_text, only_read, acknowledged, read_until_delivered = users
    stops = ("read", "read", "acknowledged", "acknowledged", "delivered")
    ids = [escalate(tenant, user, stop) for user, stop in zip(users, stops, strict=True)]

    # Then it lies in the inbox at once, and the later steps wait
    becomes(tenant, ids[-1], "in_app", "delivered")
    assert outcomes(tenant.service, ids[-1]) == {
        "in_app": ("delivered", None),
        "sms": ("scheduled", None),
        "email": ("scheduled", None),
    }
    for user, id in zip(users, ids, strict=True):
        await_inbox(user, id)
    # and as nobody reads it, a text message follows
    for user, id in zip(users, ids, strict=True):
        becomes(tenant, id, "sms", "sent")
        [text] = texts(herald, user)
        assert (text.body["To"], text.body["Body"]) == (PHONE, f"Hello {user.user_id}")

    # When some read it and one acknowledges
    for user, id in zip(users[1:], ids[1:], strict=True):
        what = "acknowledge" if user is acknowledged else "read"
        assert user.api.call("POST", f"{INBOX}/{id}/{what}").status == 200

    # Then it shows at once
    at_once = {user.user_id: outcomes(tenant.service, id)["email"] for user, id in zip(users, ids, strict=True)}
    assert at_once == {
        nobody_reads.user_id: ("scheduled", None),
        read_after_text.user_id: ("cancelled", "read_before_escalation"),
        only_read.user_id: ("scheduled", None),
        acknowledged.user_id: ("cancelled", "acknowledged_before_escalation"),
        read_until_delivered.user_id: ("cancelled", "delivered_before_escalation"),
    }
    # and the mail comes to those only whom it was not stopped for
    for id in (ids[0], ids[2]):
        assert settled(tenant, id)["email"] == ("sent", None)
    arrived = {user.user_id: len(mails(herald, user.email)) for user in users}
    assert arrived == {user.user_id: int(user in (nobody_reads, only_read)) for user in users}
    assert told(tenant.service, ids[1])["status"] == "read"
    # and whoever asks why there was no mail is told
    explanation = explained(tenant.service, ids[1])
    [by_mail] = [channel for channel in explanation["channels"] if channel["channel"] == "email"]
    assert "Not by e-mail: it was read before this step came due (" in explanation["summary"]
    assert by_mail["text"].startswith("Not sent: it was read before this step came due (")
    assert "Read." in [moment["text"] for moment in explanation["timeline"]]
    assert "It was read at" not in explained(tenant.service, ids[0])["summary"]


def test_only_steps_on_requested_channels_run_and_others_are_not_in_the_policy(tenant: Tenant, person: Person) -> None:
    id = escalate(tenant, person, "read", channels=["in_app", "push"])

    assert settled(tenant, id) == {"in_app": ("delivered", None), "push": ("suppressed", "not_in_policy")}


def test_a_policy_that_there_is_not_is_refused(tenant: Tenant, person: Person) -> None:
    body = {"recipients": [person.as_recipient()], "content": {"body": "Hello"}, "escalation": {"policy": "none"}}

    answer = tenant.service.call("POST", "/api/v1/services/notifications/send", body)

    assert answer.status == 422
    assert [fault["pointer"] for fault in answer.body["faults"]] == ["/escalation/policy"]
