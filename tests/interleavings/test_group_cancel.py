"""Cancelling a group while its requests are stored, decided and sent: nothing accepted before goes out after."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from chalicelib.domain.content import Content
from chalicelib.domain.delivery import DeliveryStatus
from chalicelib.domain.groups import CancelGroup
from chalicelib.domain.ids import UserId
from chalicelib.domain.value import Millis
from chalicelib.domain.words import Channel, Priority
from chalicelib.services.order import Order
from chalicelib.services.ports import NotificationRef
from tests.build import ACME, ID, NOW, a_recipient
from tests.explore import Actor, Scenario, Stepping, explore
from tests.world import LEASE, REF, World

KEY = CancelGroup("key", "order-42")
LATER = Millis(NOW + 1_000)
ORDER = Order(
    tenant=ACME,
    recipients=(a_recipient(), a_recipient(user_id=UserId("u2"))),
    content=Content(body="Hello"),
    category="transactional",
    priority=Priority.MEDIUM,
    channels=(Channel.EMAIL,),
    cancellation_key=KEY.name,
)
Run = Callable[[Callable[[Any], Any]], object]


@dataclass
class Stage:
    """A world, the actors on it, and how many calls had been claimed when the cancellation returned."""

    world: World = field(default_factory=World)
    actors: list[Actor] = field(default_factory=list)
    returned_at: list[int] = field(default_factory=list)

    def actor(self, name: str, run: Run, *, may_crash: bool = False) -> None:
        """Add an actor; `run` is given what to wrap its ports with."""
        actor = Actor(name, lambda: None, may_crash=may_crash)
        actor.run = lambda: run(lambda port: Stepping(port, lambda: actor))
        self.actors.append(actor)

    def canceller(self, group: CancelGroup = KEY, *, may_crash: bool = False) -> None:
        """Add somebody who cancels the group."""

        def cancelling(wrap: Callable[[Any], Any]) -> None:
            self.world.cancel_groups(wrap)(ACME, group, NOW, LATER)
            deliveries = [each for state in self.world.rows.states.values() for each in state.deliveries.values()]
            self.returned_at.append(sum(delivery.attempt for delivery in deliveries))

        self.actor("cancel", cancelling, may_crash=may_crash)

    def accepted(self) -> None:
        """Store one request of the group, as it is when it was accepted."""
        self.world.store.groups.add(ACME, KEY, [ID], "request", 0)
        self.world.accepted(cancellation_key=KEY.name)

    def run_to_the_end(self) -> None:
        """Do with all that is stored what the stream, the sweeper and the queues see to."""
        for tenant, id in list(self.world.rows.requests):
            ref = NotificationRef(tenant, id)
            self.world.dispatched(self.world.dispatch(), ref)
            for _ in range(3):
                self.world.clock.advance(LEASE + 40_000)
                self.world.deliver()(ref, Channel.EMAIL)

    def scenario(self, check: Callable[[], None]) -> Scenario:
        return Scenario(self.actors, check)


def test_what_is_being_stored_while_its_key_is_cancelled_never_goes_out() -> None:
    shown: set[tuple[int, int]] = set()

    def make() -> Scenario:
        stage = Stage()
        stage.actor("accept", lambda wrap: stage.world.accept(wrap)(ORDER, sent_by="service:orders", now=NOW))
        stage.canceller()

        def check() -> None:
            states = stage.world.rows.states.values()
            shown.add((len(stage.world.rows.requests), sum(state.cancelled_at is not None for state in states)))
            stage.run_to_the_end()
            assert len(stage.world.rows.states) == 2
            assert stage.world.vendor.calls == []

        return stage.scenario(check)

    assert explore(make) > 10
    assert {count for _, count in shown} == {0, 1, 2}, "the tombstone alone stopped some"


def test_an_accept_that_dies_anywhere_leaves_nothing_that_escapes_its_key() -> None:
    def make() -> Scenario:
        stage = Stage()
        stage.actor(
            "accept", lambda wrap: stage.world.accept(wrap)(ORDER, sent_by="service:orders", now=NOW), may_crash=True
        )
        stage.canceller(may_crash=True)

        def check() -> None:
            if stage.returned_at:
                stage.run_to_the_end()
                assert stage.world.vendor.calls == []

        return stage.scenario(check)

    assert explore(make, crashes=1) > 30


def test_what_is_accepted_after_the_key_was_cancelled_goes_out() -> None:
    stage = Stage()
    stage.world.cancel_groups()(ACME, KEY, NOW, LATER)
    stage.world.clock.advance(1)
    stage.world.accept()(ORDER, sent_by="service:orders", now=stage.world.clock())
    stage.run_to_the_end()
    assert len(stage.world.vendor.calls) == 2


def test_a_cancellation_that_races_the_dispatcher_stops_all() -> None:
    def make() -> Scenario:
        stage = Stage()
        stage.accepted()
        stage.actor("dispatch", lambda wrap: stage.world.dispatched(stage.world.dispatch(wrap)))
        stage.canceller()

        def check() -> None:
            assert stage.returned_at == [0]
            assert stage.world.state.cancelled_at == NOW
            stage.run_to_the_end()
            assert stage.world.vendor.calls == []

        return stage.scenario(check)

    assert explore(make) > 5


def test_no_call_begins_once_the_cancellation_returned() -> None:
    def make() -> Scenario:
        stage = Stage()
        stage.accepted()
        stage.world.dispatched(stage.world.dispatch())

        def working(wrap: Callable[[Any], Any]) -> None:
            stage.world.deliver(wrap)(REF, Channel.EMAIL)

        stage.actor("worker", working, may_crash=True)
        stage.canceller(may_crash=True)

        def check() -> None:
            stage.run_to_the_end()
            delivery = stage.world.state.deliveries[Channel.EMAIL]
            assert len(stage.world.vendor.calls) <= 1
            if stage.returned_at:
                assert stage.returned_at == [delivery.attempt], "a call was claimed after the cancellation"
                if not delivery.attempt:
                    assert delivery.status is DeliveryStatus.CANCELLED

        return stage.scenario(check)

    assert explore(make, crashes=1) > 50


def test_a_tombstone_alone_stops_a_worker_that_has_its_message() -> None:
    """Whoever cancels dies right after the tombstone: no member is marked, and still nothing goes out."""
    stage = Stage()
    stage.accepted()
    stage.world.dispatched(stage.world.dispatch())
    stage.world.store.groups.cancel(ACME, KEY, NOW, 0)

    stage.world.deliver()(REF, Channel.EMAIL)

    assert stage.world.vendor.calls == []
    assert stage.world.state.deliveries[Channel.EMAIL].status is DeliveryStatus.CANCELLED
