"""Another tenant's ids find nothing and change nothing, whichever method they are handed to."""

from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.domain import topic
from chalicelib.domain.allowance import Budget, Period, Taking, Usage
from chalicelib.domain.audit import AuditEntry
from chalicelib.domain.breaker import Circuit, Phase
from chalicelib.domain.category import Category
from chalicelib.domain.delivery import DeliveryStatus
from chalicelib.domain.device import Device
from chalicelib.domain.digest import DigestKey, DigestWindow
from chalicelib.domain.escalation import EscalationPolicy, Step
from chalicelib.domain.fragment import Fragment, FragmentKind
from chalicelib.domain.groups import CancelGroup
from chalicelib.domain.ids import FragmentKey, PolicyId, ProviderId, RequestId, RotaId, TemplateKey, TenantId, TopicKey
from chalicelib.domain.lookup import Lookup, LookupType
from chalicelib.domain.preferences import Preferences
from chalicelib.domain.provider import ProviderConfig
from chalicelib.domain.rate_limit import Window
from chalicelib.domain.request import IdempotencyRecord
from chalicelib.domain.rota import Rota
from chalicelib.domain.state import DeliveryChange
from chalicelib.domain.suppression import Suppression, SuppressionReason
from chalicelib.domain.timer import SHARDS, Due, DueKind
from chalicelib.domain.value import Millis
from chalicelib.domain.words import Channel, StopOn
from chalicelib.services import ports
from chalicelib.services.ports import Background, Between, NotificationRef, Page, RefusedChangeError, StaleVersionError
from tests.build import ACME, ID, NOW, a_delivery, a_recipient, a_request, a_state, a_tenant
from tests.store.stores import Store
from tests.store.test_templates import ORDER, a_template, a_version

EVE = TenantId("eve")
EVES = NotificationRef(EVE, ID)
TTL = NOW // 1_000 + 86_400
DAY = Between(Millis(NOW - 1), Millis(NOW + 1))
ANN = a_recipient()
WHO = (ANN.user_type, ANN.user_id)
RECORD = IdempotencyRecord(route="send", key="k", body_hash="h", request_id=RequestId("r"), count=1, accepted_at=NOW)
POLICY = EscalationPolicy(id=PolicyId("p"), steps=(Step(channels=(Channel.SMS,)),))
ROTA = Rota(id=RotaId("r"), time_zone="UTC", shifts=())
LAYOUT = Fragment(kind=FragmentKind.LAYOUT, key=FragmentKey("main"), source="{{ content }}", created_at=NOW)
CATEGORY = Category(key="social", name="Social")
PILOT = Lookup(type=LookupType.USER_TYPE, code="pilot", labels={}, version=1)
PROVIDER = ProviderConfig(id=ProviderId("p"), channel=Channel.EMAIL, vendor="smtp")
SHUT = Circuit(provider=PROVIDER.id, phase=Phase.OPEN, at=NOW)
ENTRY = AuditEntry(id="e", tenant=ACME, at=NOW, actor="a", action="b", target="c")
LISTED = Suppression(channel=Channel.EMAIL, address="ann@example.com", reason=SuppressionReason.MANUAL, created_at=NOW)
ADDRESSES = {Channel.EMAIL: "ann@example.com"}
PHONE = Device(token="token-1", registered_at=NOW)
JOINED = topic.TopicSubscription(topic=TopicKey("news"), subscribed_at=NOW)
GROUP = CancelGroup("key", "order-42")
OURS = a_request(cancellation_key="order-42")
HERS = replace(OURS, tenant=EVE)
GONE = TemplateKey("gone")
BUCKET = 1_790_000_040_000
COMING = Due(tenant=ACME, kind=DueKind.NOTIFICATION, id=ID)
BUDGET = Budget(period=Period.DAY, limit=100)
USED = Usage(taken={Channel.EMAIL: (Taking(mark="b302099a8057", at=NOW),)}, version=1)
NEWS = DigestKey(user_type=ANN.user_type, user_id=ANN.user_id, category="news")
COLLECTED = DigestWindow(entries=(ID,), opened_at=NOW, closes_at=Millis(NOW + 60_000))
SENT = DeliveryChange(attempt=0, status=DeliveryStatus.SENT, at=NOW)

