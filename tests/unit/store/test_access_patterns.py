"""Keys stay inside their tenant, tell everything apart, and sort as what they stand for does."""

from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as some

from chalicelib.domain.fragment import FragmentKind
from chalicelib.domain.ids import (
    ClientId,
    FragmentKey,
    NotificationId,
    PolicyId,
    ProviderId,
    RotaId,
    TemplateKey,
    TenantId,
    UserId,
    UserType,
    time_ordered_id,
)
from chalicelib.domain.suppression import address_hash
from chalicelib.domain.template import Locale
from chalicelib.domain.timer import SHARDS as DUE_SHARDS
from chalicelib.domain.timer import Due, DueKind
from chalicelib.domain.value import Millis
from chalicelib.domain.words import Channel
from chalicelib.store import access_patterns as keys
from tests.build import ACME, ID, NOW

ANN = (UserType("customer"), UserId("u1"))
ORDER = TemplateKey("order")
PARTITIONS: dict[str, Callable[[TenantId], str]] = {
    "request": lambda tenant: keys.request(tenant, ID).pk,
    "state": lambda tenant: keys.state(tenant, ID).pk,
    "feed": lambda tenant: keys.feed(tenant, *ANN),
    "listing": lambda tenant: keys.listing(tenant, 500_000, 7),
    "idempotency": lambda tenant: keys.idempotency(tenant, "send", "k").pk,
    "recipient": lambda tenant: keys.recipient(tenant, *ANN).pk,
    "unread": lambda tenant: keys.unread(tenant, *ANN, "m").pk,
    "all_unread": lambda tenant: keys.all_unread(tenant, *ANN).pk,
    "preferences": lambda tenant: keys.preferences(tenant, *ANN).pk,
    "usage": lambda tenant: keys.usage(tenant, *ANN).pk,
    "digest": lambda tenant: keys.digest(tenant, *ANN, "news").pk,
    "suppression": lambda tenant: keys.suppression(tenant, Channel.EMAIL, "ab").pk,
    "all_suppressions": lambda tenant: keys.all_suppressions(tenant, Channel.EMAIL, "")[0].pk,
    "cancelled_group": lambda tenant: keys.cancelled_group(tenant, "key", "order-42").pk,
    "group_members": lambda tenant: keys.group_members(tenant, "key", "order-42", "r").pk,
    "all_group_members": lambda tenant: keys.all_group_members(tenant, "key", "order-42").pk,
    "tenant": lambda tenant: keys.tenant(tenant).pk,
    "provider": lambda tenant: keys.provider(tenant, ProviderId("p")).pk,
    "all_providers": lambda tenant: keys.all_providers(tenant).pk,
    "circuit": lambda tenant: keys.circuit(tenant, ProviderId("p")).pk,
    "all_circuits": lambda tenant: keys.all_circuits(tenant).pk,
    "policy": lambda tenant: keys.policy(tenant, PolicyId("p")).pk,
    "all_policies": lambda tenant: keys.all_policies(tenant).pk,
    "rota": lambda tenant: keys.rota(tenant, RotaId("r")).pk,
    "all_rotas": lambda tenant: keys.all_rotas(tenant).pk,
    "fragment": lambda tenant: keys.fragment(tenant, FragmentKind.LAYOUT, FragmentKey("f")).pk,
    "all_fragments": lambda tenant: keys.all_fragments(tenant, FragmentKind.PARTIAL).pk,
    "category": lambda tenant: keys.category(tenant, "c").pk,
    "all_categories": lambda tenant: keys.all_categories(tenant).pk,
    "template": lambda tenant: keys.template(tenant, ORDER).pk,
    "listed_template": lambda tenant: keys.listed_template(tenant, ORDER).pk,
    "all_listed_templates": lambda tenant: keys.all_listed_templates(tenant).pk,
    "template_version": lambda tenant: keys.template_version(tenant, ORDER, 1).pk,
    "template_localization": lambda tenant: keys.template_localization(tenant, ORDER, 1, Locale("fr")).pk,
    "whole_template_version": lambda tenant: keys.whole_template_version(tenant, ORDER, 1).pk,
    "sweep": lambda tenant: keys.sweep(tenant).pk,
    "audit": lambda tenant: keys.audit(tenant, "2026-11"),
}
OF_THE_PLATFORM = {
    "registered": keys.registered(ACME).pk,
    "all_registered": keys.all_registered().pk,
    "service_account": keys.service_account(ClientId("c")).pk,
    "all_service_accounts": keys.all_service_accounts().pk,
}
texts = some.text(min_size=1, max_size=12)
times = some.integers(min_value=0, max_value=9_999_999_999_999)


