"""Deliveries while a provider is ill: by the next one, or later, with nothing lost and nothing written."""

from collections import Counter
from contextlib import ExitStack

import pytest
from msgspec.structs import replace

from chalicelib.domain.breaker import Circuit, Phase, Sign
from chalicelib.domain.delivery import AttemptOutcome, Delivery, DeliveryStatus
from chalicelib.domain.ids import ProviderId
from chalicelib.domain.provider import ProviderConfig, Refused, Unsure
from chalicelib.domain.retry import LONGEST_OUTAGE
from chalicelib.domain.value import Millis
from chalicelib.domain.words import Channel, Reason
from chalicelib.services.breakers import Breakers
from chalicelib.services.deliver import Verdict
from tests.build import ACME, NOW
from tests.fakes import LaneMessage
from tests.world import LEASE, PAUSE, REF, World

BUSY = Refused(kind=AttemptOutcome.RETRIABLE, code="busy")
FIRST, SECOND = ProviderId("first"), ProviderId("second")


def email(world: World) -> Delivery:
    return world.state.deliveries[Channel.EMAIL]


def count(breakers: Breakers, provider: ProviderId, *signs: Sign) -> None:
    """Let a worker make calls that are answered so."""
    for sign in signs:
        with breakers.admission(ACME) as admission:
            assert admission.ask([provider]) is None
            admission.settle(sign)


def opened(world: World, *providers: ProviderId) -> Breakers:
    """Return the breakers of a worker that found these providers down."""
    breakers = world.breakers()
    for provider in providers:
        count(breakers, provider, *[Sign.ILL] * 5)
    return breakers


def deliver(world: World, breakers: Breakers, epoch: int = 0, randomness: float = 0.5) -> Verdict:
    return world.deliver(breakers=breakers, randomness=randomness)(REF, Channel.EMAIL, epoch)


def called(world: World) -> list[str]:
    return [provider for provider, _ in world.vendor.calls]


def test_the_next_provider_delivers_while_the_first_is_open() -> None:
    world = World()
    world.decided()

    assert deliver(world, opened(world, FIRST)) is Verdict.DONE

    [attempt] = email(world).attempts
    assert (called(world), world.vendor.prepared, attempt.provider) == (["second"], ["second"], "second")
    assert (email(world).status, email(world).providers, email(world).provider) == ("sent", (FIRST, SECOND), 1)
    assert world.state.version == 3  # a claim and a result, as ever


def test_a_worker_that_dies_while_it_calls_the_next_provider_leaves_its_name() -> None:
    world = World()
    world.decided()
    breakers = opened(world, FIRST)

    def die() -> None:
        raise KeyboardInterrupt

    world.vendor.during = die
    with pytest.raises(KeyboardInterrupt):
        deliver(world, breakers)
    world.clock.advance(LEASE)
    deliver(world, breakers)

    assert [attempt.provider for attempt in email(world).attempts] == ["second"]
    assert email(world).status is DeliveryStatus.UNKNOWN


def test_where_everybody_is_open_the_message_waits_and_nothing_is_written() -> None:
    world = World()
    world.decided()
    before = world.state

    assert deliver(world, opened(world, FIRST, SECOND)) is Verdict.DONE

    assert (world.state, world.vendor.calls) == (before, [])
    assert world.queues.lanes[Channel.EMAIL] == [LaneMessage(REF, delay=75)]


def test_a_redriven_message_keeps_its_epoch_while_it_waits() -> None:
    world = World(providers=("first",))
    world.decided()
    world.vendor.answers = [Refused(kind=AttemptOutcome.MISCONFIGURED, code="bad_key")]
    deliver(world, world.breakers())

    deliver(world, opened(world, FIRST), epoch=1)

    assert world.queues.lanes[Channel.EMAIL] == [LaneMessage(REF, delay=75, epoch=1)]


