"""Gathering the facts of a decision: who the recipient is, what they want, what the tenant offers and may spend."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chalicelib.domain.decision import LADDER
from chalicelib.domain.escalation import DEFAULT_POLICY, EscalationPolicy
from chalicelib.domain.facts import AddressCheck, Estimate, Facts
from chalicelib.domain.ids import NotificationId, ProviderId
from chalicelib.domain.provider import ProviderConfig
from chalicelib.domain.recipient import Recipient
from chalicelib.domain.request import NotificationRequest
from chalicelib.domain.routing import order_providers, share
from chalicelib.domain.state import Source
from chalicelib.domain.strategy import asked_for
from chalicelib.domain.tenant import Tenant
from chalicelib.domain.value import Millis
from chalicelib.domain.words import Channel, Reason
from chalicelib.services.address_book import AddressBook
from chalicelib.services.ports import (
    Backgrounds,
    CircuitLookup,
    PolicyLookup,
    ProviderLookup,
    Spendings,
)
from chalicelib.services.pricing import price_of
from chalicelib.services.say import Say

STAGE_PROVIDER = "env:"
"""Prefix of the ids of providers that the stage itself offers."""


@dataclass(frozen=True, slots=True)
class GatherFacts:
    """Reads what a decision rests on. It changes nothing, so that a simulation may use it as it is.

    `pause` is for how many milliseconds a provider is left alone whose circuit is open.
    """

    recipients: AddressBook
    providers: ProviderLookup
    policies: PolicyLookup
    backgrounds: Backgrounds
    spendings: Spendings
    check_address: AddressCheck
    say: Say
    stage_vendors: dict[Channel, str]
    circuits: CircuitLookup
    pause: int

    def __call__(
        self, request: NotificationRequest, tenant: Tenant, now: Millis, due: Sequence[Channel] | None = None
    ) -> Facts:
        """Return the facts about a request at `now`; where it was decided before, about its `due` channels only."""
        settings = tenant.settings
        channels = asked_for(request, tenant) if due is None else due
        recipient, recipient_from = resolve(request, channels, self.recipients, self.check_address)
        background = self.backgrounds.when_deciding(request, addresses(recipient, channels))
        offers = self._offers(request, (*channels, *_lower(channels)) if settings.downgrade else channels, now)
        return Facts(
            request=request,
            recipient=recipient,
            recipient_from=recipient_from,
            tenant=tenant,
            providers=offers,
            check_address=self.check_address,
            now=now,
            preferences=background.preferences.over(settings.preferences),
            suppressed=frozenset(background.suppressed),
            usage=background.usage,
            spent=self.spendings.spent(tenant.id, settings.budgets, now) if settings.budgets else (),
            estimate=_estimate(self.say, request, recipient, tenant, offers),
            policy=self._policy(request),
            cancelled=background.cancelled_at is not None,
        )

    def _policy(self, request: NotificationRequest) -> EscalationPolicy:
        wanted = request.policy or DEFAULT_POLICY.id
        stored = {policy.id: policy for policy in self.policies.list(request.tenant)}
        # A policy that was removed since the send was accepted leaves the one that everybody has.
        return stored.get(wanted) or stored.get(DEFAULT_POLICY.id) or DEFAULT_POLICY

    def _offers(
        self, request: NotificationRequest, channels: Sequence[Channel], now: Millis
    ) -> dict[Channel, tuple[ProviderConfig, ...]]:
        configured = self.providers.list(request.tenant)
        # Where there is nothing to choose from, nobody's health is asked for.
        several = any(sum(provider.channel is channel for provider in configured) > 1 for channel in channels)
        told = self.circuits.list(request.tenant) if several else ()
        shares = {circuit.provider: share(circuit, now, self.pause) for circuit in told}
        return {channel: offer(request.id, channel, configured, self.stage_vendors, shares) for channel in channels}


def offer(
    id: NotificationId,
    channel: Channel,
    configured: Sequence[ProviderConfig],
    stage_vendors: dict[Channel, str],
    shares: Mapping[ProviderId, float] | None = None,
) -> tuple[ProviderConfig, ...]:
    """Return the providers of a channel in the order they are tried: the tenant's, or else the stage's own. `shares`
    are the parts of their weights that count by how well they are.
    """
    own = order_providers([provider for provider in configured if provider.channel is channel], spread(id), shares)
    return own or stage_provider(channel, stage_vendors)


def stage_provider(channel: Channel, vendors: dict[Channel, str]) -> tuple[ProviderConfig, ...]:
    """Return the provider that the stage itself offers on `channel`, if it does."""
    vendor = vendors.get(channel)
    if vendor is None:
        return ()
    return (ProviderConfig(id=ProviderId(STAGE_PROVIDER + vendor), channel=channel, vendor=vendor),)


def is_the_stages(id: ProviderId) -> bool:
    """Tell whether a provider is one that the stage itself offers."""
    return id.startswith(STAGE_PROVIDER)


def spread(id: NotificationId) -> float:
    """Return a number in [0, 1) that is the same for the same notification: a repeated decision chooses alike."""
    return int(id[-8:], 16) / 2**32


def resolve(
    request: NotificationRequest, channels: Sequence[Channel], stored: AddressBook, check: AddressCheck
) -> tuple[Recipient, Source]:
    """Return the request's recipient, completed from the stored one when an address is missing on some channel, and
    where its data came from. A chat needs no target of the recipient's, but one that is stored is theirs.
    """
    named = request.recipient
    missing = [channel for channel in channels if check(channel, named) is Reason.MISSING_ADDRESS]
    if not missing and (Channel.CHAT not in channels or named.chat_targets):
        return named, Source.REQUEST
    with_devices = Channel.PUSH in missing
    found = stored.find(request.tenant, named.user_type, named.user_id, with_devices=with_devices)
    if found is None:
        return named, Source.REQUEST
    said_nothing = not (named.email or named.phone or named.device_tokens or named.chat_targets)
    return named.completed_by(found), Source.STORED if said_nothing else Source.BOTH


def addresses(recipient: Recipient, channels: Sequence[Channel]) -> dict[Channel, str]:
    """Return the addresses that the suppression list may name. Device tokens are not listed: dead ones are removed."""
    known = {Channel.EMAIL: recipient.email, Channel.SMS: recipient.phone, Channel.WHATSAPP: recipient.phone}
    return {channel: address for channel in channels if (address := known.get(channel))}


def _lower(channels: Sequence[Channel]) -> tuple[Channel, ...]:
    return tuple(lower for channel in channels for lower in LADDER.get(channel, ()) if lower not in channels)


def _estimate(
    say: Say,
    request: NotificationRequest,
    recipient: Recipient,
    tenant: Tenant,
    offers: dict[Channel, tuple[ProviderConfig, ...]],
) -> Estimate:
    def estimate(channel: Channel) -> int:
        first = next(iter(offers.get(channel, ())), None)
        provider = request.providers.get(channel) or (first.id if first else None)
        return price_of(say, request, recipient, tenant, channel, provider)

    return estimate
