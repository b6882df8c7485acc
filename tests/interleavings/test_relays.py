"""People on duty, asked under every order of effects: each once, and nobody after somebody acknowledged."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from chalicelib.domain.delivery import DeliveryStatus
from chalicelib.domain.relays import child_id
from chalicelib.domain.value import Millis
from tests.build import ACME, ID, NOW
from tests.explore import Actor, Scenario, Stepping, explore
from tests.on_call import CUSTOMER, EVERY, REF, Duty, Wrap, owner

SECOND = Millis(NOW + EVERY)


@dataclass(frozen=True)
class Reading:
    """Requests whose reading does not stop the actor."""

    put: Any
    port: Any

    def __getattr__(self, name: str) -> Any:
        return getattr(self.port, name)


@dataclass
class Stage:
    """People on duty, and actors."""

    duty: Duty = field(default_factory=lambda: Duty(deliveries={}))
    actors: list[Actor] = field(default_factory=list)

    def actor(self, name: str, run: Callable[[Wrap], object], *, may_crash: bool = False) -> None:
        """Add an actor; `run` is given what to wrap its ports with."""
        actor = Actor(name, lambda: None, may_crash=may_crash)
        actor.run = lambda: run(lambda port: self._stepping(port, actor))
        self.actors.append(actor)

    def _stepping(self, port: Any, actor: Actor) -> Any:
        """Stop before each effect; reading a request is none, for requests never change."""
        stepping = Stepping(port, lambda: actor)
        return Reading(stepping.put, port) if port is self.duty.store.requests else stepping

    def worker(self, name: str, now: Millis, *, may_crash: bool = False) -> None:
        """Add a worker that was woken for the notification."""

        def run(wrap: Wrap) -> None:
            state = wrap(self.duty.store.states).get(ACME, ID)
            self.duty.relaying(wrap).advance(state, self.duty.request, now)

        self.actor(name, run, may_crash=may_crash)

    def scenario(self, check: Callable[[], None]) -> Scenario:
        return Scenario(self.actors, check)


def test_two_workers_at_once_ask_each_person_once() -> None:
    def make() -> Scenario:
        stage = Stage()
        stage.worker("worker 1", NOW)
        stage.worker("worker 2", Millis(NOW + 3))

        def check() -> None:
            assert stage.duty.asked() == "a"
            assert stage.duty.state.relays[0].position == 1
            stage.duty.advance(SECOND + 3)
            assert stage.duty.asked() == "ab"

        return stage.scenario(check)

    assert explore(make) > 10


def test_a_worker_that_overtakes_into_the_next_turn_asks_the_next_person() -> None:
    def make() -> Scenario:
        stage = Stage()
        stage.worker("worker 1", NOW)
        stage.worker("worker 2", SECOND)

        def check() -> None:
            asked = stage.duty.asked()
            assert asked in ("a", "ab")
            assert stage.duty.state.relays[0].position == len(asked)

        return stage.scenario(check)

    assert explore(make) > 10


def test_a_worker_that_dies_anywhere_loses_nobody() -> None:
    def make() -> Scenario:
        stage = Stage()
        stage.worker("worker 1", NOW, may_crash=True)
        stage.worker("worker 2", NOW, may_crash=True)

        def check() -> None:
            for turn in range(5):
                stage.duty.advance(NOW + turn * EVERY)
            assert stage.duty.asked() == "abc"
            assert stage.duty.state.relays[0].ended

        return stage.scenario(check)

    assert explore(make, crashes=2) > 30


@pytest.mark.parametrize("stop", ["acknowledge", "cancel"])
def test_who_is_asked_while_it_is_stopped_is_not_told(stop: str) -> None:
    """A worker that died comes again: its message was not deleted."""
    racing = set()

    def make() -> Scenario:
        stage = Stage()
        stage.worker("worker", NOW, may_crash=True)

        def stopping(wrap: Wrap) -> None:
            if stop == "acknowledge":
                stage.duty.acknowledge(wrap)(CUSTOMER, ID, NOW)
            else:
                stage.duty.cancel(wrap)(REF, NOW)

        stage.actor(stop, stopping)

        def check() -> None:
            stage.duty.advance(NOW)  # the message of the worker that died
            racing.add(stage.duty.asked())
            assert stage.duty.asked() in ("", "a")
            assert not stage.duty.asked() or stage.duty.outcome(stage.duty.child(0).id).cancelled_at == NOW
            stage.duty.advance(SECOND)
            assert stage.duty.asked() in ("", "a")

        return stage.scenario(check)

    assert explore(make, crashes=1) > 100
    assert racing == {"", "a"}


def test_who_acknowledges_while_the_next_is_asked_stops_all_others() -> None:
    first = child_id(ACME, ID, 0, 0)
    second = child_id(ACME, ID, 0, 1)
    racing = set()

    def make() -> Scenario:
        stage = Stage()
        stage.duty.advance(NOW)
        stage.duty.told(0, DeliveryStatus.SENT)
        stage.worker("worker", SECOND)
        stage.actor("first", lambda wrap: stage.duty.acknowledge(wrap)(owner("a"), first, SECOND))

        def check() -> None:
            stage.duty.advance(SECOND + EVERY)
            racing.add(stage.duty.asked())
            assert stage.duty.asked() == "a" or stage.duty.outcome(second).cancelled_at is not None

        return stage.scenario(check)

    assert explore(make) > 30
    assert racing == {"a", "ab"}
