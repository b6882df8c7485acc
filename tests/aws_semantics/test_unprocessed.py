"""Given a batch, when the table processes only a part of it, then it says what is left, and that was not touched."""

from typing import Any

import pytest

from tests.aws_semantics.conftest import TABLE, Hook, a_key

KEYS = [a_key(sort=str(number)) for number in range(10)]
SHARES = pytest.mark.parametrize("share", [0.5, 1])


@SHARES
def test_writes(hook: Hook, table: Any, share: float) -> None:
    hooked = hook(f"7:unprocessed={share}")
    writes = [{"PutRequest": {"Item": key}} for key in KEYS]

    answer = hooked.client("dynamodb").batch_write_item(RequestItems={TABLE: writes})

    left = answer["UnprocessedItems"][TABLE]
    assert 0 < len(left) <= len(writes)
    assert [write for write in writes if write in left] == left
    assert table.scan(TableName=TABLE)["Count"] == len(writes) - len(left)
    assert hooked.record.effects("unprocessed")


@SHARES
def test_reads(hook: Hook, table: Any, share: float) -> None:
    for key in KEYS:
        table.put_item(TableName=TABLE, Item=key)

    answer = (
        hook(f"7:unprocessed={share}")
        .client("dynamodb")
        .batch_get_item(RequestItems={TABLE: {"Keys": KEYS, "ConsistentRead": True}})
    )

    left = answer["UnprocessedKeys"][TABLE]
    found = answer["Responses"].get(TABLE, [])
    assert left["Keys"]
    assert left["ConsistentRead"]
    assert all((key in found) is not (key in left["Keys"]) for key in KEYS)


def test_who_asks_again_gets_everything_in_the_end(hook: Hook, table: Any) -> None:
    client = hook("7:unprocessed=0.5").client("dynamodb")
    left: Any = {TABLE: [{"PutRequest": {"Item": key}} for key in KEYS]}
    while left:
        left = client.batch_write_item(RequestItems=left)["UnprocessedItems"]

    assert table.scan(TableName=TABLE)["Count"] == len(KEYS)
