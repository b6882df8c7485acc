"""What the use cases ask of the outside world. The store, the AWS adapters and the tests' twin implement these.

Every write of a port is one conditional change; a refused one raises and says what is there instead.
Every argument that names a row begins with its tenant.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Generic, Protocol, TypeVar

import msgspec

from chalicelib.domain.allowance import Budget, Usage
from chalicelib.domain.audit import AuditEntry
from chalicelib.domain.device import Device
from chalicelib.domain.digest import DigestKey, DigestWindow
from chalicelib.domain.escalation import EscalationPolicy
from chalicelib.domain.events import BusEvent
from chalicelib.domain.groups import CancelGroup
from chalicelib.domain.ids import (
    ClientId,
    DeviceId,
    NotificationId,
    PolicyId,
    ProviderId,
    RotaId,
    TenantId,
    TopicKey,
    UserId,
    UserType,
)
from chalicelib.domain.preferences import Preferences
from chalicelib.domain.provider import ProviderConfig, ProviderResult
from chalicelib.domain.rate_limit import Window
from chalicelib.domain.recipient import Recipient
from chalicelib.domain.request import IdempotencyRecord, NotificationRequest
from chalicelib.domain.rota import Rota
from chalicelib.domain.state import DeliveryChange, NotificationState, Relay
from chalicelib.domain.suppression import Suppression
from chalicelib.domain.tenant import ServiceAccount, Tenant
from chalicelib.domain.timer import Due
from chalicelib.domain.topic import TopicSubscription
from chalicelib.domain.value import Millis
from chalicelib.domain.words import Channel

T = TypeVar("T")


class NotificationRef(msgspec.Struct, frozen=True):
    """The key of a notification: all that a queue message says."""

    tenant: TenantId
    id: NotificationId


class Publication(msgspec.Struct, frozen=True):
    """A notification and the channels whose workers are to hear of it."""

    ref: NotificationRef
    channels: tuple[Channel, ...]


class Page(msgspec.Struct, Generic[T], frozen=True):
    """Some items of a listing. `next` is where the following ones begin, None at the end."""

    items: tuple[T, ...]
    next: str | None = None


class Between(msgspec.Struct, frozen=True):
    """A half-open span of time: from `start` (included) to `end` (excluded)."""

    start: Millis
    end: Millis


class RefusedChangeError(Exception):
    """A conditional change did not apply. `state` is what is stored instead, None when there is nothing."""

    def __init__(self, state: NotificationState | None) -> None:
        super().__init__("the state does not allow the change")
        self.state = state


class ExistsError(Exception):
    """A row of this key exists already."""


class StaleVersionError(Exception):
    """The row was changed or removed since it was read."""


class Requests(Protocol):
    """The immutable requests `R` and the listings of them."""

    def put(self, request: NotificationRequest, ttl: int) -> None:
        """Store a request; raises ExistsError when its id is taken. `ttl` is in seconds since the epoch."""

    def get(self, tenant: TenantId, id: NotificationId) -> NotificationRequest | None:
        """Return a request; one that was put before is found."""

    def get_many(self, tenant: TenantId, ids: Collection[NotificationId]) -> dict[NotificationId, NotificationRequest]:
        """Return those of the requests that exist, by consistent reads."""

    def of_user(
        self, tenant: TenantId, user_type: UserType, user_id: UserId, span: Between, limit: int, after: str | None
    ) -> Page[NotificationId]:
        """Return ids of a user's notifications, newest first (an index read: it may lag)."""

    def of_tenant(self, tenant: TenantId, span: Between, limit: int, after: str | None) -> Page[NotificationId]:
        """Return ids of a tenant's notifications accepted in `span`, newest hour first (an index read)."""


class IdempotencyRecords(Protocol):
    """What is remembered of requests that came with an `Idempotency-Key`."""

    def begin(self, tenant: TenantId, record: IdempotencyRecord, now: Millis) -> IdempotencyRecord:
        """Store the record unless one of the same route and key is younger than 24 h; return what is stored, mine or
        the earlier. An older one is replaced in the same conditional write.
        """


