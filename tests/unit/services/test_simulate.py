"""Simulating: it says what the dispatcher then does, and does nothing."""

import copy
from collections.abc import Sequence
from dataclasses import fields
from dataclasses import replace as with_ports
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given
from hypothesis import settings as hypothesis_settings
from msgspec.structs import replace

from chalicelib.channels.base import SmsMessage
from chalicelib.domain.allowance import Budget, Period, Price
from chalicelib.domain.content import Content
from chalicelib.domain.delivery import DeliveryStatus
from chalicelib.domain.digest import DigestRule
from chalicelib.domain.errors import InvalidInputError, TenantSuspendedError
from chalicelib.domain.escalation import EscalationPolicy, Step
from chalicelib.domain.ids import NotificationId, PolicyId, ProviderId, TenantId, UserId
from chalicelib.domain.preferences import Preferences
from chalicelib.domain.provider import ProviderConfig
from chalicelib.domain.request import NotificationRequest
from chalicelib.domain.rota import Person, Rota, Shift
from chalicelib.domain.state import NotificationState
from chalicelib.domain.tenant import TenantSettings, TenantStatus
from chalicelib.domain.timer import DueKind
from chalicelib.domain.value import Millis
from chalicelib.domain.words import Channel, Priority, Reason, Strategy
from chalicelib.services.accept import Accept
from chalicelib.services.dispatch import Dispatch
from chalicelib.services.order import Order
from chalicelib.services.ports import NotificationRef
from chalicelib.services.simulate import SimulatedNotification
from tests.build import ACME, NOW, a_recipient, a_tenant
from tests.rehearsing import explain_on, gather_on, simulate_on
from tests.sends import CUSTOMER, ON_CALL, Scene, scenes
from tests.world import World

SEGMENT = 8_000


def test_it_agrees_with_what_a_real_send_then_does() -> None:
    @hypothesis_settings(max_examples=200, suppress_health_check=list(HealthCheck))
    @given(scenes())
    def agrees(scene: Scene) -> None:
        # Given
        world = World(tenant=a_tenant(id=TenantId("another")), providers=())
        scene.put_into(world.store)
        before = rows_of(world)
        # When
        simulated = numbered_simulation(world, scene.order)
        # Then
        assert rows_of(world) == before
        assert world.timers.scheduled == []
        assert foretold_of(simulated) == decided_in(world, scene.order)
        assert asked([request for each in simulated for request in each.rehearsal.asked]) == really_asked(world)
        for status in {channel.told.status for each in simulated for channel in each.channels}:
            event(f"a delivery is {status}")
        event(f"people on duty are asked: {any(each.rehearsal.asked for each in simulated)}")

    agrees()


def numbered(accept: Accept) -> Accept:
    """Return the use case with ids that begin anew: a simulation and a send get the same."""
    numbers = count(1)
    return replace(accept, randomness=lambda size: next(numbers).to_bytes(size, "big"))


def rows_of(world: World) -> dict[str, Any]:
    """Return a copy of all that is stored, without tables that are empty."""
    tables = {table.name: getattr(world.rows, table.name) for table in fields(world.rows) if table.name != "_lock"}
    return copy.deepcopy({name: rows for name, rows in tables.items() if rows})


def dispatcher(world: World) -> Dispatch:
    """Return the dispatcher, with addresses checked as in production."""
    dispatch, gather = world.dispatch(), gather_on(world.store)
    return with_ports(dispatch, gather=gather, release=with_ports(dispatch.release, gather=gather))


def numbered_simulation(world: World, order: Order) -> list[SimulatedNotification]:
    """Simulate with the ids that the send gets that follows."""
    return simulate_on(world.store, numbered(world.accept()))(order, sent_by="service:orders", now=NOW)


def foretold_of(simulated: Sequence[SimulatedNotification]) -> list[tuple[Millis, NotificationState]]:
    return [(each.rehearsal.starts_at, each.rehearsal.state) for each in simulated]


def decided_in(world: World, order: Order) -> list[tuple[Millis, NotificationState]]:
    """Accept an order, and dispatch each notification when its time has come: return when that was, and its state."""
    accepted = numbered(world.accept())(order, sent_by="service:orders", now=NOW)
    return [really_decided(world, NotificationRef(ACME, id)) for id in accepted.ids]


