"""Simulating and explaining on the deployed stack: nobody notices a simulation, and the send after it is as it said."""

from typing import Any

import pytest

from infra.cli.commands.explain import EXPLAIN
from infra.cli.commands.simulate import SIMULATE
from tests.e2e.bus import Bus, listen
from tests.e2e.conftest import Herald, Person
from tests.e2e.tenants import Tenant, new_tenant, sendgrid, smtp

pytestmark = pytest.mark.stack

SETTINGS: dict[str, Any] = {
    "prices": [{"channel": "email", "amount": "0.001"}, {"channel": "email", "amount": "0.002", "provider": "smtp"}],
    "budgets": [{"period": "day", "limit": "0.003"}],
    "digests": {"news": {"windowSeconds": 900, "channels": ["email"]}},
    "preferences": {"caps": {"email": {"hour": 5}}},
}


@pytest.fixture
def tenant(herald: Herald) -> Tenant:
    return new_tenant(herald, sendgrid(herald), smtp(herald), **SETTINGS)


@pytest.fixture(scope="module")
def bus(herald: Herald) -> Bus:
    """The bus from now on."""
    return listen(herald, "simulations")


def items_of(herald: Herald, tenant: Tenant) -> list[str]:
    """Return each item of a tenant's, as a text, but for what its calls have taken of their rates."""
    pages = herald.stack.cloud.client("dynamodb").get_paginator("scan")
    items = [
        item
        for page in pages.paginate(TableName=herald.stack.outputs.table_name, ConsistentRead=True)
        for item in page["Items"]
    ]
    rates = f"T#{tenant.id}#W#"
    mine = [item for item in items if tenant.id in str(item) and not item["PK"]["S"].startswith(rates)]
    return sorted(str(sorted(item.items())) for item in mine)


def a_send(person: Person, **changes: Any) -> dict[str, Any]:
    """Return a send to two recipients, of whom one cannot be mailed."""
    recipients = [person.as_recipient(), {"userId": f"{person.user_id}-2"}]
    content = {"subject": "Hello", "body": f"Hello {person.user_id}"}
    return {"recipients": recipients, "channels": ["email", "in_app"], "content": content} | changes


def test_a_simulation_leaves_no_trace(herald: Herald, tenant: Tenant, bus: Bus, person: Person) -> None:
    # Given
    before = items_of(herald, tenant)
    # When
    simulated = [
        tenant.service.post(SIMULATE, a_send(person, **changes), idempotency_key="k-1")
        for changes in (
            {},
            {"category": "news"},
            {"strategy": "escalation", "cancellationKey": "order-42"},
            {"sendAtLocal": "09:00", "priority": "low"},
        )
    ]
    # Then
    assert [each["recipientCount"] for each in simulated] == [2, 2, 2, 2]
    assert items_of(herald, tenant) == before
    assert herald.arrived(person) == 0
    # and the first that the bus hears of the tenant is a real send
    sent = tenant.send(person)
    bus.awaited(lambda bus: "notification.sent" in bus.of(sent))
    heard = [event["detail"] for event in bus.events if event["detail"]["tenantId"] == tenant.id]
    told = {occurrence["notificationId"] for detail in heard for occurrence in detail["data"]["notifications"]}
    assert told == {sent}
    assert items_of(herald, tenant) != before


def test_the_send_that_follows_is_as_simulated(herald: Herald, tenant: Tenant, person: Person) -> None:
    # Given
    simulated = tenant.service.post(SIMULATE, a_send(person, provider={"email": "smtp"}))
    # When
    sent = tenant.service.post("/api/v1/services/notifications/send", a_send(person, provider={"email": "smtp"}))
    # Then
    ids = [notification["id"] for notification in sent["notifications"]]
    for id, foretold in zip(ids, simulated["notifications"], strict=True):
        actual = {delivery.channel: delivery for delivery in tenant.settled(id).deliveries}
        for channel in foretold["channels"]:
            delivery = actual[channel["channel"]]
            assert delivery.has_arrived is (channel["status"] == "queued")
            assert (delivery.error, delivery.provider) == (channel.get("reason"), channel.get("provider", ""))
    assert simulated["totals"]["price"] == "0.002"
    [mailed, _] = simulated["notifications"]
    assert mailed["channels"][0]["content"]["subject"] == "Hello"
    assert person.email not in str(simulated)


def test_an_explanation_tells_what_was_missing(herald: Herald, person: Person) -> None:
    # Given
    id = herald.send(person, recipients=[{"userId": person.user_id}], channels=["email", "in_app"])
    herald.settled(id)
    # When
    told = herald.orders.get(EXPLAIN.format(id=id))
    # Then
    assert told["summary"] == (
        "It lies in the recipient's inbox and was not read yet. "
        "Not by e-mail: no address of the recipient is known for this channel."
    )
    assert herald.admin.get(f"/api/v1/admin/notifications/{id}/explain")["summary"] == told["summary"]
