"""The store in memory, by the pure functions of the domain: it passes the conformance tests of the table.

Each method of a port is one step that nothing comes between, except `deliver_in_app`, which is several: `between` is
called before each further one, so that interleavings and crashes can be explored there. Actors share `Rows`, each has
ports of its own.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import RLock
from typing import Final, TypeVar
from zlib import crc32

from msgspec.structs import replace

from chalicelib.domain import inbox
from chalicelib.domain.allowance import Budget, Period, Usage
from chalicelib.domain.audit import AuditEntry
from chalicelib.domain.delivery import Delivery, DeliveryStatus
from chalicelib.domain.device import Device
from chalicelib.domain.digest import DigestKey, DigestWindow
from chalicelib.domain.escalation import EscalationPolicy
from chalicelib.domain.groups import CancelGroup, groups_of, is_covered
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
from chalicelib.domain.provider import ProviderConfig
from chalicelib.domain.rate_limit import Window
from chalicelib.domain.recipient import Recipient
from chalicelib.domain.request import IdempotencyRecord, NotificationRequest
from chalicelib.domain.rota import Rota
from chalicelib.domain.state import Claim, DeliveryChange, NotificationState, Relay, claimable
from chalicelib.domain.suppression import Suppression, address_hash
from chalicelib.domain.tenant import ServiceAccount, Tenant
from chalicelib.domain.timer import SHARDS, Due
from chalicelib.domain.topic import SHARDS as TOPIC_SHARDS
from chalicelib.domain.topic import TopicSubscription
from chalicelib.domain.value import Millis
from chalicelib.domain.words import Channel
from chalicelib.services.ports import (
    Background,
    Between,
    ExistsError,
    NotificationRef,
    Page,
    RefusedChangeError,
    StaleVersionError,
)

DAY: Final = 86_400_000
I = TypeVar("I", bound=str)  # noqa: E741
K = TypeVar("K")
D = TypeVar("D", Tenant, ServiceAccount, ProviderConfig, EscalationPolicy, Rota)
Place = tuple[TenantId, NotificationId]
User = tuple[TenantId, UserType, UserId]


@dataclass
class Rows:
    """What is stored. `unread` holds, per user, the marks (when accepted, id) of what waits to be read."""

    requests: dict[Place, NotificationRequest] = field(default_factory=dict)
    states: dict[Place, NotificationState] = field(default_factory=dict)
    unread: dict[User, set[tuple[Millis, NotificationId]]] = field(default_factory=dict)
    records: dict[tuple[TenantId, str, str], IdempotencyRecord] = field(default_factory=dict)
    recipients: dict[User, Recipient] = field(default_factory=dict)
    tenants: dict[TenantId, Tenant] = field(default_factory=dict)
    accounts: dict[ClientId, ServiceAccount] = field(default_factory=dict)
    providers: dict[tuple[TenantId, ProviderId], ProviderConfig] = field(default_factory=dict)
    policies: dict[tuple[TenantId, PolicyId], EscalationPolicy] = field(default_factory=dict)
    rotas: dict[tuple[TenantId, RotaId], Rota] = field(default_factory=dict)
    audit: dict[TenantId, list[AuditEntry]] = field(default_factory=dict)
    sweeps: dict[TenantId, Millis] = field(default_factory=dict)
    dues: dict[int, set[Due]] = field(default_factory=dict)
    preferences: dict[User, Preferences] = field(default_factory=dict)
    devices: dict[User, dict[DeviceId, Device]] = field(default_factory=dict)
    topics: dict[tuple[TenantId, TopicKey], dict[tuple[UserType, UserId], TopicSubscription]] = field(
        default_factory=dict
    )
    usages: dict[User, Usage] = field(default_factory=dict)
    spent: dict[tuple[TenantId, str, str | None], int] = field(default_factory=dict)
    suppressions: dict[tuple[TenantId, Channel, str], Suppression] = field(default_factory=dict)
    tombstones: dict[tuple[TenantId, CancelGroup], Millis] = field(default_factory=dict)
    members: dict[tuple[TenantId, CancelGroup], dict[str, tuple[NotificationId, ...]]] = field(default_factory=dict)
    windows: dict[tuple[TenantId, DigestKey], DigestWindow] = field(default_factory=dict)
    rates: dict[tuple[TenantId, str], Window] = field(default_factory=dict)
    _lock: RLock = field(default_factory=RLock)

    @contextmanager
    def step(self) -> Iterator[None]:
        """Do something that nothing comes between."""
        with self._lock:
            yield


@dataclass
class TwinRequests:
    """`ports.Requests` in memory. Rows do not expire here: `ttl` is not kept."""

    rows: Rows

    def put(self, request: NotificationRequest, ttl: int) -> None:
        with self.rows.step():
            place = (request.tenant, request.id)
            if place in self.rows.requests:
                raise ExistsError
            self.rows.requests[place] = request

    def get(self, tenant: TenantId, id: NotificationId) -> NotificationRequest | None:
        return self.rows.requests.get((tenant, id))

    def get_many(self, tenant: TenantId, ids: Collection[NotificationId]) -> dict[NotificationId, NotificationRequest]:
        return {id: self.rows.requests[tenant, id] for id in ids if (tenant, id) in self.rows.requests}

    def of_user(
        self, tenant: TenantId, user_type: UserType, user_id: UserId, span: Between, limit: int, after: str | None
    ) -> Page[NotificationId]:
        def is_theirs(request: NotificationRequest) -> bool:
            return (request.recipient.user_type, request.recipient.user_id) == (user_type, user_id)

        return self._newest_first(filter(is_theirs, self._of(tenant)), span, limit, after)

    def of_tenant(self, tenant: TenantId, span: Between, limit: int, after: str | None) -> Page[NotificationId]:
        return self._newest_first(self._of(tenant), span, limit, after)

    def _of(self, tenant: TenantId) -> Iterable[NotificationRequest]:
        return [request for request in self.rows.requests.values() if request.tenant == tenant]

    def _newest_first(
        self, requests: Iterable[NotificationRequest], span: Between, limit: int, after: str | None
    ) -> Page[NotificationId]:
        wanted = [request for request in requests if span.start <= request.accepted_at < span.end]
        wanted.sort(key=lambda request: (request.accepted_at, request.id), reverse=True)
        return _page([request.id for request in wanted], limit, after)


@dataclass
class TwinRecords:
    """`ports.IdempotencyRecords` in memory."""

    rows: Rows

    def begin(self, tenant: TenantId, record: IdempotencyRecord, now: Millis) -> IdempotencyRecord:
        with self.rows.step():
            place = (tenant, record.route, record.key)
            earlier = self.rows.records.get(place)
            if earlier is not None and earlier.accepted_at > now - DAY:
                return earlier
            self.rows.records[place] = record
            return record


@dataclass
class TwinStates:
    """`ports.States` in memory. `between` is called between the steps of `deliver_in_app`."""

    rows: Rows
    between: Callable[[], None] = lambda: None

    def put(self, state: NotificationState, ttl: int) -> NotificationState:
        with self.rows.step():
            return self.rows.states.setdefault((state.tenant, state.id), state)

    def get(self, tenant: TenantId, id: NotificationId) -> NotificationState | None:
        return self.rows.states.get((tenant, id))

    def get_many(self, tenant: TenantId, ids: Collection[NotificationId]) -> dict[NotificationId, NotificationState]:
        return {id: self.rows.states[tenant, id] for id in ids if (tenant, id) in self.rows.states}

    def claim(self, ref: NotificationRef, channel: Channel, now: Millis, lease: Millis) -> NotificationState:
        with self.rows.step():
            state = self._where(ref, lambda state: claimable(state, channel, now) is Claim.FREE)
            return self._store(_with(state, channel, _claimed(state.deliveries[channel], lease)))

    def change(self, ref: NotificationRef, channel: Channel, change: DeliveryChange) -> NotificationState:
        with self.rows.step():
            state = self.rows.states.get((ref.tenant, ref.id))
            delivery = state.deliveries.get(channel) if state else None
            if state is None or delivery is None:
                raise RefusedChangeError(state)
            if change.applies_to(delivery):
                return self._store(_with(state, channel, _changed(delivery, change)))
            if change.is_recorded_in(delivery):
                return state
            raise RefusedChangeError(state)

    def reopen(self, ref: NotificationRef, channel: Channel, epoch: int) -> NotificationState:
        def has_failed(state: NotificationState) -> bool:
            delivery = state.deliveries.get(channel)
            return delivery is not None and (delivery.status, delivery.epoch) == (DeliveryStatus.FAILED, epoch - 1)

        with self.rows.step():
            state = self._where(ref, has_failed)
            reopened = replace(
                state.deliveries[channel],
                status=DeliveryStatus.QUEUED,
                epoch=epoch,
                provider=0,
                tries=0,
                reason=None,
                not_before=None,
            )
            return self._store(_with(state, channel, reopened))

    def deliver_in_app(self, ref: NotificationRef, now: Millis) -> NotificationState:
        before = self.rows.states.get((ref.tenant, ref.id))
        if before is None:
            raise RefusedChangeError(None)
        if not _is_free_in_app(before, now):
            raise RefusedChangeError(self._settle_later(ref))
        self.between()
        with self.rows.step():
            self._mark(before)
        self.between()
        with self.rows.step():
            found = self.rows.states[ref.tenant, ref.id]
            is_free = _is_free_in_app(found, now)
            state = self._store(_with(found, Channel.IN_APP, _arrived(found, now))) if is_free else found
        if not is_free:
            raise RefusedChangeError(self._settle_later(ref))
        undisturbed = state.version == before.version + 1 and state.unread
        return state if undisturbed else self._settle_later(ref)

    def cancel(self, ref: NotificationRef, now: Millis) -> NotificationState:
        with self.rows.step():
            state = self._where(ref, lambda _: True)
            return state if state.cancelled_at is not None else self._store(replace(state, cancelled_at=now))

    def relay(self, ref: NotificationRef, before: tuple[Relay, ...], after: tuple[Relay, ...]) -> NotificationState:
        return self._once(
            ref,
            lambda state: state.relays == before,
            lambda state: replace(state, relays=after),
            lambda state: state.relays == after,
        )

    def join_digest(self, ref: NotificationRef, window: str) -> NotificationState:
        return self._once(
            ref,
            lambda state: state.digest is None,
            lambda state: replace(state, digest=window),
            lambda state: state.digest == window,
        )

    def read(self, ref: NotificationRef, owner: Recipient, now: Millis) -> NotificationState:
        return self._by_owner(ref, owner, lambda state: inbox.read(state, now))

    def unread(self, ref: NotificationRef, owner: Recipient) -> NotificationState:
        return self._by_owner(ref, owner, inbox.unread)

    def acknowledge(self, ref: NotificationRef, owner: Recipient | None, now: Millis) -> NotificationState:
        return self._by_owner(ref, owner, lambda state: inbox.acknowledged(state, now))

    def archive(self, ref: NotificationRef, owner: Recipient, now: Millis) -> NotificationState:
        return self._by_owner(ref, owner, lambda state: inbox.archived(state, now))

    def delete(self, ref: NotificationRef, owner: Recipient, now: Millis) -> NotificationState:
        return self._by_owner(ref, owner, lambda state: inbox.deleted(state, now))

    def count_unread(self, tenant: TenantId, user_type: UserType, user_id: UserId) -> int:
        return len(self.rows.unread.get((tenant, user_type, user_id), ()))

    def list_unread(
        self, tenant: TenantId, user_type: UserType, user_id: UserId, limit: int, after: str | None
    ) -> Page[NotificationId]:
        marks = sorted(self.rows.unread.get((tenant, user_type, user_id), ()))
        return _page([id for _, id in marks], limit, after)

    def _once(
        self,
        ref: NotificationRef,
        may: Callable[[NotificationState], bool],
        change: Callable[[NotificationState], NotificationState],
        is_done: Callable[[NotificationState], bool],
    ) -> NotificationState:
        with self.rows.step():
            state = self._where(ref, lambda state: may(state) or is_done(state))
            return self._store(change(state)) if may(state) else state

    def _by_owner(
        self, ref: NotificationRef, owner: Recipient | None, rule: Callable[[NotificationState], NotificationState]
    ) -> NotificationState:
        with self.rows.step():
            before = self._where(ref, lambda state: owner is None or inbox.is_of(owner, state))
            after = rule(before)
            if after == before:
                return self._settle(ref)
            self._move(after)
            return self._store(after)

    def _settle_later(self, ref: NotificationRef) -> NotificationState:
        self.between()
        with self.rows.step():
            return self._settle(ref)

    def _settle(self, ref: NotificationRef) -> NotificationState:
        """Put the mark where it belongs. That counts as a change, so that a delivery in between notices."""
        state = self.rows.states[ref.tenant, ref.id]
        if ((state.accepted_at, state.id) in self._marks(state)) == state.unread:
            return state
        self._move(state)
        return self._store(state)

    def _move(self, state: NotificationState) -> None:
        if state.unread:
            self._mark(state)
        else:
            self._marks(state).discard((state.accepted_at, state.id))

    def _mark(self, state: NotificationState) -> None:
        self._marks(state).add((state.accepted_at, state.id))

    def _marks(self, state: NotificationState) -> set[tuple[Millis, NotificationId]]:
        return self.rows.unread.setdefault((state.tenant, state.user_type, state.user_id), set())

    def _where(self, ref: NotificationRef, holds: Callable[[NotificationState], bool]) -> NotificationState:
        state = self.rows.states.get((ref.tenant, ref.id))
        if state is None or not holds(state):
            raise RefusedChangeError(state)
        return state

    def _store(self, state: NotificationState) -> NotificationState:
        stored = replace(state, version=state.version + 1)
        self.rows.states[state.tenant, state.id] = stored
        return stored


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
class TwinTenants:
    """`ports.Tenants` in memory."""

    rows: Rows

    def create(self, tenant: Tenant) -> None:
        _create(self.rows, self.rows.tenants, tenant.id, tenant)

    def get(self, tenant: TenantId) -> Tenant | None:
        return self.rows.tenants.get(tenant)

    def update(self, tenant: Tenant) -> Tenant:
        return _update(self.rows, self.rows.tenants, tenant.id, tenant)

    def list(self, limit: int, after: str | None) -> Page[TenantId]:
        return _page(sorted(self.rows.tenants), limit, after)


@dataclass
class TwinServiceAccounts:
    """`ports.ServiceAccounts` in memory."""

    rows: Rows

    def create(self, account: ServiceAccount) -> None:
        _create(self.rows, self.rows.accounts, account.client_id, account)

    def get(self, client: ClientId) -> ServiceAccount | None:
        return self.rows.accounts.get(client)

    def update(self, account: ServiceAccount) -> ServiceAccount:
        return _update(self.rows, self.rows.accounts, account.client_id, account)

    def delete(self, client: ClientId) -> bool:
        return self.rows.accounts.pop(client, None) is not None

    def list(self, limit: int, after: str | None) -> Page[ServiceAccount]:
        page = _page(sorted(self.rows.accounts), limit, after)
        return Page(tuple(self.rows.accounts[client] for client in page.items), page.next)


@dataclass
class TwinProviders:
    """`ports.Providers` in memory."""

    rows: Rows

    def create(self, tenant: TenantId, provider: ProviderConfig) -> None:
        _create(self.rows, self.rows.providers, (tenant, provider.id), provider)

    def get(self, tenant: TenantId, id: ProviderId) -> ProviderConfig | None:
        return self.rows.providers.get((tenant, id))

    def update(self, tenant: TenantId, provider: ProviderConfig) -> ProviderConfig:
        return _update(self.rows, self.rows.providers, (tenant, provider.id), provider)

    def delete(self, tenant: TenantId, id: ProviderId) -> bool:
        return self.rows.providers.pop((tenant, id), None) is not None

    def list(self, tenant: TenantId) -> tuple[ProviderConfig, ...]:
        return tuple(self.rows.providers[place] for place in sorted(self.rows.providers) if place[0] == tenant)


@dataclass
class TwinPolicies:
    """`ports.Policies` in memory."""

    rows: Rows

    def create(self, tenant: TenantId, policy: EscalationPolicy) -> None:
        _create(self.rows, self.rows.policies, (tenant, policy.id), policy)

    def get(self, tenant: TenantId, id: PolicyId) -> EscalationPolicy | None:
        return self.rows.policies.get((tenant, id))

    def update(self, tenant: TenantId, policy: EscalationPolicy) -> EscalationPolicy:
        return _update(self.rows, self.rows.policies, (tenant, policy.id), policy)

    def delete(self, tenant: TenantId, id: PolicyId) -> bool:
        return self.rows.policies.pop((tenant, id), None) is not None

    def list(self, tenant: TenantId) -> tuple[EscalationPolicy, ...]:
        return tuple(self.rows.policies[place] for place in sorted(self.rows.policies) if place[0] == tenant)


@dataclass
class TwinRotas:
    """`ports.Rotas` in memory."""

    rows: Rows

    def create(self, tenant: TenantId, rota: Rota) -> None:
        _create(self.rows, self.rows.rotas, (tenant, rota.id), rota)

    def get(self, tenant: TenantId, id: RotaId) -> Rota | None:
        return self.rows.rotas.get((tenant, id))

    def update(self, tenant: TenantId, rota: Rota) -> Rota:
        return _update(self.rows, self.rows.rotas, (tenant, rota.id), rota)

    def delete(self, tenant: TenantId, id: RotaId) -> bool:
        return self.rows.rotas.pop((tenant, id), None) is not None

    def list(self, tenant: TenantId) -> tuple[Rota, ...]:
        return tuple(self.rows.rotas[place] for place in sorted(self.rows.rotas) if place[0] == tenant)


@dataclass
class TwinAuditLog:
    """`ports.AuditLog` in memory."""

    rows: Rows

    def add(self, entry: AuditEntry) -> None:
        self.rows.audit.setdefault(entry.tenant, []).append(entry)

    def list(self, tenant: TenantId, span: Between, limit: int, after: str | None) -> Page[AuditEntry]:
        entries = [entry for entry in self.rows.audit.get(tenant, ()) if span.start <= entry.at < span.end]
        entries.sort(key=lambda entry: (entry.at, entry.id), reverse=True)
        page = _page([entry.id for entry in entries], limit, after)
        return Page(tuple(entry for entry in entries if entry.id in page.items), page.next)


@dataclass
class TwinSweepCursors:
    """`ports.SweepCursors` in memory."""

    rows: Rows

    def get(self, tenant: TenantId) -> Millis | None:
        return self.rows.sweeps.get(tenant)

    def advance(self, tenant: TenantId, to: Millis) -> None:
        with self.rows.step():
            self.rows.sweeps[tenant] = max(to, self.rows.sweeps.get(tenant, to))


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
        page = _page(listed, limit, after)
        return Page(tuple(self.rows.suppressions[tenant, channel, digest] for digest in page.items), page.next)

    def _place(self, tenant: TenantId, channel: Channel, address: str) -> tuple[TenantId, Channel, str]:
        return (tenant, channel, address_hash(channel, address))


@dataclass
class TwinCancelledGroups:
    """`ports.CancelledGroups` in memory. Rows do not expire here: `ttl` is not kept."""

    rows: Rows

    def add(self, tenant: TenantId, group: CancelGroup, ids: Sequence[NotificationId], request: str, ttl: int) -> None:
        with self.rows.step():
            self.rows.members.setdefault((tenant, group), {})[request] = tuple(ids)

    def members(self, tenant: TenantId, group: CancelGroup) -> Iterator[NotificationId]:
        with self.rows.step():
            of_requests = self.rows.members.get((tenant, group), {})
            return iter([id for request in sorted(of_requests) for id in of_requests[request]])

    def cancel(self, tenant: TenantId, group: CancelGroup, at: Millis, ttl: int) -> Millis:
        with self.rows.step():
            place = (tenant, group)
            self.rows.tombstones[place] = max(at, self.rows.tombstones.get(place, at))
            return self.rows.tombstones[place]

    def cancelled(self, tenant: TenantId, groups: Collection[CancelGroup]) -> dict[CancelGroup, Millis]:
        places = self.rows.tombstones
        return {group: places[tenant, group] for group in groups if (tenant, group) in places}


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


@dataclass
class TwinUsages:
    """`ports.Usages` in memory. Rows do not expire here: `ttl` is not kept."""

    rows: Rows

    def get(self, tenant: TenantId, user_type: UserType, user_id: UserId) -> Usage:
        return self.rows.usages.get((tenant, user_type, user_id), Usage())

    def put(self, tenant: TenantId, user_type: UserType, user_id: UserId, usage: Usage, ttl: int) -> None:
        with self.rows.step():
            if self.get(tenant, user_type, user_id).version != usage.version - 1:
                raise StaleVersionError
            self.rows.usages[tenant, user_type, user_id] = usage


@dataclass
class TwinSpendings:
    """`ports.Spendings` in memory, where no read lags."""

    rows: Rows

    def spent(self, tenant: TenantId, budgets: Sequence[Budget], now: Millis) -> tuple[int, ...]:
        return tuple(self.rows.spent.get(self._place(tenant, budget, now), 0) for budget in budgets)

    def spend(self, tenant: TenantId, budget: Budget, amount: int, now: Millis) -> bool:
        with self.rows.step():
            place = self._place(tenant, budget, now)
            after = self.rows.spent.get(place, 0) + amount
            if amount > 0 and after > budget.limit:
                return False
            if amount > 0 or place in self.rows.spent:
                self.rows.spent[place] = after
            return True

    def _place(self, tenant: TenantId, budget: Budget, now: Millis) -> tuple[TenantId, str, str | None]:
        day = datetime.fromtimestamp(now / 1_000, UTC).date().isoformat()
        return tenant, day if budget.period is Period.DAY else day[:7], budget.category


@dataclass
class TwinRateWindows:
    """`ports.RateWindows` in memory. Rows do not expire here: `ttl` is not kept."""

    rows: Rows

    def replace(self, tenant: TenantId, name: str, window: Window, ttl: int) -> Window | None:
        with self.rows.step():
            stored = self.rows.rates.get((tenant, name), Window())
            if stored.version != window.version:
                return stored
            self.rows.rates[tenant, name] = replace(window, version=window.version + 1)
        return None


@dataclass
class TwinDigestWindows:
    """`ports.DigestWindows` in memory. Rows do not expire here: `ttl` is not kept."""

    rows: Rows

    def get(self, tenant: TenantId, key: DigestKey) -> DigestWindow:
        return self.rows.windows.get((tenant, key), DigestWindow())

    def put(self, tenant: TenantId, key: DigestKey, window: DigestWindow, ttl: int) -> DigestWindow:
        with self.rows.step():
            if self.get(tenant, key).version != window.version:
                raise StaleVersionError
            self.rows.windows[tenant, key] = replace(window, version=window.version + 1)
            return self.rows.windows[tenant, key]


@dataclass
class TwinDueItems:
    """`ports.DueItems` in memory: one shard holds whatever `shard_of` puts there."""

    rows: Rows
    shard_of: Callable[[Due], int] = lambda due: crc32(due.id.encode()) % SHARDS

    def put(self, bucket: int, due: Due) -> None:
        with self.rows.step():
            self.rows.dues.setdefault(bucket, set()).add(due)

    def page(self, bucket: int, shard: int, limit: int) -> tuple[Due, ...]:
        with self.rows.step():
            found = [due for due in self.rows.dues.get(bucket, ()) if self.shard_of(due) == shard]
        return tuple(sorted(found, key=lambda due: (due.tenant, due.kind, due.id))[:limit])

    def delete(self, bucket: int, dues: Sequence[Due]) -> None:
        with self.rows.step():
            self.rows.dues.get(bucket, set()).difference_update(dues)


def _is_free_in_app(state: NotificationState, now: Millis) -> bool:
    return claimable(state, Channel.IN_APP, now) is Claim.FREE


def _arrived(state: NotificationState, now: Millis) -> Delivery:
    arrived = state.deliveries[Channel.IN_APP]
    return replace(arrived, status=DeliveryStatus.DELIVERED, delivered_at=now, not_before=None)


def _claimed(delivery: Delivery, lease: Millis) -> Delivery:
    return replace(
        delivery,
        status=DeliveryStatus.SENDING,
        lease=lease,
        attempt=delivery.attempt + 1,
        tries=delivery.tries + 1,
        not_before=None,
    )


def _changed(delivery: Delivery, change: DeliveryChange) -> Delivery:
    return replace(
        delivery,
        status=change.status,
        lease=None,
        reason=change.reason,
        detail=delivery.detail if change.detail is None else change.detail,
        not_before=change.not_before,
        provider=delivery.provider if change.provider is None else change.provider,
        tries=delivery.tries if change.tries is None else change.tries,
        sent_at=change.at if change.status is DeliveryStatus.SENT else delivery.sent_at,
        delivered_at=change.at if change.status is DeliveryStatus.DELIVERED else delivery.delivered_at,
        attempts=delivery.attempts if change.record is None else (*delivery.attempts, change.record),
    )


def _with(state: NotificationState, channel: Channel, delivery: Delivery) -> NotificationState:
    return replace(state, deliveries=state.deliveries | {channel: delivery})


def _page(ids: Sequence[I], limit: int, after: str | None) -> Page[I]:
    start = 0 if after is None else ids.index(after)
    end = start + limit
    return Page(tuple(ids[start:end]), ids[end] if end < len(ids) else None)


def _create(rows: Rows, stored: dict[K, D], key: K, document: D) -> None:
    with rows.step():
        if key in stored:
            raise ExistsError
        stored[key] = document


def _update(rows: Rows, stored: dict[K, D], key: K, document: D) -> D:
    with rows.step():
        found = stored.get(key)
        if found is None or found.version != document.version:
            raise StaleVersionError
        stored[key] = replace(document, version=document.version + 1)
        return stored[key]
