"""Vendors that fail: the next one delivers, and who keeps failing is left alone until it is well.

How many processes work is MiniStack's to say; each counts for itself, so what is promised is promised per worker.
"""

import pytest

from chalicelib.domain.breaker import MOST_FAILURES, Phase
from infra.cli.waiting import eventually
from infra.local.sandbox.faults import FaultKind
from tests.e2e.arrivals import explained, told
from tests.e2e.conftest import Herald, Person
from tests.e2e.outages import PAUSE, Outage
from tests.e2e.tenants import mailing_tenant, new_tenant, sendgrid

pytestmark = pytest.mark.stack

IN_TIME = 90.0


def test_when_one_vendor_keeps_failing_the_next_one_delivers_and_everybody_can_see_it(
    herald: Herald, person: Person
) -> None:
    tenant = mailing_tenant(herald)
    herald.fail(person, vendor="sendgrid", kind=FaultKind.STATUS, status=500)

    id = tenant.send(person)
    delivery = tenant.settled(id).on("email")

    assert (delivery.status, delivery.provider, delivery.attempts) == ("sent", "smtp", 5)
    assert len(herald.stack.sandbox.records("sendgrid", contains=person.email)) == 4
    assert len(herald.stack.sandbox.mails(contains=person.email)) == 1
    [seen] = told(tenant.service, id)["deliveries"]
    attempts = [(each["provider"], each["outcome"]) for each in seen["attempts"]]
    assert attempts == [("sendgrid", "retriable")] * 4 + [("smtp", "accepted")]
    story = explained(tenant.service, id)
    assert "smtp took it" in story["channels"][0]["text"]
    moments = [moment["text"] for moment in story["timeline"]]
    assert sum("sendgrid could not take it at that moment" in moment for moment in moments) == 4


def test_a_vendor_that_asks_to_wait_is_waited_for_and_nobody_else_is_asked(herald: Herald, person: Person) -> None:
    tenant = mailing_tenant(herald)
    herald.fail(person, vendor="sendgrid", kind=FaultKind.STATUS, status=429, retry_after=3, times=1)

    delivery = tenant.settled(tenant.send(person)).on("email")

    first, second = herald.stack.sandbox.records("sendgrid", contains=person.email)
    assert (delivery.status, delivery.provider, delivery.attempts) == ("sent", "sendgrid", 2)
    assert second.at - first.at >= 3


def test_a_provider_is_left_alone_after_five_failures_then_tried_then_used_again(
    herald: Herald, person: Person
) -> None:
    # Given a vendor that is down: one mail that failed for good by four calls, and one that is tried
    outage = Outage(herald, new_tenant(herald, sendgrid(herald)))
    tenant = outage.tenant
    outage.begin()
    tenant.settled(tenant.send(person))
    waiting = tenant.send(Person())

    # When it is tried out after a while, and is still down, and then is well
    eventually(lambda: outage.tried_again(1), "it to be found still down", IN_TIME)
    text = explained(tenant.service, waiting)["channels"][0]["text"]
    outage.end()
    tenant.settled(waiting)
    tenant.settled(tenant.send(Person()))
    eventually(outage.is_over, "it to be found well", IN_TIME)
    for _ in range(3):
        tenant.settled(tenant.send(Person()))

    # Then it opened by five calls, was called once after each pause, and nothing but that was written
    opened, *again, closed = outage.told
    # The sandbox's clock is read when it has answered: the fifth call may seem to come after what followed from it.
    before = [call for call in outage.calls if call.at * 1_000 <= opened.at + PAUSE * 500]
    assert MOST_FAILURES <= len(before) <= MOST_FAILURES * outage.workers
    assert [circuit.phase for circuit in (opened, *again, closed)] == [Phase.OPEN] * (1 + len(again)) + [Phase.CLOSED]
    assert all(later.at - earlier.at >= PAUSE * 1_000 for earlier, later in zip([opened, *again], again, strict=False))
    assert "circuit is open" in text
    assert len(outage.told) == 2 + len(again)


def test_what_workers_found_out_the_dispatcher_plans_by(herald: Herald) -> None:
    # Given a provider that is open
    outage = Outage(herald, mailing_tenant(herald))
    outage.begin()
    tenant = outage.tenant

    # Then the dispatcher, which never calls anybody, plans with it last
    def new_plan() -> list[str]:
        tracked = tenant.settled(tenant.send(Person()))
        [delivery] = told(tenant.service, tracked.id)["deliveries"]
        assert delivery["status"] == "sent"
        providers: list[str] = delivery["providers"]
        return providers

    eventually(lambda: new_plan() == ["smtp", "sendgrid"], "plans to begin with the other", IN_TIME)
    assert outage.latest is not None
    outage.end()
