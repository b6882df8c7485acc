"""Somebody takes care of it: nothing more is sent, and nobody else is asked."""

import pytest
from msgspec.structs import replace

from chalicelib.domain.delivery import DeliveryStatus
from chalicelib.domain.errors import NotFoundError
from chalicelib.domain.ids import NotificationId, TenantId
from chalicelib.domain.value import Millis
from chalicelib.domain.words import Channel, Reason, StopOn
from chalicelib.services.ports import NotificationRef
from tests.build import ACME, ID, NOW, a_delivery, a_recipient, a_request, a_state
from tests.on_call import CUSTOMER, EVERY, Duty, owner

LATER = Millis(NOW + 1_000)


def paged(people: str = "abc", asked: int = 2) -> tuple[Duty, list[NotificationId]]:
    """Return people on duty, some of whom were asked: the last one waits for their message."""
    duty = Duty(people)
    for turn in range(asked):
        duty.advance(NOW + turn * EVERY)
    ids = [duty.told(position, DeliveryStatus.SENT) for position in range(asked - 1)]
    return duty, [*ids, duty.told(asked - 1, DeliveryStatus.QUEUED)]


def test_the_notification_is_acknowledged_and_read_the_first_time() -> None:
    duty = Duty()

    first = duty.acknowledge()(CUSTOMER, ID, LATER)
    again = duty.acknowledge()(CUSTOMER, ID, Millis(LATER + 1))

    assert first.state is not None
    assert (first.state.acknowledged_at, first.state.read_at) == (LATER, LATER)
    assert again.state == first.state
    assert first.request == duty.request


@pytest.mark.parametrize(
    ("stop_on", "reason"),
    [
        (StopOn.ACKNOWLEDGED, Reason.ACKNOWLEDGED),
        (StopOn.READ, Reason.READ),
        (StopOn.DELIVERED, Reason.DELIVERED),
    ],
)
def test_what_is_pending_ends_at_once_whatever_stops_the_escalation(stop_on: StopOn, reason: Reason) -> None:
    duty = Duty(stop_on=stop_on)

    duty.acknowledge()(CUSTOMER, ID, LATER)

    pending = duty.state.deliveries[Channel.PUSH]
    assert (pending.status, pending.reason) == (DeliveryStatus.CANCELLED, reason)
    assert duty.state.deliveries[Channel.EMAIL].status is DeliveryStatus.SENT


def test_who_is_on_duty_acknowledges_for_everybody() -> None:
    duty, (first, second) = paged()

    answer = duty.acknowledge()(owner("a"), first, LATER)

    assert (duty.state.acknowledged_at, duty.state.read_at) == (LATER, LATER)
    assert duty.state.deliveries[Channel.PUSH].status is DeliveryStatus.CANCELLED
    assert answer.state is not None
    assert (answer.state.id, answer.state.acknowledged_at) == (first, LATER)
    others = duty.outcome(second)
    assert (others.cancelled_at, others.acknowledged_at) == (LATER, None)
    assert others.deliveries[Channel.SMS].status is DeliveryStatus.CANCELLED


def test_nobody_is_asked_after_somebody_acknowledged() -> None:
    duty, (first, _) = paged()
    duty.acknowledge()(owner("a"), first, LATER)

    duty.advance(NOW + 5 * EVERY)

    assert duty.asked() == "ab"


def test_the_customer_acknowledges_for_everybody_too() -> None:
    duty, (_, second) = paged()

    duty.acknowledge()(CUSTOMER, ID, LATER)

    others = duty.outcome(second)
    assert others.cancelled_at == LATER


def test_two_who_acknowledge_are_both_told_so() -> None:
    duty, (first, second) = paged()

    duty.acknowledge()(owner("b"), second, LATER)
    answer = duty.acknowledge()(owner("a"), first, Millis(LATER + 5))

    assert duty.state.acknowledged_at == LATER
    assert answer.state is not None
    assert answer.state.acknowledged_at == LATER + 5


def test_a_parent_whose_time_is_over_does_not_matter() -> None:
    duty = Duty()
    child = a_request(id=NotificationId("child"), parent=NotificationId("gone"))
    duty.store.requests.put(child, 0)
    duty.store.states.put(a_state({Channel.IN_APP: a_delivery(DeliveryStatus.DELIVERED)}, id=child.id), 0)

    answer = duty.acknowledge()(CUSTOMER, child.id, LATER)

    assert answer.state is not None
    assert answer.state.acknowledged_at == LATER


def test_what_its_recipient_deleted_is_still_acknowledged_by_those_on_duty() -> None:
    duty, (first, _) = paged()
    duty.store.states.delete(NotificationRef(ACME, ID), a_recipient(), NOW)

    duty.acknowledge()(owner("a"), first, LATER)

    assert duty.state.acknowledged_at == LATER


def test_what_is_not_ones_own_is_not_there() -> None:
    duty, (first, second) = paged()
    duty.store.states.delete(
        NotificationRef(ACME, second), a_recipient(user_type=owner("b").user_type, user_id=owner("b").user_id), NOW
    )
    before = duty.state

    for who, id in (
        (owner("b"), first),
        (owner("a"), ID),
        (CUSTOMER, first),
        (owner("b"), second),  # deleted
        (CUSTOMER, NotificationId("nothing")),
        (replace(CUSTOMER, tenant=TenantId("globex")), ID),
    ):
        with pytest.raises(NotFoundError):
            duty.acknowledge()(who, id, LATER)

    assert duty.state == before


def test_what_is_accepted_and_not_decided_is_not_in_the_inbox_yet() -> None:
    duty = Duty()
    duty.store.requests.put(a_request(id=NotificationId("new")), 0)

    with pytest.raises(NotFoundError):
        duty.acknowledge()(CUSTOMER, NotificationId("new"), LATER)
