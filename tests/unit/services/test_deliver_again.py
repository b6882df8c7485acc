import pytest
from msgspec.structs import replace

from chalicelib.domain.delivery import AttemptOutcome, Delivery, DeliveryStatus
from chalicelib.domain.provider import Refused
from chalicelib.domain.timer import Due, DueKind
from chalicelib.domain.value import Millis
from chalicelib.domain.words import Channel, Reason
from chalicelib.services.deliver import Verdict
from chalicelib.services.ports import Publication
from tests.build import ACME, ID, NOW
from tests.fakes import LaneMessage
from tests.world import REF, World

BUSY = Refused(kind=AttemptOutcome.RETRIABLE, code="busy")
BAD_KEY = Refused(kind=AttemptOutcome.MISCONFIGURED, code="bad_key")


def email(world: World) -> Delivery:
    return world.state.deliveries[Channel.EMAIL]


def deliver(world: World, epoch: int = 0) -> Verdict:
    return world.deliver()(REF, Channel.EMAIL, epoch)


def deliver_all(world: World) -> None:
    """Do what the queue does: hand out each waiting message when its delay is over, until there is none."""
    while world.queues.lanes[Channel.EMAIL]:
        message = world.queues.lanes[Channel.EMAIL].pop(0)
        world.clock.advance(message.delay * 1_000)
        assert deliver(world, message.epoch) is Verdict.DONE


def test_a_busy_vendor_is_asked_again_after_a_delay() -> None:
    world = World()
    world.decided()
    world.vendor.answers = [BUSY, replace(BUSY, retry_after=20.0)]

    deliver(world)
    assert world.queues.lanes[Channel.EMAIL] == [LaneMessage(REF, delay=1)]
    deliver_all(world)

    assert email(world).status is DeliveryStatus.SENT
    assert [attempt.outcome for attempt in email(world).attempts] == ["retriable", "retriable", "accepted"]
    assert world.clock() == NOW + 1_000 + 20_000


def test_a_message_that_comes_too_early_waits_in_the_queue() -> None:
    world = World()
    world.decided()
    world.vendor.answers = [replace(BUSY, retry_after=20.0)]
    deliver(world)
    world.queues.lanes[Channel.EMAIL].clear()

    assert deliver(world) is Verdict.DONE

    assert world.queues.lanes[Channel.EMAIL] == [LaneMessage(REF, delay=20)]
    assert len(world.vendor.calls) == 1


def test_after_four_calls_the_next_provider_delivers() -> None:
    world = World()
    world.decided()
    world.vendor.answers = [BUSY] * 4

    deliver(world)
    deliver_all(world)

    assert [provider for provider, _ in world.vendor.calls] == ["first"] * 4 + ["second"]
    assert email(world).status is DeliveryStatus.SENT


def test_when_every_provider_has_refused_the_delivery_fails_and_its_message_is_kept() -> None:
    world = World()
    world.decided()
    world.vendor.answers = [BUSY] * 8

    deliver(world)
    deliver_all(world)

    assert (email(world).status, email(world).reason) == (DeliveryStatus.FAILED, Reason.RETRIES_EXHAUSTED)
    assert world.queues.dead[Channel.EMAIL] == [LaneMessage(REF, epoch=1)]


def test_a_redriven_message_begins_anew_once() -> None:
    world = World()
    world.decided()
    world.vendor.answers = [BUSY] * 8
    deliver(world)
    deliver_all(world)

    assert deliver(world, epoch=1) is Verdict.DONE
    assert deliver(world, epoch=1) is Verdict.DONE

    assert (email(world).status, email(world).epoch) == (DeliveryStatus.SENT, 1)
    assert email(world).attempts[-1].number == 9
    assert len(world.vendor.calls) == 9


def test_an_old_duplicate_does_not_reopen_a_failed_delivery() -> None:
    world = World()
    world.decided()
    world.vendor.answers = [BUSY] * 8
    deliver(world)
    deliver_all(world)

    assert deliver(world) is Verdict.DONE

    assert email(world).status is DeliveryStatus.FAILED


def test_a_misconfigured_provider_is_passed_over() -> None:
    world = World()
    world.decided()
    world.vendor.answers = [BAD_KEY]

    deliver(world)
    deliver_all(world)

    assert [provider for provider, _ in world.vendor.calls] == ["first", "second"]
    assert email(world).status is DeliveryStatus.SENT


def test_a_provider_removed_meanwhile_is_passed_over_without_a_call() -> None:
    world = World()
    world.decided()
    del world.rows.providers[ACME, email(world).providers[0]]

    deliver(world)
    deliver_all(world)

    assert [provider for provider, _ in world.vendor.calls] == ["second"]


@pytest.mark.parametrize(("wait", "seconds"), [(0.001, 1), (1.0, 1), (1.01, 2), (900.0, 900)])
def test_a_delay_is_rounded_up_to_what_a_queue_can_count(wait: float, seconds: int) -> None:
    world = World()
    world.decided()
    world.vendor.answers = [replace(BUSY, retry_after=wait)]

    world.deliver(randomness=0.0)(REF, Channel.EMAIL)

    assert [message.delay for message in world.queues.lanes[Channel.EMAIL]] == [seconds]
    assert world.timers.scheduled == []


def test_a_vendor_that_asks_for_more_patience_than_a_queue_has_is_asked_again_by_a_timer() -> None:
    world = World()
    world.decided()
    world.vendor.answers = [replace(BUSY, retry_after=901.0)]

    world.deliver()(REF, Channel.EMAIL)

    assert world.queues.lanes[Channel.EMAIL] == []
    at = Millis(NOW + 901_000)
    assert world.timers.scheduled == [(Due(tenant=ACME, kind=DueKind.NOTIFICATION, id=ID), at)]
    world.clock.advance(901_000)
    world.wake()
    assert world.queues.published == [Publication(REF, (Channel.EMAIL,))]


def test_a_worker_that_dies_before_the_dead_letter_leaves_it_to_the_next() -> None:
    world = World(providers=("only",))
    world.decided()
    world.vendor.answers = [BAD_KEY]
    deliver(world)
    world.queues.dead[Channel.EMAIL].clear()

    assert deliver(world) is Verdict.DONE

    assert world.queues.dead[Channel.EMAIL] == [LaneMessage(REF, epoch=1)]
    assert len(world.vendor.calls) == 1