def really_decided(world: World, ref: NotificationRef) -> tuple[Millis, NotificationState]:
    dispatch, at = dispatcher(world), NOW
    state = dispatch(ref, at)
    if state is None:
        [(_, at)] = [(due, at) for due, at in world.timers.scheduled if due.id == ref.id]
        state = dispatch(ref, at, woken=True)
    assert state is not None
    return at, state


def really_asked(world: World) -> list[tuple[str, UserId, Millis]]:
    """Let time pass until no timer is left; return who on duty was asked, and when."""
    dispatch = dispatcher(world)
    while world.timers.scheduled:
        world.clock.now = max(world.clock.now, min(at for _, at in world.timers.scheduled))
        for due in world.timers.come_due(world.clock.now):
            if due.kind is DueKind.NOTIFICATION:
                dispatch(NotificationRef(due.tenant, NotificationId(due.id)), world.clock.now, woken=True)
    return asked([request for request in world.rows.requests.values() if request.parent is not None])


def asked(requests: Sequence[NotificationRequest]) -> list[tuple[str, UserId, Millis]]:
    return sorted((str(each.parent), each.recipient.user_id, each.accepted_at) for each in requests)


PHONE_COSTS = Price(channel=Channel.SMS, amount=SEGMENT)
TEXTS = ProviderConfig(id=ProviderId("texts"), channel=Channel.SMS, vendor="fake")


def a_world(*providers: ProviderConfig, **settings: Any) -> World:
    """Return a world with these providers only; the tenant is as `settings` say."""
    world = World(tenant=a_tenant(settings=TenantSettings(**settings)), providers=())
    for provider in providers:
        world.store.providers.create(ACME, provider)
    return world


def an_order(*channels: Channel, **changes: Any) -> Order:
    fields: dict[str, Any] = {
        "tenant": ACME,
        "recipients": (a_recipient(),),
        "content": Content(subject="Hello", body="It is on its way."),
        "category": "transactional",
        "priority": Priority.MEDIUM,
        "channels": channels,
    }
    return Order(**(fields | changes))


def simulated(world: World, order: Order) -> list[SimulatedNotification]:
    return simulate_on(world.store, world.accept())(order, sent_by="service:orders", now=NOW)


def test_what_would_be_said_is_in_the_shape_of_its_channel_and_priced() -> None:
    # Given
    world = a_world(TEXTS, prices=(PHONE_COSTS,))
    # When
    [told] = simulated(world, an_order(Channel.SMS, Channel.IN_APP, content=Content(body="x" * 200)))
    # Then
    text, inbox = told.channels
    assert isinstance(text.message, SmsMessage)
    assert (text.message.segments, text.price, told.price) == (2, 2 * SEGMENT, 2 * SEGMENT)
    assert (inbox.content, inbox.price, inbox.at) == (Content(body="x" * 200), 0, NOW)
    assert text.told.text == "Goes out as soon as it begins, by texts."
    assert inbox.told.text == "Goes out as soon as it begins, into the inbox."


def test_content_that_does_not_fit_its_channel_is_told_by_its_code() -> None:
    [told] = simulated(a_world(TEXTS, prices=(PHONE_COSTS,)), an_order(Channel.SMS, content=Content(body="x" * 5_000)))
    [text] = told.channels
    assert (text.error, text.message, text.price) == ("too_many_segments", None, 0)
    assert "too_many_segments" in text.told.text


def test_what_one_recipient_would_spend_the_next_one_has_not() -> None:
    # Given
    budget = Budget(period=Period.DAY, limit=SEGMENT)
    world = a_world(TEXTS, prices=(PHONE_COSTS,), budgets=(budget,))
    people = (a_recipient(), a_recipient(user_id="u2"))
    # When
    first, second = simulated(world, an_order(Channel.SMS, recipients=people))
    # Then
    assert first.channels[0].told.status is DeliveryStatus.QUEUED
    assert (second.channels[0].told.reason, second.price) == (Reason.BUDGET_EXCEEDED, 0)
    assert world.rows.spent == {}


def test_what_one_channel_would_spend_another_one_of_the_same_message_has_not() -> None:
    # Given
    mails = ProviderConfig(id=ProviderId("mails"), channel=Channel.EMAIL, vendor="fake")
    prices = (PHONE_COSTS, Price(channel=Channel.EMAIL, amount=SEGMENT))
    world = a_world(TEXTS, mails, prices=prices, budgets=(Budget(period=Period.MONTH, limit=SEGMENT),))
    order = an_order(Channel.SMS, Channel.EMAIL)
    # When
    [told] = simulated(world, order)
    # Then
    text, mail = told.channels
    assert (text.told.status, mail.told.status) == (DeliveryStatus.QUEUED, DeliveryStatus.SUPPRESSED)
    assert (mail.told.reason, told.price) == (Reason.BUDGET_EXCEEDED, SEGMENT)
    assert foretold_of(numbered_simulation(world, order)) == decided_in(world, order)


