"""Which provider is tried first, and which after it."""

from collections.abc import Sequence

from chalicelib.domain.facts import Facts
from chalicelib.domain.ids import ProviderId
from chalicelib.domain.provider import ProviderConfig
from chalicelib.domain.words import Channel


def order_providers(providers: Sequence[ProviderConfig], randomness: float) -> tuple[ProviderConfig, ...]:
    """Return the enabled providers in the order they are tried: by priority; among equals `randomness` (uniform in
    [0, 1)) picks the first by weight.
    """
    ordered: list[ProviderConfig] = []
    for priority in sorted({provider.priority for provider in providers}):
        equals = [provider for provider in providers if provider.enabled and provider.priority == priority]
        ordered += _first_by_weight(equals, randomness)
    return tuple(ordered)


def route(facts: Facts, channel: Channel) -> tuple[ProviderId, ...]:
    """Return the providers of a delivery: the one the request asks for, then the tenant's in their order."""
    offered = tuple(provider.id for provider in facts.providers.get(channel, ()))
    wanted = facts.request.providers.get(channel)
    if wanted is None:
        return offered
    return (wanted, *(provider for provider in offered if provider != wanted))


def _first_by_weight(providers: list[ProviderConfig], randomness: float) -> list[ProviderConfig]:
    point = randomness * sum(provider.weight for provider in providers)
    for chosen in providers:
        point -= chosen.weight
        if point < 0:
            return [chosen, *(other for other in providers if other is not chosen)]
    return providers
