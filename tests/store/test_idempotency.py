"""What is remembered of requests under an Idempotency-Key."""

import pytest
from msgspec.structs import replace

from chalicelib.domain.ids import RequestId
from chalicelib.domain.request import IdempotencyRecord
from chalicelib.domain.value import Millis
from tests.build import ACME, NOW
from tests.store.stores import Store

DAY = 86_400_000
FIRST = IdempotencyRecord(
    route="POST /send", key="k-1", body_hash="h", request_id=RequestId("r-1"), count=2, accepted_at=NOW
)


def test_the_first_record_is_stored_and_found_again(store: Store) -> None:
    assert store.records.begin(ACME, FIRST, NOW) == FIRST
    assert store.records.begin(ACME, later(1), Millis(NOW + 1)) == FIRST


def test_a_record_holds_for_a_day_and_is_then_replaced(store: Store) -> None:
    store.records.begin(ACME, FIRST, NOW)
    assert store.records.begin(ACME, later(DAY - 1), Millis(NOW + DAY - 1)) == FIRST
    assert store.records.begin(ACME, later(DAY), Millis(NOW + DAY)) == later(DAY)
    assert store.records.begin(ACME, later(DAY + 1), Millis(NOW + DAY + 1)) == later(DAY)


def test_a_record_is_found_while_it_holds_and_finding_it_stores_nothing(store: Store) -> None:
    at = (FIRST.route, FIRST.key)
    assert store.records.find(ACME, *at, NOW) is None
    first = replace(FIRST, template_version=3)
    assert store.records.begin(ACME, first, NOW) == first
    assert store.records.find(ACME, *at, Millis(NOW + DAY - 1)) == first
    assert store.records.find(ACME, *at, Millis(NOW + DAY)) is None
    assert store.records.find(ACME, FIRST.route, "k-2", NOW) is None


@pytest.mark.parametrize("other", [{"key": "k-2"}, {"route": "POST /other"}, {"route": "POST /sendk", "key": "-1"}])
def test_keys_hold_per_route(store: Store, other: dict[str, str]) -> None:
    store.records.begin(ACME, FIRST, NOW)
    record = replace(later(1), **other)
    assert store.records.begin(ACME, record, Millis(NOW + 1)) == record


def later(by: int) -> IdempotencyRecord:
    return replace(FIRST, request_id=RequestId(f"r-{by}"), accepted_at=Millis(NOW + by))
