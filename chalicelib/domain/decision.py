"""Deciding: what happens to a notification, by an ordered list of rules. Adding a rule is adding a function and a line.

The decision is the first state of the notification; it is stored once and never made again.
"""

from collections.abc import Callable, Iterable, Sequence

from chalicelib.domain.delivery import Delivery, DeliveryStatus
from chalicelib.domain.ids import ProviderId
from chalicelib.domain.provider import ProviderConfig
from chalicelib.domain.recipient import Recipient
from chalicelib.domain.request import NotificationRequest
from chalicelib.domain.state import NotificationState
from chalicelib.domain.tenant import Tenant, TenantStatus
from chalicelib.domain.value import Millis, Value
from chalicelib.domain.words import Channel, Priority, Reason, StopOn, Strategy

AddressCheck = Callable[[Channel, Recipient], Reason | None]
"""Tells why a recipient cannot be reached on a channel, or None when they can."""


class Facts(Value, frozen=True):
    """All that a decision rests on. `providers` are the tenant's for the channel, best first, then the stage's own."""

    request: NotificationRequest
    recipient: Recipient
    tenant: Tenant
    providers: dict[Channel, tuple[ProviderConfig, ...]]
    check_address: AddressCheck
    now: Millis


def decide(facts: Facts) -> NotificationState:
    """Return the first state of the notification: its strategy and one delivery for each channel asked for."""
    request = facts.request
    strategy = choose_strategy(request, facts.tenant)
    refusal = _first(rule(facts) for rule in NOTIFICATION_RULES)
    channels = request.channels or facts.tenant.settings.default_channels
    return NotificationState(
        tenant=request.tenant,
        id=request.id,
        user_type=request.recipient.user_type,
        user_id=request.recipient.user_id,
        accepted_at=request.accepted_at,
        strategy=strategy,
        category=request.category,
        type=request.type,
        stop_on=StopOn.READ if strategy is Strategy.ESCALATION else None,
        expires_at=request.expires_at,
        reason=refusal,
        deliveries={channel: _delivery(facts, channel, refusal) for channel in channels},
    )


def choose_strategy(request: NotificationRequest, tenant: Tenant) -> Strategy:
    """Return the strategy: critical always broadcasts; then the request's; then what the priority implies."""
    if request.priority is Priority.CRITICAL:
        return Strategy.BROADCAST
    if request.strategy is not None:
        return request.strategy
    implied = {Priority.HIGH: Strategy.BROADCAST, Priority.LOW: Strategy.ESCALATION}
    return implied.get(request.priority, tenant.settings.default_strategy)


def _tenant_active(facts: Facts) -> Reason | None:
    return None if facts.tenant.status is TenantStatus.ACTIVE else Reason.TENANT_SUSPENDED


def _not_expired(facts: Facts) -> Reason | None:
    expires_at = facts.request.expires_at
    return Reason.EXPIRED if expires_at is not None and expires_at <= facts.now else None


def _channel_enabled(facts: Facts, channel: Channel) -> Reason | None:
    return Reason.CHANNEL_DISABLED if channel in facts.tenant.settings.disabled_channels else None


def _address_valid(facts: Facts, channel: Channel) -> Reason | None:
    return facts.check_address(channel, facts.recipient)


def _provider_exists(facts: Facts, channel: Channel) -> Reason | None:
    if channel is Channel.IN_APP:
        return None
    wanted = facts.request.providers.get(channel)
    offered = facts.providers.get(channel, ())
    if wanted is not None and wanted not in {provider.id for provider in offered}:
        return Reason.UNKNOWN_PROVIDER
    return None if offered else Reason.NO_PROVIDER


NOTIFICATION_RULES: tuple[Callable[[Facts], Reason | None], ...] = (_tenant_active, _not_expired)
CHANNEL_RULES: tuple[Callable[[Facts, Channel], Reason | None], ...] = (
    _channel_enabled,
    _address_valid,
    _provider_exists,
)


def order_providers(providers: Sequence[ProviderConfig], randomness: float) -> tuple[ProviderConfig, ...]:
    """Return the enabled providers in the order they are tried: by priority; among equals `randomness` (uniform in
    [0, 1)) picks the first by weight.
    """
    ordered: list[ProviderConfig] = []
    for priority in sorted({provider.priority for provider in providers}):
        equals = [provider for provider in providers if provider.enabled and provider.priority == priority]
        ordered += _first_by_weight(equals, randomness)
    return tuple(ordered)


def _first_by_weight(providers: list[ProviderConfig], randomness: float) -> list[ProviderConfig]:
    point = randomness * sum(provider.weight for provider in providers)
    for chosen in providers:
        point -= chosen.weight
        if point < 0:
            return [chosen, *(other for other in providers if other is not chosen)]
    return providers


def _delivery(facts: Facts, channel: Channel, refusal: Reason | None) -> Delivery:
    reason = refusal or _first(rule(facts, channel) for rule in CHANNEL_RULES)
    if reason is Reason.EXPIRED:
        return Delivery(status=DeliveryStatus.EXPIRED, reason=reason)
    if reason is not None:
        return Delivery(status=DeliveryStatus.SUPPRESSED, reason=reason)
    return Delivery(status=DeliveryStatus.QUEUED, providers=_plan(facts, channel))


def _plan(facts: Facts, channel: Channel) -> tuple[ProviderId, ...]:
    offered = tuple(provider.id for provider in facts.providers.get(channel, ()))
    wanted = facts.request.providers.get(channel)
    if wanted is None:
        return offered
    return (wanted, *(provider for provider in offered if provider != wanted))


def _first(reasons: Iterable[Reason | None]) -> Reason | None:
    return next((reason for reason in reasons if reason is not None), None)
