"""How AWS counts: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html"""

from typing import Any

import pytest

from bench.cost.units import read_units, requests_of, size_of, stored_size, write_units
from tests.unit.bench.calls import a_call


def item(size: int) -> dict[str, Any]:
    """Return an item of so many bytes."""
    return {"PK": {"S": "x" * (size - 2)}}


@pytest.mark.parametrize(
    ("value", "size"),
    [
        ({"S": "é"}, 2),
        ({"N": "1"}, 2),
        ({"N": "1800000000000"}, 8),
        ({"N": "-12.5"}, 4),
        ({"BOOL": True}, 1),
        ({"NULL": True}, 1),
        ({"M": {}}, 3),
        ({"M": {"a": {"S": "b"}}}, 6),
        ({"L": [{"S": "a"}, {"N": "7"}]}, 8),
    ],
)
def test_an_attribute_takes_its_name_and_its_value(value: dict[str, Any], size: int) -> None:
    assert size_of({"name": value}) == 4 + size


@pytest.mark.parametrize(("size", "units"), [(1, 1), (65_536, 1), (65_537, 2), (262_144, 4), (0, 1)])
def test_requests_are_counted_by_64_kb(size: int, units: int) -> None:
    assert requests_of(size) == units


@pytest.mark.parametrize(("size", "units"), [(100, 1), (4_096, 1), (4_097, 2)])
def test_a_get_counts_by_4_kb_and_half_when_it_may_lag(size: int, units: int) -> None:
    response = {"Item": item(size)}
    assert read_units(a_call(request={"ConsistentRead": True}, response=response)) == units
    assert read_units(a_call(request={"ConsistentRead": False}, response=response)) == units / 2
    assert read_units(a_call(response=response)) == units / 2


def test_a_get_of_nothing_counts_too() -> None:
    assert read_units(a_call(request={"ConsistentRead": True})) == 1


def test_a_query_counts_what_it_reads_in_all_a_batch_each_item() -> None:
    items = [item(3_000), item(3_000)]
    query = a_call("Query", request={"ConsistentRead": True}, response={"Items": items})
    batch = a_call(
        "BatchGetItem",
        request={"RequestItems": {"herald": {"ConsistentRead": True, "Keys": [{}, {}]}}},
        response={"Responses": {"herald": items}},
    )
    assert (read_units(query), read_units(batch)) == (2, 2)


@pytest.mark.parametrize(("unprocessed", "units"), [(0, 3), (1, 2)])
def test_a_batch_pays_for_what_it_does_not_find(unprocessed: int, units: int) -> None:
    batch = a_call(
        "BatchGetItem",
        request={"RequestItems": {"herald": {"ConsistentRead": True, "Keys": [{}, {}, {}]}}},
        response={
            "Responses": {"herald": [item(3_000)]},
            "UnprocessedKeys": {"herald": {"Keys": [{}] * unprocessed}},
        },
    )
    assert read_units(batch) == units


def test_an_operation_that_nobody_thought_of_is_not_free() -> None:
    with pytest.raises(ValueError, match="Scan"):
        read_units(a_call("Scan"))


def test_writes_are_what_the_table_says_indexes_and_all_tables_of_a_transaction_included() -> None:
    one = a_call("PutItem", response={"ConsumedCapacity": {"CapacityUnits": 3.0}})
    several = a_call(
        "TransactWriteItems", response={"ConsumedCapacity": [{"CapacityUnits": 2.0}, {"CapacityUnits": 4.0}]}
    )
    assert (write_units(one), write_units(several)) == (3, 6)


def test_storage_holds_the_item_and_the_keys_of_it_in_each_index_that_has_it() -> None:
    keys = {"PK": {"S": "p"}, "SK": {"S": "s"}}
    listed = {**keys, "GSI1PK": {"S": "g"}, "GSI1SK": {"S": "h"}, "j": {"S": "x" * 50}}
    assert stored_size(keys, ["GSI1"]) == 6 + 100
    assert stored_size(listed, ["GSI1", "GSI2"]) == (6 + 14 + 51) + 100 + (6 + 14) + 100
