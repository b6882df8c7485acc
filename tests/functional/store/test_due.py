"""Due items in the table: removed in batches until the table has removed them all, and gone by themselves at last."""

import pytest

from chalicelib.domain.errors import BusyError
from chalicelib.domain.ids import derived_id
from chalicelib.domain.timer import SHARDS, Due, DueKind
from chalicelib.store.due import KEPT, DueRows
from chalicelib.store.table import Raw, Table
from chalicelib.tenancy import tenant_scope
from tests.build import ACME
from tests.functional.store.wire import events_of, requests_of, scan

BUCKET = 1_790_000_040_000
DUES = [Due(tenant=ACME, kind=DueKind.NOTIFICATION, id=derived_id(str(number))) for number in range(60)]


@pytest.fixture
def rows(nobodys: Table) -> DueRows:
    """Due items, sixty of them."""
    rows = DueRows(nobodys)
    with tenant_scope(ACME):
        for due in DUES:
            rows.put(BUCKET, due)
    return rows


def do_at_most(table: Table, most: int) -> None:
    """Have the table do so many writes of a batch and leave the others undone."""

    def divide(params: Raw, context: Raw, **_: object) -> None:
        writes = params["RequestItems"][table.name]
        context["left"] = writes[most:]
        params["RequestItems"] = {table.name: writes[:most]}

    def tell(parsed: Raw, context: Raw, **_: object) -> None:
        if context["left"]:
            parsed["UnprocessedItems"] = {table.name: context["left"]}

    events_of(table).register("before-parameter-build.dynamodb.BatchWriteItem", divide)
    events_of(table).register("after-call.dynamodb.BatchWriteItem", tell)


def test_items_are_removed_25_at_a_time(nobodys: Table, rows: DueRows) -> None:
    with requests_of(nobodys) as made:
        rows.delete(BUCKET, DUES)
    assert sorted(len(request["RequestItems"][nobodys.name]) for request in made) == [10, 25, 25]
    assert scan(nobodys) == []


def test_what_the_table_leaves_undone_is_asked_for_again(nobodys: Table, rows: DueRows) -> None:
    do_at_most(nobodys, 10)
    rows.delete(BUCKET, DUES)
    assert scan(nobodys) == []


def test_a_table_that_never_does_all_is_given_up(nobodys: Table, rows: DueRows) -> None:
    do_at_most(nobodys, 1)
    with pytest.raises(BusyError, match="left undone"):
        rows.delete(BUCKET, DUES)


def test_a_page_is_one_request_of_its_size(nobodys: Table, rows: DueRows) -> None:
    with requests_of(nobodys) as made:
        pages = [rows.page(BUCKET, shard, 1) for shard in range(SHARDS)]
    assert all(len(page) <= 1 for page in pages)
    assert {request["Limit"] for request in made} == {1}
    assert all(request["ConsistentRead"] for request in made)
    assert len(made) <= SHARDS + sum(not page for page in pages)


def test_an_item_goes_by_itself_long_after_its_time(nobodys: Table, rows: DueRows) -> None:
    assert {int(item["ttl"]["N"]) for item in scan(nobodys)} == {BUCKET // 1_000 + KEPT}


def test_an_item_takes_one_write_unit(nobodys: Table, rows: DueRows) -> None:
    assert max(len(str(item)) for item in scan(nobodys)) < 400
