"""Which provider is tried first, and which after it: tables, and what holds whatever the weights are."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as some

from chalicelib.domain.breaker import Circuit, Phase
from chalicelib.domain.delivery import Attempt, AttemptOutcome, DeliveryStatus
from chalicelib.domain.ids import ProviderId
from chalicelib.domain.provider import ProviderConfig
from chalicelib.domain.routing import RECOVERY, first_choice, order_providers, remaining, share
from chalicelib.domain.value import Millis
from chalicelib.domain.words import Channel
from tests.build import NOW, a_delivery

PAUSE = 60_000
POINTS = [point / 1_000 for point in range(1_000)]


def provider(id: str, priority: int = 100, weight: int = 1, *, enabled: bool = True) -> ProviderConfig:
    return ProviderConfig(
        id=ProviderId(id), channel=Channel.EMAIL, vendor="smtp", priority=priority, weight=weight, enabled=enabled
    )


def shares(**given: float) -> dict[ProviderId, float]:
    return {ProviderId(id): share for id, share in given.items()}


def order(providers: Sequence[ProviderConfig], randomness: float, **known: float) -> str:
    return "".join(provider.id for provider in order_providers(providers, randomness, shares(**known)))


@pytest.mark.parametrize(
    ("circuit", "expected"),
    [
        (None, 1.0),
        ((Phase.OPEN, 0), 0.0),
        ((Phase.OPEN, PAUSE - 1), 0.0),
        ((Phase.OPEN, PAUSE), 0.1),
        ((Phase.OPEN, 100 * PAUSE), 0.1),
        ((Phase.CLOSED, 0), 0.1),
        ((Phase.CLOSED, RECOVERY // 2), 0.55),
        ((Phase.CLOSED, RECOVERY), 1.0),
        ((Phase.CLOSED, 9 * RECOVERY), 1.0),
        ((Phase.CLOSED, -1_000), 0.1),  # a clock that is behind
    ],
)
def test_how_much_of_its_weight_a_provider_takes(circuit: tuple[Phase, int] | None, expected: float) -> None:
    known = circuit and Circuit(provider=ProviderId("a"), phase=circuit[0], at=Millis(NOW - circuit[1]))
    assert share(known, NOW, PAUSE) == pytest.approx(expected)


A, B, C = provider("a", 1, 3), provider("b", 1, 1), provider("c", 2)


@pytest.mark.parametrize(
    ("randomness", "known", "expected"),
    [
        (0.0, {}, "abc"),
        (0.74, {}, "abc"),
        (0.76, {}, "bac"),
        (0.74, {"a": 0.1}, "bac"),  # 0.3 of 1.3
        (0.2, {"a": 0.1}, "abc"),
        (0.0, {"a": 0.0}, "bca"),  # behind all who may be called, of any priority
        (0.0, {"a": 0.0, "b": 0.0}, "cab"),
        (0.9, {"c": 0.0}, "bac"),
        (0.9, {"a": 0.0, "b": 0.0, "c": 0.0}, "bac"),  # as if they all were well
    ],
)
def test_health_shifts_weights_and_puts_behind_who_would_not_be_called(
    randomness: float, known: dict[str, float], expected: str
) -> None:
    assert order([C, A, B], randomness, **known) == expected


def test_a_disabled_provider_is_not_tried() -> None:
    assert order([provider("a", enabled=False), B], 0.0) == "b"


@given(some.lists(some.integers(1, 9), min_size=1, max_size=4))
def test_where_all_are_well_weights_share_the_traffic(weights: list[int]) -> None:
    providers = [provider("abcd"[index], weight=weight) for index, weight in enumerate(weights)]
    first = Counter(order(providers, point)[0] for point in POINTS)
    for each in providers:
        assert first[each.id] == pytest.approx(1_000 * each.weight / sum(weights), abs=2)


@given(
    some.lists(some.tuples(some.integers(1, 3), some.integers(1, 9), some.floats(0, 1)), min_size=1, max_size=5),
    some.floats(0, 1, exclude_max=True),
)
def test_nobody_who_is_open_comes_before_anybody_who_is_not(
    rows: list[tuple[int, int, float]], randomness: float
) -> None:
    providers = [provider("abcde"[index], priority, weight) for index, (priority, weight, _) in enumerate(rows)]
    known = {"abcde"[index]: share for index, (_, _, share) in enumerate(rows)}
    ordered = order(providers, randomness, **known)
    assert sorted(ordered) == sorted(known)
    open_ones = [known[id] == 0 for id in ordered]
    assert open_ones == sorted(open_ones)
    priorities = [providers["abcde".index(id)].priority for id in ordered if known[id] > 0]
    assert priorities == sorted(priorities)


def tried(*ids: str, epoch: int = 0, over: bool = True) -> tuple[Attempt, ...]:
    made = [(number, ProviderId(id)) for number, id in enumerate(ids, 1)]
    known: dict[str, Any] = {"at": NOW, "outcome": AttemptOutcome.RETRIABLE, "epoch": epoch, "over": over}
    return tuple(Attempt(number=number, provider=id, **known) for number, id in made)


@pytest.mark.parametrize(
    ("provider", "attempts", "epoch", "expected"),
    [
        (0, tried(), 0, (0, 1, 2)),
        (0, tried("a"), 0, (0, 1, 2)),
        (1, tried("a", "a"), 0, (1, 2)),
        (1, tried(), 0, (1, 2, 0)),  # the first was passed over
        (2, tried("b"), 0, (2, 0)),
        (2, tried("b", over=False), 0, (2, 0, 1)),  # it has tries left
        (0, tried("b", "c"), 0, (0,)),
        (2, tried("a", "b"), 0, (2,)),
        (0, tried("a", "b", "c"), 1, (0, 1, 2)),  # redriven
        (1, tried("a", epoch=1), 1, (1, 2)),
        (3, tried("a"), 0, (1, 2)),
    ],
)
def test_who_is_left_to_make_a_delivery(
    provider: int, attempts: tuple[Attempt, ...], epoch: int, expected: tuple[int, ...]
) -> None:
    providers = tuple(map(ProviderId, "abc"))
    delivery = a_delivery(
        DeliveryStatus.SENDING, providers=providers, provider=provider, attempts=attempts, epoch=epoch
    )
    assert remaining(delivery) == expected


@pytest.mark.parametrize(
    ("equals", "randomness", "expected"),
    [
        ([(1, 1.0)], 0.99, 0),
        ([(1, 0.2)], 0.99, 0),
        ([(1, 1.0), (1, 1.0)], 0.99, 0),
        ([(1, 1.0), (1, 0.3)], 0.99, 0),
        ([(1, 0.25), (1, 1.0)], 0.24, 0),
        ([(1, 0.25), (1, 1.0)], 0.25, 1),
        ([(1, 0.25), (1, 0.5)], 0.49, 0),
        ([(1, 0.25), (1, 0.5)], 0.5, 1),
        ([(1, 0.0), (1, 1.0), (3, 1.0)], 0.24, 1),
        ([(1, 0.0), (1, 1.0), (3, 1.0)], 0.26, 2),
        ([(1, 0.0), (1, 0.0)], 0.9, 0),
    ],
)
def test_who_does_better_takes_first_calls_from_who_does_worse(
    equals: list[tuple[int, float]], randomness: float, expected: int
) -> None:
    assert first_choice(equals, randomness) == expected


@given(some.lists(some.tuples(some.integers(1, 9), some.floats(0, 1)), min_size=1, max_size=5), some.floats(0, 0.999))
def test_nobody_who_only_fails_takes_a_call_from_another(equals: list[tuple[int, float]], randomness: float) -> None:
    assume(max(well for _, well in equals) > 0)
    chosen = first_choice(equals, randomness)
    assert equals[chosen][1] > 0
