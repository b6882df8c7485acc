import json
from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib import bootstrap
from chalicelib.domain.delivery import DeliveryStatus
from chalicelib.domain.ids import NotificationId, TenantId, derived_id
from chalicelib.domain.preferences import Preferences
from chalicelib.domain.value import Millis
from chalicelib.domain.words import Channel
from chalicelib.services.messages import encode
from chalicelib.services.ports import NotificationRef, Publication
from chalicelib.workers.deliver import deliver_email, deliver_in_app, deliver_push, deliver_sms
from chalicelib.workers.dispatch import dispatch
from chalicelib.workers.outbox import outbox
from chalicelib.workers.project import project
from chalicelib.workers.redrive import redrive
from chalicelib.workers.sweep import sweep
from tests.build import ACME, ID, NOW, a_request, a_state, a_tenant
from tests.fakes import LaneMessage
from tests.twin import TwinRequests, TwinTenants
from tests.unit.workers.events import Context, kept, messages, record, stream
from tests.world import GRACE, REF, World

OTHER = NotificationRef(ACME, NotificationId(derived_id("other")))
KEY = f"T#acme#N#{ID}"
CONTEXT = Context()
FOREIGN = ["not json", "{}", json.dumps({"v": 1, "tenant": "A#B", "id": ID})]


def test_outbox_forwards_keys_and_sets_aside_what_it_does_not_know(world: World) -> None:
    outbox(stream(KEY, "T#acme#U#customer#u1", "nonsense"), CONTEXT)

    assert world.queues.dispatched == [REF]
    assert [reader for reader, _ in world.queues.set_aside] == ["outbox", "outbox"]


def test_outbox_sets_aside_what_is_no_record_at_all(world: World) -> None:
    outbox({"Records": [{}, {"dynamodb": None}, *stream(KEY)["Records"]]}, CONTEXT)

    assert world.queues.dispatched == [REF]
    assert len(world.queues.set_aside) == 2


def test_outbox_sets_aside_what_the_queue_did_not_take_without_its_image(world: World) -> None:
    world.queues.refuses = frozenset({REF})

    outbox(stream(KEY, f"T#acme#N#{OTHER.id}", NewImage={"j": {"S": "x" * 300_000}}), CONTEXT)

    assert world.queues.dispatched == [OTHER]
    [(_, kept_aside)] = world.queues.set_aside
    assert kept_aside == record(KEY)


def test_dispatch_decides_and_publishes_a_batch(world: World) -> None:
    world.accepted()
    world.accepted(id=OTHER.id)

    assert kept(dispatch(messages(REF, OTHER), CONTEXT)) == []

    assert {publication.ref for publication in world.queues.published} == {REF, OTHER}


@pytest.mark.parametrize("body", FOREIGN)
def test_a_foreign_message_stays_for_the_dead_letter_queue_and_its_neighbors_go_on(world: World, body: str) -> None:
    world.accepted()

    assert kept(dispatch(messages(body, REF, OTHER), CONTEXT)) == ["m0", "m2"]
    assert world.queues.published == [Publication(REF, (Channel.EMAIL,))]

    assert kept(deliver_email(messages(body, REF, OTHER), CONTEXT)) == ["m0", "m2"]
    assert world.state.deliveries[Channel.EMAIL].status is DeliveryStatus.SENT


def test_what_the_topic_did_not_take_comes_again(world: World) -> None:
    world.accepted()
    world.accepted(id=OTHER.id)
    world.queues.refuses = frozenset({OTHER})

    assert kept(dispatch(messages(REF, OTHER), CONTEXT)) == ["m1"]


