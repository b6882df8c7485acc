"""People on duty are asked one after another, each once, until somebody acknowledges or nobody is left."""

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from chalicelib.domain.delivery import DeliveryStatus
from chalicelib.domain.ids import RotaId, UserId
from chalicelib.domain.recipient import Recipient
from chalicelib.domain.value import Millis
from chalicelib.domain.words import Channel, StopOn, Strategy
from chalicelib.services.ports import States
from tests.build import ACME, ID, NOW, a_recipient, a_tenant
from tests.on_call import EVERY, OPS, REF, SUPPORT, Duty, a_relay, a_rota
from tests.store.stores import on_twin


def test_the_person_asked_is_told_what_the_notification_says() -> None:
    duty = Duty()

    duty.advance(NOW + 7)

    child, parent = duty.child(0), duty.request
    assert child.recipient == Recipient(user_type=SUPPORT, user_id=UserId("a"))
    assert (child.parent, child.strategy, child.channels) == (ID, Strategy.BROADCAST, (Channel.SMS,))
    assert (child.accepted_at, child.cancellation_key, child.batch) == (NOW + 7, None, None)
    for name in ("content", "category", "type", "priority", "metadata", "expires_at", "sent_by", "tenant"):
        assert getattr(child, name) == getattr(parent, name)


def test_people_are_asked_one_after_another_and_then_it_ends() -> None:
    duty = Duty("abc")
    asked = []

    for turn in range(5):
        duty.advance(NOW + turn * EVERY)
        asked.append(duty.asked())

    assert asked == ["a", "ab", "abc", "abc", "abc"]
    assert duty.state.relays == (a_relay(position=3, not_before=Millis(NOW + 3 * EVERY), ended=True),)


def test_nobody_is_asked_before_their_time() -> None:
    duty = Duty(relays=(a_relay(not_before=Millis(NOW + 1)),))

    assert duty.advance(NOW) == duty.advance(NOW)
    assert duty.asked() == ""

    duty.advance(NOW + 1)
    duty.advance(NOW + EVERY)
    assert duty.asked() == "a"
    duty.advance(NOW + 1 + EVERY)
    assert duty.asked() == "ab"


def test_who_comes_late_gives_the_next_person_their_full_time() -> None:
    duty = Duty()

    state = duty.advance(NOW + 5 * EVERY)

    assert (duty.asked(), state.relays[0].not_before) == ("a", NOW + 6 * EVERY)


def test_relays_go_on_side_by_side() -> None:
    later = Millis(NOW + EVERY)
    duty = Duty(relays=(a_relay(), a_relay(channels=(Channel.PUSH,), not_before=later)))

    duty.advance(NOW)
    duty.advance(later)

    assert (duty.asked(0), duty.asked(1)) == ("ab", "a")
    assert duty.child(0, 1).channels == (Channel.PUSH,)


def test_nobody_is_asked_twice_when_the_shift_changes() -> None:
    duty = Duty("ab")
    duty.advance(NOW)
    rota = duty.store.rotas.get(ACME, OPS)
    assert rota is not None
    duty.store.rotas.update(ACME, replace(rota, shifts=a_rota("cab").shifts))

    for turn in range(1, 5):
        duty.advance(NOW + turn * EVERY)

    assert duty.asked() == "acb"


STOPS: dict[str, Callable[[States], object]] = {
    "acknowledged": lambda states: states.acknowledge(REF, None, NOW),
    "read": lambda states: states.read(REF, a_recipient(), NOW),
    "cancelled": lambda states: states.cancel(REF, NOW),
}


@pytest.mark.parametrize("stop", STOPS)
def test_nobody_is_asked_once_it_is_over(stop: str) -> None:
    duty = Duty(stop_on=StopOn.READ)
    STOPS[stop](duty.store.states)

    assert duty.advance().relays == (a_relay(),)
    assert duty.asked() == ""


def test_nobody_is_asked_once_it_has_expired() -> None:
    duty = Duty()
    expired = replace(duty.state, expires_at=NOW)

    assert duty.relaying().advance(expired, duty.request, NOW) == expired
    assert duty.asked() == ""