FINDS_NOTHING: dict[str, Callable[[Store], Any]] = {
    "requests.get": lambda store: store.requests.get(EVE, ID),
    "requests.get_many": lambda store: store.requests.get_many(EVE, [ID]),
    "requests.of_user": lambda store: store.requests.of_user(EVE, *WHO, DAY, 10, None),
    "requests.of_tenant": lambda store: store.requests.of_tenant(EVE, DAY, 10, None),
    "requests.keep": lambda store: store.requests.keep(EVES, TTL + 1),
    "records.find": lambda store: store.records.find(EVE, RECORD.route, RECORD.key, NOW),
    "states.get": lambda store: store.states.get(EVE, ID),
    "states.get_many": lambda store: store.states.get_many(EVE, [ID]),
    "states.count_unread": lambda store: store.states.count_unread(EVE, *WHO),
    "states.list_unread": lambda store: store.states.list_unread(EVE, *WHO, 10, None),
    "recipients.get": lambda store: store.recipients.get(EVE, *WHO),
    "recipients.delete": lambda store: store.recipients.delete(EVE, *WHO),
    "recipients.remove_device_tokens": lambda store: store.recipients.remove_device_tokens(EVE, *WHO, ["token-1"]),
    "tenants.get": lambda store: store.tenants.get(EVE),
    "policies.get": lambda store: store.policies.get(EVE, POLICY.id),
    "policies.list": lambda store: store.policies.list(EVE),
    "policies.delete": lambda store: store.policies.delete(EVE, POLICY.id),
    "rotas.get": lambda store: store.rotas.get(EVE, ROTA.id),
    "rotas.list": lambda store: store.rotas.list(EVE),
    "rotas.delete": lambda store: store.rotas.delete(EVE, ROTA.id),
    "templates.get": lambda store: store.templates.get(EVE, ORDER),
    "templates.former": lambda store: store.templates.former(EVE, ORDER),
    "templates.list": lambda store: store.templates.list(EVE, 10, None),
    "templates.version": lambda store: store.templates.version(EVE, ORDER, 1),
    "templates.summaries": lambda store: store.templates.summaries(EVE, ORDER, [1]),
    "templates.delete": lambda store: store.templates.delete(EVE, ORDER),
    "fragments.get": lambda store: store.fragments.get(EVE, LAYOUT.kind, LAYOUT.key),
    "fragments.list": lambda store: store.fragments.list(EVE, LAYOUT.kind, 10, None),
    "fragments.delete": lambda store: store.fragments.delete(EVE, LAYOUT.kind, LAYOUT.key),
    "categories.get": lambda store: store.categories.get(EVE, CATEGORY.key),
    "categories.list": lambda store: store.categories.list(EVE),
    "categories.delete": lambda store: store.categories.delete(EVE, CATEGORY.key),
    "lookups.get": lambda store: store.lookups.get(EVE, PILOT.type, PILOT.code),
    "lookups.list": lambda store: store.lookups.list(EVE),
    "lookups.delete": lambda store: store.lookups.delete(EVE, PILOT.type, PILOT.code),
    "providers.get": lambda store: store.providers.get(EVE, PROVIDER.id),
    "providers.delete": lambda store: store.providers.delete(EVE, PROVIDER.id),
    "providers.list": lambda store: store.providers.list(EVE),
    "circuits.list": lambda store: store.circuits.list(EVE),
    "audit.list": lambda store: store.audit.list(EVE, DAY, 10, None),
    "sweeps.get": lambda store: store.sweeps.get(EVE),
    "preferences.get": lambda store: store.preferences.get(EVE, *WHO).categories,
    "devices.list": lambda store: store.devices.list(EVE, *WHO),
    "devices.delete": lambda store: store.devices.delete(EVE, *WHO, PHONE.id),
    "topics.get": lambda store: store.topics.get(EVE, *WHO, JOINED.topic),
    "topics.list": lambda store: store.topics.list(EVE, *WHO),
    "topics.unsubscribe": lambda store: store.topics.unsubscribe(EVE, *WHO, JOINED.topic),
    "topics.members": lambda store: members(store, EVE),
    "suppressions.get": lambda store: store.suppressions.get(EVE, Channel.EMAIL, "ann@example.com"),
    "suppressions.delete": lambda store: store.suppressions.delete(EVE, Channel.EMAIL, "ann@example.com"),
    "suppressions.list": lambda store: store.suppressions.list(EVE, Channel.EMAIL, 10, None),
    "groups.members": lambda store: tuple(store.groups.members(EVE, GROUP)),
    "groups.cancelled": lambda store: store.groups.cancelled(EVE, [GROUP]),
    "digests.get": lambda store: store.digests.get(EVE, NEWS).entries,
    "usages.get": lambda store: store.usages.get(EVE, *WHO).taken,
    "spendings.spent": lambda store: any(store.spendings.spent(EVE, [BUDGET], NOW)),
    "backgrounds.when_deciding": lambda store: known(store.backgrounds.when_deciding(HERS, ADDRESSES)),
    "backgrounds.when_sending": lambda store: known(store.backgrounds.when_sending(HERS, ADDRESSES)),
}
IS_REFUSED: dict[str, Callable[[Store], Any]] = {
    "states.claim": lambda store: store.states.claim(EVES, Channel.EMAIL, NOW, NOW),
    "states.change": lambda store: store.states.change(EVES, Channel.EMAIL, SENT),
    "states.reopen": lambda store: store.states.reopen(EVES, Channel.SMS, 1),
    "states.deliver_in_app": lambda store: store.states.deliver_in_app(EVES, NOW),
    "states.cancel": lambda store: store.states.cancel(EVES, NOW),
    "states.read": lambda store: store.states.read(EVES, ANN, NOW),
    "states.unread": lambda store: store.states.unread(EVES, ANN),
    "states.archive": lambda store: store.states.archive(EVES, ANN, NOW),
    "states.delete": lambda store: store.states.delete(EVES, ANN, NOW),
    "states.acknowledge": lambda store: store.states.acknowledge(EVES, None, NOW),
    "states.mark_opened": lambda store: store.states.mark_opened(EVES, NOW),
    "states.mark_clicked": lambda store: store.states.mark_clicked(EVES, NOW),
    "states.relay": lambda store: store.states.relay(EVES, (), ()),
    "states.join_digest": lambda store: store.states.join_digest(EVES, "w"),
    "tenants.update": lambda store: store.tenants.update(a_tenant(id=EVE)),
    "policies.update": lambda store: store.policies.update(EVE, POLICY),
    "rotas.update": lambda store: store.rotas.update(EVE, ROTA),
    "templates.update": lambda store: store.templates.update(EVE, a_template(latest=2), a_version(2)),
    "fragments.update": lambda store: store.fragments.update(EVE, LAYOUT),
    "categories.update": lambda store: store.categories.update(EVE, CATEGORY),
    "lookups.update": lambda store: store.lookups.update(EVE, PILOT),
    "providers.update": lambda store: store.providers.update(EVE, PROVIDER),
}
IS_ITS_OWN: dict[str, Callable[[Store], Any]] = {
    "requests.put": lambda store: store.requests.put(a_request(tenant=EVE), TTL),
    "records.begin": lambda store: store.records.begin(EVE, replace(RECORD, body_hash="eve"), NOW),
    "states.put": lambda store: store.states.put(a_state(tenant=EVE), TTL),
    "recipients.put": lambda store: store.recipients.put(EVE, replace(ANN, email="eve@example.com")),
    "tenants.create": lambda store: store.tenants.create(a_tenant(id=EVE)),
    "policies.create": lambda store: store.policies.create(EVE, replace(POLICY, stop_on=StopOn.DELIVERED)),
    "rotas.create": lambda store: store.rotas.create(EVE, replace(ROTA, time_zone="Europe/Paris")),
    "templates.create": lambda store: store.templates.create(EVE, a_template(name="eve"), a_version(note="eve")),
    "fragments.create": lambda store: store.fragments.create(EVE, replace(LAYOUT, source="eve")),
    "categories.create": lambda store: store.categories.create(EVE, replace(CATEGORY, name="eve")),
    "lookups.create": lambda store: store.lookups.create(EVE, replace(PILOT, order=9)),
    "providers.create": lambda store: store.providers.create(EVE, replace(PROVIDER, vendor="ses")),
    "circuits.put": lambda store: store.circuits.put(EVE, replace(SHUT, at=NOW + 7), TTL),
    "audit.add": lambda store: store.audit.add(replace(ENTRY, tenant=EVE, actor="eve")),
    "dues.put": lambda store: store.dues.put(BUCKET, replace(COMING, tenant=EVE)),
    "sweeps.advance": lambda store: store.sweeps.advance(EVE, Millis(NOW + 1)),
    "preferences.put": lambda store: store.preferences.put(EVE, *WHO, Preferences(types={"eve": False})),
    "devices.put": lambda store: store.devices.put(EVE, *WHO, replace(PHONE, name="eve")),
    "topics.subscribe": lambda store: store.topics.subscribe(EVE, *WHO, replace(JOINED, subscribed_at=0)),
    "suppressions.put": lambda store: store.suppressions.put(EVE, replace(LISTED, note="eve")),
    "usages.put": lambda store: store.usages.put(EVE, *WHO, Usage(version=1), TTL),
    "spendings.spend": lambda store: store.spendings.spend(EVE, BUDGET, 7, NOW),
    "rates.replace": lambda store: store.rates.replace(EVE, "send", Window(latest=7, counts=(7,)), TTL),
    "digests.put": lambda store: store.digests.put(EVE, NEWS, DigestWindow(), TTL),
    "groups.add": lambda store: store.groups.add(EVE, GROUP, [], "r", TTL),
    "groups.cancel": lambda store: store.groups.cancel(EVE, GROUP, Millis(NOW + 1), TTL),
}
OF_THE_PLATFORM = {"tenants.list", "dues.page", "dues.delete"} | {
    f"{port}.{name}" for port in ("accounts", "flags") for name in ("create", "get", "update", "delete", "list")
}