class States(Protocol):
    """The states `N`, each change of which is one conditional update."""

    def put(self, state: NotificationState, ttl: int) -> NotificationState:
        """Store the first state unless there is one; return what is stored, mine or the earlier."""

    def get(self, tenant: TenantId, id: NotificationId) -> NotificationState | None:
        """Return a state by a consistent read."""

    def get_many(self, tenant: TenantId, ids: Collection[NotificationId]) -> dict[NotificationId, NotificationState]:
        """Return those of the states that exist, by consistent reads."""

    def claim(self, ref: NotificationRef, channel: Channel, now: Millis, lease: Millis) -> NotificationState:
        """Begin the next attempt of a delivery where `domain.state.claimable` says FREE: status `sending`, attempt
        and tries one more, leased until `lease`. Raises RefusedChangeError otherwise.
        """

    def change(self, ref: NotificationRef, channel: Channel, change: DeliveryChange) -> NotificationState:
        """Make the change where `DeliveryChange.applies_to` holds; RefusedChangeError otherwise.

        A change whose attempt is on record was made before: making it again returns the state.
        """

    def reopen(self, ref: NotificationRef, channel: Channel, epoch: int) -> NotificationState:
        """Queue a failed delivery anew for its `epoch`, first provider and no tries, where it is `failed` in epoch
        `epoch - 1`; RefusedChangeError otherwise. The attempt number goes on.
        """

    def deliver_in_app(self, ref: NotificationRef, now: Millis) -> NotificationState:
        """Make the in-app delivery `delivered` where it is FREE, and count it as unread; RefusedChangeError otherwise.

        Leaves no unread mark behind when refused, and repairs one that a crash left.
        """

    def relay(self, ref: NotificationRef, before: tuple[Relay, ...], after: tuple[Relay, ...]) -> NotificationState:
        """Replace the relays where they are still `before`; RefusedChangeError otherwise."""

    def join_digest(self, ref: NotificationRef, window: str) -> NotificationState:
        """Record the digest window a notification went into, once; RefusedChangeError when it is in another."""

    def cancel(self, ref: NotificationRef, now: Millis) -> NotificationState:
        """Mark a state cancelled, once; RefusedChangeError(None) when there is no state yet."""

    def read(self, ref: NotificationRef, owner: Recipient, now: Millis) -> NotificationState:
        """Mark it read, once, and remove the unread mark, together. RefusedChangeError when it is not the owner's,
        deleted, or there is no state.
        """

    def unread(self, ref: NotificationRef, owner: Recipient) -> NotificationState:
        """Undo `read`: the unread mark comes back if the in-app delivery had arrived. Refuses like `read`."""

    def acknowledge(self, ref: NotificationRef, owner: Recipient | None, now: Millis) -> NotificationState:
        """Mark it acknowledged and read, once. Refuses like `read`; without an `owner` it may be anybody's: somebody on
        duty acknowledged it.
        """

    def archive(self, ref: NotificationRef, owner: Recipient, now: Millis) -> NotificationState:
        """Mark it archived, once, and remove the unread mark. Refuses like `read`."""

    def delete(self, ref: NotificationRef, owner: Recipient, now: Millis) -> NotificationState:
        """Hide it from its owner for good (a tombstone) and remove the unread mark. Refuses like `read`."""

    def count_unread(self, tenant: TenantId, user_type: UserType, user_id: UserId) -> int:
        """Return how many in-app notifications wait to be read, by a consistent read."""

    def list_unread(
        self, tenant: TenantId, user_type: UserType, user_id: UserId, limit: int, after: str | None
    ) -> Page[NotificationId]:
        """Return ids of the notifications that wait to be read, oldest first, by a consistent read."""


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


class TenantLookup(Protocol):
    """All that most use cases need of tenants; the answer may be a minute old."""

    def get(self, tenant: TenantId) -> Tenant | None:
        """Return a tenant."""


class Tenants(TenantLookup, Protocol):
    """Tenants and the platform's registry of them."""

    def create(self, tenant: Tenant) -> None:
        """Store a new tenant and register it, together; ExistsError when the id is taken."""

    def get(self, tenant: TenantId) -> Tenant | None:
        """Return a tenant by a consistent read."""

    def update(self, tenant: Tenant) -> Tenant:
        """Replace a tenant whose stored version is `tenant.version`; returns it one version on. StaleVersionError."""

    def list(self, limit: int, after: str | None) -> Page[TenantId]:
        """Return the ids of all tenants in order."""


class ServiceAccounts(Protocol):
    """Service accounts, found by client id (they may act for several tenants, so the platform owns the rows)."""

    def create(self, account: ServiceAccount) -> None:
        """Store a new account; ExistsError when the client id is taken."""

    def get(self, client: ClientId) -> ServiceAccount | None:
        """Return an account."""

    def update(self, account: ServiceAccount) -> ServiceAccount:
        """Replace an account of the same version; returns it one version on. StaleVersionError."""

    def delete(self, client: ClientId) -> bool:
        """Remove an account; False when there was none."""

    def list(self, limit: int, after: str | None) -> Page[ServiceAccount]:
        """Return all accounts in order of client id."""


