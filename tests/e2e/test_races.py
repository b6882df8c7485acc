"""Cancelling and reading against the workers: once they are answered, nothing more goes out. (Every order of the steps
is explored on the twin: tests/interleavings.)
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from infra.cli.waiting import eventually
from tests.e2e.conftest import Herald, Person, User
from tests.e2e.mappings import paused

pytestmark = pytest.mark.stack

CANCEL = "/api/v1/services/notifications/cancel"
INBOX = "/api/v1/users/me/notifications"
RUNNERS = 12
ARRIVALS = {"cancelled": {0}, "sent": {1}, "unknown": {0, 1}}
"""How often a mail may have arrived that ends like this."""


def decided(herald: Herald, id: str) -> None:
    """Wait until a notification is decided, so that its messages are on their way."""
    status = f"/api/v1/services/notifications/{id}/status"
    eventually(lambda: herald.orders.get(status)["deliveries"] != [], f"{id} to be decided", within=30)


def test_what_is_cancelled_while_it_waits_never_goes_out(herald: Herald, person: Person) -> None:
    with paused(herald, "EmailMapping"):
        id = herald.send(person)
        decided(herald, id)
        answer = herald.orders.post(CANCEL, {"id": id})
    herald.settled(herald.send(Person()))

    assert (answer["status"], answer["deliveries"][0]["status"]) == ("cancelled", "cancelled")
    delivery = herald.delivery(id)
    assert (delivery.status, delivery.error, delivery.attempts) == ("cancelled", "cancelled", 0)
    assert herald.arrived(person) == 0


def test_what_is_cancelled_before_it_is_decided_is_never_decided(herald: Herald, person: Person) -> None:
    with paused(herald, "OutboxMapping"):
        id = herald.send(person)
        assert herald.orders.post(CANCEL, {"id": id})["status"] == "cancelled"
    herald.settled(herald.send(Person()))

    tracked = herald.settled(id)
    assert (tracked.status, tracked.deliveries) == ("cancelled", [])
    assert herald.arrived(person) == 0


def test_an_escalation_that_is_read_stops(herald: Herald, user: User) -> None:
    with paused(herald, "EmailMapping"):
        id = herald.send(user, channels=["in_app", "email"], strategy="escalation")
        eventually(lambda: unread(user) == 1, "it to be in the inbox", within=30)
        user.api.patch(f"{INBOX}/{id}/read")
    herald.settled(herald.send(Person()))

    delivery = herald.delivery(id)
    assert (delivery.status, delivery.error, delivery.attempts) == ("cancelled", "read_before_escalation", 0)
    assert herald.arrived(user) == 0


def unread(user: User) -> int:
    """Return how many notifications wait to be read."""
    count: int = user.api.get(f"{INBOX}/unread-count")["unreadCount"]
    return count


def race(herald: Herald, stop: Callable[[Person, str], object], people: list[Person], **send: object) -> list[str]:
    """Send to each and stop it at once, all at the same time; return the ids."""

    def run(person: Person) -> str:
        id = herald.send(person, **send)
        stop(person, id)
        return id

    with ThreadPoolExecutor(len(people)) as pool:
        return list(pool.map(run, people))


def test_a_cancel_that_races_the_workers_wins_or_loses_as_a_whole(herald: Herald) -> None:
    people = [Person() for _ in range(RUNNERS)]

    ids = race(herald, lambda _, id: herald.orders.post(CANCEL, {"id": id}), people)

    for person, id in zip(people, ids, strict=True):
        [end] = [delivery.status.value for delivery in herald.settled(id).deliveries] or ["cancelled"]
        assert herald.arrived(person) in ARRIVALS[end]


def test_a_read_that_races_the_workers_wins_or_loses_as_a_whole(herald: Herald) -> None:
    users = [herald.new_user() for _ in range(RUNNERS // 2)]

    def read(person: Person, id: str) -> None:
        assert isinstance(person, User)
        eventually(lambda: person.api.call("PATCH", f"{INBOX}/{id}/read").status == 200, "it to be read", within=30)

    ids = race(herald, read, list(users), channels=["in_app", "email"], strategy="escalation")

    for user, id in zip(users, ids, strict=True):
        assert herald.arrived(user) in ARRIVALS[herald.delivery(id).status.value]