@pytest.fixture(scope="module")
def filled(shared_store: Store) -> Store:
    """A store with one of everything, of ACME. All tests share it, those in which Eve stores something come last."""
    store = shared_store
    deliveries = {
        Channel.EMAIL: a_delivery(),
        Channel.SMS: a_delivery(DeliveryStatus.FAILED),
        Channel.IN_APP: a_delivery(providers=()),
    }
    store.requests.put(a_request(), TTL)
    store.records.begin(ACME, RECORD, NOW)
    store.states.put(a_state(deliveries), TTL)
    store.states.deliver_in_app(NotificationRef(ACME, ID), NOW)
    store.recipients.put(ACME, ANN)
    store.tenants.create(a_tenant())
    store.providers.create(ACME, PROVIDER)
    store.policies.create(ACME, POLICY)
    store.rotas.create(ACME, ROTA)
    store.templates.create(ACME, a_template(), a_version())
    store.templates.create(ACME, a_template(key=GONE), a_version(key=GONE))
    store.templates.delete(ACME, GONE)
    store.fragments.create(ACME, LAYOUT)
    store.categories.create(ACME, CATEGORY)
    store.lookups.create(ACME, PILOT)
    store.audit.add(ENTRY)
    store.sweeps.advance(ACME, NOW)
    store.preferences.put(ACME, *WHO, Preferences(categories={"marketing": {Channel.EMAIL: False}}))
    store.devices.put(ACME, *WHO, PHONE)
    store.topics.subscribe(ACME, *WHO, JOINED)
    store.suppressions.put(ACME, LISTED)
    store.usages.put(ACME, *WHO, USED, TTL)
    store.spendings.spend(ACME, BUDGET, 5, NOW)
    store.groups.add(ACME, GROUP, [ID], "r", TTL)
    store.groups.cancel(ACME, GROUP, NOW, TTL)
    store.digests.put(ACME, NEWS, COLLECTED, TTL)
    store.rates.replace(ACME, "send", Window(latest=5, counts=(5,)), TTL)
    store.circuits.put(ACME, SHUT, TTL)
    return store


