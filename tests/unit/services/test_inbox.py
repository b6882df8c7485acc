"""A user's own inbox, one notification at a time."""

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from chalicelib.domain.delivery import DeliveryStatus
from chalicelib.domain.errors import NotFoundError
from chalicelib.domain.escalation import DEFAULT_POLICY, EscalationPolicy, Step
from chalicelib.domain.ids import NotificationId, RotaId, UserId
from chalicelib.domain.state import DeliveryChange, NotificationState
from chalicelib.domain.status import NotificationStatus
from chalicelib.domain.value import Millis
from chalicelib.domain.words import Channel, Reason, Strategy
from chalicelib.services.inbox import Inbox
from chalicelib.services.inbox_filter import InboxFilter
from chalicelib.services.notification import Owner
from chalicelib.services.ports import Between, NotificationRef, RefusedChangeError
from tests.build import ACME, ID, NOW, a_recipient, a_tenant
from tests.callers import GLOBEX
from tests.twin import TwinStates, TwinTenants
from tests.world import OWNER, REF, World

SOMEBODY_ELSE = Owner(ACME, OWNER.user_type, UserId("u2"))
SAME_NAME_ELSEWHERE = Owner(GLOBEX, OWNER.user_type, OWNER.user_id)
MISSING = NotificationId("01890a5d-ac96-774b-bcce-b302099affff")

Change = Callable[[Inbox, Owner, NotificationId], object]
CHANGES: dict[str, Change] = {
    "get": lambda inbox, owner, id: inbox.get(owner, id),
    "read": lambda inbox, owner, id: inbox.read(owner, id, NOW),
    "unread": lambda inbox, owner, id: inbox.unread(owner, id),
    "archive": lambda inbox, owner, id: inbox.archive(owner, id, NOW),
    "delete": lambda inbox, owner, id: inbox.delete(owner, id, NOW),
}


@pytest.fixture
def world() -> World:
    return World()


def arrive(world: World, number: int = 0) -> NotificationId:
    """Let an in-app notification be accepted, decided and delivered; return its id."""
    id = NotificationId(f"01890a5d-ac96-774b-bcce-{number:012x}")
    world.decided(id=id, channels=(Channel.IN_APP,), accepted_at=Millis(NOW + number))
    world.deliver()(NotificationRef(ACME, id), Channel.IN_APP)
    return id


def test_an_arrived_notification_waits_to_be_read(world: World) -> None:
    id = arrive(world)

    notification = world.inbox().get(OWNER, id)

    assert notification.request.content.body == "It is on its way."
    assert notification.status is NotificationStatus.DELIVERED
    assert world.inbox().count_unread(OWNER) == 1


def test_reading_shows_at_once_and_the_first_time_stays(world: World) -> None:
    id = arrive(world)

    world.inbox().read(OWNER, id, NOW)
    again = world.inbox().read(OWNER, id, Millis(NOW + 1_000))

    assert again.status is NotificationStatus.READ
    assert again.state is not None
    assert again.state.read_at == NOW
    assert world.inbox().count_unread(OWNER) == 0


def test_unread_undoes_reading(world: World) -> None:
    id = arrive(world)
    world.inbox().read(OWNER, id, NOW)

    notification = world.inbox().unread(OWNER, id)

    assert notification.status is NotificationStatus.DELIVERED
    assert world.inbox().count_unread(OWNER) == 1


def test_reading_an_escalation_ends_what_waits_in_the_queues_visibly(world: World) -> None:
    world.decided(channels=(Channel.IN_APP, Channel.EMAIL), strategy=Strategy.ESCALATION)
    world.deliver()(REF, Channel.IN_APP)

    read = world.inbox().read(OWNER, ID, NOW)

    assert read.state is not None
    email = read.state.deliveries[Channel.EMAIL]
    assert (email.status, email.reason) == (DeliveryStatus.CANCELLED, Reason.READ)
    world.deliver()(REF, Channel.EMAIL)
    assert world.vendor.calls == []


@pytest.mark.parametrize("put_away", ["archive", "delete"])
def test_putting_an_escalation_away_ends_it_as_reading_does(world: World, put_away: str) -> None:
    world.decided(channels=(Channel.IN_APP, Channel.EMAIL), strategy=Strategy.ESCALATION)
    world.deliver()(REF, Channel.IN_APP)

    getattr(world.inbox(), put_away)(OWNER, ID, NOW)

    email = world.state.deliveries[Channel.EMAIL]
    assert (email.status, email.reason) == (DeliveryStatus.CANCELLED, Reason.READ)


