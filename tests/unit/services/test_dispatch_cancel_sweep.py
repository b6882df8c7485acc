import pytest
from msgspec.structs import replace

from chalicelib.domain.breaker import Circuit, Phase
from chalicelib.domain.delivery import AttemptOutcome, DeliveryStatus
from chalicelib.domain.errors import NotFoundError
from chalicelib.domain.escalation import EscalationPolicy, Step
from chalicelib.domain.ids import NotificationId, PolicyId, ProviderId, derived_id
from chalicelib.domain.provider import ProviderConfig, Refused
from chalicelib.domain.retry import change_after
from chalicelib.domain.state import Move, NotificationState
from chalicelib.domain.status import derive_status
from chalicelib.domain.timer import Due, DueKind
from chalicelib.domain.value import Millis
from chalicelib.domain.words import Channel, Reason, Strategy
from chalicelib.services.dispatch import announce
from chalicelib.services.gather_facts import stage_provider
from chalicelib.services.ports import NotificationRef, Publication
from tests.build import ACME, ID, NOW, a_recipient, a_request, a_tenant
from tests.twin import TwinRecipients, TwinRequests
from tests.world import GRACE, LEASE, REF, World

DAY = 86_400
DUE = Due(tenant=ACME, kind=DueKind.NOTIFICATION, id=ID)
OTHER = NotificationId(derived_id("other"))
MISSING = NotificationRef(ACME, NotificationId(derived_id("missing")))


def decided(world: World, ref: NotificationRef, now: Millis) -> NotificationState:
    """The state after the dispatcher had a message of what may be decided now."""
    state = world.dispatch()(ref, now)
    assert state is not None
    return state


def test_a_decision_is_made_once() -> None:
    world = World()
    world.accepted()
    first = decided(world, REF, NOW)
    world.rows.providers.clear()

    again = decided(world, REF, Millis(NOW + 5_000))

    assert again == first
    assert again.deliveries[Channel.EMAIL].providers == ("first", "second")


def test_an_address_the_request_leaves_out_is_the_stored_one() -> None:
    world = World()
    world.accepted(recipient=a_recipient(email=None))
    TwinRecipients(world.rows).put(ACME, a_recipient(email="stored@example.com"))

    state = decided(world, REF, NOW)

    assert state.deliveries[Channel.EMAIL].status is DeliveryStatus.QUEUED


def test_an_address_nobody_has_suppresses_the_channel() -> None:
    world = World()
    world.accepted(recipient=a_recipient(email=None))

    delivery = decided(world, REF, NOW).deliveries[Channel.EMAIL]

    assert (delivery.status, delivery.reason) == (DeliveryStatus.SUPPRESSED, Reason.MISSING_ADDRESS)


def test_without_providers_of_its_own_a_tenant_gets_the_stages() -> None:
    world = World(providers=())
    world.accepted()

    dispatch = world.dispatch(stage_vendors={Channel.EMAIL: "ses"})

    state = dispatch(REF, NOW)

    assert state is not None
    assert state.deliveries[Channel.EMAIL].providers == ("env:ses",)
    assert stage_provider(Channel.SMS, {Channel.EMAIL: "ses"}) == ()


def test_only_what_waits_is_published() -> None:
    world = World()
    state = world.decided(channels=(Channel.EMAIL, Channel.SMS), recipient=a_recipient(phone=None))

    assert world.dispatch().publish([state], NOW) == []

    assert world.queues.published == [Publication(REF, (Channel.EMAIL,))]


def test_a_state_with_nothing_to_send_is_not_published() -> None:
    world = World()
    state = world.decided(recipient=a_recipient(email=None))

    world.dispatch().publish([state], NOW)

    assert announce(state, NOW).channels == ()
    assert world.queues.published == []


def test_a_message_without_a_request_is_an_error() -> None:
    with pytest.raises(NotFoundError):
        World().dispatch()(MISSING, NOW)


