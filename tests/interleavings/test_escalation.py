"""A step that comes due beside a reader: every order, with crashes of whoever may die."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.domain.delivery import OPEN, DeliveryStatus
from chalicelib.domain.words import Channel, Reason, Strategy
from tests.explore import Actor, Scenario, Stepping, explore
from tests.world import LEASE, OWNER, REF, World

STEP = 600_000
"""Milliseconds until the text message of the default policy."""


def escalating() -> World:
    """A world in which a notification arrived in the inbox, nobody read it, and its text message has come due."""
    world = World()
    world.decided(channels=(Channel.IN_APP, Channel.SMS, Channel.EMAIL), strategy=Strategy.ESCALATION)
    world.deliver()(REF, Channel.IN_APP)
    world.clock.advance(STEP)
    return world


def actor(name: str, run: Callable[[Callable[[Any], Any]], object], *, may_crash: bool = False) -> Actor:
    """Return an actor; `run` is given what to wrap its ports with."""
    made = Actor(name, lambda: None, may_crash=may_crash)
    made.run = lambda: run(lambda port: Stepping(port, lambda: made))
    return made


def dispatcher(world: World) -> Callable[[Callable[[Any], Any]], None]:
    """What the dispatcher does with the message of a timer."""

    def run(wrap: Callable[[Any], Any]) -> None:
        dispatch = world.dispatch(wrap)
        state = dispatch(REF, world.clock(), woken=True)
        if state is not None:
            dispatch.publish([state], world.clock())

    return run


def noting(port: Any, log: list[str]) -> Any:
    """Put a note into the log of each claim and each read that was stored."""

    class Noting:
        def __getattr__(self, name: str) -> Any:
            method = getattr(port, name)

            def call(*arguments: Any, **named: Any) -> Any:
                answer = method(*arguments, **named)
                if name in ("claim", "read"):
                    log.append(name)
                return answer

            return call if name in ("claim", "read") else method

    return Noting()


@pytest.mark.parametrize("crashes", [0, 1])
def test_a_step_is_claimed_before_it_is_read_or_never(crashes: int) -> None:
    outcomes = set()

    def make() -> Scenario:
        world, log = escalating(), list[str]()

        def check() -> None:
            live_on(world)
            state = world.state
            assert "claim" not in log[log.index("read") :] if "read" in log else True, log
            assert len(world.vendor.calls) <= log.count("claim")
            if state.read_at is not None:
                email = state.deliveries[Channel.EMAIL]
                assert (email.status, email.reason) == (DeliveryStatus.CANCELLED, Reason.READ)
            outcomes.add((state.deliveries[Channel.SMS].status, state.read_at is not None))

        world.store = replace(world.store, states=noting(world.store.states, log))
        actors = [
            actor("timer", dispatcher(world), may_crash=True),
            actor("worker", lambda wrap: world.deliver(wrap)(REF, Channel.SMS), may_crash=True),
            actor("reader", lambda wrap: world.inbox(wrap).read(OWNER, REF.id, world.clock()), may_crash=True),
        ]
        return Scenario(actors, check)

    assert explore(make, crashes=crashes) > 100
    assert outcomes >= {(DeliveryStatus.CANCELLED, True), (DeliveryStatus.SENT, True)}


def live_on(world: World) -> None:
    """Let time pass, timers fire and messages come again, until nothing is open."""
    for _ in range(10):
        world.clock.advance(LEASE + STEP)
        dispatcher(world)(lambda port: port)
        for channel in (Channel.SMS, Channel.EMAIL):
            world.deliver()(REF, channel)
        if all(delivery.status not in OPEN for delivery in world.state.deliveries.values()):
            return
    raise AssertionError("it never ends")
