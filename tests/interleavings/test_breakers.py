"""Breakers of several workers under every order of their effects, crashes included: what stands in the table is a
transition that somebody saw, a delivery that moves to another provider is made once, and what waits is not lost.
"""

from collections.abc import Callable
from typing import Any

from chalicelib.domain.breaker import Phase, Sign
from chalicelib.domain.delivery import AttemptOutcome, DeliveryStatus
from chalicelib.domain.ids import ProviderId
from chalicelib.domain.provider import Refused
from chalicelib.domain.words import Channel
from chalicelib.services.breakers import Breakers
from chalicelib.services.deliver import Deliver
from tests.build import ACME
from tests.explore import Actor, Scenario, Stepping, explore
from tests.world import PAUSE, REF, World

FIRST = ProviderId("first")
BUSY = Refused(kind=AttemptOutcome.RETRIABLE, code="busy")


def count(breakers: Breakers, *signs: Sign) -> None:
    """Make calls that are answered so, as long as any are let through."""
    for sign in signs:
        with breakers.admission(ACME) as admission:
            if admission.ask([FIRST]) is None:
                admission.settle(sign)


def actor(name: str, run: Callable[[Callable[[Any], Any]], object], *, may_crash: bool = False) -> Actor:
    """Return an actor; `run` is given what to wrap its ports with."""
    made = Actor(name, lambda: None, may_crash=may_crash)
    made.run = lambda: run(lambda port: Stepping(port, lambda: made))
    return made


def test_workers_that_open_and_close_at_once_leave_the_last_transition() -> None:
    ends = set()

    def make() -> Scenario:
        world = World()
        before = world.breakers()
        count(before, *[Sign.ILL] * 5)
        before.share(ACME)
        world.clock.advance(PAUSE)

        def worker(*signs: Sign) -> Callable[[Callable[[Any], Any]], None]:
            def run(wrap: Callable[[Any], Any]) -> None:
                breakers = world.breakers(wrap)
                count(breakers, *signs)
                breakers.share(ACME)

            return run

        def check() -> None:
            [stands] = world.store.circuits.list(ACME)
            ends.add((stands.phase, stands.version))
            fresh = world.breakers()
            assert fresh.admission(ACME).ask([FIRST]) is None or stands.phase is Phase.OPEN

        closing, opening = worker(Sign.WELL, Sign.WELL), worker(Sign.ILL)
        return Scenario([actor("closing", closing, may_crash=True), actor("opening", opening, may_crash=True)], check)

    assert explore(make, crashes=1) > 10
    # Both are of the same moment: who comes second has nothing newer to say. If the first dies, the second may.
    assert {(Phase.OPEN, 2), (Phase.CLOSED, 2)} <= ends <= {(Phase.OPEN, 1), (Phase.OPEN, 2), (Phase.CLOSED, 2)}


def test_a_delivery_that_goes_elsewhere_is_made_once_whoever_comes_between() -> None:
    def make() -> Scenario:
        world = World()
        world.decided()

        def worker(*signs: Sign) -> Callable[[Callable[[Any], Any]], None]:
            def run(wrap: Callable[[Any], Any]) -> None:
                breakers = world.breakers()
                count(breakers, *signs)
                with_breakers(world, wrap, breakers)(REF, Channel.EMAIL)

            return run

        def check() -> None:
            for _ in range(5):
                world.clock.advance(PAUSE)
                world.deliver()(REF, Channel.EMAIL)
            delivery = world.state.deliveries[Channel.EMAIL]
            assert len(world.vendor.calls) <= 1
            assert delivery.status in (DeliveryStatus.SENT, DeliveryStatus.UNKNOWN)
            called = [provider for provider, _ in world.vendor.calls]
            if called and delivery.attempts:
                assert [attempt.provider for attempt in delivery.attempts] == called

        sees_it_open, sees_nothing = worker(*[Sign.ILL] * 5), worker()
        return Scenario([actor("one", sees_it_open, may_crash=True), actor("other", sees_nothing)], check)

    assert explore(make, crashes=1) > 20


def test_a_move_is_refused_where_another_worker_was_there_meanwhile() -> None:
    """One saw the delivery before the first call; by when it claims, another's call has failed."""

    def make() -> Scenario:
        world = World()
        world.decided()
        world.vendor.answers = [BUSY]

        def one(wrap: Callable[[Any], Any]) -> None:
            breakers = world.breakers()
            count(breakers, *[Sign.ILL] * 5)
            with_breakers(world, wrap, breakers)(REF, Channel.EMAIL)

        def other(wrap: Callable[[Any], Any]) -> None:
            with_breakers(world, wrap, world.breakers())(REF, Channel.EMAIL)

        def check() -> None:
            for _ in range(5):
                world.clock.advance(PAUSE)
                world.deliver()(REF, Channel.EMAIL)
            delivery = world.state.deliveries[Channel.EMAIL]
            assert delivery.status is DeliveryStatus.SENT
            assert [attempt.number for attempt in delivery.attempts] == list(range(1, delivery.attempt + 1))
            assert [attempt.provider for attempt in delivery.attempts] == [id for id, _ in world.vendor.calls]

        return Scenario([actor("one", one), actor("other", other)], check)

    assert explore(make) > 20


def with_breakers(world: World, wrap: Callable[[Any], Any], breakers: Breakers) -> Deliver:
    return world.deliver(wrap, breakers=breakers)