def test_cancelling_turns_what_waits_cancelled_at_once() -> None:
    world = World()
    world.decided()

    state = world.cancel()(REF, NOW)

    delivery = state.deliveries[Channel.EMAIL]
    assert (delivery.status, delivery.reason) == (DeliveryStatus.CANCELLED, Reason.CANCELLED)
    assert derive_status(state) == "cancelled"


def test_what_is_cancelled_before_it_was_decided_is_never_sent() -> None:
    world = World()
    world.accepted()

    assert derive_status(world.cancel()(REF, NOW)) == "cancelled"
    world.dispatch().publish([decided(world, REF, NOW)], NOW)

    assert world.queues.published == []


def test_cancelling_twice_keeps_the_first_time() -> None:
    world = World()
    world.decided()
    world.cancel()(REF, NOW)

    assert world.cancel()(REF, Millis(NOW + 5)).cancelled_at == NOW


def test_what_went_out_stays_sent_when_cancelled() -> None:
    world = World()
    world.decided()
    world.deliver()(REF, Channel.EMAIL)

    assert derive_status(world.cancel()(REF, NOW)) == "sent"


def test_what_does_not_exist_cannot_be_cancelled() -> None:
    with pytest.raises(NotFoundError):
        World().cancel()(MISSING, NOW)


def later(milliseconds: int = GRACE + 1) -> Millis:
    return Millis(NOW + milliseconds)


def test_the_sweeper_asks_for_what_nobody_decided() -> None:
    world = World()
    world.accepted()

    assert world.sweep()(ACME, later()) == 1

    assert world.queues.woken == [DUE]


def test_the_sweeper_asks_for_what_no_worker_took() -> None:
    world = World()
    world.decided()

    assert world.sweep()(ACME, later()) == 1

    assert world.queues.woken == [DUE]


def test_the_sweeper_leaves_alone_what_is_young_or_settled_or_not_due() -> None:
    world = World()
    world.decided()
    assert world.sweep()(ACME, later(GRACE - 1)) == 0

    world.deliver()(REF, Channel.EMAIL)
    assert world.sweep()(ACME, later()) == 0


def test_the_sweeper_nudges_what_a_dead_worker_holds() -> None:
    world = World()
    world.decided()
    world.deliver().states.claim(REF, Channel.EMAIL, NOW, Millis(NOW + LEASE))

    assert world.sweep()(ACME, later()) == 1


def test_the_sweeper_adds_nothing_to_a_lane_in_which_messages_wait_for_their_rate() -> None:
    """Each sweep would add another message of all that wait, and each message takes a token."""
    paced = a_tenant()
    world = World(tenant=replace(paced, settings=replace(paced.settings, send_rates={Channel.EMAIL: 1})))
    world.decided()

    assert world.sweep()(ACME, later()) == 0
    assert world.rows.sweeps[ACME] == NOW, "it still holds the cursor"

    world.deliver().states.claim(REF, Channel.EMAIL, NOW, Millis(NOW + LEASE))
    assert world.sweep()(ACME, later()) == 1, "what a dead worker holds waits for nothing"


@pytest.mark.parametrize(
    ("ill", "ago", "nudged"),
    [
        (["first", "second"], 60_000, 0),
        (["first"], 60_000, 1),
        (["first", "second"], 900_000, 1),  # nobody tries it out any more: there are no messages
        ([], 0, 1),
    ],
)
def test_the_sweeper_adds_nothing_where_messages_wait_for_providers_to_get_well(
    ill: list[str], ago: int, nudged: int
) -> None:
    world = World()
    world.decided()
    for provider in ill:
        opened = Circuit(provider=ProviderId(provider), phase=Phase.OPEN, at=Millis(later() - ago))
        world.store.circuits.put(ACME, opened, 0)

    assert world.sweep()(ACME, later()) == nudged
    assert world.rows.sweeps[ACME] == NOW


