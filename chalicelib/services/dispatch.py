"""Dispatching: decide a notification once, then publish what the stored decision says."""

from collections.abc import Sequence
from dataclasses import dataclass

from chalicelib.domain.decision import AddressCheck, Facts, decide, order_providers
from chalicelib.domain.delivery import DeliveryStatus
from chalicelib.domain.errors import NotFoundError
from chalicelib.domain.ids import NotificationId, ProviderId
from chalicelib.domain.provider import ProviderConfig
from chalicelib.domain.recipient import Recipient
from chalicelib.domain.request import NotificationRequest
from chalicelib.domain.state import NotificationState
from chalicelib.domain.tenant import Tenant
from chalicelib.domain.value import Millis
from chalicelib.domain.words import Channel, Reason
from chalicelib.services.accept import DAY
from chalicelib.services.ports import (
    NotificationRef,
    ProviderLookup,
    Publication,
    Queues,
    Recipients,
    Requests,
    States,
    TenantLookup,
)

WAITING = frozenset({DeliveryStatus.QUEUED, DeliveryStatus.SENDING})
STAGE_PROVIDER = "env:"
"""Prefix of the ids of providers that the stage itself offers."""


@dataclass(frozen=True, slots=True)
class Dispatch:
    """The use case: decide and publish."""

    requests: Requests
    states: States
    recipients: Recipients
    tenants: TenantLookup
    providers: ProviderLookup
    queues: Queues
    check_address: AddressCheck
    stage_vendors: dict[Channel, str]

    def decide(self, ref: NotificationRef, now: Millis) -> NotificationState:
        """Return the stored decision on a notification; make it if there is none yet.

        Raises
        ------
        NotFoundError
            There is no such request: the message was not ours.
        """
        request = self.requests.get(ref.tenant, ref.id)
        tenant = self.tenants.get(ref.tenant)
        if request is None or tenant is None:
            raise NotFoundError
        channels = request.channels or tenant.settings.default_channels
        facts = Facts(
            request=request,
            recipient=resolve_recipient(request, channels, self.recipients, self.check_address),
            tenant=tenant,
            providers=self._offers(request, channels),
            check_address=self.check_address,
            now=now,
        )
        return self.states.put(decide(facts), expiry(request, tenant))

    def publish(self, states: Sequence[NotificationState]) -> list[NotificationRef]:
        """Publish the queued deliveries of each state; return the notifications the topic did not take."""
        return self.queues.publish([publication for state in states if (publication := announce(state)).channels])

    def _offers(
        self, request: NotificationRequest, channels: Sequence[Channel]
    ) -> dict[Channel, tuple[ProviderConfig, ...]]:
        configured = self.providers.list(request.tenant)
        return {channel: offer(request.id, channel, configured, self.stage_vendors) for channel in channels}


def offer(
    id: NotificationId, channel: Channel, configured: Sequence[ProviderConfig], stage_vendors: dict[Channel, str]
) -> tuple[ProviderConfig, ...]:
    """Return the providers of a channel in the order they are tried: the tenant's, or else the stage's own."""
    own = order_providers([provider for provider in configured if provider.channel is channel], spread(id))
    return own or stage_provider(channel, stage_vendors)


def stage_provider(channel: Channel, vendors: dict[Channel, str]) -> tuple[ProviderConfig, ...]:
    """Return the provider that the stage itself offers on `channel`, if it does."""
    vendor = vendors.get(channel)
    if vendor is None:
        return ()
    return (ProviderConfig(id=ProviderId(STAGE_PROVIDER + vendor), channel=channel, vendor=vendor),)


def spread(id: NotificationId) -> float:
    """Return a number in [0, 1) that is the same for the same notification: a repeated decision chooses alike."""
    return int(id[-8:], 16) / 2**32


def announce(state: NotificationState) -> Publication:
    """Return what to publish of a state: the channels whose deliveries still wait for a worker."""
    waiting = tuple(c for c, delivery in state.deliveries.items() if delivery.status in WAITING)
    return Publication(ref=NotificationRef(state.tenant, state.id), channels=waiting)


def resolve_recipient(
    request: NotificationRequest, channels: Sequence[Channel], stored: Recipients, check: AddressCheck
) -> Recipient:
    """Return the request's recipient, completed from the stored one when an address is missing on some channel."""
    named = request.recipient
    if all(check(channel, named) is not Reason.MISSING_ADDRESS for channel in channels):
        return named
    return named.completed_by(stored.get(request.tenant, named.user_type, named.user_id))


def expiry(request: NotificationRequest, tenant: Tenant) -> int:
    """Return when the rows of a notification are removed, in seconds since the epoch."""
    return request.accepted_at // 1_000 + tenant.settings.retention_days * DAY
