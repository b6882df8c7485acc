"""What a tenant wants collected comes in one message, when its window closes."""

import json
from typing import Any

import pytest

from infra.cli.waiting import eventually
from tests.e2e.conftest import Herald, Person
from tests.e2e.tenants import Tenant, new_tenant, smtp

pytestmark = pytest.mark.stack

WINDOW = 15
"""Seconds: less than tenants may ask for by the API, and enough for three sends whatever is slow."""
CLOSED_WITHIN = 90.0


def collecting(herald: Herald, category: str) -> Tenant:
    """Return a new tenant whose e-mails of a category are collected."""
    tenant = new_tenant(herald, smtp(herald))
    table: Any = herald.stack.cloud.client("dynamodb")
    row = {"TableName": herald.stack.outputs.table_name, "Key": {"PK": {"S": f"T#{tenant.id}"}, "SK": {"S": "TENANT"}}}
    body = json.loads(table.get_item(**row)["Item"]["body"]["S"])
    body["settings"]["digests"] = {category: {"window": WINDOW, "channels": ["email"]}}
    table.update_item(
        **row, UpdateExpression="SET body = :body", ExpressionAttributeValues={":body": {"S": json.dumps(body)}}
    )
    return tenant


def outcomes(tenant: Tenant, id: str) -> dict[str, tuple[str, str | None]]:
    """Return status and reason of each settled delivery, by channel."""
    return {delivery.channel: (delivery.status.value, delivery.error) for delivery in tenant.settled(id).deliveries}


def test_three_of_a_category_come_in_one_mail_and_what_is_critical_at_once(herald: Herald, person: Person) -> None:
    tenant = collecting(herald, "marketing")
    marketing: dict[str, Any] = {"category": "marketing", "channels": ["in_app", "email"]}

    ids = [tenant.send(person, content={"subject": f"Offer {n}", "body": "Soon."}, **marketing) for n in (1, 2, 3)]
    critical = tenant.send(person, content={"subject": "Now", "body": "Now."}, **marketing, priority="critical")

    for id in ids:
        assert outcomes(tenant, id) == {"in_app": ("delivered", None), "email": ("suppressed", "digested")}
    assert outcomes(tenant, critical)["email"] == ("sent", None)

    def mails() -> dict[str, Any]:
        return {str(mail["Subject"]): mail for mail in herald.stack.sandbox.mails(contains=person.email)}

    eventually(lambda: len(mails()) > 1, "the digest to come", within=CLOSED_WITHIN)
    assert mails().keys() == {"Now", "3 updates: marketing"}
    text, html = (mails()["3 updates: marketing"].get_body((kind,)).get_content() for kind in ("plain", "html"))
    items = ["Offer 1", "Offer 2", "Offer 3"]
    assert sorted(line for line in text.splitlines() if line.startswith("-")) == [f"- {item}" for item in items]
    assert all(html.count(item) == 1 for item in items)