@pytest.mark.parametrize("gone", ["called", "removed", "disabled"])
def test_the_sweeper_asks_only_for_those_who_can_still_make_a_delivery_whether_they_are_ill(gone: str) -> None:
    # Given a delivery that waits for the first provider, because the second one cannot make it
    world = World()
    world.decided()
    opened = Circuit(provider=ProviderId("first"), phase=Phase.OPEN, at=Millis(later() - 60_000))
    world.store.circuits.put(ACME, opened, 0)
    second = world.rows.providers[ACME, ProviderId("second")]
    if gone == "called":
        refused = Refused(kind=AttemptOutcome.MISCONFIGURED, code="bad_key")
        claimed = world.store.states.claim(REF, Channel.EMAIL, NOW, Millis(NOW + LEASE), Move(attempt=0, provider=1))
        change = change_after(claimed.deliveries[Channel.EMAIL], refused, NOW, 0.5)
        world.store.states.change(REF, Channel.EMAIL, change)
    elif gone == "removed":
        del world.rows.providers[ACME, second.id]
    else:
        world.rows.providers[ACME, second.id] = replace(second, enabled=False)

    assert world.sweep()(ACME, later()) == 0


def test_the_sweepers_cursor_stops_at_the_oldest_open_notification() -> None:
    world = World()
    world.decided()
    for number in range(1, 250):
        request = a_request(id=NotificationId(derived_id(str(number))), accepted_at=Millis(NOW + number))
        TwinRequests(world.rows).put(request, 0)
        state = decided(world, NotificationRef(ACME, request.id), NOW)
        world.rows.states[ACME, request.id] = replace(state, deliveries={})

    assert world.sweep()(ACME, later(GRACE + 1_000)) == 1
    assert world.rows.sweeps[ACME] == NOW

    world.rows.states[ACME, ID] = replace(world.state, deliveries={})
    assert world.sweep()(ACME, later(GRACE + 1_000)) == 0
    assert world.rows.sweeps[ACME] == NOW + 1_000


def test_the_stage_provider_is_of_the_channel() -> None:
    [provider] = stage_provider(Channel.EMAIL, {Channel.EMAIL: "ses"})

    assert provider == ProviderConfig(id=provider.id, channel=Channel.EMAIL, vendor="ses")


def test_the_sweeper_leaves_to_the_timers_what_waits_for_its_time() -> None:
    world = World()
    in_an_hour = Millis(NOW + 3_600_000)
    world.decided(channels=(Channel.SMS,), strategy=Strategy.ESCALATION)
    TwinRequests(world.rows).put(a_request(id=OTHER, send_at=in_an_hour), 0)

    assert world.sweep()(ACME, later()) == 1, "nobody knows whether the dispatcher saw what is to be sent later"

    assert world.queues.woken == [replace(DUE, id=OTHER)]
    assert world.rows.sweeps[ACME] == later() - GRACE, "neither holds the cursor"


@pytest.mark.parametrize(("retention_days", "kept"), [(1, 96), (98, 193), (99, None)])
def test_what_comes_due_when_its_rows_would_be_gone_keeps_them(retention_days: int, kept: int | None) -> None:
    """A step after 95 days, whose message may then lie in queues for four; `kept` is in days from now."""
    world = World(tenant=replace(a_tenant(), settings=replace(a_tenant().settings, retention_days=retention_days)))
    late = EscalationPolicy(id=PolicyId("late"), steps=(Step(channels=(Channel.SMS,), after=95 * DAY),))
    world.store.policies.create(ACME, late)

    world.decided(channels=(Channel.SMS,), strategy=Strategy.ESCALATION, policy=late.id)

    assert world.timers.scheduled == [(DUE, NOW + 95 * DAY * 1_000)]
    assert world.rows.kept == ({} if kept is None else {(ACME, ID): NOW // 1_000 + kept * DAY})