def test_what_expires_while_it_waits_ends() -> None:
    world = World(providers=("first",))
    world.decided(expires_at=Millis(NOW + 70_000))
    breakers = opened(world, FIRST)
    deliver(world, breakers)
    world.clock.advance(75_000)
    count(breakers, FIRST, Sign.ILL)

    assert deliver(world, breakers) is Verdict.DONE

    assert (email(world).status, email(world).reason) == (DeliveryStatus.EXPIRED, Reason.EXPIRED)


def test_a_delivery_whose_time_has_not_come_is_not_made_because_its_provider_is_open() -> None:
    world = World()
    world.decided()
    world.vendor.answers = [replace(BUSY, retry_after=20.0)]
    deliver(world, world.breakers())
    world.queues.lanes[Channel.EMAIL].clear()

    deliver(world, opened(world, FIRST))

    assert (called(world), world.queues.lanes[Channel.EMAIL]) == (["first"], [LaneMessage(REF, delay=20)])


def test_five_failures_open_it_two_successes_close_it() -> None:
    world = World(providers=("first",))
    world.decided()
    breakers = world.breakers()
    count(breakers, FIRST, *[Sign.ILL] * 4)
    world.vendor.answers = [BUSY]

    deliver(world, breakers)
    [circuit] = world.store.circuits.list(ACME)
    assert circuit == Circuit(provider=FIRST, phase=Phase.OPEN, at=NOW, down_since=NOW, version=1)

    world.clock.advance(2_000)
    deliver(world, breakers)
    assert called(world) == ["first"]

    world.clock.advance(PAUSE)
    count(breakers, FIRST, Sign.WELL)
    deliver(world, breakers)
    assert (called(world), email(world).status) == (["first"] * 2, DeliveryStatus.SENT)
    assert [circuit.phase for circuit in world.store.circuits.list(ACME)] == [Phase.CLOSED]


def test_who_was_passed_over_delivers_when_nobody_after_it_could() -> None:
    world = World()
    world.decided()
    breakers = opened(world, FIRST)
    world.vendor.answers = [BUSY] * 4
    for _ in range(4):
        deliver(world, breakers)
        world.clock.advance(15_000)
    assert called(world) == ["second"] * 4
    assert (email(world).status, email(world).provider, email(world).tries) == (DeliveryStatus.SENDING, 0, 0)

    deliver(world, breakers)

    assert (called(world)[4:], email(world).status) == (["first"], DeliveryStatus.SENT)


def test_the_provider_that_the_request_asks_for_comes_first_however_its_calls_went() -> None:
    world = World()
    for name in ("first", "second"):
        stored = world.store.providers.get(ACME, ProviderId(name))
        assert stored is not None
        world.rows.providers[ACME, ProviderId(name)] = replace(stored, priority=1)
    world.decided(providers={Channel.EMAIL: SECOND})
    breakers = world.breakers()
    count(breakers, SECOND, *[Sign.ILL, Sign.ILL, Sign.ILL, Sign.WELL] * 5)

    deliver(world, breakers, randomness=0.99)

    assert called(world) == ["second"]


@pytest.mark.parametrize(("equal", "expected"), [(True, {"second": 3, "first": 1}), (False, {"first": 4})])
def test_of_equals_who_fails_often_gets_fewer_first_calls(equal: bool, expected: dict[str, int]) -> None:
    made = Counter[str]()
    for randomness in (0.0, 0.3, 0.6, 0.9):
        world = World()
        world.decided()
        if equal:
            stored = world.rows.providers[ACME, SECOND]
            world.rows.providers[ACME, SECOND] = replace(stored, priority=0)
        breakers = world.breakers()
        count(breakers, FIRST, *[Sign.ILL, Sign.ILL, Sign.ILL, Sign.WELL] * 5)
        deliver(world, breakers, randomness=randomness)
        made.update(called(world))
    assert made == expected