class ProviderLookup(Protocol):
    """All that sending needs of providers; the answer may be a minute old."""

    def list(self, tenant: TenantId) -> tuple[ProviderConfig, ...]:
        """Return all providers of a tenant, in order of id."""


class Providers(ProviderLookup, Protocol):
    """The providers a tenant configured."""

    def create(self, tenant: TenantId, provider: ProviderConfig) -> None:
        """Store a new provider; ExistsError when the tenant has one of this id."""

    def get(self, tenant: TenantId, id: ProviderId) -> ProviderConfig | None:
        """Return a provider by a consistent read."""

    def update(self, tenant: TenantId, provider: ProviderConfig) -> ProviderConfig:
        """Replace a provider of the same version; returns it one version on. StaleVersionError."""

    def delete(self, tenant: TenantId, id: ProviderId) -> bool:
        """Remove a provider; False when there was none."""


class PolicyLookup(Protocol):
    """All that deciding needs of escalation policies; the answer may be a minute old."""

    def list(self, tenant: TenantId) -> tuple[EscalationPolicy, ...]:
        """Return all policies that a tenant stored, in order of id."""


class Policies(PolicyLookup, Protocol):
    """The escalation policies of a tenant."""

    def create(self, tenant: TenantId, policy: EscalationPolicy) -> None:
        """Store a new policy; ExistsError when the tenant has one of this id."""

    def get(self, tenant: TenantId, id: PolicyId) -> EscalationPolicy | None:
        """Return a policy by a consistent read."""

    def update(self, tenant: TenantId, policy: EscalationPolicy) -> EscalationPolicy:
        """Replace a policy of the same version; returns it one version on. StaleVersionError."""

    def delete(self, tenant: TenantId, id: PolicyId) -> bool:
        """Remove a policy; False when there was none."""


class Rotas(Protocol):
    """The on-call rotas of a tenant."""

    def create(self, tenant: TenantId, rota: Rota) -> None:
        """Store a new rota; ExistsError when the tenant has one of this id."""

    def get(self, tenant: TenantId, id: RotaId) -> Rota | None:
        """Return a rota by a consistent read."""

    def list(self, tenant: TenantId) -> tuple[Rota, ...]:
        """Return all rotas of a tenant, in order of id."""

    def update(self, tenant: TenantId, rota: Rota) -> Rota:
        """Replace a rota of the same version; returns it one version on. StaleVersionError."""

    def delete(self, tenant: TenantId, id: RotaId) -> bool:
        """Remove a rota; False when there was none."""


class StoredPreferences(Protocol):
    """What users chose."""

    def get(self, tenant: TenantId, user_type: UserType, user_id: UserId) -> Preferences:
        """Return a user's choices by a consistent read; none chosen is version 0."""

    def put(self, tenant: TenantId, user_type: UserType, user_id: UserId, preferences: Preferences) -> Preferences:
        """Replace choices of the same version; returns them one version on. StaleVersionError."""


class Devices(Protocol):
    """The devices that users registered."""

    def put(self, tenant: TenantId, user_type: UserType, user_id: UserId, device: Device) -> None:
        """Register a device, or replace what is known of it."""

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


class CancelledGroups(Protocol):
    """Tombstones of groups, and who belongs to a group."""

    def add(self, tenant: TenantId, group: CancelGroup, ids: Sequence[NotificationId], request: str, ttl: int) -> None:
        """Record that the notifications accepted by `request` (its id) belong to a group."""

    def members(self, tenant: TenantId, group: CancelGroup) -> Iterator[NotificationId]:
        """Yield those recorded as belonging to a group, by consistent reads."""

    def cancel(self, tenant: TenantId, group: CancelGroup, at: Millis, ttl: int) -> Millis:
        """Write the tombstone: what was accepted until `at` is cancelled. Never moves back; returns what is stored."""

    def cancelled(self, tenant: TenantId, groups: Collection[CancelGroup]) -> dict[CancelGroup, Millis]:
        """Return the tombstones of those of the groups that have one, by consistent reads."""


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


class Spendings(Protocol):
    """What a tenant spent of its budgets, in millionths."""

    def spent(self, tenant: TenantId, budgets: Sequence[Budget], now: Millis) -> tuple[int, ...]:
        """Return what was spent of each budget in the period that `now` lies in; it may lag."""

    def spend(self, tenant: TenantId, budget: Budget, amount: int, now: Millis) -> bool:
        """Add an amount (or take a negative one back) unless that exceeds the budget; tell whether it was added."""


class RateWindows(Protocol):
    """What was taken of rates of a tenant, over all processes."""

    def replace(self, tenant: TenantId, name: str, window: Window, ttl: int) -> Window | None:
        """Store a window made of that of version `window.version` (0: of none), one version on. `ttl` is in seconds
        since the epoch.

        Returns what stands there instead, None when it was stored. Should an answer get lost, that may be its own.
        """


