"""Which provider is tried first, and which after it.

A plan is made once, when a notification is decided: the provider that the request asks for, then the tenant's by
priority, among equals by weight. What is known of their health shifts the weights, and puts behind all others who
would not be called anyway. A worker that comes to make the delivery goes through the plan from where it stands.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from chalicelib.domain.breaker import Circuit, Phase
from chalicelib.domain.delivery import Delivery
from chalicelib.domain.facts import Facts
from chalicelib.domain.ids import ProviderId
from chalicelib.domain.provider import ProviderConfig
from chalicelib.domain.value import Millis
from chalicelib.domain.words import Channel

PROBED: Final = 0.1
"""The part of its weight that counts of a provider which may be called again, but has not answered well yet."""
RECOVERY: Final = 300_000
"""Milliseconds in which the weight of a provider that answers well again grows from that to the whole."""


def share(circuit: Circuit | None, now: Millis, pause: int) -> float:
    """Return the part of its weight that a provider takes: 0 when it is open, 1 when nobody ever said it was."""
    if circuit is None:
        return 1.0
    if circuit.phase is Phase.CLOSED:
        return min(1.0, PROBED + (1.0 - PROBED) * max(0, now - circuit.at) / RECOVERY)
    return 0.0 if now < circuit.at + pause else PROBED


def order_providers(
    providers: Sequence[ProviderConfig], randomness: float, shares: Mapping[ProviderId, float] | None = None
) -> tuple[ProviderConfig, ...]:
    """Return the enabled providers in the order they are tried: by priority; among equals `randomness` (uniform in
    [0, 1)) picks the first by weight.

    `shares` are the parts of their weights that count (1 where there is none). Those of share 0 come behind all others,
    whatever their priority, in the order they would have had.
    """
    known = shares or {}
    enabled = [provider for provider in providers if provider.enabled]
    callable_now = [provider for provider in enabled if known.get(provider.id, 1.0) > 0]
    shut = [provider for provider in enabled if known.get(provider.id, 1.0) <= 0]
    return (*_by_priority(callable_now, randomness, known), *_by_priority(shut, randomness, {}))


def route(facts: Facts, channel: Channel) -> tuple[ProviderId, ...]:
    """Return the providers of a delivery: the one the request asks for, then the tenant's in their order."""
    offered = tuple(provider.id for provider in facts.providers.get(channel, ()))
    wanted = facts.request.providers.get(channel)
    if wanted is None:
        return offered
    return (wanted, *(provider for provider in offered if provider != wanted))


def remaining(delivery: Delivery) -> tuple[int, ...]:
    """Return which of its providers (by index) a delivery can still be made by, in the order they are tried: the one
    whose turn it is, those after it, and then those that were passed over with tries left.
    """
    done = {attempt.provider for attempt in delivery.attempts if attempt.epoch == delivery.epoch and attempt.over}
    others = [
        *range(delivery.provider + 1, len(delivery.providers)),
        *range(min(delivery.provider, len(delivery.providers))),
    ]
    current = (delivery.provider,) if delivery.provider < len(delivery.providers) else ()
    return (*current, *(index for index in others if delivery.providers[index] not in done))


def first_choice(equals: Sequence[tuple[int, float]], randomness: float) -> int:
    """Return which of some equals takes the first call; the first of them is planned to. Each has a weight, and the
    part of its recent calls that went well.

    Where one does better, the planned one keeps as much of its calls as it does as well as the best; the rest go to the
    others, by weight and by how well they do.
    """
    best = max(well for _, well in equals)
    kept = 1.0 if best == 0 else equals[0][1] / best
    if randomness < kept or len(equals) == 1:
        return 0
    others = [weight * well for weight, well in equals[1:]]
    point = (randomness - kept) / (1.0 - kept) * sum(others)
    for index, part in enumerate(others, 1):
        point -= part
        if point < 0:
            return index
    return 0


def _by_priority(
    providers: Sequence[ProviderConfig], randomness: float, shares: Mapping[ProviderId, float]
) -> list[ProviderConfig]:
    ordered: list[ProviderConfig] = []
    for priority in sorted({provider.priority for provider in providers}):
        equals = [provider for provider in providers if provider.priority == priority]
        ordered += _first_by_weight(equals, randomness, shares)
    return ordered


def _first_by_weight(
    providers: list[ProviderConfig], randomness: float, shares: Mapping[ProviderId, float]
) -> list[ProviderConfig]:
    weights = [provider.weight * shares.get(provider.id, 1.0) for provider in providers]
    point = randomness * sum(weights)
    for chosen, weight in zip(providers, weights, strict=True):
        point -= weight
        if point < 0:
            return [chosen, *(other for other in providers if other is not chosen)]
    return providers
