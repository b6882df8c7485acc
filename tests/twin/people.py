"""What is known of people in memory."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from zlib import crc32

from msgspec.structs import replace

from chalicelib.domain.allowance import Usage
from chalicelib.domain.device import Device
from chalicelib.domain.groups import groups_of, is_covered
from chalicelib.domain.ids import DeviceId, TenantId, TopicKey, UserId, UserType
from chalicelib.domain.preferences import Preferences
from chalicelib.domain.recipient import Recipient
from chalicelib.domain.request import NotificationRequest
from chalicelib.domain.suppression import Suppression, address_hash
from chalicelib.domain.topic import SHARDS as TOPIC_SHARDS
from chalicelib.domain.topic import TopicSubscription
from chalicelib.domain.words import Channel
from chalicelib.services.ports import Background, Page, StaleVersionError
from tests.twin.rows import Rows, page_of


@dataclass
class TwinRecipients:
    """`ports.Recipients` in memory."""

    rows: Rows

    def put(self, tenant: TenantId, recipient: Recipient) -> None:
        self.rows.recipients[tenant, recipient.user_type, recipient.user_id] = recipient

    def get(self, tenant: TenantId, user_type: UserType, user_id: UserId) -> Recipient | None:
        return self.rows.recipients.get((tenant, user_type, user_id))

    def delete(self, tenant: TenantId, user_type: UserType, user_id: UserId) -> bool:
        return self.rows.recipients.pop((tenant, user_type, user_id), None) is not None

    def remove_device_tokens(self, tenant: TenantId, user_type: UserType, user_id: UserId, dead: Sequence[str]) -> None:
        with self.rows.step():
            stored = self.get(tenant, user_type, user_id)
            if stored is not None:
                alive = tuple(token for token in stored.device_tokens if token not in dead)
                self.put(tenant, replace(stored, device_tokens=alive))


@dataclass
class TwinPreferences:
    """`ports.StoredPreferences` in memory."""

    rows: Rows

    def get(self, tenant: TenantId, user_type: UserType, user_id: UserId) -> Preferences:
        return self.rows.preferences.get((tenant, user_type, user_id), Preferences())

    def put(self, tenant: TenantId, user_type: UserType, user_id: UserId, preferences: Preferences) -> Preferences:
        with self.rows.step():
            if self.get(tenant, user_type, user_id).version != preferences.version:
                raise StaleVersionError
            chosen = replace(preferences, version=preferences.version + 1)
            self.rows.preferences[tenant, user_type, user_id] = chosen
            return chosen


@dataclass
class TwinDevices:
    """`ports.Devices` in memory."""

    rows: Rows

    def put(self, tenant: TenantId, user_type: UserType, user_id: UserId, device: Device) -> None:
        with self.rows.step():
            for (owner, *_), registered in self.rows.devices.items():
                if owner == tenant:
                    registered.pop(device.id, None)
            self.rows.devices.setdefault((tenant, user_type, user_id), {})[device.id] = device

    def list(self, tenant: TenantId, user_type: UserType, user_id: UserId) -> tuple[Device, ...]:
        with self.rows.step():
            found = self.rows.devices.get((tenant, user_type, user_id), {})
            return tuple(found[id] for id in sorted(found))

    def delete(self, tenant: TenantId, user_type: UserType, user_id: UserId, id: DeviceId) -> bool:
        with self.rows.step():
            return self.rows.devices.get((tenant, user_type, user_id), {}).pop(id, None) is not None


@dataclass
class TwinTopics:
    """`ports.Topics` in memory: members and subscriptions are the same rows."""

    rows: Rows

    def subscribe(
        self, tenant: TenantId, user_type: UserType, user_id: UserId, subscription: TopicSubscription
    ) -> None:
        with self.rows.step():
            self.rows.topics.setdefault((tenant, subscription.topic), {})[user_type, user_id] = subscription

    def get(self, tenant: TenantId, user_type: UserType, user_id: UserId, topic: TopicKey) -> TopicSubscription | None:
        with self.rows.step():
            return self.rows.topics.get((tenant, topic), {}).get((user_type, user_id))

    def list(self, tenant: TenantId, user_type: UserType, user_id: UserId) -> tuple[TopicSubscription, ...]:
        with self.rows.step():
            topics = sorted(topic for owner, topic in self.rows.topics if owner == tenant)
            found = (self.rows.topics[tenant, topic].get((user_type, user_id)) for topic in topics)
            return tuple(subscription for subscription in found if subscription)

    def unsubscribe(self, tenant: TenantId, user_type: UserType, user_id: UserId, topic: TopicKey) -> None:
        with self.rows.step():
            self.rows.topics.get((tenant, topic), {}).pop((user_type, user_id), None)

    def members(self, tenant: TenantId, topic: TopicKey, shard: int) -> Iterator[tuple[UserType, UserId]]:
        with self.rows.step():
            members = sorted(self.rows.topics.get((tenant, topic), {}))
        return (member for member in members if crc32("#".join(member).encode()) % TOPIC_SHARDS == shard)


@dataclass
class TwinSuppressions:
    """`ports.Suppressions` in memory."""

    rows: Rows

    def put(self, tenant: TenantId, suppression: Suppression) -> None:
        self.rows.suppressions[self._place(tenant, suppression.channel, suppression.address)] = suppression

    def get(self, tenant: TenantId, channel: Channel, address: str) -> Suppression | None:
        return self.rows.suppressions.get(self._place(tenant, channel, address))

    def delete(self, tenant: TenantId, channel: Channel, address: str) -> bool:
        return self.rows.suppressions.pop(self._place(tenant, channel, address), None) is not None

    def list(self, tenant: TenantId, channel: Channel, limit: int, after: str | None) -> Page[Suppression]:
        listed = sorted(place[2] for place in self.rows.suppressions if place[:2] == (tenant, channel))
        page = page_of(listed, limit, after)
        return Page(tuple(self.rows.suppressions[tenant, channel, digest] for digest in page.items), page.next)

    def _place(self, tenant: TenantId, channel: Channel, address: str) -> tuple[TenantId, Channel, str]:
        return (tenant, channel, address_hash(channel, address))


@dataclass
class TwinBackgrounds:
    """`ports.Backgrounds` in memory, where no read lags."""

    rows: Rows

    def when_deciding(self, request: NotificationRequest, addresses: Mapping[Channel, str]) -> Background:
        user = (request.tenant, request.recipient.user_type, request.recipient.user_id)
        return replace(self.when_sending(request, addresses), usage=self.rows.usages.get(user, Usage()))

    def when_sending(self, request: NotificationRequest, addresses: Mapping[Channel, str]) -> Background:
        with self.rows.step():
            user = (request.tenant, request.recipient.user_type, request.recipient.user_id)
            found = {channel: self._listed(request, channel, address) for channel, address in addresses.items()}
            tombstones = [self.rows.tombstones.get((request.tenant, group)) for group in groups_of(request)]
            return Background(
                preferences=self.rows.preferences.get(user, Preferences()),
                usage=Usage(),
                suppressed={channel: listed for channel, listed in found.items() if listed},
                cancelled_at=max((at for at in tombstones if at and is_covered(request, at)), default=None),
            )

    def _listed(self, request: NotificationRequest, channel: Channel, address: str) -> Suppression | None:
        return self.rows.suppressions.get((request.tenant, channel, address_hash(channel, address)))