class DigestWindows(Protocol):
    """What is collected to be told together, per user and category."""

    def get(self, tenant: TenantId, key: DigestKey) -> DigestWindow:
        """Return what is collected under a key by a consistent read; nothing ever collected is version 0."""

    def put(self, tenant: TenantId, key: DigestKey, window: DigestWindow, ttl: int) -> DigestWindow:
        """Replace what is stored of the same version; return it one version on. `ttl` is in seconds since the epoch.

        Raises StaleVersionError: another version is stored. Should an answer get lost it may be this call's own, so
        whoever meets it reads again.
        """


class DueItems(Protocol):
    """What comes due, by bucket (milliseconds) and shard."""

    def put(self, bucket: int, due: Due) -> None:
        """Store a due item; storing it again changes nothing."""

    def page(self, bucket: int, shard: int, limit: int) -> tuple[Due, ...]:
        """Return up to `limit` items of a shard, by a consistent read."""

    def delete(self, bucket: int, dues: Sequence[Due]) -> None:
        """Remove items; those that are gone do not matter."""


class Executions(Protocol):
    """The executions that wait for a bucket's time and drain it then."""

    def start(self, bucket: int, attempt: int = 0) -> None:
        """Start the execution of a bucket; one that was started before by the same attempt is left alone."""


class Timers(Protocol):
    """Brings things back when their time has come."""

    def schedule(self, due: Due, at: Millis) -> None:
        """See that `due` is looked at again at `at` or soon after, whatever crashes. Scheduling twice is harmless."""


class AuditLog(Protocol):
    """The audit log of a tenant."""

    def add(self, entry: AuditEntry) -> None:
        """Store an entry."""

    def list(self, tenant: TenantId, span: Between, limit: int, after: str | None) -> Page[AuditEntry]:
        """Return entries of `span`, newest first."""


class SweepCursors(Protocol):
    """How far the sweeper has come in each tenant."""

    def get(self, tenant: TenantId) -> Millis | None:
        """Return the time up to which every notification is settled."""

    def advance(self, tenant: TenantId, to: Millis) -> None:
        """Move the cursor on; never back."""


class Queues(Protocol):
    """The queues between the steps. Messages carry ids only; the tenant is the message group."""

    def dispatch(self, refs: Sequence[NotificationRef]) -> list[NotificationRef]:
        """Ask for these notifications to be decided; returns those the queue did not take."""

    def wake(self, dues: Sequence[Due]) -> list[Due]:
        """Ask for these to be looked at again, for their time has come; returns those the queue did not take."""

    def publish(self, publications: Sequence[Publication]) -> list[NotificationRef]:
        """Publish each notification to the lanes of its channels; returns those the topic did not take."""

    def deliver_later(self, ref: NotificationRef, channel: Channel, delay: int, epoch: int = 0) -> None:
        """Put a delivery's message into its lane again, visible after `delay` seconds (0 to 900).

        `epoch` is that of a message that was redriven and has not been looked at yet.
        """

    def dead_letter(self, ref: NotificationRef, channel: Channel, epoch: int) -> None:
        """Put a delivery's message into its lane's dead-letter queue; redriven, it reopens the delivery for `epoch`."""

    def redrive(self, reader: str, records: Sequence[Mapping[str, Any]]) -> None:
        """Set stream records aside that `reader` could not handle; raises OSError when the queue did not take all."""


class Bus(Protocol):
    """The bus that domain events go out on."""

    def put(self, events: Sequence[BusEvent]) -> list[BusEvent]:
        """Put events on the bus; returns those it did not take."""


class Vault(Protocol):
    """Seals secrets under the stack's key with the tenant in the encryption context."""

    def seal(self, tenant: TenantId, secret: Mapping[str, Any]) -> bytes:
        """Encrypt a secret for a tenant."""

    def open(self, tenant: TenantId, sealed: bytes) -> dict[str, Any]:
        """Decrypt a tenant's secret; raises ValueError when it is another tenant's or was altered."""


class ProviderCaller(Protocol):
    """Calls a vendor with one shaped message."""

    def prepare(self, tenant: Tenant, provider: ProviderConfig) -> None:
        """Open the provider's credentials and load its SDK, so that a call is nothing but the call. Never raises for
        what is wrong with the provider: the call will tell.
        """

    def call(self, tenant: Tenant, provider: ProviderConfig, message: object) -> ProviderResult:
        """Make one call. Never raises for anything the vendor or the network does."""


class Clock(Protocol):
    """Tells the time."""

    def __call__(self) -> Millis:
        """Return now."""
