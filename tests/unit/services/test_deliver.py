import pytest
from msgspec.structs import replace

from chalicelib.domain.delivery import AttemptOutcome, Delivery, DeliveryStatus
from chalicelib.domain.errors import NotFoundError
from chalicelib.domain.ids import NotificationId, ProviderId, TenantId, UserId, UserType, derived_id
from chalicelib.domain.preferences import Preferences
from chalicelib.domain.provider import Accepted, Refused, Unsure
from chalicelib.domain.timer import Due, DueKind
from chalicelib.domain.value import Millis
from chalicelib.domain.words import Channel, Priority, Reason, Strategy
from chalicelib.services.deliver import Verdict
from chalicelib.services.ports import NotificationRef, Publication
from tests.build import ACME, ID, NOW, a_recipient
from tests.fakes import LaneMessage
from tests.twin import TwinRecipients
from tests.world import LEASE, OWNER, REF, World

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


def test_an_accepted_call_makes_the_delivery_sent() -> None:
    world = World()
    world.decided()

    assert deliver(world) is Verdict.DONE

    [attempt] = email(world).attempts
    assert (email(world).status, email(world).sent_at, email(world).lease) == (DeliveryStatus.SENT, NOW, None)
    assert (attempt.provider, attempt.vendor_id, attempt.number) == ("first", "vendor-1", 1)


@pytest.mark.parametrize(("override", "likely"), [({}, "first"), ({Channel.EMAIL: "second"}, "second")])
def test_the_provider_is_prepared_before_the_lease_runs(override: dict[Channel, ProviderId], likely: str) -> None:
    world = World()
    world.decided(providers=override)
    world.vendor.during = lambda: None if world.vendor.prepared else pytest.fail("called before it was prepared")

    deliver(world)

    assert world.vendor.prepared == [likely]
    assert [provider for provider, _ in world.vendor.calls] == [likely]


def test_a_message_that_comes_again_calls_nobody() -> None:
    world = World()
    world.decided()
    deliver(world)

    assert deliver(world) is Verdict.DONE

    assert len(world.vendor.calls) == 1


def test_a_message_that_meets_a_call_in_flight_stays_in_the_queue() -> None:
    world = World()
    world.decided()
    met: list[Verdict] = []
    world.vendor.during = lambda: met.append(deliver(world)) if not met else None

    deliver(world)

    assert met == [Verdict.RETURN]
    assert len(world.vendor.calls) == 1


def test_a_worker_that_died_leaves_unknown_and_nobody_sends_again() -> None:
    world = World()
    world.decided()
    world.deliver().states.claim(REF, Channel.EMAIL, NOW, Millis(NOW + LEASE))
    world.clock.advance(LEASE)

    assert deliver(world) is Verdict.DONE

    assert (email(world).status, email(world).reason) == (DeliveryStatus.UNKNOWN, Reason.WORKER_DIED)
    assert world.vendor.calls == []


def test_a_late_answer_still_settles_what_had_become_unknown() -> None:
    world = World()
    world.decided()

    def lapse() -> None:
        world.vendor.during = lambda: None
        world.clock.advance(LEASE)
        assert deliver(world) is Verdict.DONE
        assert email(world).status is DeliveryStatus.UNKNOWN

    world.vendor.during = lapse

    assert deliver(world) is Verdict.DONE
    assert email(world).status is DeliveryStatus.SENT


def test_a_late_wish_to_retry_does_not_reopen_what_had_become_unknown() -> None:
    world = World()
    world.decided()
    world.vendor.answers = [BUSY]

    def lapse() -> None:
        world.vendor.during = lambda: None
        world.clock.advance(LEASE)
        deliver(world)

    world.vendor.during = lapse

    assert deliver(world) is Verdict.DONE
    assert email(world).status is DeliveryStatus.UNKNOWN
    assert not world.queues.lanes[Channel.EMAIL]


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


def test_an_unclear_outcome_is_never_sent_again() -> None:
    world = World()
    world.decided()
    world.vendor.answers = [Unsure(code="timeout")]

    deliver(world)
    deliver(world)

    assert (email(world).status, len(world.vendor.calls)) == (DeliveryStatus.UNKNOWN, 1)


def test_a_permanent_refusal_fails_at_once_and_is_not_for_redriving() -> None:
    world = World()
    world.decided()
    world.vendor.answers = [Refused(kind=AttemptOutcome.PERMANENT, code="bad_address")]

    deliver(world)

    assert (email(world).status, email(world).attempts[0].code) == (DeliveryStatus.FAILED, "bad_address")
    assert not world.queues.dead[Channel.EMAIL]


