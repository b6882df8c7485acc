"""The protocols under every order of their effects: each test explores all schedules of its actors, and crashes."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from chalicelib.domain.content import Content
from chalicelib.domain.delivery import OPEN, DeliveryStatus
from chalicelib.domain.errors import InvalidInputError, RequestInProgressError
from chalicelib.domain.escalation import DEFAULT_POLICY, EscalationPolicy, Step
from chalicelib.domain.ids import UserId
from chalicelib.domain.value import Millis
from chalicelib.domain.words import Channel, Priority
from chalicelib.services.accept import IN_PROGRESS_FOR, IdempotencyKey
from chalicelib.services.deliver import Verdict
from chalicelib.services.order import Filling, Order
from tests.build import ACME, NOW, a_recipient
from tests.explore import Actor, Scenario, Stepping, explore
from tests.saying import GREETING, a_version
from tests.world import LEASE, OWNER, REF, World

AT_ONCE = EscalationPolicy(id=DEFAULT_POLICY.id, steps=(Step(channels=(Channel.IN_APP, Channel.EMAIL)),))
"""An escalation whose steps are all due."""


@dataclass
class Stage:
    """A world, the actors on it, and what happened in which order."""

    world: World = field(default_factory=World)
    actors: list[Actor] = field(default_factory=list)
    log: list[str] = field(default_factory=list)

    def actor(self, name: str, run: Callable[[Callable[[Any], Any]], object], *, may_crash: bool = False) -> None:
        """Add an actor; `run` is given what to wrap its ports with."""
        actor = Actor(name, lambda: None, may_crash=may_crash)
        actor.run = lambda: run(lambda port: Stepping(port, lambda: actor))
        self.actors.append(actor)

    def step_of(self, name: str) -> Callable[[], None]:
        """Return what stops the actor `name` before a further effect."""
        return lambda: next(actor for actor in self.actors if actor.name == name).step()

    def worker(self, name: str, channel: Channel = Channel.EMAIL, *, may_crash: bool = False) -> None:
        """Add a worker that holds a message; it logs when it got hold of the delivery."""

        def run(wrap: Callable[[Any], Any]) -> None:
            deliver = self.world.deliver(wrap, self.step_of(name))
            if deliver(REF, channel) is Verdict.RETURN:
                self.log.append(f"{name} returned its message")

        self.actor(name, run, may_crash=may_crash)

    def scenario(self, check: Callable[[], None]) -> Scenario:
        return Scenario(self.actors, check)

    def drain(self, channel: Channel = Channel.EMAIL) -> None:
        """Hand out a message again and again, as the queue does, until the delivery is settled."""
        for _ in range(20):
            self.world.clock.advance(LEASE + 40_000)
            self.world.deliver()(REF, channel)
            if self.world.state.deliveries[channel].status not in OPEN:
                return
        raise AssertionError("the delivery never settles")


def test_a_message_delivered_twice_reaches_the_vendor_once() -> None:
    def make() -> Scenario:
        stage = Stage()
        stage.world.decided()
        stage.worker("worker 1")
        stage.worker("worker 2")

        def check() -> None:
            assert len(stage.world.vendor.calls) == 1
            assert stage.world.state.deliveries[Channel.EMAIL].status is DeliveryStatus.SENT

        return stage.scenario(check)

    assert explore(make) > 5


def test_a_worker_that_dies_anywhere_never_causes_a_second_call() -> None:
    outcomes = set()

    def make() -> Scenario:
        stage = Stage()
        stage.world.decided()
        stage.worker("worker 1", may_crash=True)
        stage.worker("worker 2", may_crash=True)

        def check() -> None:
            stage.drain()
            status = stage.world.state.deliveries[Channel.EMAIL].status
            outcomes.add((status, len(stage.world.vendor.calls)))
            assert len(stage.world.vendor.calls) <= 1
            assert status in (DeliveryStatus.SENT, DeliveryStatus.UNKNOWN)

        return stage.scenario(check)

    assert explore(make, crashes=2) > 30
    assert outcomes == {
        (DeliveryStatus.SENT, 1),
        (DeliveryStatus.UNKNOWN, 1),  # died after the call
        (DeliveryStatus.UNKNOWN, 0),  # died between claim and call: nobody can tell the two apart
    }


def test_a_slow_worker_whose_lease_lapsed_is_not_overtaken_by_a_second_call() -> None:
    def make() -> Scenario:
        stage = Stage()
        stage.world.decided()
        stage.worker("worker 1")
        stage.actor("time", lambda wrap: wrap(stage.world.clock).advance(LEASE))
        stage.worker("worker 2")

        def check() -> None:
            stage.drain()
            assert len(stage.world.vendor.calls) == 1
            assert stage.world.state.deliveries[Channel.EMAIL].status in (DeliveryStatus.SENT, DeliveryStatus.UNKNOWN)

        return stage.scenario(check)

    assert explore(make) > 20


@pytest.mark.parametrize("stop", ["read", "cancel"])
def test_no_call_begins_after_a_read_or_cancel_was_stored(stop: str) -> None:
    def make() -> Scenario:
        stage = Stage()
        stage.world.store.policies.create(ACME, AT_ONCE)
        stage.world.decided(priority=Priority.LOW, channels=(Channel.IN_APP, Channel.EMAIL))
        stopped_at: list[int] = []

        def stopping(wrap: Callable[[Any], Any]) -> None:
            if stop == "read":
                stage.world.inbox(wrap).read(OWNER, REF.id, NOW)
            else:
                stage.world.cancel(wrap)(REF, NOW)
            stopped_at.append(len(stage.world.vendor.calls))

        stage.worker("worker 1", may_crash=True)
        stage.actor("stop", stopping, may_crash=True)
        stage.worker("worker 2")

        def check() -> None:
            state = stage.world.state
            delivery = state.deliveries[Channel.EMAIL]
            if stopped_at and not delivery.attempt:
                assert delivery.status is DeliveryStatus.CANCELLED
            calls = len(stage.world.vendor.calls)
            stage.drain()
            assert len(stage.world.vendor.calls) <= 1
            marked = (state.read_at if stop == "read" else state.cancelled_at) is not None
            if marked:
                assert len(stage.world.vendor.calls) == calls, "a call began after the mark"

        return stage.scenario(check)

    assert explore(make, crashes=1) > 100


def test_a_cancel_that_races_the_dispatcher_stops_all_or_comes_after_the_claim() -> None:
    def make() -> Scenario:
        stage = Stage()
        stage.world.accepted()

        def dispatching(wrap: Callable[[Any], Any]) -> None:
            dispatch = stage.world.dispatch(wrap)
            stage.world.dispatched(dispatch)

        stage.actor("dispatch", dispatching)
        stage.actor("cancel", lambda wrap: stage.world.cancel(wrap)(REF, NOW))

        def check() -> None:
            for _ in stage.world.queues.lanes[Channel.EMAIL]:
                stage.world.deliver()(REF, Channel.EMAIL)
            assert stage.world.vendor.calls == []
            assert stage.world.state.cancelled_at == NOW

        return stage.scenario(check)

    assert explore(make) > 5


def test_a_dispatcher_that_dies_anywhere_decides_once_and_publishes_at_least_once() -> None:
    def make() -> Scenario:
        stage = Stage()
        stage.world.accepted()
        decided: list[tuple[str, ...]] = []

        def dispatching(wrap: Callable[[Any], Any]) -> None:
            if state := stage.world.dispatched(stage.world.dispatch(wrap)):
                decided.append(state.deliveries[Channel.EMAIL].providers)

        stage.actor("dispatch 1", dispatching, may_crash=True)
        stage.actor("dispatch 2", dispatching, may_crash=True)

        def check() -> None:
            again = stage.world.dispatch()
            stage.world.dispatched(again)
            assert len({*decided, ("first", "second")}) == 1
            for _ in stage.world.queues.lanes[Channel.EMAIL]:
                stage.world.deliver()(REF, Channel.EMAIL)
            assert len(stage.world.vendor.calls) == 1

        return stage.scenario(check)

    assert explore(make, crashes=2) > 10


def test_concurrent_twins_of_a_keyed_request_make_one_set_of_notifications() -> None:
    order = Order(
        tenant=ACME,
        recipients=(a_recipient(), a_recipient(user_id=UserId("u2"))),
        content=Content(body="Hello"),
        category="transactional",
        priority=Priority.MEDIUM,
    )
    key = IdempotencyKey(route="send", key="order-42", body_hash="abc")

    def make() -> Scenario:
        stage = Stage()
        answers = []

        def accepting(wrap: Callable[[Any], Any]) -> None:
            try:
                answers.append(stage.world.accept(wrap)(order, sent_by="service:orders", now=NOW, key=key))
            except RequestInProgressError:
                stage.log.append("told to wait")

        stage.actor("twin 1", accepting, may_crash=True)
        stage.actor("twin 2", accepting, may_crash=True)

        def check() -> None:
            later = Millis(NOW + IN_PROGRESS_FOR)
            answers.append(stage.world.accept()(order, sent_by="service:orders", now=later, key=key))
            assert len({answer.ids for answer in answers}) == 1
            assert {id for _, id in stage.world.rows.requests} == set(answers[0].ids)

        return stage.scenario(check)

    assert explore(make, crashes=1) > 40


def test_all_notifications_of_a_keyed_request_are_filled_from_one_version_whatever_is_published_meanwhile() -> None:
    recipients = tuple(a_recipient(user_id=UserId(name)) for name in ("u1", "u2"))
    filling = Filling(key=GREETING, data={"name": "Ann"})
    order = Order(tenant=ACME, recipients=recipients, template=filling, priority=Priority.MEDIUM)
    key = IdempotencyKey(route="send", key="order-42", body_hash="abc")
    needs_more = a_version(2, schema={"required": ["name", "city"]}, category="new")

    def make() -> Scenario:
        stage = Stage()
        stage.world.templates.add(ACME, a_version(1))
        answers = []

        def accepting(wrap: Callable[[Any], Any]) -> None:
            try:
                answers.append(stage.world.accept(wrap)(order, sent_by="service:orders", now=NOW, key=key))
            except (RequestInProgressError, InvalidInputError):
                stage.log.append("refused")

        stage.actor("twin 1", accepting, may_crash=True)
        stage.actor("twin 2", accepting)
        stage.actor("publish", lambda wrap: wrap(stage.world.templates).add(ACME, needs_more))

        def check() -> None:
            if not stage.world.rows.records:
                assert not answers
                return
            later = Millis(NOW + IN_PROGRESS_FOR)
            answers.append(stage.world.accept()(order, sent_by="service:orders", now=later, key=key))
            assert len({answer.ids for answer in answers}) == 1
            stored = [stage.world.rows.requests[ACME, id] for id in answers[0].ids]
            assert {(each.template and each.template.version, each.category) for each in stored} == {(1, "marketing")}

        return stage.scenario(check)

    assert explore(make, crashes=1) > 40


@pytest.mark.parametrize("mark", ["read", "archive", "delete"])
def test_the_unread_count_is_right_whatever_races_the_in_app_delivery(mark: str) -> None:
    def make() -> Scenario:
        stage = Stage()
        stage.world.decided(channels=(Channel.IN_APP,))
        stage.worker("worker 1", Channel.IN_APP, may_crash=True)
        stage.worker("worker 2", Channel.IN_APP)
        stage.actor(mark, lambda wrap: getattr(stage.world.inbox(wrap), mark)(OWNER, REF.id, NOW))

        def check() -> None:
            stage.drain(Channel.IN_APP)
            assert stage.world.inbox().count_unread(OWNER) == int(stage.world.state.unread) == 0

        return stage.scenario(check)

    assert explore(make, crashes=1) > 50
