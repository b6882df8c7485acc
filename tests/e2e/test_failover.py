"""Vendors that fail: the next one delivers, and who keeps failing is left alone until it is well.

How many processes work is MiniStack's to say; each counts for itself, so what is promised is promised per worker.
"""

from collections import Counter

import pytest

from chalicelib.domain.breaker import MOST_FAILURES, Phase
from infra.cli.waiting import eventually
from infra.local.sandbox.faults import FaultKind
from tests.e2e.arrivals import explained, mails, told
from tests.e2e.conftest import SEND, Herald, Person
from tests.e2e.mappings import paused
from tests.e2e.outages import PAUSE, Outage, workers_so_far
from tests.e2e.tenants import Tenant, mailing_tenant, new_tenant, sendgrid

pytestmark = pytest.mark.stack

MANY, SOME, AT_ONCE = 300, 60, 20
"""Deliveries of a long outage and of a short one; recipients of one send: more keep a small machine from its work."""
IN_TIME = 90.0


def send_to(tenant: Tenant, people: list[Person]) -> list[str]:
    """Send a mail to each, to some at a time, and wait until it is decided who is to make it; return the ids."""
    content = {"subject": "Hello", "body": "It is on its way."}
    ids: list[str] = []
    for start in range(0, len(people), AT_ONCE):
        recipients = [person.as_recipient() for person in people[start : start + AT_ONCE]]
        body = {"recipients": recipients, "channels": ["email"], "content": content}
        ids += [sent["id"] for sent in tenant.service.post(SEND, body)["notifications"]]
        decided(tenant, ids[start:])
    return ids


def decided(tenant: Tenant, ids: list[str]) -> None:
    """Wait until all are."""

    def look() -> bool:
        while ids and told(tenant.service, ids[-1])["deliveries"]:
            ids.pop()
        return not ids

    eventually(look, "all plans to be made", IN_TIME)


def arrivals(herald: Herald, tenant: Tenant) -> Counter[str]:
    """Return how many mails of a tenant came for each address."""
    return Counter(address for mail in mails(herald, tenant.id) for address in addresses(mail.body))


def addresses(body: dict[str, object]) -> list[str]:
    """Return whom a record of SendGrid or SMTP is for."""
    match body:
        case {"personalizations": [{"to": [{"email": str(address)}]}]}:
            return [address]
        case {"to": [*several]}:
            return [str(address) for address in several]
    return []


def each_once(people: list[Person]) -> Counter[str]:
    """Return what has arrived when everybody got one mail."""
    return Counter(person.email for person in people)


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
    before = [call for call in outage.calls if call.at * 1_000 <= opened.at]
    assert MOST_FAILURES <= len(before) <= MOST_FAILURES * workers_so_far(herald)
    assert [circuit.phase for circuit in (opened, *again, closed)] == [Phase.OPEN] * (1 + len(again)) + [Phase.CLOSED]
    assert all(later.at - earlier.at >= PAUSE * 1_000 for earlier, later in zip([opened, *again], again, strict=False))
    assert "circuit is open" in text
    assert len(outage.told) == 2 + len(again)


def test_what_one_worker_found_out_those_know_that_begin_later(herald: Herald, person: Person) -> None:
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


def test_while_a_vendor_is_down_it_gets_few_calls_and_what_waits_arrives_once_it_is_back(herald: Herald) -> None:
    outage = Outage(herald, new_tenant(herald, sendgrid(herald)))
    people = [Person() for _ in range(MANY)]
    outage.begin()
    send_to(outage.tenant, people)
    eventually(lambda: outage.tried_again(2), "it to be found still down, twice", IN_TIME)
    outage.end()
    eventually(lambda: arrivals(herald, outage.tenant) == each_once(people), "all mails to arrive", IN_TIME)

    bounded(herald, outage)


def test_while_a_vendor_is_down_the_next_one_delivers_at_once(herald: Herald) -> None:
    # Given mails that are all planned for a vendor that is down
    outage = Outage(herald, mailing_tenant(herald))
    people = [Person() for _ in range(SOME)]
    outage.begin()
    with paused(herald, "EmailMapping"):
        ids = send_to(outage.tenant, people)

    # When workers make them
    eventually(lambda: arrivals(herald, outage.tenant) == each_once(people), "all mails to arrive", IN_TIME)
    outage.end()

    # Then the next vendor took all of them, most without a call to the first
    assert {mail.vendor for mail in mails(herald, outage.tenant.id)} == {"smtp"}
    bounded(herald, outage)
    texts = [explained(outage.tenant.service, id)["channels"][0]["text"] for id in ids[-10:]]
    assert any("sendgrid was passed over because calls to it were failing" in text for text in texts)


def bounded(herald: Herald, outage: Outage) -> None:
    """Demand that a vendor that was down got at most five calls of each worker, and one of each after each pause; that
    in the pauses nobody called; and that nothing was written of it but what it became.
    """
    failed, workers = outage.failed, workers_so_far(herald)
    down = failed[-1].at - failed[0].at
    assert len(failed) <= workers * (MOST_FAILURES + down // PAUSE)
    opened = [circuit for circuit in outage.told if circuit.phase is Phase.OPEN]
    assert len(opened) <= 1 + down // PAUSE
    in_pauses = [call for circuit in opened for call in outage.calls if is_in_pause(call.at - circuit.at / 1_000)]
    assert in_pauses == []


def is_in_pause(since: float) -> bool:
    """Tell whether a time, in seconds since a breaker opened, is one in which every worker knows and waits."""
    return PAUSE / 2 < since < PAUSE * 0.9
