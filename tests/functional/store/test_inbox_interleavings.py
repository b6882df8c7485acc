"""The unread mark is where it belongs, in whatever order a delivery, its repetition and its owner's changes run.

Explored on the twin, step by step, and on the table itself, operation by operation.
"""

import itertools
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest

from chalicelib.domain.ids import NotificationId, UserId
from chalicelib.domain.recipient import Recipient
from chalicelib.domain.value import Millis
from chalicelib.domain.words import Channel, StopOn
from chalicelib.services.ports import NotificationRef, RefusedChangeError, States
from chalicelib.store.states import StateRows
from tests import twin
from tests.build import ACME, NOW, a_delivery, a_recipient, a_state
from tests.explore import Actor, Scenario, Stepping, explore

Act = Callable[[States, NotificationRef, Recipient], object]
OWNERS: dict[str, Act] = {
    "read": lambda states, ref, owner: states.read(ref, owner, NOW),
    "unread": lambda states, ref, owner: states.unread(ref, owner),
    "archive": lambda states, ref, owner: states.archive(ref, owner, NOW),
    "delete": lambda states, ref, owner: states.delete(ref, owner, NOW),
    "cancel": lambda states, ref, owner: states.cancel(ref, NOW),
}


@dataclass(frozen=True)
class Explored:
    """A store: its ports, and those of an actor that stops before each effect."""

    states: States
    of: Callable[[Callable[[], Actor]], Any]


def on_twin() -> Explored:
    rows = twin.Rows()
    return Explored(
        states=twin.TwinStates(rows),
        of=lambda actor: Stepping(twin.TwinStates(rows, between=lambda: actor().step()), actor),
    )


@pytest.fixture(params=["twin", "moto"])
def store(request: pytest.FixtureRequest) -> Iterator[Explored]:
    """An empty store to explore."""
    if request.param == "twin":
        yield on_twin()
    else:
        table = request.getfixturevalue("table")
        stepping: Callable[[Callable[[], Actor]], Any] = lambda actor: Stepping(table, actor)  # noqa: E731
        yield Explored(StateRows(table, os.urandom), lambda actor: StateRows(stepping(actor), os.urandom))


@pytest.mark.parametrize("stop_on", [None, StopOn.READ])
@pytest.mark.parametrize("owner", OWNERS)
def test_a_delivery_that_may_crash_beside_its_owners_change(
    store: Explored, owner: str, stop_on: StopOn | None
) -> None:
    assert explore(scenarios(store, OWNERS[owner], stop_on=stop_on), crashes=1) > 5


@pytest.mark.parametrize("crashes", [0, 1])
def test_a_delivery_beside_an_owner_who_wavers(crashes: int) -> None:
    assert explore(scenarios(on_twin(), waver), crashes=crashes) > 10


def test_the_table_beside_an_owner_who_wavers(store: Explored) -> None:
    assert explore(scenarios(store, waver), crashes=0) > 10


@pytest.mark.parametrize("expires_at", [None, Millis(NOW + 1)])
@pytest.mark.parametrize("owner", OWNERS)
def test_a_delivery_beside_its_repetition_and_its_owners_change(owner: str, expires_at: Millis | None) -> None:
    assert explore(scenarios(on_twin(), OWNERS[owner], deliveries=2, expires_at=expires_at), crashes=0) > 50


def waver(states: States, ref: NotificationRef, owner: Recipient) -> None:
    states.read(ref, owner, NOW)
    states.unread(ref, owner)


def scenarios(store: Explored, act: Act, *, deliveries: int = 1, **options: Any) -> Callable[[], Scenario]:
    """Make scenarios of as many deliveries, a millisecond apart, and one owner; each has a user of its own."""
    numbers = itertools.count()

    def make() -> Scenario:
        id = NotificationId(f"01890a5d-ac96-774b-bcce-{next(numbers):012d}")
        ref, owner = NotificationRef(ACME, id), a_recipient(user_id=UserId(id))
        in_app = {Channel.IN_APP: a_delivery(providers=())}
        store.states.put(a_state(in_app, id=id, user_id=owner.user_id, **options), 0)
        actors = [
            an_actor(store, f"delivery {number}", partial(deliver, ref=ref, now=Millis(NOW + number)), may_crash=True)
            for number in range(deliveries)
        ]
        actors.append(an_actor(store, "owner", lambda states: act(states, ref, owner)))

        def check() -> None:
            if not any(actor.dying for actor in actors):
                assert_mark_is_right(store.states, ref, owner)
            deliver(store.states, ref, NOW)
            assert_mark_is_right(store.states, ref, owner)

        return Scenario(actors, check)

    return make


def an_actor(store: Explored, name: str, act: Callable[[States], object], *, may_crash: bool = False) -> Actor:
    actor = Actor(name, lambda: act(states), may_crash=may_crash)
    states = store.of(lambda: actor)
    return actor


def deliver(states: States, ref: NotificationRef, now: Millis) -> None:
    try:
        states.deliver_in_app(ref, now)
    except RefusedChangeError:
        return


def assert_mark_is_right(states: States, ref: NotificationRef, owner: Recipient) -> None:
    state = states.get(ref.tenant, ref.id)
    assert state is not None
    assert states.count_unread(ref.tenant, owner.user_type, owner.user_id) == state.unread