def test_a_retry_stays_with_its_provider_however_often_that_fails() -> None:
    world = World()
    stored = world.rows.providers[ACME, SECOND]
    world.rows.providers[ACME, SECOND] = replace(stored, priority=0)
    world.decided()
    world.vendor.answers = [BUSY]
    planned = email(world).providers[0]
    deliver(world, world.breakers())
    breakers = world.breakers()
    count(breakers, planned, *[Sign.ILL, Sign.ILL, Sign.ILL, Sign.WELL] * 5)
    world.clock.advance(60_000)

    deliver(world, breakers, randomness=0.99)

    assert called(world) == [planned, planned]


def at_second(world: World) -> None:
    """Store a delivery that the first provider could not make."""
    world.decided()
    world.vendor.answers = [Refused(kind=AttemptOutcome.MISCONFIGURED, code="bad_key")]
    deliver(world, world.breakers())
    world.queues.lanes[Channel.EMAIL].clear()


def test_a_delivery_at_its_last_provider_which_is_open_waits_and_nothing_is_written() -> None:
    world = World()
    at_second(world)
    before = world.state

    deliver(world, opened(world, SECOND))

    assert (called(world), email(world).status, email(world).tries) == (["first"], DeliveryStatus.SENDING, 0)
    assert world.state == before
    assert world.queues.lanes[Channel.EMAIL] == [LaneMessage(REF, delay=75)]


def test_a_delivery_at_a_provider_that_is_open_goes_on_to_the_next() -> None:
    world = World(providers=("first", "second", "third"))
    at_second(world)

    deliver(world, opened(world, SECOND))

    assert (called(world), email(world).status) == (["first", "third"], DeliveryStatus.SENT)
    assert (email(world).provider, email(world).tries) == (2, 1)


def test_a_provider_removed_meanwhile_leaves_it_to_those_that_are_left() -> None:
    world = World(providers=("first", "second", "third"))
    world.decided()
    del world.rows.providers[ACME, FIRST]

    deliver(world, opened(world, SECOND))

    assert (called(world), email(world).status) == (["third"], DeliveryStatus.SENT)


def test_a_disabled_provider_is_passed_over() -> None:
    world = World()
    world.decided()
    world.rows.providers[ACME, FIRST] = replace(world.rows.providers[ACME, FIRST], enabled=False)
    breakers = world.breakers()

    deliver(world, breakers)
    deliver(world, breakers)

    assert (called(world), email(world).status) == (["second"], DeliveryStatus.SENT)


def test_the_stages_provider_has_a_breaker_like_any_other() -> None:
    world = World(providers=())
    vendors = {Channel.EMAIL: "fake"}
    dispatch = world.dispatch(stage_vendors=vendors)
    world.accepted()
    dispatch(REF, world.clock())
    breakers = opened(world, ProviderId("env:fake"))
    from dataclasses import replace as with_fields

    with_fields(world.deliver(breakers=breakers), stage_vendors=vendors)(REF, Channel.EMAIL)

    assert (called(world), world.queues.lanes[Channel.EMAIL]) == ([], [LaneMessage(REF, delay=75)])


def test_unknown_outcomes_open_it_too() -> None:
    world = World()
    world.decided()
    breakers = world.breakers()
    count(breakers, FIRST, *[Sign.ILL] * 4)
    world.vendor.answers = [Unsure(code="timeout")]

    deliver(world, breakers)

    assert [circuit.phase for circuit in world.store.circuits.list(ACME)] == [Phase.OPEN]


def test_the_dispatcher_plans_around_a_provider_that_is_open() -> None:
    world = World()
    opened(world, FIRST).share(ACME)

    assert world.decided().deliveries[Channel.EMAIL].providers == (SECOND, FIRST)


def test_an_outage_of_any_length_costs_no_message() -> None:
    # Given a tenant with one provider, which is down, and a delivery whose every call finds that out for the others
    world = World(providers=("only",))
    world.decided()
    breakers = opened(world, ProviderId("only"))

    # When each half-open trial of a long outage is this delivery's
    world.vendor.answers = [BUSY] * 12
    for _ in range(12):
        world.clock.advance(2 * PAUSE)
        assert deliver(world, breakers) is Verdict.DONE
    assert email(world).status is DeliveryStatus.SENDING

    # Then its calls are all counted, and it grows no more
    assert [(attempt.number, attempt.trials) for attempt in email(world).attempts] == [(12, 12)]
    assert email(world).calls == 12

    # And it is delivered when the vendor is back
    world.clock.advance(2 * PAUSE)
    deliver(world, breakers)
    assert (email(world).status, len(called(world))) == (DeliveryStatus.SENT, 13)


