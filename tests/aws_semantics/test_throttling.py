"""Given a partition that has taken its units of this second, when more is written to it, then it is throttled."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.aws_semantics.conftest import TABLE, Hook, a_key


def put(client: Any, tenant: str, **attributes: Any) -> None:
    client.put_item(TableName=TABLE, Item={**a_key(tenant), **attributes})


def test_botocore_tries_again_until_the_partition_has_room(hook: Hook, table: Any) -> None:
    hooked = hook("7:throttling=1")
    client = hooked.client("dynamodb", tries=20)
    for number in range(2):
        put(client, "acme", n={"N": str(number)})

    assert hooked.record.effects("throttling")
    assert table.get_item(TableName=TABLE, Key=a_key())["Item"]["n"] == {"N": "1"}


def test_what_does_not_fit_into_any_second_is_never_written(hook: Hook, table: Any) -> None:
    client = hook("7:throttling=2").client("dynamodb")

    with pytest.raises(client.exceptions.ProvisionedThroughputExceededException):
        put(client, "acme", blob={"S": "x" * 4_000})
    assert "Item" not in table.get_item(TableName=TABLE, Key=a_key())


def test_other_partitions_do_not_suffer(hook: Hook, table: Any) -> None:
    hooked = hook("7:throttling=1")
    for tenant in ("acme", "other", "third"):
        put(hooked.client("dynamodb"), tenant)

    assert not hooked.record.effects("throttling")


def test_a_partition_of_an_index_is_a_partition(hook: Hook, table: Any) -> None:
    hooked = hook("7:throttling=1")
    index = {"GSI1PK": {"S": "T#acme#F#u1"}, "GSI1SK": {"S": "x"}}
    for tenant in ("acme", "other"):
        put(hooked.client("dynamodb", tries=20), tenant, **index)

    assert hooked.record.effects("throttling")


def test_a_transaction_is_canceled_with_the_reason_of_each_write(hook: Hook, table: Any) -> None:
    client = hook("7:throttling=2").client("dynamodb")
    cold, hot = a_key("cold"), {**a_key("hot"), "blob": {"S": "x" * 4_000}}

    with pytest.raises(ClientError) as caught:
        client.transact_write_items(TransactItems=[{"Put": {"TableName": TABLE, "Item": item}} for item in (cold, hot)])

    assert caught.value.response["Error"]["Code"] == "TransactionCanceledException"
    reasons: Any = caught.value.response["CancellationReasons"]
    assert [reason["Code"] for reason in reasons] == ["None", "ThrottlingError"]
    assert "Item" not in table.get_item(TableName=TABLE, Key=cold)