@pytest.fixture(scope="module")
def beginning(filled: Store) -> tuple[object, ...]:
    """All that ACME had before anybody did anything."""
    return everything(filled)


@pytest.mark.parametrize("name", FINDS_NOTHING)
def test_a_foreign_tenant_finds_nothing(filled: Store, beginning: tuple[object, ...], name: str) -> None:
    assert FINDS_NOTHING[name](filled) in (None, False, 0, (), {}, Page(()))
    assert everything(filled) == beginning


@pytest.mark.parametrize("name", IS_REFUSED)
def test_a_foreign_tenant_changes_nothing(filled: Store, beginning: tuple[object, ...], name: str) -> None:
    with pytest.raises((RefusedChangeError, StaleVersionError)) as refused:
        IS_REFUSED[name](filled)
    assert getattr(refused.value, "state", None) is None
    assert everything(filled) == beginning


@pytest.mark.parametrize("name", IS_ITS_OWN)
def test_what_a_foreign_tenant_stores_is_its_own(filled: Store, beginning: tuple[object, ...], name: str) -> None:
    IS_ITS_OWN[name](filled)
    assert everything(filled) == beginning


def test_every_method_is_tried() -> None:
    kinds = {
        "requests": ports.Requests,
        "records": ports.IdempotencyRecords,
        "states": ports.States,
        "recipients": ports.Recipients,
        "tenants": ports.Tenants,
        "accounts": ports.ServiceAccounts,
        "providers": ports.Providers,
        "policies": ports.Policies,
        "rotas": ports.Rotas,
        "templates": ports.Templates,
        "fragments": ports.Fragments,
        "categories": ports.Categories,
        "lookups": ports.Lookups,
        "flags": ports.Flags,
        "audit": ports.AuditLog,
        "sweeps": ports.SweepCursors,
        "dues": ports.DueItems,
        "preferences": ports.StoredPreferences,
        "devices": ports.Devices,
        "topics": ports.Topics,
        "suppressions": ports.Suppressions,
        "groups": ports.CancelledGroups,
        "digests": ports.DigestWindows,
        "rates": ports.RateWindows,
        "circuits": ports.Circuits,
        "backgrounds": ports.Backgrounds,
        "usages": ports.Usages,
        "spendings": ports.Spendings,
    }
    methods = {f"{port}.{name}" for port, kind in kinds.items() for name in dir(kind) if not name.startswith("_")}
    assert methods == {*FINDS_NOTHING, *IS_REFUSED, *IS_ITS_OWN, *OF_THE_PLATFORM}