def test_a_step_that_comes_due_while_a_batch_is_handled_waits_for_its_timer(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else it would go out with nobody having taken an allowance for it."""
    world.prefer(Preferences(do_not_disturb_until=Millis(world.clock() + 500)))
    world.accepted()
    monkeypatch.setattr(bootstrap, "now", ticking(world))

    assert kept(dispatch(messages(REF), CONTEXT)) == []

    assert world.queues.published == []
    assert [at for _, at in world.timers.scheduled] == [NOW + 500]


def ticking(world: World) -> Callable[[], Millis]:
    """A clock on which a second passes whenever somebody looks at it."""

    def now() -> Millis:
        world.clock.advance(1_000)
        return Millis(world.clock() - 1_000)

    return now


@pytest.mark.parametrize(
    ("worker", "channel"),
    [
        (deliver_email, Channel.EMAIL),
        (deliver_sms, Channel.SMS),
        (deliver_push, Channel.PUSH),
        (deliver_in_app, Channel.IN_APP),
    ],
)
def test_each_worker_delivers_on_its_channel(world: World, worker: Any, channel: Channel) -> None:
    world.decided(channels=(channel,))

    assert kept(worker(messages(REF), CONTEXT)) == []

    assert world.state.deliveries[channel].status in (DeliveryStatus.SENT, DeliveryStatus.DELIVERED)


def test_a_worker_without_time_for_a_call_leaves_it_to_the_next_one(world: World) -> None:
    world.decided()
    before = world.state

    assert kept(deliver_email(messages(REF), Context(remaining=2_400))) == []

    assert (world.state, world.vendor.calls) == (before, [])
    assert world.queues.lanes[Channel.EMAIL] == [LaneMessage(REF, delay=1)]


def test_who_has_to_wait_for_the_send_rate_goes_back_to_the_lane_untouched(world: World) -> None:
    # Given a tenant that sends one e-mail a second, and two that it decided to send, one of them redriven
    settings = replace(world.tenant.settings, send_rates={Channel.EMAIL: 1})
    world.rows.tenants[ACME] = replace(world.tenant, settings=settings)
    world.decided()
    world.decided(id=OTHER.id)
    world.queues.lanes.clear()
    before = world.rows.states[ACME, OTHER.id]

    # When both come at the same time
    assert kept(deliver_email(messages(REF, encode(OTHER, 3)), CONTEXT)) == []

    # Then one is sent, and the other comes again later as it was
    assert len(world.vendor.calls) == 1
    (again,) = world.queues.lanes[Channel.EMAIL]
    assert (again.delay, world.rows.states[ACME, again.ref.id]) in [(1, before), (1, world.state)]
    assert (again.epoch == 3) == (again.ref == OTHER)


def test_a_message_for_later_keeps_its_neighbors_going(world: World) -> None:
    world.decided()
    world.decided(id=OTHER.id)
    world.deliver().states.claim(REF, Channel.EMAIL, world.clock(), Millis(world.clock() + 5))

    assert kept(deliver_email(messages(REF, OTHER), CONTEXT)) == ["m0"]


def images(monkeypatch: pytest.MonkeyPatch) -> None:
    def read(image: dict[str, Any]) -> Any:
        if "status" not in image:
            raise ValueError("no state")
        return a_state() if image["status"] == "queued" else a_state(read_at=1)

    monkeypatch.setattr(bootstrap, "state_from_image", read)


def change(old: str | None, new: str) -> dict[str, Any]:
    told: dict[str, Any] = {"NewImage": {"status": new}, "ApproximateCreationDateTime": 1_800_000_000.0}
    return record(KEY, **told, **({"OldImage": {"status": old}} if old else {}))


def test_project_emits_events_and_sets_aside_what_is_no_state(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    images(monkeypatch)
    broken = record(KEY, NewImage={}, ApproximateCreationDateTime=1)

    project({"Records": [change(None, "queued"), broken, {}, change("queued", "read")]}, CONTEXT)

    bus = bootstrap.bus()
    assert [event.type for event in bus.events] == ["notification.queued", "notification.read"]
    assert world.queues.set_aside == [("project", broken), ("project", {})]


def test_project_sets_a_batch_aside_that_the_bus_does_not_take(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    images(monkeypatch)
    bootstrap.bus().broken = True
    records = [change(None, "queued"), change("queued", "read")]

    project({"Records": records}, CONTEXT)

    assert world.queues.set_aside == [("project", told) for told in records]


def test_redrive_hands_each_record_to_its_reader(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    images(monkeypatch)
    bodies = [
        json.dumps({"reader": "outbox", "record": record(KEY)}),
        json.dumps({"reader": "project", "record": change(None, "queued")}),
        json.dumps({"reader": "nobody", "record": {}}),
        json.dumps({"reader": "outbox", "record": {}}),
        "garbage",
    ]

    assert kept(redrive(messages(*bodies), CONTEXT)) == ["m2", "m3", "m4"]

    assert world.queues.dispatched == [REF]
    assert len(bootstrap.bus().events) == 1
    assert world.queues.set_aside == []


def test_sweep_visits_every_tenant(world: World) -> None:
    beta = TenantId("beta")
    TwinTenants(world.rows).create(a_tenant(id=beta))
    world.accepted()
    TwinRequests(world.rows).put(a_request(tenant=beta), 0)
    world.clock.advance(GRACE + 1)

    assert sweep({}, CONTEXT) == {"restarted": 0, "nudged": 2}

    assert {due.tenant for due in world.queues.woken} == {ACME, beta}
