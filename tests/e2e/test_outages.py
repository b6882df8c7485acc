"""An outage of hundreds of mails: the vendor gets few calls meanwhile, and nobody goes without.

How many processes work is MiniStack's to say; each counts for itself, so what is promised is promised per worker.
"""

from collections import Counter
from collections.abc import Iterator

import pytest

from chalicelib.domain.breaker import MOST_FAILURES, Phase
from infra.cli.waiting import eventually
from tests.e2e.arrivals import explained, mails, told
from tests.e2e.conftest import SEND, Herald, Person
from tests.e2e.mappings import paused
from tests.e2e.outages import PAUSE, Outage, unhurried
from tests.e2e.tenants import Tenant, mailing_tenant, new_tenant, sendgrid

pytestmark = [pytest.mark.stack, pytest.mark.usefixtures("_unhurried")]

MANY, SOME, AT_ONCE = 300, 60, 20
"""Deliveries of a long outage and of a short one; recipients of one send: more keep a small machine from its work."""
IN_TIME = 120.0


@pytest.fixture(scope="module")
def _unhurried(herald: Herald) -> Iterator[None]:
    with unhurried(herald):
        yield


def send_to(tenant: Tenant, people: list[Person]) -> list[str]:
    """Send a mail to each, to some at a time, which are decided by and large before the next; return the ids."""
    content = {"subject": "Hello", "body": "It is on its way."}
    ids: list[str] = []
    for start in range(0, len(people), AT_ONCE):
        recipients = [person.as_recipient() for person in people[start : start + AT_ONCE]]
        body = {"recipients": recipients, "channels": ["email"], "content": content}
        ids += [sent["id"] for sent in tenant.service.post(SEND, body)["notifications"]]
        await_decision(tenant, ids[-1])
    return ids


def await_decision(tenant: Tenant, id: str) -> None:
    """Wait until it is decided who is to make a mail."""
    eventually(lambda: told(tenant.service, id)["deliveries"] != [], f"{id} to be decided", IN_TIME)


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


def test_while_a_vendor_is_down_it_gets_few_calls_and_what_waits_arrives_once_it_is_back(herald: Herald) -> None:
    outage = Outage(herald, new_tenant(herald, sendgrid(herald)))
    people = [Person() for _ in range(MANY)]
    outage.begin()
    with paused(herald, "EmailMapping"):
        send_to(outage.tenant, people)
    eventually(lambda: outage.tried_again(1), "it to be found still down", IN_TIME, every=0.5)
    outage.end()
    eventually(lambda: arrivals(herald, outage.tenant) == each_once(people), "all mails to arrive", IN_TIME, every=1)

    bounded(outage)


def test_while_a_vendor_is_down_the_next_one_delivers_at_once(herald: Herald) -> None:
    # Given mails that are all planned for a vendor that is down
    outage = Outage(herald, mailing_tenant(herald))
    people = [Person() for _ in range(SOME)]
    outage.begin()
    with paused(herald, "EmailMapping"):
        ids = send_to(outage.tenant, people)
        eventually(lambda: waiting(herald) >= SOME, "all to wait for a worker", IN_TIME, every=0.5)

    # When workers make them
    eventually(lambda: arrivals(herald, outage.tenant) == each_once(people), "all mails to arrive", IN_TIME, every=1)
    outage.end()

    # Then the next vendor took all of them, most without a call to the first
    assert {mail.vendor for mail in mails(herald, outage.tenant.id)} == {"smtp"}
    bounded(outage)
    texts = [explained(outage.tenant.service, id)["channels"][0]["text"] for id in ids[-10:]]
    assert any("sendgrid was passed over because calls to it were failing" in text for text in texts)


def waiting(herald: Herald) -> int:
    """Return how many mails no worker has taken yet."""
    name = "ApproximateNumberOfMessages"
    url = herald.stack.outputs.lanes["email"].queue
    said = herald.stack.cloud.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=[name])
    return int(said["Attributes"][name])


def bounded(outage: Outage) -> None:
    """Demand that a vendor that was down got at most five calls of each worker, and one of each after each pause; that
    in the pauses nobody called in vain (another worker may have found it well meanwhile); and that nothing was written
    of it but what it became.
    """
    failed = outage.failed
    down = failed[-1].at - failed[0].at
    assert len(failed) <= outage.workers * (MOST_FAILURES + down // PAUSE)
    opened = [circuit for circuit in outage.told if circuit.phase is Phase.OPEN]
    assert len(opened) <= 1 + down // PAUSE
    in_pauses = [call for circuit in opened for call in failed if is_in_pause(call.at - circuit.at / 1_000)]
    assert in_pauses == []


def is_in_pause(since: float) -> bool:
    """Tell whether a time, in seconds since a breaker opened, is one in which every worker knows and waits."""
    return PAUSE / 2 < since < PAUSE * 0.9