def test_nobody_waits_longer_than_a_day_for_a_vendor_that_is_down_for_good() -> None:
    # Given a tenant with one provider, which stays down
    world = World(providers=("only",))
    world.decided()
    breakers = opened(world, ProviderId("only"))
    deliver(world, breakers)
    assert email(world).status is DeliveryStatus.QUEUED

    # When a day is over in which it was tried out in vain
    for _ in range(2):
        world.clock.advance(LONGEST_OUTAGE // 2 + 1)
        count(breakers, ProviderId("only"), Sign.ILL)
    deliver(world, breakers)
    deliver(world, breakers)

    # Then it has failed for an operator to look at, without one more call
    assert (email(world).status, email(world).reason) == (DeliveryStatus.FAILED, Reason.RETRIES_EXHAUSTED)
    assert called(world) == []
    assert {letter.epoch for letter in world.queues.dead[Channel.EMAIL]} == {1}

    # And what the operator sends again waits for the vendor as if it was new
    lanes = len(world.queues.lanes[Channel.EMAIL])
    deliver(world, breakers, epoch=1)
    assert len(world.queues.lanes[Channel.EMAIL]) == lanes + 1


def test_what_is_at_its_last_provider_waits_no_longer_than_a_day_either() -> None:
    # Given a delivery that the first provider could not make, which is well, and a second one that is down
    world = World()
    at_second(world)
    breakers = opened(world, SECOND)

    # When it comes again all day, and whoever tries the second one out finds it down
    while email(world).status is DeliveryStatus.SENDING and world.clock() <= NOW + 2 * LONGEST_OUTAGE:
        deliver(world, breakers)
        world.clock.advance(LONGEST_OUTAGE // 4)
        count(breakers, SECOND, Sign.ILL)

    assert (email(world).status, email(world).reason) == (DeliveryStatus.FAILED, Reason.RETRIES_EXHAUSTED)
    assert called(world) == ["first"]


def test_a_provider_added_in_an_outage_leaves_those_who_wait_as_they_are() -> None:
    # Given a message that waits for its only provider
    world = World(providers=("second",))
    world.decided()
    breakers = opened(world, SECOND)
    world.store.providers.create(ACME, ProviderConfig(id=FIRST, channel=Channel.EMAIL, vendor="fake", priority=-1))
    before = world.state

    deliver(world, breakers)

    assert (world.state, called(world)) == (before, [])


@pytest.mark.parametrize("busy", [True, False])
def test_a_day_old_message_is_not_given_up_where_nobody_was_down_for_a_day(busy: bool) -> None:
    # Given a message that its send rate held back for more than a day
    world = World(providers=("only",))
    world.decided()
    world.clock.advance(LONGEST_OUTAGE + 1)
    only = ProviderId("only")

    # When it meets a provider that has calls enough, or one that went down a minute ago
    breakers = world.breakers() if busy else opened(world, only)
    with ExitStack() as calls:
        for _ in range(5 if busy else 0):
            calls.enter_context(breakers.admission(ACME)).ask([only])
        deliver(world, breakers)

    assert email(world).status is DeliveryStatus.QUEUED
    assert len(world.queues.lanes[Channel.EMAIL]) == 1


def test_whoever_tried_out_a_provider_for_all_goes_back_to_it_like_all() -> None:
    # Given a delivery that found out that the first provider is still down
    world = World()
    world.decided()
    breakers = opened(world, FIRST)
    world.clock.advance(PAUSE + 1)
    world.vendor.answers = [BUSY, Refused(kind=AttemptOutcome.MISCONFIGURED, code="bad_key")]
    deliver(world, breakers)

    # When the next one cannot make it
    world.clock.advance(2_000)
    deliver(world, breakers)
    assert called(world) == ["first", "second"]

    # Then it waits for the first one to get well, as those do who have not tried it
    world.clock.advance(2 * PAUSE)
    deliver(world, breakers)
    assert (called(world)[2:], email(world).status) == (["first"], DeliveryStatus.SENT)


def test_a_provider_that_has_come_to_be_of_another_channel_is_not_called() -> None:
    world = World()
    world.decided()
    world.rows.providers[ACME, FIRST] = replace(world.rows.providers[ACME, FIRST], channel=Channel.SMS)
    breakers = world.breakers()

    deliver(world, breakers)
    deliver(world, breakers)

    assert (called(world), email(world).status) == (["second"], DeliveryStatus.SENT)


def test_trying_out_several_that_are_down_in_turn_adds_no_attempt_each_time() -> None:
    world = World()
    world.decided()
    breakers = opened(world, FIRST, SECOND)
    world.vendor.answers = [BUSY] * 20

    for _ in range(20):
        world.clock.advance(PAUSE // 2 + 1_000)
        deliver(world, breakers)

    made = Counter(called(world))
    assert {attempt.provider: attempt.trials for attempt in email(world).attempts} == made
    assert set(made) == {FIRST, SECOND}


def test_what_an_ill_provider_asks_for_keeps_nobody_from_the_next() -> None:
    world = World()
    world.decided()
    breakers = opened(world, FIRST)
    world.clock.advance(PAUSE + 1)
    world.vendor.answers = [replace(BUSY, retry_after=2.0 * PAUSE)]
    deliver(world, breakers)

    world.clock.advance(1_000)
    deliver(world, breakers)

    assert (called(world), email(world).status) == (["first", "second"], DeliveryStatus.SENT)


def test_who_failed_once_and_is_well_again_delivers_though_the_one_before_stays_down() -> None:
    # Given a delivery that went to the second provider, which failed too and opened, later than the first
    world = World()
    world.decided()
    breakers = opened(world, FIRST)
    world.clock.advance(PAUSE - 10_000)
    count(breakers, SECOND, *[Sign.ILL] * 4)
    world.vendor.answers = [BUSY, BUSY]
    deliver(world, breakers)

    # When it has tried out the first one in vain, and the second one is well
    world.clock.advance(10_001)
    deliver(world, breakers)
    world.clock.advance(PAUSE - 10_000)
    deliver(world, breakers)

    assert (called(world), email(world).status) == (["second", "first", "second"], DeliveryStatus.SENT)


def test_a_provider_is_tried_four_times_however_often_a_delivery_comes_back_to_it() -> None:
    world = World()
    world.decided()
    breakers = opened(world, FIRST)
    limited = replace(BUSY, telling=False)
    world.vendor.answers = [*[limited] * 3, BUSY, *[limited] * 9]
    for _ in range(3):
        deliver(world, breakers)
        world.clock.advance(15_000)
    count(breakers, SECOND, *[Sign.ILL] * 5)
    world.clock.advance(PAUSE + 1)
    deliver(world, breakers)

    while email(world).status is DeliveryStatus.SENDING:
        world.clock.advance(PAUSE + 1)
        deliver(world, breakers)

    assert sum(not attempt.trials for attempt in email(world).attempts if attempt.provider == SECOND) <= 4
    assert email(world).reason is Reason.RETRIES_EXHAUSTED


def test_a_delivery_at_a_provider_that_has_calls_enough_is_not_claimed_in_vain() -> None:
    world = World()
    at_second(world)
    before, breakers = world.state, world.breakers()

    with ExitStack() as calls:
        for _ in range(5):
            assert calls.enter_context(breakers.admission(ACME)).ask([SECOND]) is None
        deliver(world, breakers)

    assert world.state == before
    assert len(world.queues.lanes[Channel.EMAIL]) == 1