def test_nobody_on_duty_is_asked_after_it_was_read_and_marked_unread_again(world: World) -> None:
    step = Step(channels=(Channel.SMS,), after=60, rota=RotaId("ops"))
    world.store.policies.create(ACME, EscalationPolicy(id=DEFAULT_POLICY.id, steps=(step,)))
    world.decided(channels=(Channel.IN_APP,), strategy=Strategy.ESCALATION)

    world.inbox().read(OWNER, ID, NOW)
    world.inbox().unread(OWNER, ID)

    assert [relay.ended for relay in world.state.relays] == [True]


def test_a_delivery_a_worker_takes_meanwhile_is_left_to_that_worker(world: World) -> None:
    world.decided(channels=(Channel.IN_APP, Channel.EMAIL), strategy=Strategy.ESCALATION)

    class TakenMeanwhile(TwinStates):
        def change(self, ref: NotificationRef, channel: Channel, change: DeliveryChange) -> NotificationState:
            if channel is Channel.EMAIL:
                raise RefusedChangeError(replace(world.state, version=99))
            return super().change(ref, channel, change)

    read = replace(world.inbox(), states=TakenMeanwhile(world.rows)).read(OWNER, ID, NOW)

    assert read.state is not None
    assert read.state.version == 99
    assert read.state.deliveries[Channel.EMAIL].status is DeliveryStatus.SCHEDULED


def test_reading_a_broadcast_stops_nothing(world: World) -> None:
    world.decided(channels=(Channel.IN_APP, Channel.EMAIL))

    read = world.inbox().read(OWNER, ID, NOW)

    assert read.state is not None
    assert read.state.deliveries[Channel.EMAIL].status is DeliveryStatus.QUEUED


def test_an_archived_notification_leaves_count_and_default_listing(world: World) -> None:
    id = arrive(world)

    world.inbox().archive(OWNER, id, NOW)

    inbox = world.inbox()
    assert inbox.count_unread(OWNER) == 0
    assert inbox.list(OWNER, InboxFilter(archived=False), 20, None).items == ()
    assert [each.request.id for each in inbox.list(OWNER, InboxFilter(archived=True), 20, None).items] == [id]


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_deleted_notification_is_gone_for_its_owner_everywhere(world: World, change: Change) -> None:
    id = arrive(world)
    world.inbox().delete(OWNER, id, NOW)

    assert world.inbox().count_unread(OWNER) == 0
    assert world.inbox().list(OWNER, InboxFilter(), 20, None).items == ()
    with pytest.raises(NotFoundError):
        change(world.inbox(), OWNER, id)


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize("caller", [SOMEBODY_ELSE, SAME_NAME_ELSEWHERE], ids=["another user", "another tenant"])
def test_what_is_foreign_answers_like_what_is_missing(world: World, change: Change, caller: Owner) -> None:
    TwinTenants(world.rows).create(a_tenant(id=GLOBEX))
    id = arrive(world)
    before = world.rows.states[ACME, id]

    with pytest.raises(NotFoundError) as foreign:
        change(world.inbox(), caller, id)
    with pytest.raises(NotFoundError) as missing:
        change(world.inbox(), OWNER, MISSING)

    assert (foreign.value.detail, foreign.value.faults) == (missing.value.detail, missing.value.faults)
    assert world.rows.states[ACME, id] == before


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_what_is_not_decided_yet_is_in_no_inbox(world: World, change: Change) -> None:
    world.accepted()

    assert world.inbox().list(OWNER, InboxFilter(), 20, None).items == ()
    with pytest.raises(NotFoundError):
        change(world.inbox(), OWNER, ID)


def test_the_listing_is_newest_first_in_pages_and_ones_own(world: World) -> None:
    ids = [arrive(world, number) for number in range(5)]
    world.decided(id=MISSING, recipient=a_recipient(user_id=UserId("u2")))

    first = world.inbox().list(OWNER, InboxFilter(), 3, None)
    second = world.inbox().list(OWNER, InboxFilter(), 3, first.next)

    assert [each.request.id for each in first.items + second.items] == ids[::-1]
    assert second.next is None


def test_the_listing_can_be_bounded_in_time(world: World) -> None:
    ids = [arrive(world, number) for number in range(5)]

    page = world.inbox().list(OWNER, InboxFilter(span=Between(Millis(NOW + 1), Millis(NOW + 3))), 20, None)

    assert [each.request.id for each in page.items] == [ids[2], ids[1]]
