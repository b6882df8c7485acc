"""Sending later on the deployed stack: at a time, at a time of somebody's clock, when they may be disturbed again.

What is not to arrive is shown not to by a witness that was due after it, and does.
"""

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from chalicelib.domain.timer import bucket_of
from chalicelib.domain.value import Millis
from infra.cli.waiting import eventually
from infra.merge import read_stage
from tests.e2e.arrivals import CANCEL, choose, explained, in_a_while, iso, mails, outcomes, told
from tests.e2e.conftest import Herald, Person, User

pytestmark = pytest.mark.stack

ZONE = "Asia/Kathmandu"
"""5:45 ahead of UTC: nobody who took another zone for it would be right by accident."""
WIDTH = read_stage("local").values["timer_width"] * 1_000
SOON = 7.0
"""Seconds in which what is sent for later is stored and has its timer."""
LATE = 45.0
"""Seconds that all may be late on a slow machine."""
WITHIN_THE_MINUTE = 15.0


@dataclass(frozen=True)
class Awaited:
    """Something that is to arrive by e-mail at `due`, in epoch seconds, and not before."""

    id: str
    person: Person
    due: float


@dataclass(frozen=True)
class ByTheClock:
    """What was sent to people in a zone: to one at a time of day there, to one whose quiet hours end at that time."""

    local: Awaited
    quiet: Awaited


@pytest.fixture(scope="module", autouse=True)
def by_the_clock(herald: Herald) -> ByTheClock:
    """What takes up to 75 seconds is sent first of all, so that they pass while other things are tested."""
    sleeper = herald.new_user()
    moment = next_minute(WITHIN_THE_MINUTE)
    clock = datetime.fromtimestamp(moment, ZoneInfo(ZONE))
    window = {"start": f"{clock - timedelta(hours=1):%H:%M}", "end": f"{clock:%H:%M}"}
    choose(sleeper, quietHours=[window], timeZone=ZONE)
    quiet = Awaited(herald.send(sleeper), sleeper, moment)
    riser = Person()
    recipient = riser.as_recipient(timeZone=ZONE)
    local = herald.send(riser, recipients=[recipient], sendAtLocal=f"{clock:%H:%M}")
    return ByTheClock(Awaited(local, riser, moment), quiet)


