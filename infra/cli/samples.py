"""The sample data of a local stack: two tenants, who works there, who is notified, which services send.

Nobody here exists; the password opens nothing but a stack on this machine.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from infra.cli.identity import Login
from infra.local.sandbox.client import Sandbox

PASSWORD: Final = "Local-password-1"  # noqa: S105 (see above)

RATE_LIMITS: Final = dict.fromkeys(("send", "simulate", "read", "users", "admin"), 100_000)
"""Calls a minute: a machine that tests and measures itself is in a hurry."""


@dataclass(frozen=True)
class SampleTenant:
    """A tenant, its settings as the API takes them."""

    id: str
    name: str
    settings: dict[str, Any]


@dataclass(frozen=True)
class SampleService:
    """A service that gets tokens for itself and may act for `tenants`."""

    name: str
    tenants: tuple[str, ...]
    scopes: tuple[str, ...]


@dataclass(frozen=True)
class SamplePerson:
    """A user who is notified: their login, and where they are reached beside their e-mail address."""

    login: Login
    phone: str
    device_tokens: tuple[str, ...]
    profile: dict[str, Any] = field(default_factory=dict)


TENANTS: Final = (
    SampleTenant(
        "acme",
        "Acme Store",
        {
            "defaultLocale": "en",
            "timeZone": "America/New_York",
            "defaultChannels": ["in_app", "email"],
            "rateLimits": RATE_LIMITS,
            "senders": {
                "email": {"address": "hello@acme.example.com", "name": "Acme Store"},
                "sms": {"address": "+15005550006"},
            },
        },
    ),
    SampleTenant(
        "globex",
        "Globex",
        {
            "defaultLocale": "fr",
            "timeZone": "Europe/Paris",
            "rateLimits": RATE_LIMITS,
            "senders": {"email": {"address": "bonjour@globex.example.com", "name": "Globex"}},
        },
    ),
)

PLATFORM: Final = Login("platform", "platform@example.com", ("platform-admin",), "admin")
STAFF: Final = (
    PLATFORM,
    Login("acme-admin", "admin@acme.example.com", ("notification-admin",), "admin", "acme"),
    Login("acme-manager", "manager@acme.example.com", ("notification-manager",), "admin", "acme"),
    Login("acme-viewer", "viewer@acme.example.com", ("notification-viewer",), "admin", "acme"),
    Login("globex-admin", "admin@globex.example.com", ("notification-admin",), "admin", "globex"),
)
PEOPLE: Final = (
    SamplePerson(
        Login("ann", "ann@example.com", ("notification-user",), "customer", "acme"),
        "+14155550101",
        ("ann-phone", "ann-tablet"),
        {"locale": "en", "timeZone": "America/Los_Angeles", "attributes": {"name": "Ann"}},
    ),
    SamplePerson(
        Login("bob", "bob@example.com", ("notification-user",), "customer", "acme"),
        "+14155550102",
        ("bob-phone",),
        {"locale": "en", "timeZone": "America/New_York", "attributes": {"name": "Bob"}},
    ),
    SamplePerson(
        Login("leila", "leila@example.com", ("notification-user",), "customer", "acme"),
        "+14155550103",
        ("leila-phone",),
        {"locale": "ar", "timeZone": "America/New_York", "attributes": {"name": "Leila"}},
    ),
    SamplePerson(
        Login("gus", "gus@example.com", ("notification-user",), "customer", "globex"),
        "+33612345678",
        ("gus-phone",),
        {"locale": "fr", "timeZone": "Europe/Paris", "attributes": {"name": "Gus"}},
    ),
)
SERVICES: Final = (
    SampleService("orders", ("acme",), ("herald/send", "herald/read")),
    SampleService("invoices", ("globex",), ("herald/send", "herald/read")),
    SampleService("operations", ("acme", "globex"), ("herald/send", "herald/read", "herald/bulk", "herald/admin")),
)

HURRY: Final[dict[str, Any]] = {
    "id": "hurry",
    "stop": "read",
    "steps": [
        {"channels": ["in_app"], "after": 0},
        {"channels": ["sms"], "after": 5},
        {"channels": ["email"], "after": 30},
    ],
}
"""An escalation for those who watch: it does in seconds what the default does in minutes."""
POLICIES: Final = (("acme", HURRY),)
"""Escalation policies, each with its tenant, as the API takes them."""


def sample_providers(sandbox: Sandbox) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the providers, each with its tenant, as the API takes them; they call the vendors of `sandbox`."""
    accounts = sandbox.accounts
    twilio = {
        name: value for name, value in accounts["twilio"].items() if name in ("accountSid", "messagingServiceSid")
    }
    smtp = {
        "settings": {"host": "localhost", "port": sandbox.ports.smtp, "username": accounts["smtp"]["username"]},
        "credentials": {"password": accounts["smtp"]["password"]},
    }
    yield (
        "acme",
        {
            "id": "sendgrid",
            "channel": "email",
            "vendor": "sendgrid",
            "priority": 10,
            "credentials": accounts["sendgrid"],
        },
    )
    yield "acme", {"id": "smtp", "channel": "email", "vendor": "smtp", "priority": 20, **smtp}
    yield (
        "acme",
        {
            "id": "twilio",
            "channel": "sms",
            "vendor": "twilio",
            "settings": twilio,
            "credentials": {"authToken": accounts["twilio"]["authToken"]},
        },
    )
    yield "acme", {"id": "fcm", "channel": "push", "vendor": "fcm", "credentials": accounts["fcm"]}
    yield "globex", {"id": "smtp", "channel": "email", "vendor": "smtp", **smtp}
