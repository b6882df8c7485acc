"""A user's own inbox, many notifications at once."""

import pytest

from chalicelib.domain.delivery import DeliveryStatus
from chalicelib.domain.ids import NotificationId, UserId
from chalicelib.domain.value import Millis
from chalicelib.domain.words import Channel, Reason, Strategy
from chalicelib.services.inbox_filter import InboxFilter
from chalicelib.services.inbox_many import InboxMany, Tally
from chalicelib.services.notification import Owner
from chalicelib.services.ports import NotificationRef
from tests.build import ACME, NOW
from tests.twin import TwinRequests, TwinStates
from tests.world import OWNER, World

LATER = Millis(NOW + 10_000)
NEIGHBOR = Owner(ACME, OWNER.user_type, UserId("u2"))


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def many(world: World) -> InboxMany:
    return InboxMany(TwinRequests(world.rows), TwinStates(world.rows), world.clock)


def arrive(world: World, count: int, **changes: object) -> list[NotificationId]:
    """Let so many in-app notifications arrive; return their ids, oldest first."""
    begin = len(world.rows.requests)
    ids = [NotificationId(f"01890a5d-ac96-774b-bcce-{number:012x}") for number in range(begin, begin + count)]
    for number, id in enumerate(ids, start=begin):
        asked = {"channels": (Channel.IN_APP,), "accepted_at": Millis(NOW - 100_000 + number)} | changes
        world.decided(id=id, **asked)
        world.deliver()(NotificationRef(ACME, id), Channel.IN_APP)
    return ids


def test_reading_several_counts_those_that_were_unread_and_ones_own(world: World, many: InboxMany) -> None:
    ids = arrive(world, 4)
    world.inbox().read(OWNER, ids[0], NOW)
    world.inbox().delete(OWNER, ids[1], NOW)
    (foreign,) = arrive(world, 1, recipient=NEIGHBOR.as_recipient())
    missing = NotificationId("01890a5d-ac96-774b-bcce-ffffffffffff")

    tally = many.read(OWNER, [*ids, ids[2], foreign, missing])

    assert tally == Tally(2)
    assert world.inbox().count_unread(OWNER) == 0
    assert world.inbox().count_unread(NEIGHBOR) == 1


def test_reading_several_stops_escalations(world: World, many: InboxMany) -> None:
    (id,) = arrive(world, 1, channels=(Channel.IN_APP, Channel.EMAIL), strategy=Strategy.ESCALATION)

    many.read(OWNER, [id])

    email = world.rows.states[ACME, id].deliveries[Channel.EMAIL]
    assert (email.status, email.reason) == (DeliveryStatus.CANCELLED, Reason.READ)


def test_reading_all_is_complete_over_many_pages_and_leaves_others_alone(world: World, many: InboxMany) -> None:
    arrive(world, 1_234)
    arrive(world, 3, recipient=NEIGHBOR.as_recipient())

    assert many.read_all(OWNER, LATER) == Tally(1_234)
    assert world.inbox().count_unread(OWNER) == 0
    assert world.inbox().count_unread(NEIGHBOR) == 3
    assert many.read_all(OWNER, LATER) == Tally(0)


def test_reading_all_stops_in_time_says_so_and_goes_on_when_asked_again(world: World, many: InboxMany) -> None:
    arrive(world, 250)

    first = many.read_all(OWNER, deadline=NOW)
    second = many.read_all(OWNER, LATER)

    assert first == Tally(100, complete=False)
    assert second == Tally(150)


def test_deleting_several_counts_those_that_were_there_and_ones_own(world: World, many: InboxMany) -> None:
    ids = arrive(world, 3)
    (foreign,) = arrive(world, 1, recipient=NEIGHBOR.as_recipient())

    assert many.delete(OWNER, [*ids[:2], ids[0], foreign]) == Tally(2)
    assert [each.request.id for each in world.inbox().list(OWNER, InboxFilter(), 20, None).items] == [ids[2]]
    assert world.inbox().count_unread(NEIGHBOR) == 1


def test_deleting_by_a_filter_takes_all_that_it_admits(world: World, many: InboxMany) -> None:
    arrive(world, 130, category="marketing")
    (kept,) = arrive(world, 1)
    arrive(world, 1, category="marketing", recipient=NEIGHBOR.as_recipient())

    assert many.delete_matching(OWNER, InboxFilter(category="marketing"), LATER) == Tally(130)
    assert [each.request.id for each in world.inbox().list(OWNER, InboxFilter(), 20, None).items] == [kept]
    assert world.inbox().count_unread(NEIGHBOR) == 1


def test_deleting_by_a_filter_stops_in_time_and_says_so(world: World, many: InboxMany) -> None:
    arrive(world, 150)

    assert many.delete_matching(OWNER, InboxFilter(unread=True), deadline=NOW) == Tally(100, complete=False)
    assert many.delete_matching(OWNER, InboxFilter(unread=True), LATER) == Tally(50)
