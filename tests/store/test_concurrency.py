"""Many at once: one wins, all agree, nothing is lost."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

import pytest

from chalicelib.domain.allowance import Budget, Period, Usage
from chalicelib.domain.delivery import DeliveryStatus
from chalicelib.domain.ids import NotificationId, RequestId, UserId
from chalicelib.domain.preferences import Cap
from chalicelib.domain.request import IdempotencyRecord
from chalicelib.domain.state import NotificationState
from chalicelib.domain.value import Millis
from chalicelib.domain.words import Channel
from chalicelib.services.allowances import Allowances, Wanted
from chalicelib.services.ports import ExistsError, NotificationRef, RefusedChangeError
from tests.build import ACME, ID, NOW, a_delivery, a_recipient, a_request, a_state
from tests.store.stores import ON_MINISTACK, Store

# moto checks a condition and writes in two steps that threads can come between: it proves nothing here.
pytestmark = pytest.mark.parametrize("store", ["twin", ON_MINISTACK], indirect=True)

T = TypeVar("T")
CROWD = 8
REF = NotificationRef(ACME, ID)
TTL = NOW // 1_000 + 86_400
ANN = a_recipient()


def test_one_of_many_claims_wins(store: Store) -> None:
    store.states.put(a_state(), TTL)

    def claim(number: int) -> NotificationState | None:
        try:
            return store.states.claim(REF, Channel.EMAIL, NOW, Millis(NOW + 1))
        except RefusedChangeError:
            return None

    won = [state for state in at_once(claim) if state is not None]
    assert won == [store.states.get(ACME, ID)]
    assert won[0].deliveries[Channel.EMAIL].attempt == 1


def test_one_of_many_decisions_is_stored_and_all_learn_it(store: Store) -> None:
    stored = at_once(lambda number: store.states.put(a_state(category=f"c{number}"), TTL))
    assert stored == [store.states.get(ACME, ID)] * CROWD


def test_one_of_many_requests_is_stored(store: Store) -> None:
    def put(number: int) -> bool:
        try:
            store.requests.put(a_request(category=f"c{number}"), TTL)
        except ExistsError:
            return False
        return True

    assert sorted(at_once(put)) == [False] * (CROWD - 1) + [True]


def test_one_of_many_records_is_stored_and_all_learn_it(store: Store) -> None:
    def begin(number: int) -> IdempotencyRecord:
        record = IdempotencyRecord(
            route="r", key="k", body_hash="h", request_id=RequestId(str(number)), count=1, accepted_at=NOW
        )
        return store.records.begin(ACME, record, NOW)

    assert len({record.request_id for record in at_once(begin)}) == 1


def test_reading_beside_claims_loses_neither(store: Store) -> None:
    channels = (Channel.EMAIL, Channel.SMS, Channel.PUSH)
    arrived = a_delivery(DeliveryStatus.DELIVERED, providers=())
    store.states.put(a_state({channel: a_delivery() for channel in channels} | {Channel.IN_APP: arrived}), TTL)

    def act(number: int) -> NotificationState:
        if number < len(channels):
            return store.states.claim(REF, channels[number], NOW, Millis(NOW + 1))
        return store.states.read(REF, ANN, NOW)

    at_once(act)
    state = store.states.get(ACME, ID)
    assert state is not None
    assert (state.read_at, state.version) == (NOW, 5)
    assert all(state.deliveries[channel].status is DeliveryStatus.SENDING for channel in channels)


def test_device_tokens_die_beside_each_other(store: Store) -> None:
    tokens = tuple(f"t{number}" for number in range(CROWD))
    store.recipients.put(ACME, a_recipient(user_id=UserId("u1"), device_tokens=(*tokens, "alive")))
    at_once(lambda number: store.recipients.remove_device_tokens(ACME, ANN.user_type, ANN.user_id, [tokens[number]]))
    left = store.recipients.get(ACME, ANN.user_type, ANN.user_id)
    assert left is not None
    assert left.device_tokens == ("alive",)


def test_a_budget_is_not_exceeded_by_many_who_spend_at_once(store: Store) -> None:
    budget = Budget(period=Period.DAY, limit=35)
    spent = at_once(lambda number: store.spendings.spend(ACME, budget, 10, NOW))
    assert spent.count(True) == 3
    assert store.spendings.spent(ACME, [budget], NOW) == (30,)
    at_once(lambda number: number < 3 and store.spendings.spend(ACME, budget, -10, NOW))
    assert store.spendings.spent(ACME, [budget], NOW) == (0,)


def test_a_cap_is_not_exceeded_by_many_who_take_at_once(store: Store) -> None:
    allowances = Allowances(store.usages, store.spendings)
    budget = Budget(period=Period.DAY, limit=35)
    wanted = {Channel.EMAIL: Wanted(cap=Cap(hour=3), cost=10)}

    def take(number: int) -> bool:
        # Every notification comes twice.
        id = NotificationId(f"01890a5d-ac96-774b-bcce-{number // 2:012x}")
        return not allowances.take(a_state(id=id), wanted, [budget], Usage(), NOW)

    at_once(take)
    taken = store.usages.get(ACME, ANN.user_type, ANN.user_id).taken[Channel.EMAIL]
    assert len(taken) == len({taking.mark for taking in taken}) <= 3
    assert store.spendings.spent(ACME, [budget], NOW) == (10 * len(taken),)
    assert sum(map(take, range(0, CROWD, 2))) == 3


def at_once(act: Callable[[int], T]) -> list[T]:
    barrier = Barrier(CROWD)

    def wait_and_act(number: int) -> T:
        barrier.wait(10)
        return act(number)

    with ThreadPoolExecutor(CROWD) as crowd:
        return list(crowd.map(wait_and_act, range(CROWD)))
