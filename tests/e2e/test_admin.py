"""A tenant from its creation to its first message, by those who administer it."""

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from infra.cli.api import Api
from infra.cli.waiting import eventually
from tests.e2e.conftest import SEND, Herald, Person, settled
from tests.e2e.tenants import ADMIN, new_tenant, sendgrid, smtp

pytestmark = pytest.mark.stack

SCOPES = ["herald/send", "herald/read"]
IN_TIME = 30.0


def test_a_tenant_is_set_up_and_sends(herald: Herald, person: Person) -> None:
    # Given a tenant that the platform's administrator created, and a service that may act for it
    tenant, platform, identity = f"shop-{uuid.uuid4().hex[:8]}", herald.stack.as_user("platform"), herald.stack.identity
    senders = {"email": {"address": "hello@shop.example.com", "name": "The Shop"}}
    created = platform.post(f"{ADMIN}/tenants", {"id": tenant, "name": "Shop", "settings": {"senders": senders}})
    assert (created["id"], created["status"], created["version"]) == (tenant, "active", 1)
    client = identity.create_service(tenant, SCOPES)
    account = {"clientId": client, "name": "orders", "tenants": [tenant], "scopes": SCOPES}
    assert platform.post(f"{ADMIN}/service-accounts", account)["enabled"] is True

    # When its own administrator adds a provider and a recipient, and the service sends
    admin = herald.new_user(tenant=tenant, role="notification-admin").api
    admin.post(f"{ADMIN}/providers", sendgrid(herald))
    recipient = f"{ADMIN}/recipients/customer/{person.user_id}"
    assert admin.demand("PUT", recipient, {"email": person.email, "locale": "fr-CA"}).status == 201
    service = Api(herald.stack.outputs.api_url, identity.service_token(client))
    body = {"recipientIds": [person.user_id], "channels": ["email"], "type": "welcome", "message": "Welcome!"}
    id = service.post(SEND, body)["notifications"][0]["id"]
    assert settled(service, id).status == "sent"

    # Then the mail arrived, the search finds it, and the log says who did what
    [record] = herald.stack.sandbox.records("sendgrid", contains=person.email)
    assert record.body["from"] == {"email": "hello@shop.example.com", "name": "The Shop"}

    def search(**query: str) -> list[str]:
        return [item["id"] for item in admin.get(f"{ADMIN}/notifications", **query)["items"]]

    eventually(lambda: search() == [id], "the search to find it", IN_TIME)
    assert search(status="sent", channel="email", type="welcome", recipient=f"customer/{person.user_id}") == [id]
    assert search(status="failed") == search(type="goodbye") == search(channel="sms") == []
    found = admin.get(f"{ADMIN}/notifications/{id}")
    assert (found["status"], found["sentBy"]) == ("sent", f"service:{client}")
    log = [(entry["action"], entry["target"]) for entry in admin.get(f"{ADMIN}/audit-log")["items"]]
    assert log == [
        ("recipient.put", f"recipient/customer/{person.user_id}"),
        ("provider.create", "provider/sendgrid"),
        ("service_account.create", f"service-account/{client}"),
        ("tenant.create", f"tenant/{tenant}"),
    ]


def test_credentials_are_never_shown_again(herald: Herald) -> None:
    secret = herald.stack.sandbox.accounts["sendgrid"]["apiKey"]
    tenant = new_tenant(herald)
    one = f"{ADMIN}/providers/sendgrid"

    told = [
        tenant.admin.post(f"{ADMIN}/providers", sendgrid(herald)),
        tenant.admin.get(one),
        tenant.admin.get(f"{ADMIN}/providers"),
        tenant.admin.patch(one, {"credentials": {"apiKey": secret}}),
        tenant.admin.get(f"{ADMIN}/audit-log"),
    ]

    assert tenant.admin.get(one)["credentialsSet"] == ["apiKey"]
    assert secret not in json.dumps(told)
    table: Any = herald.stack.cloud.client("dynamodb")
    key = {"PK": {"S": f"T#{tenant.id}"}, "SK": {"S": "PROVIDER#sendgrid"}}
    stored = table.get_item(TableName=herald.stack.outputs.table_name, Key=key)["Item"]
    assert secret not in str(stored)


def test_a_change_of_what_somebody_else_changed_is_refused(herald: Herald) -> None:
    tenant = new_tenant(herald, smtp(herald))
    one = f"{ADMIN}/providers/smtp"
    assert tenant.admin.patch(one, {"weight": 2, "version": 1})["version"] == 2

    late = tenant.admin.call("PATCH", one, {"weight": 3, "version": 1})

    assert (late.status, late.body["code"]) == (409, "conflict")
    assert tenant.admin.get(one)["weight"] == 2


def test_a_suspended_tenant_may_not_send_until_it_is_activated(herald: Herald, person: Person) -> None:
    tenant = new_tenant(herald, sendgrid(herald))
    platform = herald.stack.as_user("platform")

    def status() -> int:
        body = {"recipients": [person.as_recipient()], "channels": ["email"], "content": {"body": "Hello"}}
        return tenant.service.call("POST", SEND, body).status

    platform.post(f"{ADMIN}/tenants/{tenant.id}/suspend")
    eventually(lambda: status() == 403, "the suspension to be noticed", IN_TIME)
    platform.post(f"{ADMIN}/tenants/{tenant.id}/activate")
    eventually(lambda: status() == 202, "the activation to be noticed", IN_TIME)


def test_what_is_removed_is_gone(herald: Herald, person: Person) -> None:
    tenant = new_tenant(herald, smtp(herald))
    recipient = f"{ADMIN}/recipients/customer/{person.user_id}"
    tenant.admin.put(recipient, {"email": person.email})

    for path in (recipient, f"{ADMIN}/providers/smtp"):
        assert tenant.admin.demand("DELETE", path).status == 204
        assert tenant.admin.find(path) is None
        assert tenant.admin.call("DELETE", path).status == 404


def test_a_viewer_sees_addresses_masked(herald: Herald, person: Person) -> None:
    path = f"{ADMIN}/recipients/customer/{person.user_id}"
    herald.admin.put(path, {"email": person.email, "phone": "+14155550123", "deviceTokens": ["a-device-token"]})

    seen: Callable[[str], str] = lambda name: json.dumps(herald.stack.as_user(name).get(path))  # noqa: E731

    assert person.email in seen("acme-admin")
    for name in ("acme-viewer", "acme-manager"):
        assert not [secret for secret in (person.email, "4155550123", "a-device-token") if secret in seen(name)]