def test_what_was_acknowledged_stays_so_when_it_is_marked_unread() -> None:
    duty = Duty(stop_on=StopOn.READ)
    duty.store.states.acknowledge(REF, None, NOW)
    duty.store.states.unread(REF, a_recipient())

    duty.advance()
    assert duty.asked() == ""


def test_a_rota_that_is_gone_ends_the_relay() -> None:
    duty = Duty(relays=(a_relay(rota=RotaId("gone")), a_relay()))

    state = duty.advance()

    assert [relay.ended for relay in state.relays] == [True, False]
    assert (duty.asked(0), duty.asked(1)) == ("", "a")


def test_a_rota_without_anybody_ends_the_relay() -> None:
    assert Duty("").advance().relays[0].ended


def test_the_next_rotas_people_follow() -> None:
    duty = Duty("a")
    other = a_rota("b", id=RotaId("other"))
    duty.store.rotas.create(ACME, other)
    rota = duty.store.rotas.get(ACME, OPS)
    assert rota is not None
    duty.store.rotas.update(ACME, replace(rota, fallback_rota=other.id))

    duty.advance(NOW)
    duty.advance(NOW + EVERY)

    assert duty.asked() == "ab"


def test_what_was_asked_by_a_worker_that_died_is_not_asked_again() -> None:
    duty = Duty()
    before = duty.state
    duty.advance()
    once = duty.state

    duty.relaying().advance(before, duty.request, NOW)
    assert (duty.asked(), duty.state) == ("a", once)

    duty.relaying().advance(before, duty.request, Millis(NOW + 1))
    assert (duty.asked(), duty.state) == ("a", once)


def test_who_was_asked_while_it_was_stopped_is_not_told_after_all() -> None:
    duty = Duty()
    before = duty.state
    duty.store.states.acknowledge(REF, None, NOW)

    duty.relaying().advance(before, duty.request, NOW)

    assert duty.outcome(duty.child(0).id).cancelled_at == NOW


def test_what_a_worker_that_died_asked_is_withdrawn_when_the_message_comes_again() -> None:
    duty = Duty()
    duty.advance()
    duty.store.states.relay(REF, duty.state.relays, (a_relay(),))  # as if it had died before
    duty.store.states.acknowledge(REF, None, NOW)

    duty.advance()

    assert duty.outcome(duty.child(0).id).cancelled_at == NOW


def test_cancelling_withdraws_what_waits_and_leaves_what_is_out() -> None:
    duty = Duty("abcd")
    for turn in range(4):
        duty.advance(NOW + turn * EVERY)
    out = duty.told(0, DeliveryStatus.SENT, DeliveryStatus.DELIVERED)
    waiting = duty.told(1, DeliveryStatus.QUEUED, DeliveryStatus.SENT)
    in_hand = duty.told(2, DeliveryStatus.SENDING)
    undecided = duty.child(3).id

    duty.cancel()(REF, Millis(NOW + 9))

    found = duty.store.states.get_many(ACME, [out, waiting, in_hand, undecided])
    assert {id: state.cancelled_at for id, state in found.items()} == {
        out: None,
        waiting: NOW + 9,
        in_hand: NOW + 9,
        undecided: NOW + 9,
    }
    assert [delivery.status for delivery in found[waiting].deliveries.values()] == [
        DeliveryStatus.CANCELLED,
        DeliveryStatus.SENT,
    ]


def test_rows_of_a_child_live_as_long_as_the_tenant_keeps_them() -> None:
    kept = []

    class Watched:
        def __init__(self, port: object) -> None:
            self.port = port

        def __getattr__(self, name: str) -> object:
            return getattr(self.port, name)

        def put(self, request: object, ttl: int) -> None:
            kept.append(ttl)

    duty = Duty(store=on_twin())
    duty.relaying(lambda port: Watched(port) if port is duty.store.requests else port).advance(
        duty.state, duty.request, NOW
    )

    assert kept == [NOW // 1_000 + 86_400 * a_tenant().settings.retention_days]
