"""Documents (tenants, accounts, providers, policies, rotas, recipients): replaced by whoever saw the last version."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.domain.category import Category
from chalicelib.domain.escalation import EscalationPolicy, Step
from chalicelib.domain.flag import Flag, FlagRule
from chalicelib.domain.fragment import Fragment, FragmentKind
from chalicelib.domain.ids import ClientId, FragmentKey, PolicyId, ProviderId, RotaId, TenantId, UserId, UserType
from chalicelib.domain.lookup import Lookup, LookupType
from chalicelib.domain.provider import ProviderConfig
from chalicelib.domain.recipient import Recipient
from chalicelib.domain.rota import Person, Rota, Shift
from chalicelib.domain.template import Locale
from chalicelib.domain.tenant import EventMode, Sender, ServiceAccount, Tenant, TenantSettings, TenantStatus
from chalicelib.domain.words import Channel, Scope, StopOn, Strategy, Weekday
from chalicelib.services.ports import ExistsError, Page, StaleVersionError
from tests.build import ACME, NOW, a_recipient, a_tenant
from tests.store.stores import Store


@dataclass(frozen=True)
class Kind:
    """A kind of document: one of it, another content for it, and what the store does with it."""

    document: Tenant | ServiceAccount | ProviderConfig | EscalationPolicy | Rota | Fragment | Category | Lookup | Flag
    changed: dict[str, Any]
    create: Callable[[Store, Any], None]
    get: Callable[[Store], Any]
    update: Callable[[Store, Any], Any]


TENANT = a_tenant(
    status=TenantStatus.SUSPENDED,
    settings=TenantSettings(
        default_locale="de",
        default_strategy=Strategy.ESCALATION,
        default_channels=(Channel.EMAIL, Channel.SMS),
        disabled_channels=(Channel.PUSH,),
        senders={Channel.EMAIL: Sender(address="a@b.io", name="A", reply_to="r@b.io")},
        event_mode=EventMode.SINGLE,
        retention_days=30,
    ),
)
ACCOUNT = ServiceAccount(
    client_id=ClientId("client#1"),
    name="orders",
    tenants=(ACME, TenantId("globex")),
    scopes=(Scope.SEND, Scope.READ),
    created_at=NOW,
)
PROVIDER = ProviderConfig(
    id=ProviderId("primary-email"),
    channel=Channel.EMAIL,
    vendor="sendgrid",
    settings={"host": "smtp.example.com", "port": 587, "tls": True},
    credentials=b"\x00\xffsealed",
)
POLICY = EscalationPolicy(
    id=PolicyId("orders"),
    steps=(
        Step(channels=(Channel.IN_APP, Channel.PUSH)),
        Step(channels=(Channel.SMS,), after=600, rota=RotaId("ops"), every=300),
    ),
    stop_on=StopOn.ACKNOWLEDGED,
)
OPS = Person(user_type=UserType("support"), user_id=UserId("o#1"))
ROTA = Rota(
    id=RotaId("ops"),
    time_zone="America/Toronto",
    shifts=(
        Shift(people=(OPS,)),
        Shift(people=(OPS, OPS), days=(Weekday.SAT, Weekday.SUN), start=1_320, end=360),
    ),
    holidays=("2026-12-25",),
    holiday_people=(OPS,),
    fallback=(OPS,),
    fallback_rota=RotaId("others"),
)
PARTIAL = Fragment(
    kind=FragmentKind.PARTIAL,
    key=FragmentKey("address"),
    source="{{ street }}\n{{ city }}",
    description="Two lines",
    created_at=NOW,
)
CATEGORY = Category(key="social", name="Social", description="What friends do")
PILOT = Lookup(
    type=LookupType.USER_TYPE, code="pilot", labels={Locale("en"): "Pilot"}, order=7, metadata={"wings": 2}, version=1
)
FLAG = Flag(
    name="channel.sms", default=False, rules=(FlagRule(name="first", tenants=(ACME,), enabled=True),), description="SMS"
)
KINDS = {
    "tenant": Kind(
        TENANT,
        {"name": "Other"},
        lambda store, tenant: store.tenants.create(tenant),
        lambda store: store.tenants.get(ACME),
        lambda store, tenant: store.tenants.update(tenant),
    ),
    "service account": Kind(
        ACCOUNT,
        {"enabled": False},
        lambda store, account: store.accounts.create(account),
        lambda store: store.accounts.get(ACCOUNT.client_id),
        lambda store, account: store.accounts.update(account),
    ),
    "provider": Kind(
        PROVIDER,
        {"enabled": False, "weight": 7},
        lambda store, provider: store.providers.create(ACME, provider),
        lambda store: store.providers.get(ACME, PROVIDER.id),
        lambda store, provider: store.providers.update(ACME, provider),
    ),
    "policy": Kind(
        POLICY,
        {"stop_on": StopOn.DELIVERED},
        lambda store, policy: store.policies.create(ACME, policy),
        lambda store: store.policies.get(ACME, POLICY.id),
        lambda store, policy: store.policies.update(ACME, policy),
    ),
    "rota": Kind(
        ROTA,
        {"holidays": (), "fallback_rota": None},
        lambda store, rota: store.rotas.create(ACME, rota),
        lambda store: store.rotas.get(ACME, ROTA.id),
        lambda store, rota: store.rotas.update(ACME, rota),
    ),
    "partial": Kind(
        PARTIAL,
        {"source": "{{ city }}", "description": None},
        lambda store, partial: store.fragments.create(ACME, partial),
        lambda store: store.fragments.get(ACME, PARTIAL.kind, PARTIAL.key),
        lambda store, partial: store.fragments.update(ACME, partial),
    ),
    "category": Kind(
        CATEGORY,
        {"name": "Friends"},
        lambda store, category: store.categories.create(ACME, category),
        lambda store: store.categories.get(ACME, CATEGORY.key),
        lambda store, category: store.categories.update(ACME, category),
    ),
    "lookup": Kind(
        PILOT,
        {"enabled": False},
        lambda store, lookup: store.lookups.create(ACME, lookup),
        lambda store: store.lookups.get(ACME, PILOT.type, PILOT.code),
        lambda store, lookup: store.lookups.update(ACME, lookup),
    ),
    "flag": Kind(
        FLAG,
        {"default": True},
        lambda store, flag: store.flags.create(flag),
        lambda store: store.flags.get(FLAG.name),
        lambda store, flag: store.flags.update(flag),
    ),
}


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> Kind:
    return KINDS[request.param]


def test_a_created_document_is_found_as_it_was(store: Store, kind: Kind) -> None:
    assert kind.get(store) is None
    kind.create(store, kind.document)
    assert kind.get(store) == kind.document


def test_a_document_is_created_once(store: Store, kind: Kind) -> None:
    kind.create(store, kind.document)
    with pytest.raises(ExistsError):
        kind.create(store, replace(kind.document, **kind.changed))
    with pytest.raises(ExistsError):
        kind.create(store, kind.document)
    assert kind.get(store) == kind.document


def test_a_document_is_replaced_by_who_saw_the_last_version(store: Store, kind: Kind) -> None:
    kind.create(store, kind.document)
    second = kind.update(store, replace(kind.document, **kind.changed))
    assert second == replace(kind.document, version=2, **kind.changed)
    assert kind.get(store) == second
    with pytest.raises(StaleVersionError):
        kind.update(store, kind.document)
    assert kind.update(store, second).version == 3


def test_what_does_not_exist_is_not_replaced(store: Store, kind: Kind) -> None:
    with pytest.raises(StaleVersionError):
        kind.update(store, kind.document)
    assert kind.get(store) is None


def test_tenants_are_listed_in_order_page_by_page(store: Store) -> None:
    for name in ("m", "a", "z", "a-1", "b"):
        store.tenants.create(a_tenant(id=TenantId(name)))
    first = store.tenants.list(2, None)
    second = store.tenants.list(2, first.next)
    third = store.tenants.list(2, second.next)
    assert (first.items, second.items, third) == (("a", "a-1"), ("b", "m"), Page((TenantId("z"),)))
    assert all(type(tenant) is TenantId for tenant in first.items)


def test_a_tenant_that_was_refused_is_not_listed_twice(store: Store) -> None:
    store.tenants.create(a_tenant())
    with pytest.raises(ExistsError):
        store.tenants.create(a_tenant())
    assert store.tenants.list(10, None) == Page((ACME,))


def test_service_accounts_are_listed_in_order_page_by_page(store: Store) -> None:
    accounts = [replace(ACCOUNT, client_id=ClientId(name)) for name in ("c", "a", "d", "b")]
    for account in accounts:
        store.accounts.create(account)
    first = store.accounts.list(3, None)
    second = store.accounts.list(3, first.next)
    assert [account.client_id for account in first.items + second.items] == ["a", "b", "c", "d"]
    assert first.items[0] == accounts[1]
    assert second.next is None


def test_a_service_account_is_deleted_once(store: Store) -> None:
    store.accounts.create(ACCOUNT)
    assert store.accounts.delete(ACCOUNT.client_id)
    assert not store.accounts.delete(ACCOUNT.client_id)
    assert store.accounts.list(10, None) == Page(())


def test_providers_are_listed_in_order(store: Store) -> None:
    store.tenants.create(a_tenant())
    providers = [replace(PROVIDER, id=ProviderId(name)) for name in ("sms", "email")]
    for provider in providers:
        store.providers.create(ACME, provider)
    assert store.providers.list(ACME) == (providers[1], providers[0])


def test_a_provider_is_deleted_once(store: Store) -> None:
    store.providers.create(ACME, PROVIDER)
    assert store.providers.delete(ACME, PROVIDER.id)
    assert not store.providers.delete(ACME, PROVIDER.id)
    assert store.providers.list(ACME) == ()


def test_policies_are_listed_in_order_and_deleted_once(store: Store) -> None:
    policies = [replace(POLICY, id=PolicyId(name)) for name in ("night", "day")]
    for policy in policies:
        store.policies.create(ACME, policy)
    assert store.policies.list(ACME) == (policies[1], policies[0])
    assert store.policies.delete(ACME, PolicyId("night"))
    assert not store.policies.delete(ACME, PolicyId("night"))
    assert store.policies.list(ACME) == (policies[1],)


def test_rotas_are_listed_in_order_and_deleted_once(store: Store) -> None:
    rotas = [replace(ROTA, id=RotaId(name)) for name in ("ops", "duty")]
    for rota in rotas:
        store.rotas.create(ACME, rota)
    assert store.rotas.list(ACME) == (rotas[1], rotas[0])
    assert store.rotas.delete(ACME, RotaId("ops"))
    assert not store.rotas.delete(ACME, RotaId("ops"))
    assert store.rotas.list(ACME) == (rotas[1],)


def test_layouts_and_partials_are_listed_apart_and_deleted_once(store: Store) -> None:
    partials = [replace(PARTIAL, key=FragmentKey(name)) for name in ("c", "a", "b")]
    for fragment in (*partials, replace(PARTIAL, kind=FragmentKind.LAYOUT)):
        store.fragments.create(ACME, fragment)
    first = store.fragments.list(ACME, FragmentKind.PARTIAL, 2, None)
    assert first.items == (partials[1], partials[2])
    assert store.fragments.list(ACME, FragmentKind.PARTIAL, 2, first.next) == Page((partials[0],))
    assert store.fragments.delete(ACME, FragmentKind.LAYOUT, PARTIAL.key)
    assert not store.fragments.delete(ACME, FragmentKind.LAYOUT, PARTIAL.key)
    assert store.fragments.list(ACME, FragmentKind.LAYOUT, 2, None) == Page(())


def test_categories_are_listed_in_order_and_deleted_once(store: Store) -> None:
    categories = [replace(CATEGORY, key=name) for name in ("social", "games")]
    for category in categories:
        store.categories.create(ACME, category)
    assert store.categories.list(ACME) == (categories[1], categories[0])
    assert store.categories.delete(ACME, "games")
    assert not store.categories.delete(ACME, "games")
    assert store.categories.list(ACME) == (categories[0],)


def test_lookups_and_flags_are_listed_in_order_and_deleted_once(store: Store) -> None:
    lookups = [replace(PILOT, code=code) for code in ("pilot", "crew")]
    flags = [replace(FLAG, name=name) for name in ("channel.sms", "channel.email")]
    for lookup, flag in zip(lookups, flags, strict=True):
        store.lookups.create(ACME, lookup)
        store.flags.create(flag)
    assert store.lookups.list(ACME) == (lookups[1], lookups[0])
    assert store.flags.list() == (flags[1], flags[0])
    assert store.lookups.delete(ACME, PILOT.type, "crew")
    assert not store.lookups.delete(ACME, PILOT.type, "crew")
    assert store.flags.delete("channel.email")
    assert not store.flags.delete("channel.email")
    assert (store.lookups.list(ACME), store.flags.list()) == ((lookups[0],), (flags[0],))


RECIPIENT = a_recipient(
    user_id=UserId("u#1"), device_tokens=("t1", "t2", "t3"), attributes={"plan": ["gold"]}, roles=("owner",)
)
WHO = (RECIPIENT.user_type, RECIPIENT.user_id)


def test_a_recipient_is_stored_and_replaced(store: Store) -> None:
    assert store.recipients.get(ACME, *WHO) is None
    store.recipients.put(ACME, RECIPIENT)
    assert store.recipients.get(ACME, *WHO) == RECIPIENT
    other = Recipient(user_type=WHO[0], user_id=WHO[1])
    store.recipients.put(ACME, other)
    assert store.recipients.get(ACME, *WHO) == other


def test_a_recipient_is_deleted_once(store: Store) -> None:
    store.recipients.put(ACME, RECIPIENT)
    assert store.recipients.delete(ACME, *WHO)
    assert not store.recipients.delete(ACME, *WHO)
    assert store.recipients.get(ACME, *WHO) is None


def test_dead_device_tokens_are_taken_off(store: Store) -> None:
    store.recipients.put(ACME, RECIPIENT)
    store.recipients.remove_device_tokens(ACME, *WHO, ["t1", "t3", "other"])
    store.recipients.remove_device_tokens(ACME, *WHO, ["t1"])
    assert store.recipients.get(ACME, *WHO) == replace(RECIPIENT, device_tokens=("t2",))


def test_dead_device_tokens_of_nobody_are_passed_over(store: Store) -> None:
    store.recipients.remove_device_tokens(ACME, UserType("customer"), UserId("nobody"), ["t1"])
    assert store.recipients.get(ACME, UserType("customer"), UserId("nobody")) is None
