"""A vendor that is down for minutes: it is left alone, nothing is lost, nothing is sent twice."""

from collections import Counter

import pytest

from chalicelib.domain.breaker import MOST_FAILURES, Phase
from chalicelib.domain.delivery import DeliveryStatus
from chalicelib.domain.words import Channel
from tests.build import NOW
from tests.properties.outage import WORKERS, Outage
from tests.world import PAUSE

MINUTE = 60_000
DOWN_FROM, UP_AGAIN = 10_000, 10_000 + 4 * MINUTE
"""The first deliveries find a vendor in good health."""
FOREVER = 10**9


def calls_while_down(outage: Outage, provider: str) -> int:
    start, end = outage.down[provider]
    return sum(call.provider == provider and NOW + start <= call.at < NOW + end for call in outage.calls)


def most_calls(outage: Outage, provider: str) -> int:
    start, end = outage.down[provider]
    return MOST_FAILURES * WORKERS + WORKERS * ((end - start) // PAUSE)


def check_all_were_delivered_once(outage: Outage) -> None:
    states = outage.world.rows.states.values()
    assert Counter(state.deliveries[Channel.EMAIL].status for state in states) == {DeliveryStatus.SENT: outage.number}
    taken = Counter(call.id for call in outage.calls if call.taken)
    assert (len(taken), set(taken.values())) == (outage.number, {1})


def test_ten_thousand_deliveries_outlast_an_outage() -> None:
    outage = Outage(10_000, {"first": (DOWN_FROM, UP_AGAIN)})
    outage.run(FOREVER)

    assert 0 < calls_while_down(outage, "first") <= most_calls(outage, "first")
    check_all_were_delivered_once(outage)
    assert not outage.world.queues.dead[Channel.EMAIL]
    # Nothing is written of who waits: what a delivery costs are a claim and a result for each call.
    versions = sum(state.version - 1 for state in outage.world.rows.states.values())
    assert versions == 2 * len(outage.calls)
    transitions = [circuit.phase for circuit in outage.circuits.written]
    assert (transitions[0], transitions[-1]) == (Phase.OPEN, Phase.CLOSED)
    assert len(transitions) <= 1 + WORKERS * ((UP_AGAIN - DOWN_FROM) // PAUSE) + WORKERS
    minutes = (outage.world.clock() - NOW) // MINUTE + 1
    assert outage.circuits.reads <= WORKERS * minutes


@pytest.mark.parametrize("seed", range(12))
def test_however_calls_overlap_a_vendor_that_is_down_is_left_alone(seed: int) -> None:
    outage = Outage(300, {"first": (300 * seed % 700, 3 * MINUTE)}, seed=seed)
    outage.run(FOREVER)

    assert 0 < calls_while_down(outage, "first") <= most_calls(outage, "first")
    check_all_were_delivered_once(outage)


@pytest.mark.parametrize("seed", range(3))
def test_with_a_second_provider_all_are_delivered_during_the_outage(seed: int) -> None:
    outage = Outage(1_000, {"first": (1_000, 10 * MINUTE)}, providers=("first", "second"), seed=seed)
    outage.run(2 * MINUTE)

    check_all_were_delivered_once(outage)
    assert calls_while_down(outage, "first") <= most_calls(outage, "first")
    # A few of those that the first refused wait for a second before they come again; nobody waits for it to get well.
    assert outage.world.clock() < NOW + MINUTE


def test_when_both_are_down_nothing_is_lost_either() -> None:
    down = {"first": (1_000, 4 * MINUTE), "second": (2_000, 3 * MINUTE)}
    outage = Outage(1_000, down, providers=("first", "second"))
    outage.run(FOREVER)

    check_all_were_delivered_once(outage)
    for provider in down:
        assert calls_while_down(outage, provider) <= most_calls(outage, provider)