def test_a_digested_message_says_when_the_digest_is_told() -> None:
    world = a_world(TEXTS, digests={"transactional": DigestRule(window=900, channels=(Channel.SMS,))})
    [told] = simulated(world, an_order(Channel.SMS))
    assert told.channels[0].told.reason is Reason.DIGESTED
    assert told.rehearsal.digest is not None
    assert told.rehearsal.digest.closes_at == NOW + 900_000


def test_what_is_sent_later_is_decided_as_of_then() -> None:
    # Given
    until = Millis(NOW + 1_000)
    world = a_world(TEXTS)
    world.prefer(Preferences(do_not_disturb_until=until))
    # When
    [at_once] = simulated(world, an_order(Channel.SMS))
    [later] = simulated(world, an_order(Channel.SMS, send_at=Millis(until + 1)))
    # Then
    assert (at_once.channels[0].told.held, at_once.channels[0].at) == (Reason.DO_NOT_DISTURB, until)
    assert (later.channels[0].told.held, later.channels[0].at) == (None, until + 1)
    assert later.rehearsal.starts_at == until + 1


def test_everybody_on_duty_is_named_in_the_order_they_would_be_asked() -> None:
    # Given
    world = a_world(TEXTS)
    team = [Person(user_type=CUSTOMER, user_id=UserId(name)) for name in ("bob", "eve")]
    world.store.rotas.create(ACME, Rota(id=ON_CALL, time_zone="UTC", shifts=(Shift(people=tuple(team)),)))
    steps = (Step(channels=(Channel.IN_APP,)), Step(channels=(Channel.SMS,), after=60, rota=ON_CALL, every=30))
    world.store.policies.create(ACME, EscalationPolicy(id=PolicyId("duty"), steps=steps))
    # When
    order = an_order(Channel.IN_APP, strategy=Strategy.ESCALATION, policy=PolicyId("duty"))
    [told] = simulated(world, order)
    # Then
    assert [(each.recipient.user_id, each.accepted_at) for each in told.rehearsal.asked] == [
        ("bob", NOW + 60_000),
        ("eve", NOW + 90_000),
    ]
    assert world.rows.requests == {}


def test_it_refuses_what_a_send_refuses() -> None:
    with pytest.raises(InvalidInputError):
        simulated(a_world(), an_order(Channel.SMS, providers={Channel.SMS: ProviderId("none")}))
    suspended = World(tenant=a_tenant(status=TenantStatus.SUSPENDED))
    with pytest.raises(TenantSuspendedError):
        simulated(suspended, an_order(Channel.SMS))


@pytest.mark.parametrize(("send_at", "starts"), [(None, None), (Millis(NOW + 60_000), Millis(NOW + 60_000))])
def test_an_explanation_of_what_is_not_decided_says_when_it_begins(
    send_at: Millis | None, starts: Millis | None
) -> None:
    # Given
    world = a_world(TEXTS)
    request = world.accepted(send_at=send_at)
    # When
    told = explain_on(world.store)(ACME, request.id, NOW)
    # Then
    assert ("begins at" in told.summary) is (starts is not None)
    assert rows_of(world).keys() == {"requests", "tenants", "providers"}


def test_an_explanation_finds_whom_its_relays_have_asked() -> None:
    # Given
    world = a_world(TEXTS)
    team = (Person(user_type=CUSTOMER, user_id=UserId("bob")),)
    world.store.rotas.create(ACME, Rota(id=ON_CALL, time_zone="UTC", shifts=(Shift(people=team),)))
    policy = EscalationPolicy(id=PolicyId("duty"), steps=(Step(channels=(Channel.SMS,), rota=ON_CALL),))
    world.store.policies.create(ACME, policy)
    state = world.decided(strategy=Strategy.ESCALATION, policy=policy.id, channels=(Channel.IN_APP,))
    # When
    told = explain_on(world.store)(ACME, state.id, NOW)
    # Then
    [relay] = told.relays
    assert [(asked.user_id, asked.status) for asked in relay.asked] == [("bob", "accepted")]
