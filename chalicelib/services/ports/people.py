"""People: who they are, how they are reached, what they chose and what they were sent."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

import msgspec

from chalicelib.domain.allowance import Usage
from chalicelib.domain.device import Device
from chalicelib.domain.ids import DeviceId, TenantId, TopicKey, UserId, UserType
from chalicelib.domain.preferences import Preferences
from chalicelib.domain.recipient import Recipient
from chalicelib.domain.request import NotificationRequest
from chalicelib.domain.suppression import Suppression
from chalicelib.domain.topic import TopicSubscription
from chalicelib.domain.value import Millis
from chalicelib.domain.words import Channel
from chalicelib.services.ports.notifications import Page


class Recipients(Protocol):
    """Stored recipients."""

    def put(self, tenant: TenantId, recipient: Recipient) -> None:
        """Create or replace a recipient."""

    def get(self, tenant: TenantId, user_type: UserType, user_id: UserId) -> Recipient | None:
        """Return a recipient by a consistent read."""

    def delete(self, tenant: TenantId, user_type: UserType, user_id: UserId) -> bool:
        """Remove a recipient; False when there was none."""

    def remove_device_tokens(self, tenant: TenantId, user_type: UserType, user_id: UserId, dead: Sequence[str]) -> None:
        """Take device tokens off a recipient; does nothing where there is no such recipient or token."""


class StoredPreferences(Protocol):
    """What users chose."""

    def get(self, tenant: TenantId, user_type: UserType, user_id: UserId) -> Preferences:
        """Return a user's choices by a consistent read; none chosen is version 0."""

    def put(self, tenant: TenantId, user_type: UserType, user_id: UserId, preferences: Preferences) -> Preferences:
        """Replace choices of the same version; returns them one version on. StaleVersionError."""


class Devices(Protocol):
    """The devices that users registered."""

    def put(self, tenant: TenantId, user_type: UserType, user_id: UserId, device: Device) -> None:
        """Register a device, or replace what is known of it; whoever had it before has it no longer."""

    def list(self, tenant: TenantId, user_type: UserType, user_id: UserId) -> tuple[Device, ...]:
        """Return a user's devices in order of id, by a consistent read."""

    def delete(self, tenant: TenantId, user_type: UserType, user_id: UserId, id: DeviceId) -> bool:
        """Forget a device; False when the user has none of this id."""


class Topics(Protocol):
    """Who subscribed to what. A topic's members and a user's subscriptions change together."""

    def subscribe(
        self, tenant: TenantId, user_type: UserType, user_id: UserId, subscription: TopicSubscription
    ) -> None:
        """Make a user a member of a topic, or replace since when they are."""

    def get(self, tenant: TenantId, user_type: UserType, user_id: UserId, topic: TopicKey) -> TopicSubscription | None:
        """Return a user's subscription to a topic by a consistent read."""

    def list(self, tenant: TenantId, user_type: UserType, user_id: UserId) -> tuple[TopicSubscription, ...]:
        """Return all subscriptions of a user, in order of topic, by a consistent read."""

    def unsubscribe(self, tenant: TenantId, user_type: UserType, user_id: UserId, topic: TopicKey) -> None:
        """End a subscription; does nothing where there is none."""

    def members(self, tenant: TenantId, topic: TopicKey, shard: int) -> Iterator[tuple[UserType, UserId]]:
        """Yield the members of a topic in one of its shards (`domain.topic.SHARDS`), in order, by consistent reads."""


class Suppressions(Protocol):
    """The suppression list of a tenant."""

    def put(self, tenant: TenantId, suppression: Suppression) -> None:
        """Put an address on the list, or replace what is said of it there."""

    def get(self, tenant: TenantId, channel: Channel, address: str) -> Suppression | None:
        """Return what the list says of an address, by a consistent read."""

    def delete(self, tenant: TenantId, channel: Channel, address: str) -> bool:
        """Take an address off the list; False when it was not on it."""

    def list(self, tenant: TenantId, channel: Channel, limit: int, after: str | None) -> Page[Suppression]:
        """Return the addresses on the list of a channel, each once, in no telling order."""


class Background(msgspec.Struct, frozen=True):
    """What is known of the person a notification goes to, and of the groups it belongs to.

    `suppressed` are the channels whose address is on the list. `cancelled_at` is the latest tombstone of its groups.
    """

    preferences: Preferences
    usage: Usage
    suppressed: Mapping[Channel, Suppression]
    cancelled_at: Millis | None = None


class Backgrounds(Protocol):
    """Reads backgrounds, each in one call."""

    def when_deciding(self, request: NotificationRequest, addresses: Mapping[Channel, str]) -> Background:
        """Return the background. Preferences, usage and the list may lag (what depends on them is looked at again)."""

    def when_sending(self, request: NotificationRequest, addresses: Mapping[Channel, str]) -> Background:
        """Return the background by consistent reads, without the usage."""


class Usages(Protocol):
    """What was released to users."""

    def get(self, tenant: TenantId, user_type: UserType, user_id: UserId) -> Usage:
        """Return a user's usage by a consistent read; none is version 0."""

    def put(self, tenant: TenantId, user_type: UserType, user_id: UserId, usage: Usage, ttl: int) -> None:
        """Replace the usage of version `usage.version - 1`; StaleVersionError."""
