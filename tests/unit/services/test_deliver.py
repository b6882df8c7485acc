import pytest
from msgspec.structs import replace

from chalicelib.domain.delivery import AttemptOutcome, Delivery, DeliveryStatus
from chalicelib.domain.errors import NotFoundError
from chalicelib.domain.ids import NotificationId, ProviderId, TenantId, UserId, UserType, derived_id
from chalicelib.domain.preferences import Preferences
from chalicelib.domain.provider import Accepted, Refused, Unsure
from chalicelib.domain.tenant import TenantStatus
from chalicelib.domain.value import Millis
from chalicelib.domain.words import Channel, Priority, Reason, Strategy
from chalicelib.services.deliver import Verdict
from chalicelib.services.ports import NotificationRef
from tests.build import ACME, NOW, a_recipient
from tests.twin import TwinRecipients
from tests.world import LEASE, OWNER, REF, World

BUSY = Refused(kind=AttemptOutcome.RETRIABLE, code="busy")


def email(world: World) -> Delivery:
    return world.state.deliveries[Channel.EMAIL]


def deliver(world: World) -> Verdict:
    return world.deliver()(REF, Channel.EMAIL)


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


def test_nothing_goes_out_any_more_for_a_tenant_that_was_suspended() -> None:
    world = World()
    world.decided()
    world.rows.tenants[ACME] = replace(world.tenant, status=TenantStatus.SUSPENDED)

    assert deliver(world) is Verdict.DONE

    assert (email(world).status, email(world).reason) == (DeliveryStatus.SUPPRESSED, Reason.TENANT_SUSPENDED)
    assert world.vendor.calls == []


def test_an_opt_out_changes_nothing_of_what_went_out() -> None:
    world = World()
    world.decided()
    world.deliver()(REF, Channel.EMAIL)
    world.prefer(Preferences(channels={Channel.EMAIL: False}))

    assert world.deliver()(REF, Channel.EMAIL) is Verdict.DONE

    assert world.state.deliveries[Channel.EMAIL].status is DeliveryStatus.SENT