def everything(store: Store) -> tuple[object, ...]:
    """All there is of ACME."""
    return (
        store.requests.get(ACME, ID),
        store.requests.of_tenant(ACME, DAY, 10, None),
        store.requests.of_user(ACME, *WHO, DAY, 10, None),
        store.records.begin(ACME, RECORD, NOW),
        store.states.get(ACME, ID),
        store.states.list_unread(ACME, *WHO, 10, None),
        store.recipients.get(ACME, *WHO),
        store.tenants.get(ACME),
        store.providers.list(ACME),
        store.circuits.list(ACME),
        store.policies.list(ACME),
        store.rotas.list(ACME),
        store.templates.list(ACME, 10, None),
        store.templates.former(ACME, GONE),
        store.templates.version(ACME, ORDER, 1),
        store.fragments.list(ACME, LAYOUT.kind, 10, None),
        store.categories.list(ACME),
        store.lookups.list(ACME),
        store.audit.list(ACME, DAY, 10, None),
        store.sweeps.get(ACME),
        {due for shard in range(SHARDS) for due in store.dues.page(BUCKET, shard, 10) if due.tenant == ACME},
        store.preferences.get(ACME, *WHO),
        store.devices.list(ACME, *WHO),
        store.topics.list(ACME, *WHO),
        members(store, ACME),
        store.suppressions.list(ACME, Channel.EMAIL, 10, None),
        tuple(store.groups.members(ACME, GROUP)),
        store.digests.get(ACME, NEWS),
        store.rates.replace(ACME, "send", Window(version=99), TTL),
        store.backgrounds.when_deciding(OURS, ADDRESSES),
        store.usages.get(ACME, *WHO),
        store.spendings.spent(ACME, [BUDGET], NOW),
    )


def members(store: Store, tenant: TenantId) -> tuple[object, ...]:
    """All members of a topic that a tenant has."""
    shards = range(topic.SHARDS)
    return tuple(member for shard in shards for member in store.topics.members(tenant, JOINED.topic, shard))


def known(background: Background) -> tuple[object, ...]:
    """What a background tells of anybody; empty when it tells nothing."""
    nothing = Background(preferences=Preferences(), usage=Usage(), suppressed={})
    return () if background == nothing else (background,)
