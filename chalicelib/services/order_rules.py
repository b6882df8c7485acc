"""What an order asks for that cannot be had now, and could have been before, when it was accepted."""

from collections.abc import Iterator

from chalicelib.domain.errors import Fault
from chalicelib.domain.escalation import DEFAULT_POLICY
from chalicelib.domain.value import Millis
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


def passed_dates(order: Order, now: Millis) -> Iterator[Fault]:
    """Yield a fault for each moment of the order that has passed."""
    for name, moment in (("sendAt", order.send_at), ("expiresAt", order.expires_at)):
        if moment is not None and moment <= now:
            yield Fault(pointer=f"/{name}", code="date_in_past", detail="This time has passed")


def unknown_policy(order: Order, policies: PolicyLookup) -> Iterator[Fault]:
    """Yield a fault for a policy that the tenant has not."""
    if order.policy is None or order.policy == DEFAULT_POLICY.id:
        return
    if order.policy not in {policy.id for policy in policies.list(order.tenant)}:
        detail = "The tenant has no escalation policy of this name"
        yield Fault(pointer="/escalation/policy", code="unknown_policy", detail=detail)
