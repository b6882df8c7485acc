"""An incident, from its escalation over two people on duty to the one who takes care of it: the use cases together."""

from msgspec.structs import replace

from chalicelib.domain.delivery import DeliveryStatus
from chalicelib.domain.digest import DigestRule
from chalicelib.domain.escalation import EscalationPolicy, Step
from chalicelib.domain.groups import CancelGroup
from chalicelib.domain.ids import PolicyId
from chalicelib.domain.relays import child_id
from chalicelib.domain.request import NotificationRequest
from chalicelib.domain.tenant import Tenant, TenantSettings
from chalicelib.domain.words import Channel, Reason, StopOn, Strategy
from chalicelib.services.acknowledge import Acknowledge
from chalicelib.services.ports import NotificationRef
from tests.build import ACME, ID, a_recipient, a_tenant
from tests.on_call import OPS, SUPPORT, a_rota, owner, person
from tests.world import World

MINUTE = 60_000
INCIDENTS = EscalationPolicy(
    id=PolicyId("incidents"),
    steps=(
        Step(channels=(Channel.EMAIL,)),
        Step(channels=(Channel.SMS,), after=600, rota=OPS, every=300),
        Step(channels=(Channel.PUSH,), after=3_600),
    ),
    stop_on=StopOn.ACKNOWLEDGED,
)


def an_incident(tenant: Tenant | None = None, cancellation_key: str | None = None) -> World:
    """Return a world with people on duty and an incident that somebody was mailed about."""
    world = World(tenant=tenant or a_tenant())
    world.store.rotas.create(ACME, a_rota("abc"))
    world.store.policies.create(ACME, INCIDENTS)
    for name in "abc":
        who = a_recipient(user_type=SUPPORT, user_id=person(name).user_id)
        world.store.recipients.put(ACME, who)
    world.decided(
        strategy=Strategy.ESCALATION,
        policy=INCIDENTS.id,
        channels=(Channel.EMAIL, Channel.SMS, Channel.PUSH),
        cancellation_key=cancellation_key,
    )
    return world


def asked(world: World) -> dict[str, NotificationRequest]:
    """Return those who were asked, and by what."""
    ids = [child_id(ACME, ID, 0, position) for position in range(9)]
    found = world.store.requests.get_many(ACME, ids)
    return {found[id].recipient.user_id: found[id] for id in ids if id in found}


def after(world: World, minutes: int) -> str:
    """Let time pass, minute by minute, with all that comes due; return who was asked."""
    for _ in range(minutes):
        world.clock.advance(MINUTE)
        world.wake()
    return "".join(asked(world))


def told(world: World, name: str) -> Channel:
    """Decide and deliver what somebody was asked by."""
    ref = NotificationRef(ACME, asked(world)[name].id)
    world.dispatched(world.dispatch(), ref)
    world.deliver()(ref, Channel.SMS)
    state = world.store.states.get(ACME, ref.id)
    assert state is not None
    (channel,) = (channel for channel, each in state.deliveries.items() if each.status is DeliveryStatus.SENT)
    return channel


def acknowledge(world: World, name: str) -> None:
    cancel = world.cancel()
    Acknowledge(world.store.requests, world.store.states, cancel)(owner(name), asked(world)[name].id, world.clock())


def test_those_on_duty_are_asked_until_somebody_acknowledges() -> None:
    world = an_incident()

    assert after(world, 9) == ""
    assert after(world, 1) == "a"
    assert told(world, "a") is Channel.SMS
    assert after(world, 4) == "a"
    assert after(world, 1) == "ab"
    acknowledge(world, "a")

    assert after(world, 120) == "ab"
    push = world.state.deliveries[Channel.PUSH]
    assert (push.status, push.reason) == (DeliveryStatus.CANCELLED, Reason.ACKNOWLEDGED)
    unheard = world.store.states.get(ACME, asked(world)["b"].id)
    assert unheard is not None
    assert unheard.cancelled_at == world.state.acknowledged_at


def test_whom_nobody_answers_goes_through_everybody_and_on_to_the_next_step() -> None:
    world = an_incident()

    assert after(world, 59) == "abc"
    assert world.state.relays[0].ended
    assert world.state.deliveries[Channel.PUSH].status is DeliveryStatus.SCHEDULED

    after(world, 1)
    world.deliver()(NotificationRef(ACME, ID), Channel.PUSH)
    assert world.state.deliveries[Channel.PUSH].status is DeliveryStatus.SENT


def test_who_is_asked_is_told_at_once_even_where_others_get_a_digest() -> None:
    rule = DigestRule(window=3_600, channels=(Channel.SMS, Channel.EMAIL))
    world = an_incident(a_tenant(settings=TenantSettings(digests={"transactional": rule})))

    assert after(world, 10) == "a"
    assert told(world, "a") is Channel.SMS


def test_what_a_worker_that_died_asked_is_withdrawn_by_the_next_message() -> None:
    world = an_incident()
    after(world, 10)
    before = (replace(world.state.relays[0], position=0, not_before=world.clock()),)
    world.store.states.relay(NotificationRef(ACME, ID), world.state.relays, before)
    world.store.states.acknowledge(NotificationRef(ACME, ID), None, world.clock())

    world.dispatch()(NotificationRef(ACME, ID), world.clock(), woken=True)

    child = world.store.states.get(ACME, asked(world)["a"].id)
    assert child is not None
    assert child.cancelled_at == world.clock()


def test_nobody_is_asked_of_a_cancelled_group_whose_members_are_not_marked_yet() -> None:
    world = an_incident(cancellation_key="order-42")
    world.clock.advance(10 * MINUTE)
    world.wake()
    world.store.groups.cancel(ACME, CancelGroup("key", "order-42"), world.clock(), 0)

    world.clock.advance(5 * MINUTE)
    world.wake()

    assert set(asked(world)) == {"a"}
    child = world.store.states.get(ACME, asked(world)["a"].id)
    assert child is not None
    assert child.cancelled_at == world.state.cancelled_at == world.clock()
