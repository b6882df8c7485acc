"""Tenants of a test's own, for what would disturb others in a shared one."""

import uuid
from dataclasses import dataclass
from typing import Any

from infra.cli.api import Api
from infra.cli.deliveries import Tracked
from infra.cli.samples import RATE_LIMITS
from tests.e2e.conftest import SEND, Herald, Person, settled

ADMIN = "/api/v1/admin"
SCOPES = ("herald/send", "herald/read")


@dataclass(frozen=True)
class Tenant:
    """A tenant, as its administrator and its one service call the API."""

    id: str
    admin: Api
    service: Api

    def send(self, person: Person, **changes: Any) -> str:
        """Send an e-mail, unless told otherwise; return the notification's id."""
        content = {"subject": "Hello", "body": f"Hello {person.user_id}"}
        body = {"recipients": [person.as_recipient()], "channels": ["email"], "content": content}
        id: str = self.service.post(SEND, body | changes)["notifications"][0]["id"]
        return id

    def settled(self, id: str) -> Tracked:
        """Return a notification when nothing more happens to it by itself."""
        return settled(self.service, id)


def new_tenant(herald: Herald, *providers: dict[str, Any], **settings: Any) -> Tenant:
    """Create a tenant with these providers and settings, somebody who administers it, and a service that sends."""
    id = f"tenant-{uuid.uuid4().hex[:12]}"
    sender = {"email": {"address": f"hello@{id}.example.com"}}
    given = {"senders": sender, "rateLimits": RATE_LIMITS}
    platform = herald.stack.as_user("platform")
    platform.post(f"{ADMIN}/tenants", {"id": id, "name": "New", "settings": given | settings})
    client = herald.stack.identity.create_service(id, SCOPES)
    account = {"clientId": client, "name": "shop", "tenants": [id], "scopes": SCOPES}
    platform.post(f"{ADMIN}/service-accounts", account)
    admin = herald.new_user(tenant=id, role="notification-admin").api
    for provider in providers:
        admin.post(f"{ADMIN}/providers", provider)
    return Tenant(id, admin, Api(herald.stack.outputs.api_url, herald.stack.identity.service_token(client)))


def mailing_tenant(herald: Herald) -> Tenant:
    """Create a tenant whose mails go by SendGrid, and by SMTP where that fails: its breakers are nobody else's."""
    return new_tenant(herald, sendgrid(herald, priority=10), smtp(herald, priority=20))


def sendgrid(herald: Herald, **changes: Any) -> dict[str, Any]:
    """Return a provider that works, as it is created."""
    credentials = herald.stack.sandbox.accounts["sendgrid"]
    return {"id": "sendgrid", "channel": "email", "vendor": "sendgrid", "credentials": credentials} | changes


def smtp(herald: Herald, **changes: Any) -> dict[str, Any]:
    """Return a second provider that works, as it is created."""
    account = herald.stack.sandbox.accounts["smtp"]
    settings = {"host": "localhost", "port": herald.stack.sandbox.ports.smtp, "username": account["username"]}
    credentials = {"password": account["password"]}
    made = {"id": "smtp", "channel": "email", "vendor": "smtp", "settings": settings, "credentials": credentials}
    return made | changes


def twilio(herald: Herald, **changes: Any) -> dict[str, Any]:
    """Return a provider of text messages that works, as it is created."""
    account = herald.stack.sandbox.accounts["twilio"]
    settings = {name: account[name] for name in ("accountSid", "messagingServiceSid")}
    credentials = {"authToken": account["authToken"]}
    made = {"id": "twilio", "channel": "sms", "vendor": "twilio", "settings": settings, "credentials": credentials}
    return made | changes


def fcm(herald: Herald, **changes: Any) -> dict[str, Any]:
    """Return a provider of push notifications that works, as it is created."""
    credentials = herald.stack.sandbox.accounts["fcm"]
    return {"id": "fcm", "channel": "push", "vendor": "fcm", "credentials": credentials} | changes
