"""Given code that acts for a tenant, when it asks for another's key, then it is stopped, whatever the operation."""

from typing import Any

import pytest

from chalicelib.domain.ids import TenantId
from chalicelib.tenancy import tenant_scope
from tests.aws_semantics.conftest import TABLE, Hook, a_key
from tests.aws_semantics.record import ViolationError

ACME = TenantId("acme")
OURS, FOREIGN = a_key("acme"), a_key("other")
INDEXED = {**OURS, "GSI1PK": {"S": "T#other#F#u1"}, "GSI1SK": {"S": "x"}}


def a_due(tenant: str) -> dict[str, Any]:
    """Return the key of what comes due."""
    return {"PK": {"S": "DUE#1#0"}, "SK": {"S": f"T#{tenant}#N#1"}}


def query(partition: str, name: str = "PK", **more: Any) -> dict[str, Any]:
    values = {":p": {"S": partition}, ":low": {"S": "A"}, ":high": {"S": "Z"}}
    condition = "#p = :p AND #s BETWEEN :low AND :high"
    names = {"#p": name, "#s": name.replace("PK", "SK")}
    return {
        "TableName": TABLE,
        "KeyConditionExpression": condition,
        "ExpressionAttributeNames": names,
        "ExpressionAttributeValues": values,
        **more,
    }


def transact(kind: str, **write: Any) -> dict[str, Any]:
    harmless = {"Put": {"TableName": TABLE, "Item": {**OURS, "SK": {"S": "other"}}}}
    return {"TransactItems": [harmless, {kind: {"TableName": TABLE, **write}}]}


FOREIGN_REQUESTS: list[tuple[str, dict[str, Any]]] = [
    ("put_item", {"TableName": TABLE, "Item": FOREIGN}),
    ("put_item", {"TableName": TABLE, "Item": INDEXED}),
    ("put_item", {"TableName": TABLE, "Item": a_key("acme-2")}),
    ("put_item", {"TableName": TABLE, "Item": {**OURS, "PK": {"S": "acme"}}}),
    ("get_item", {"TableName": TABLE, "Key": FOREIGN}),
    ("delete_item", {"TableName": TABLE, "Key": FOREIGN}),
    ("update_item", {"TableName": TABLE, "Key": FOREIGN, "UpdateExpression": "SET a = b"}),
    (
        "update_item",
        {
            "TableName": TABLE,
            "Key": OURS,
            "UpdateExpression": "SET #x = :x, GSI1PK = :p",
            "ExpressionAttributeNames": {"#x": "x"},
            "ExpressionAttributeValues": {":x": {"S": "x"}, ":p": {"S": "T#other#F#u1"}},
        },
    ),
    ("query", query("T#other#N#1")),
    ("query", query("T#other#F#u1", "GSI1PK", IndexName="GSI1")),
    ("query", query("T#acme#F#u1", ExclusiveStartKey=FOREIGN)),
    ("batch_get_item", {"RequestItems": {TABLE: {"Keys": [OURS, FOREIGN]}}}),
    ("batch_write_item", {"RequestItems": {TABLE: [{"PutRequest": {"Item": FOREIGN}}]}}),
    ("batch_write_item", {"RequestItems": {TABLE: [{"DeleteRequest": {"Key": FOREIGN}}]}}),
    ("transact_write_items", transact("Put", Item=FOREIGN)),
    ("transact_write_items", transact("Update", Key=FOREIGN, UpdateExpression="SET a = b")),
    ("transact_write_items", transact("Delete", Key=FOREIGN)),
    ("transact_write_items", transact("ConditionCheck", Key=FOREIGN, ConditionExpression="attribute_exists(PK)")),
    ("transact_get_items", {"TransactItems": [{"Get": {"TableName": TABLE, "Key": FOREIGN}}]}),
    ("put_item", {"TableName": TABLE, "Item": a_due("other")}),
    ("put_item", {"TableName": TABLE, "Item": {"PK": {"S": "DUE#1#0"}, "SK": {"S": "acme"}}}),
    ("query", query("DUE#1#0")),
    ("batch_write_item", {"RequestItems": {TABLE: [{"DeleteRequest": {"Key": a_due("other")}}]}}),
    ("scan", {"TableName": TABLE}),
    ("execute_statement", {"Statement": f'SELECT * FROM "{TABLE}"'}),
]


@pytest.mark.parametrize(("call", "request_"), FOREIGN_REQUESTS)
def test_a_foreign_key_is_refused(hook: Hook, table: Any, call: str, request_: dict[str, Any]) -> None:
    hooked = hook("7:tenant_guard")

    with tenant_scope(ACME), pytest.raises(ViolationError):
        getattr(hooked.client("dynamodb"), call)(**request_)

    assert [entry.semantic for entry in hooked.record.violations] == ["tenant_guard"]
    assert table.scan(TableName=TABLE)["Count"] == 0


def test_own_and_platform_keys_are_let_through(hook: Hook, table: Any) -> None:
    hooked = hook("7:tenant_guard")
    client = hooked.client("dynamodb")
    with tenant_scope(ACME):
        client.put_item(TableName=TABLE, Item={**INDEXED, "GSI1PK": {"S": "T#acme#F#u1"}})
        client.put_item(TableName=TABLE, Item={"PK": {"S": "T#acme"}, "SK": {"S": "TENANT"}})
        client.put_item(TableName=TABLE, Item=a_due("acme"))
        client.query(**query("T#acme#F#u1", "GSI1PK", IndexName="GSI1"))
        client.batch_get_item(RequestItems={TABLE: {"Keys": [OURS, a_key("_platform")]}})

    assert not hooked.record.violations


def test_what_a_document_says_of_itself_is_no_key(hook: Hook, table: Any) -> None:
    document = {"M": {"PK": {"S": "T#other"}}}

    with tenant_scope(ACME):
        hook("7:tenant_guard").client("dynamodb").put_item(TableName=TABLE, Item={**OURS, "data": document})


def test_outside_of_every_scope_only_the_platform_is_open(hook: Hook, table: Any) -> None:
    client = hook("7:tenant_guard").client("dynamodb")
    client.get_item(TableName=TABLE, Key=a_key("_platform"))

    with pytest.raises(ViolationError, match=r"T#acme#N#1 .* None"):
        client.get_item(TableName=TABLE, Key=OURS)


def test_outside_of_every_scope_whole_partitions_of_timers_are_open(hook: Hook, table: Any) -> None:
    hooked = hook("7:tenant_guard")
    client = hooked.client("dynamodb")
    client.query(**query("DUE#1#0"))
    client.batch_write_item(RequestItems={TABLE: [{"DeleteRequest": {"Key": a_due("acme")}}]})

    assert not hooked.record.violations