def next_minute(margin: float) -> float:
    """Return the beginning of the next minute that is at least so many seconds away."""
    return -(-(time.time() + margin) // 60) * 60


def decided(herald: Herald, id: str) -> None:
    """Wait until a notification is decided."""
    eventually(lambda: outcomes(herald.orders, id) != {}, f"{id} to be decided", within=30)


def arrives(herald: Herald, awaited: Awaited) -> None:
    """Wait until it has arrived, and demand that it did not before its time."""
    left = max(0.0, awaited.due - time.time())
    eventually(lambda: mails(herald, awaited.person.email) != [], f"{awaited.id} to arrive", left + LATE)
    [mail] = mails(herald, awaited.person.email)
    assert mail.at >= awaited.due


def explanation_of_mail(herald: Herald, id: str) -> dict[str, Any]:
    """Return what is said of a notification's e-mail."""
    [by_mail] = explained(herald.orders, id)["channels"]
    return dict(by_mail)


def not_to_disturb(herald: Herald, until: float) -> User:
    """Return somebody new who is not to be disturbed until a time."""
    user = herald.new_user()
    choose(user, doNotDisturbUntil=iso(until))
    return user


def test_what_is_for_later_waits_and_goes_out_at_its_time(herald: Herald, person: Person) -> None:
    # Given
    at = time.time() + SOON
    id = herald.send(person, sendAt=iso(at))
    busy = not_to_disturb(herald, at + SOON)
    deferred = herald.send(busy)
    decided(herald, deferred)

    # Then both wait
    assert (told(herald.orders, id)["status"], told(herald.orders, deferred)["status"]) == ("scheduled", "scheduled")
    waiting = explanation_of_mail(herald, deferred)
    assert (waiting["status"], waiting["held"]) == ("scheduled", "do_not_disturb")
    assert waiting["text"].endswith(": the recipient asked not to be disturbed until then.")
    assert "It has not been sent yet: it begins at" in explained(herald.orders, id)["summary"]
    # and go out at their time
    arrives(herald, Awaited(id, person, at))
    arrives(herald, Awaited(deferred, busy, at + SOON))
    assert outcomes(herald.orders, deferred)["email"][0] in ("sending", "sent")


def test_what_is_cancelled_before_it_is_due_never_goes_out(herald: Herald) -> None:
    # Given
    people, witness = [Person() for _ in range(4)], Person()
    key = f"order-{witness.user_id}"
    at = time.time() + SOON
    one = herald.send(people[0], sendAt=iso(at))
    three = [herald.send(person, sendAt=iso(at), cancellationKey=key) for person in people[1:]]

    # When
    answer = herald.orders.post(CANCEL, {"id": one})
    all_of_key = herald.orders.post(CANCEL, {"cancellationKey": key})

    # Then
    assert (answer["status"], all_of_key["cancelled"], all_of_key["complete"]) == ("cancelled", 3, True)
    assert {told(herald.orders, id)["status"] for id in (one, *three)} == {"cancelled"}
    due = (bucket_of(Millis(round(at * 1_000)), WIDTH) + WIDTH) / 1_000
    arrives(herald, Awaited(herald.send(witness, sendAt=iso(due)), witness, due))
    assert [herald.arrived(person) for person in people] == [0, 0, 0, 0]
    assert {told(herald.orders, id)["status"] for id in (one, *three)} == {"cancelled"}


def test_what_expires_while_it_waits_is_expired(herald: Herald, person: Person) -> None:
    # It expires a millisecond after it may begin: nobody is that quick.
    at = time.time() + SOON

    id = herald.send(person, sendAt=iso(at), expiresAt=iso(at + 0.001))

    assert told(herald.orders, id)["status"] == "scheduled"
    eventually(lambda: told(herald.orders, id)["status"] == "expired", f"{id} to expire", SOON + LATE)
    assert outcomes(herald.orders, id) == {"email": ("expired", "expired")}
    assert herald.arrived(person) == 0


def test_quiet_hours_hold_back_what_is_not_critical(herald: Herald, user: User) -> None:
    now = datetime.now(ZoneInfo(ZONE))
    window = {"start": f"{now - timedelta(hours=1):%H:%M}", "end": f"{now + timedelta(hours=2):%H:%M}"}
    choose(user, quietHours=[window], timeZone=ZONE)

    held, critical = herald.send(user), herald.send(user, priority="critical")

    assert herald.delivery(critical).status == "sent"
    decided(herald, held)
    by_mail = explanation_of_mail(herald, held)
    ends = (now + timedelta(hours=2)).replace(second=0, microsecond=0).astimezone(UTC)
    assert (by_mail["status"], by_mail["held"]) == ("scheduled", "quiet_hours")
    assert datetime.fromisoformat(by_mail["scheduledFor"]) == ends
    assert by_mail["text"].endswith(": these are quiet hours of the recipient.")
    assert told(herald.orders, held)["status"] == "scheduled"
    assert herald.arrived(user) == 1


def test_who_does_not_want_it_any_more_when_it_comes_due_does_not_get_it(herald: Herald) -> None:
    until = time.time() + SOON + 3
    opted_out, listed, witness = (not_to_disturb(herald, until) for _ in range(3))
    ids = [herald.send(user) for user in (opted_out, listed, witness)]
    for id in ids:
        decided(herald, id)

    choose(opted_out, doNotDisturbUntil=iso(until), channels={"email": False})
    herald.admin.post("/api/v1/admin/suppressions", {"channel": "email", "address": listed.email})

    arrives(herald, Awaited(ids[2], witness, until))
    ends = [herald.delivery(id) for id in ids[:2]]
    assert [(end.status, end.error) for end in ends] == [
        ("suppressed", "preference_off"),
        ("suppressed", "suppressed_address"),
    ]
    assert (herald.arrived(opted_out), herald.arrived(listed)) == (0, 0)


def test_a_time_of_the_recipients_own_clock(herald: Herald, by_the_clock: ByTheClock) -> None:
    arrives(herald, by_the_clock.local)


def test_what_quiet_hours_held_back_goes_out_when_they_end(herald: Herald, by_the_clock: ByTheClock) -> None:
    arrives(herald, by_the_clock.quiet)
    herald.settled(by_the_clock.quiet.id)
    by_mail = explanation_of_mail(herald, by_the_clock.quiet.id)
    assert (by_mail["status"], by_mail["held"]) == ("sent", "quiet_hours")


@pytest.mark.parametrize(
    ("when", "pointer"),
    [
        ({"sendAt": in_a_while(-5)}, "/sendAt"),
        ({"sendAt": in_a_while(361 * 86_400)}, "/sendAt"),
        ({"sendAtLocal": "24:00"}, "/sendAtLocal"),
        ({"sendAt": in_a_while(7_200), "expiresAt": in_a_while(3_600)}, "/expiresAt"),
    ],
)
def test_impossible_times_are_refused(herald: Herald, person: Person, when: dict[str, str], pointer: str) -> None:
    body = {"recipients": [person.as_recipient()], "content": {"body": "Hello"}, **when}

    answer = herald.orders.call("POST", "/api/v1/services/notifications/send", body)

    assert (answer.status, [fault["pointer"] for fault in answer.body["faults"]]) == (422, [pointer])
