"""What comes due: every item is found in its bucket, in one of the shards, until it is removed."""

import pytest

from chalicelib.domain.ids import TenantId, derived_id
from chalicelib.domain.timer import SHARDS, Due, DueKind
from tests.build import ACME, ID
from tests.store.stores import Store

BUCKET = 1_790_000_040_000
WIDTH = 60_000


def a_due(number: int = 0, tenant: TenantId = ACME) -> Due:
    return Due(tenant=tenant, kind=DueKind.NOTIFICATION, id=derived_id(str(number)))


def everything(store: Store, bucket: int = BUCKET) -> list[Due]:
    return [due for shard in range(SHARDS) for due in store.dues.page(bucket, shard, 1_000)]


@pytest.mark.parametrize(
    "due",
    [
        a_due(),
        Due(tenant=TenantId("eve"), kind=DueKind.NOTIFICATION, id=ID),
        Due(tenant=ACME, kind=DueKind.DIGEST, id="customer#u1#100%#orders#%23"),
    ],
)
def test_what_was_put_is_found_in_its_bucket_alone(store: Store, due: Due) -> None:
    store.dues.put(BUCKET, due)
    assert everything(store) == [due]
    assert everything(store, BUCKET + WIDTH) == everything(store, BUCKET - WIDTH) == []


def test_putting_again_changes_nothing(store: Store) -> None:
    store.dues.put(BUCKET, a_due())
    store.dues.put(BUCKET, a_due())
    assert everything(store) == [a_due()]


def test_a_bucket_holds_what_differs_in_tenant_kind_or_id(store: Store) -> None:
    dues = {
        a_due(),
        a_due(1),
        a_due(tenant=TenantId("eve")),
        Due(tenant=ACME, kind=DueKind.DIGEST, id=a_due().id),
    }
    for due in dues:
        store.dues.put(BUCKET, due)
    assert set(everything(store)) == dues
    assert len(everything(store)) == len(dues)


def test_items_spread_over_the_shards_and_pages_are_bounded(store: Store) -> None:
    for number in range(200):
        store.dues.put(BUCKET, a_due(number))
    pages = [store.dues.page(BUCKET, shard, 2) for shard in range(SHARDS)]
    assert all(1 <= len(page) <= 2 for page in pages)
    assert len(set().union(*pages)) == sum(map(len, pages))


def test_what_is_removed_is_gone_and_the_rest_stays(store: Store) -> None:
    dues = [a_due(number) for number in range(60)]
    for due in dues:
        store.dues.put(BUCKET, due)
        store.dues.put(BUCKET + WIDTH, due)
    store.dues.delete(BUCKET, dues[:55])
    store.dues.delete(BUCKET, dues[:55])
    store.dues.delete(BUCKET, [])
    assert set(everything(store)) == set(dues[55:])
    assert set(everything(store, BUCKET + WIDTH)) == set(dues)
