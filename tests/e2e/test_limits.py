"""What limits sending on the deployed stack: how often people are addressed, what it costs, who is never written to,
how often callers call, and how fast a tenant sends.
"""

from collections import Counter
from typing import Any

import pytest

from infra.cli.samples import RATE_LIMITS
from tests.e2e.arrivals import PHONE, at_once, choose, explained, mails, settled, texts
from tests.e2e.conftest import SEND, Herald, Person, User
from tests.e2e.tenants import ADMIN, Tenant, fcm, new_tenant, sendgrid, twilio

pytestmark = pytest.mark.stack

SUPPRESSIONS = f"{ADMIN}/suppressions"
ADMIN_SEND = f"{ADMIN}/notifications/send"
PRICES = [{"channel": "sms", "amount": "0.5"}]
BUDGETS = [{"period": "day", "limit": "1"}]
CALLS = 5
BURST, A_SECOND = 12, 2


def outcome(herald: Herald, id: str) -> tuple[str, str | None]:
    """Return status and reason of a settled e-mail of acme's."""
    delivery = herald.delivery(id)
    return delivery.status.value, delivery.error


def text(tenant: Tenant, person: Person, **recipient: Any) -> str:
    """Send a text message; return the notification's id."""
    return tenant.send(person, recipients=[person.as_recipient(phone=PHONE, **recipient)], channels=["sms"])


def test_who_wants_two_an_hour_gets_two_an_hour(herald: Herald, user: User) -> None:
    choose(user, caps={"email": {"hour": 2}})

    first = [outcome(herald, herald.send(user)) for _ in range(2)]
    third = herald.send(user)

    assert first == [("sent", None)] * 2
    assert outcome(herald, third) == ("suppressed", "frequency_capped")
    assert "as is allowed an hour" in explained(herald.orders, third)["summary"]
    assert outcome(herald, herald.send(user, priority="critical")) == ("sent", None)
    assert herald.arrived(user) == 3


def test_a_burst_does_not_get_past_a_cap(herald: Herald, user: User) -> None:
    choose(user, caps={"email": {"hour": 2}})

    ids = at_once(lambda _: herald.send(user), [*range(6)])

    ends = Counter(outcome(herald, id) for id in ids)
    assert ends == {("sent", None): 2, ("suppressed", "frequency_capped"): 4}
    assert herald.arrived(user) == 2


def test_a_burst_does_not_get_past_a_budget(herald: Herald) -> None:
    tenant = new_tenant(herald, twilio(herald), prices=PRICES, budgets=BUDGETS)
    people = [Person() for _ in range(5)]

    ids = at_once(lambda person: text(tenant, person), people)

    ends = [settled(tenant, id)["sms"] for id in ids]
    assert Counter(ends) == {("sent", None): 2, ("suppressed", "budget_exceeded"): 3}
    assert sum(len(texts(herald, person)) for person in people) == 2
    refused = ids[ends.index(("suppressed", "budget_exceeded"))]
    assert explained(tenant.service, refused)["summary"].endswith(
        "Not by text message: the tenant's budget for the day had no room for it."
    )


def test_what_the_budget_does_not_allow_goes_a_cheaper_way_where_that_is_wanted(herald: Herald) -> None:
    # Given
    providers = (twilio(herald), fcm(herald), sendgrid(herald))
    tenant = new_tenant(herald, *providers, prices=PRICES, budgets=BUDGETS, downgrade=True)
    for _ in range(2):
        assert settled(tenant, text(tenant, Person())) == {"sms": ("sent", None)}
    owner, other = Person(), Person()

    # When
    ids = [text(tenant, owner, deviceTokens=[f"phone-{owner.user_id}"]), text(tenant, other)]

    # Then
    refused = ("suppressed", "budget_exceeded")
    assert settled(tenant, ids[0]) == {"sms": refused, "push": ("sent", None)}
    assert settled(tenant, ids[1]) == {"sms": refused, "email": ("sent", None)}
    assert (len(texts(herald, owner)), len(mails(herald, other.email))) == (0, 1)
    assert len(herald.stack.sandbox.records("fcm", contains=owner.user_id, accepted=True)) == 1


def test_nothing_is_sent_to_an_address_on_the_list_until_it_is_taken_off(herald: Herald, person: Person) -> None:
    # Given
    entry = {"channel": "email", "address": person.email.upper(), "note": "asked by phone"}
    assert herald.admin.call("POST", SUPPRESSIONS, entry).status == 201

    # When
    refused = outcome(herald, herald.send(person)), outcome(herald, herald.send(person, priority="critical"))
    query = {"channel": "email", "address": person.email}
    assert herald.admin.call("DELETE", SUPPRESSIONS, query=query).status == 204

    # Then
    assert refused == (("suppressed", "suppressed_address"),) * 2
    assert outcome(herald, herald.send(person)) == ("sent", None)
    assert herald.arrived(person) == 1


def test_who_calls_too_often_is_told_when_to_come_again(herald: Herald) -> None:
    # Given
    tenant = new_tenant(herald, sendgrid(herald), rateLimits=RATE_LIMITS | {"send": CALLS})
    people = [Person() for _ in range(CALLS + 1)]
    bodies = [{"recipients": [each.as_recipient()], "channels": ["email"], "body": each.user_id} for each in people]

    # When
    answers = [tenant.service.call("POST", SEND, body) for body in bodies]

    # Then
    admitted = [answer for answer in answers if answer.status == 202]
    refused = answers[len(admitted)]
    # A lease whose answer got lost may be counted twice; more than the limit is never let through.
    assert CALLS - 1 <= len(admitted) <= CALLS
    assert admitted == answers[: len(admitted)]
    left = [answer.headers["RateLimit"].split(";")[:2] for answer in admitted]
    assert left[0][0] == '"send"'
    assert left[-1] in (['"send"', "r=0"], ['"send"', "r=1"])
    assert {answer.headers["RateLimit-Policy"] for answer in admitted} == {f'"send";q={CALLS};w=60'}
    assert (refused.status, refused.headers["Content-Type"]) == (429, "application/problem+json")
    assert (refused.body["code"], refused.body["status"]) == ("rate_limited", 429)
    assert 1 <= int(refused.headers["Retry-After"]) <= 66
    assert refused.headers["RateLimit"] == f'"send";r=0;t={refused.headers["Retry-After"]}'
    # and other calls, and other callers, are not held up by it
    assert settled(tenant, admitted[0].body["notifications"][0]["id"]) == {"email": ("sent", None)}
    assert tenant.admin.call("POST", ADMIN_SEND, bodies[-1]).status == 202
    assert {record.body["personalizations"][0]["to"][0]["email"] for record in mails(herald, tenant.id)} <= {
        person.email for person in people
    }


def test_a_tenant_sends_no_faster_than_it_wants_and_loses_nothing(herald: Herald) -> None:
    tenant = new_tenant(herald, sendgrid(herald), sendRates={"email": A_SECOND})

    ids = at_once(lambda _: tenant.send(Person()), [*range(BURST)])

    assert [settled(tenant, id) for id in ids] == [{"email": ("sent", None)}] * BURST
    times = [mail.at for mail in mails(herald, tenant.id)]
    assert len(times) == BURST
    # Twelve of them take six turns; what happens between taking one's turn and the vendor's door is forgiven.
    assert times[-1] - times[0] >= 0.7 * (BURST / A_SECOND - 1)