@pytest.mark.parametrize("name", PARTITIONS)
def test_a_key_begins_with_its_tenant(name: str) -> None:
    key = PARTITIONS[name](ACME)
    assert key == "T#acme" or key.startswith("T#acme#")


@pytest.mark.parametrize("name", PARTITIONS)
def test_a_key_tells_its_tenant(name: str) -> None:
    assert keys.tenant_in(PARTITIONS[name](ACME)) == "acme"


@pytest.mark.parametrize("pk", ["", "T", "acme", "DUE#1#acme", "X#acme#N"])
def test_what_is_no_tenants_key_tells_none(pk: str) -> None:
    with pytest.raises(ValueError, match="not the partition of a tenant"):
        keys.tenant_in(pk)


@pytest.mark.parametrize("name", PARTITIONS)
def test_a_key_cannot_be_built_from_any_text(name: str) -> None:
    with pytest.raises(TypeError):
        PARTITIONS[name]("acme#N")  # type: ignore[arg-type]


@pytest.mark.parametrize("name", OF_THE_PLATFORM)
def test_rows_of_the_platform_belong_to_the_reserved_tenant(name: str) -> None:
    assert OF_THE_PLATFORM[name] == "T#_platform"


@given(one=some.tuples(texts, texts), other=some.tuples(texts, texts))
@example(one=("a", "b#c"), other=("a#b", "c"))
@example(one=("a%23", "b"), other=("a#", "b"))
def test_different_users_have_different_partitions(one: tuple[str, str], other: tuple[str, str]) -> None:
    def partition(user: tuple[str, str]) -> str:
        return keys.feed(ACME, UserType(user[0]), UserId(user[1]))

    assert (partition(one) == partition(other)) == (one == other)


@given(one=texts, other=texts)
@example(one="a#b", other="a%23b")
def test_different_providers_and_clients_have_different_rows(one: str, other: str) -> None:
    assert (keys.provider(ACME, ProviderId(one)) == keys.provider(ACME, ProviderId(other))) == (one == other)
    assert (keys.service_account(ClientId(one)) == keys.service_account(ClientId(other))) == (one == other)


@given(one=some.tuples(texts, texts), other=some.tuples(texts, texts))
@example(one=("send", "x"), other=("sen", "dx"))
def test_different_idempotency_keys_have_different_rows(one: tuple[str, str], other: tuple[str, str]) -> None:
    assert (keys.idempotency(ACME, *one) == keys.idempotency(ACME, *other)) == (one == other)


@given(address=texts)
def test_an_address_lies_in_one_of_the_shards_of_its_list(address: str) -> None:
    key = keys.suppression(ACME, Channel.SMS, address_hash(Channel.SMS, address))
    shards = keys.all_suppressions(ACME, Channel.SMS, "")
    assert len(shards) == 16
    assert [rows.pk for rows in shards if rows.low <= key.sk <= rows.high] == [key.pk]


@given(address=texts, other=texts)
def test_the_shards_from_an_address_on_hold_what_follows_it(address: str, other: str) -> None:
    first = address_hash(Channel.EMAIL, address)
    key = keys.suppression(ACME, Channel.EMAIL, address_hash(Channel.EMAIL, other))
    shards = keys.all_suppressions(ACME, Channel.EMAIL, first)
    assert any(rows.pk == key.pk and rows.low <= key.sk <= rows.high for rows in shards) == (key.sk >= first)


@given(category=texts, other=texts)
@example(category="a#b", other="a%23b")
def test_different_digests_have_different_rows(category: str, other: str) -> None:
    assert (keys.digest(ACME, *ANN, category) == keys.digest(ACME, *ANN, other)) == (category == other)


@given(one=some.tuples(texts, texts), other=some.tuples(texts, texts))
def test_different_groups_have_different_rows(one: tuple[str, str], other: tuple[str, str]) -> None:
    assert (keys.cancelled_group(ACME, *one) == keys.cancelled_group(ACME, *other)) == (one == other)


@given(request=texts)
def test_the_members_of_a_group_lie_beside_its_tombstone(request: str) -> None:
    rows, tombstone = keys.all_group_members(ACME, "key", "k"), keys.cancelled_group(ACME, "key", "k")
    assert rows.low <= keys.group_members(ACME, "key", "k", request).sk <= rows.high
    assert rows.pk == tombstone.pk
    assert not rows.low <= tombstone.sk <= rows.high


