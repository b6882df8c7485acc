"""What an order names and its tenant does not have."""

from collections.abc import Iterator

from chalicelib.domain.errors import Fault
from chalicelib.domain.escalation import DEFAULT_POLICY
from chalicelib.services.order import Order
from chalicelib.services.ports import PolicyLookup, ProviderLookup


def unknown_providers(order: Order, providers: ProviderLookup) -> Iterator[Fault]:
    """Yield a fault for each provider chosen that the tenant has not, or does not use."""
    if not order.providers:
        return
    offered = {(found.channel, found.id) for found in providers.list(order.tenant) if found.enabled}
    for channel, provider in order.providers.items():
        if (channel, provider) not in offered:
            detail = f"The tenant has no enabled {channel} provider of this name"
            yield Fault(pointer=f"/provider/{channel}", code="unknown_provider", detail=detail)


def unknown_policy(order: Order, policies: PolicyLookup) -> Iterator[Fault]:
    """Yield a fault for a policy that the tenant has not."""
    if order.policy is None or order.policy == DEFAULT_POLICY.id:
        return
    if order.policy not in {policy.id for policy in policies.list(order.tenant)}:
        detail = "The tenant has no escalation policy of this name"
        yield Fault(pointer="/escalation/policy", code="unknown_policy", detail=detail)