def test_dead_device_tokens_are_taken_off_the_recipient() -> None:
    world = World()
    TwinRecipients(world.rows).put(ACME, a_recipient(device_tokens=("alive", "dead")))
    world.decided(recipient=a_recipient(device_tokens=()), channels=(Channel.PUSH,))
    world.vendor.answers = [Accepted(dead_tokens=("dead",))]

    world.deliver()(REF, Channel.PUSH)

    stored = TwinRecipients(world.rows).get(ACME, UserType("customer"), UserId("u1"))
    assert stored is not None
    assert stored.device_tokens == ("alive",)


def test_what_expired_in_the_queue_is_not_sent() -> None:
    world = World()
    world.decided(expires_at=Millis(NOW + 10))
    world.clock.advance(10)

    assert deliver(world) is Verdict.DONE

    assert (email(world).status, email(world).reason) == (DeliveryStatus.EXPIRED, Reason.EXPIRED)
    assert world.vendor.calls == []


def test_what_was_cancelled_between_two_calls_ends_as_failed() -> None:
    world = World()
    world.decided()
    world.vendor.answers = [BUSY]
    deliver(world)

    world.cancel()(REF, world.clock())
    world.clock.advance(60_000)

    assert deliver(world) is Verdict.DONE
    assert (email(world).status, email(world).reason) == (DeliveryStatus.FAILED, Reason.CANCELLED)
    assert len(world.vendor.calls) == 1


def test_reading_stops_an_escalation_and_not_a_broadcast() -> None:
    for priority, calls in ((Priority.LOW, 0), (Priority.HIGH, 1)):
        world = World()
        world.decided(channels=(Channel.IN_APP, Channel.EMAIL), priority=priority)
        world.deliver()(REF, Channel.IN_APP)
        world.inbox().read(OWNER, REF.id, world.clock())

        assert deliver(world) is Verdict.DONE
        assert len(world.vendor.calls) == calls
        assert world.state.strategy is (Strategy.BROADCAST if calls else Strategy.ESCALATION)


def test_an_in_app_delivery_arrives_at_once_and_counts_as_unread() -> None:
    world = World()
    world.decided(channels=(Channel.IN_APP,))

    assert world.deliver()(REF, Channel.IN_APP) is Verdict.DONE
    assert world.deliver()(REF, Channel.IN_APP) is Verdict.DONE

    assert world.state.deliveries[Channel.IN_APP].status is DeliveryStatus.DELIVERED
    assert world.inbox().count_unread(OWNER) == 1


@pytest.mark.parametrize(
    "ref",
    [
        NotificationRef(ACME, NotificationId(derived_id("nothing"))),
        NotificationRef(TenantId("beta"), REF.id),
    ],
)
def test_a_message_of_no_notification_is_an_error(ref: NotificationRef) -> None:
    world = World()
    world.decided()

    for channel in (Channel.EMAIL, Channel.IN_APP):
        with pytest.raises(NotFoundError):
            world.deliver()(ref, channel)


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


@pytest.mark.parametrize(
    ("opt_out", "reason"),
    [
        (Preferences(channels={Channel.EMAIL: False}), Reason.PREFERENCE_OFF),
        (Preferences(categories={"transactional": {Channel.EMAIL: False}}), Reason.PREFERENCE_OFF),
    ],
)
def test_an_opt_out_after_the_decision_is_heeded(opt_out: Preferences, reason: Reason) -> None:
    world = World()
    world.decided()
    world.prefer(opt_out)

    assert world.deliver()(REF, Channel.EMAIL) is Verdict.DONE

    delivery = world.state.deliveries[Channel.EMAIL]
    assert (delivery.status, delivery.reason) == (DeliveryStatus.SUPPRESSED, reason)
    assert world.vendor.calls == []


def test_an_address_suppressed_between_two_tries_is_not_tried_again() -> None:
    world = World()
    world.decided()
    world.vendor.answers = [BUSY]
    world.deliver()(REF, Channel.EMAIL)
    world.suppress(Channel.EMAIL, "ann@example.com")
    world.clock.advance(60_000)

    world.deliver()(REF, Channel.EMAIL)

    delivery = world.state.deliveries[Channel.EMAIL]
    assert (delivery.status, delivery.reason) == (DeliveryStatus.FAILED, Reason.SUPPRESSED_ADDRESS)
    assert len(world.vendor.calls) == 1


def test_an_opt_out_changes_nothing_of_what_went_out() -> None:
    world = World()
    world.decided()
    world.deliver()(REF, Channel.EMAIL)
    world.prefer(Preferences(channels={Channel.EMAIL: False}))

    assert world.deliver()(REF, Channel.EMAIL) is Verdict.DONE

    assert world.state.deliveries[Channel.EMAIL].status is DeliveryStatus.SENT