@given(provider=texts)
def test_a_range_holds_all_that_begins_with_its_kind(provider: str) -> None:
    rows = keys.all_providers(ACME)
    assert rows.low <= keys.provider(ACME, ProviderId(provider)).sk <= rows.high
    assert not rows.low <= keys.tenant(ACME).sk <= rows.high
    assert not rows.low <= keys.sweep(ACME).sk <= rows.high


@given(one=times, other=times)
def test_stamps_sort_as_time_does(one: int, other: int) -> None:
    assert (keys.stamp(one) < keys.stamp(other)) == (one < other)


def test_a_stamp_has_thirteen_digits_whatever_the_time() -> None:
    assert [keys.stamp(at) for at in (0, 253_402_300_800_000)] == ["0" * 13, "9" * 13]


@given(at=times)
def test_a_moment_sorts_behind_its_stamp_and_before_the_next(at: int) -> None:
    moment = keys.moment(Millis(at), ID)
    assert keys.stamp(at) < moment
    assert at == 9_999_999_999_999 or moment < keys.stamp(at + 1)
    assert keys.id_in(moment) == ID


def test_the_last_instant_of_a_listing_is_that_of_its_last_moment() -> None:
    assert keys.last_instant(keys.moment(NOW, ID)) == NOW
    assert keys.last_instant(keys.stamp(NOW)) == NOW - 1


@given(randomness=some.binary(min_size=10, max_size=10))
def test_every_notification_is_in_one_of_the_shards(randomness: bytes) -> None:
    assert keys.shard_of(NotificationId(time_ordered_id(NOW, randomness))) in range(keys.SHARDS)


def test_a_notifications_partition_tells_which_it_is() -> None:
    ref = keys.notification_in(keys.state(ACME, ID).pk)
    assert (ref.tenant, ref.id) == (ACME, ID)


@pytest.mark.parametrize("pk", ["", "T#acme", "T#acme#U#x#y", "T#acme#L#1#2", "T#acme#N#a#b", "X#acme#N#a", "T#A#N#a"])
def test_another_partition_tells_none(pk: str) -> None:
    with pytest.raises(ValueError, match="not "):
        keys.notification_in(pk)


@given(tenant=some.sampled_from(["acme", "eve", "a-b"]), kind=some.sampled_from(DueKind), id=texts)
@example(tenant="acme", kind=DueKind.DIGEST, id="%23#%25")
def test_what_comes_due_is_told_by_its_sort_key(tenant: str, kind: DueKind, id: str) -> None:
    due = Due(tenant=TenantId(tenant), kind=kind, id=id)
    key = keys.due(60_000, due)
    assert keys.due_in(key.sk) == due
    assert keys.tenant_in(key.sk) == tenant
    assert keys.is_shared(key.pk)
    assert [shard for shard in range(DUE_SHARDS) if keys.all_due(60_000, shard).pk == key.pk]
    rows = keys.all_due(60_000, 0)
    assert rows.low <= key.sk <= rows.high


def test_what_another_version_put_keeps_the_kind_that_it_has() -> None:
    due = keys.due_in("T#acme#X#1%232")
    assert due == Due(tenant=ACME, kind="X", id="1#2")
    assert keys.due(60_000, due).sk == "T#acme#X#1%232"


@pytest.mark.parametrize("sk", ["", "R", "T#acme", "T#A#N#1", "T#acme#N#1#2"])
def test_another_sort_key_tells_of_nothing_due(sk: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        keys.due_in(sk)


@pytest.mark.parametrize("name", PARTITIONS)
def test_a_tenants_partition_is_not_shared(name: str) -> None:
    assert not keys.is_shared(PARTITIONS[name](ACME))


@given(number=some.integers(1, 100_000), other=some.integers(1, 100_000), locale=texts)
@example(number=1_000, other=10_000, locale="fr-CA")
def test_a_version_of_a_template_lies_apart_from_the_others(number: int, other: int, locale: str) -> None:
    rows = keys.whole_template_version(ACME, ORDER, number)
    of_other = keys.template_localization(ACME, ORDER, other, Locale(locale))
    assert rows.low <= keys.template_version(ACME, ORDER, number).sk <= rows.high
    assert (rows.low <= of_other.sk <= rows.high) == (number == other)
    assert keys.locale_in(of_other.sk) == locale
    assert not rows.low <= keys.template(ACME, ORDER).sk <= rows.high
