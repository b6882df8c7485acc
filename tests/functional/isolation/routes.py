"""How each route is asked for something by its id. A route that is not here fails test_routes.py."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from tests.build import ID

API: Final = "/api/v1"
ME: Final = f"{API}/users/me"
INBOX: Final = f"{ME}/notifications"
DEVICES: Final = f"{ME}/devices"
TOPIC: Final = f"{ME}/topics/{{topic}}"
ADMIN: Final = f"{API}/admin"
SERVICES: Final = f"{API}/services"
WPPCONNECT: Final = "/webhooks/wppconnect"
TEMPLATES: Final = f"{ADMIN}/templates"
TEMPLATE: Final = f"{TEMPLATES}/{{key}}"
CATEGORIES: Final = f"{ADMIN}/template-categories"


@dataclass(frozen=True)
class Ids:
    """Ids that a caller may name; those of one kind are equally long."""

    tenant: str
    notification: str
    user: str
    provider: str
    client: str
    address: str
    policy: str
    rota: str
    template: str
    """Of a layout, partial and category, too."""

    @property
    def topic(self) -> str:
        """A topic that somebody of the tenant subscribed to."""
        return f"{self.tenant}s-topic"

    @property
    def code(self) -> str:
        """A code of a lookup of theirs."""
        return f"{self.tenant}s-pilot"

    @property
    def flag(self) -> str:
        """A feature flag that tells of them."""
        return f"{self.tenant}.flag"

    @property
    def token(self) -> str:
        """The token of a device of theirs."""
        return f"{self.tenant}s-token"


ACMES: Final = Ids(
    "acme",
    ID,
    "acmes-user",
    "acmes-provider",
    "acmes-client",
    "acmes@example.com",
    "acmes-policy",
    "acmes-rota",
    "acmes-template",
)
NOBODYS: Final = Ids(
    "none",
    ID[:-6] + "ffffff",
    "nones-user",
    "nones-provider",
    "nones-client",
    "nones@example.com",
    "nones-policy",
    "nones-rota",
    "nones-template",
)


@dataclass(frozen=True)
class Ask:
    """What is asked of a route beside its path."""

    body: Any = None
    query: Mapping[str, str] = field(default_factory=dict)


Case = Callable[[Ids], Ask]


def nothing(_: Ids) -> Ask:
    """The path says it all."""
    return Ask()


def body(**fields: Any) -> Case:
    """The body says what becomes of what the path names."""
    return lambda _: Ask(fields)


def ids(ids: Ids) -> Ask:
    """The body names a notification among several."""
    return Ask({"ids": [ids.notification]})


def send(ids: Ids) -> Ask:
    """The body names a provider."""
    return Ask({"recipientIds": [ids.user], "message": "Hello", "provider": {"email": ids.provider}})


def an_address(ids: Ids) -> dict[str, str]:
    """An address that may be on a suppression list."""
    return {"channel": "email", "address": ids.address}


def new_provider(ids: Ids) -> Ask:
    """The body names a provider that is to be."""
    settings = {"host": "smtp.example.com"}
    return Ask({"id": ids.provider, "channel": "email", "vendor": "smtp", "settings": settings})


def new_policy(ids: Ids) -> Ask:
    """The body names a policy that is to be, and a rota."""
    steps = [{"channel": "sms", "rota": ids.rota}]
    return Ask({"id": ids.policy, "steps": steps})


def new_rota(ids: Ids) -> Ask:
    """The body names a rota that is to be, and one it falls back to."""
    return Ask({"id": "new", "timeZone": "UTC", "fallbackRota": ids.rota})


SAYING: Final = {"localizations": {"en": {"sms": {"text": "Hello"}}}}


def new_template(ids: Ids) -> Ask:
    """The body names a template that is to be, and a layout."""
    return Ask({"key": ids.template, "name": "New", "category": "system", "layout": ids.template, **SAYING})


def new_version(ids: Ids) -> Ask:
    """The body names a category and a layout."""
    return Ask({"category": ids.template, "layout": ids.template, **SAYING})


def preview(ids: Ids) -> Ask:
    """The body has a source that names a partial, and is not stored."""
    text = {"sms": {"text": f'{{% include "{ids.template}" %}}'}}
    return Ask({"source": {"category": "system", "localizations": {"en": text}}})


def new_fragment(ids: Ids) -> Ask:
    """The body names a layout or partial that is to be."""
    return Ask({"key": ids.template, "source": "<b>{{ content }}</b>"})


def new_account(ids: Ids) -> Ask:
    """The body names a tenant that an account is to reach."""
    return Ask({"clientId": "new", "name": "New", "tenants": [ids.tenant], "scopes": ["herald/send"]})


def new_tenant(ids: Ids) -> Ask:
    """The body names a tenant that is to be."""
    return Ask({"id": ids.tenant, "name": "New"})


NAMING: Final[dict[str, Case]] = {
    f"GET {ADMIN}/notifications": lambda ids: Ask(query={"recipient": f"customer/{ids.user}"}),
    f"GET {ADMIN}/notifications/{{id}}": nothing,
    f"GET {ADMIN}/notifications/{{id}}/explain": nothing,
    f"POST {ADMIN}/notifications/send": send,
    f"GET {ADMIN}/audit-log": lambda ids: Ask(query={"target": f"provider/{ids.provider}"}),
    f"PUT {ADMIN}/rate-limits": body(rateLimits={"send": 500}),
    f"GET {ADMIN}/suppressions": lambda ids: Ask(query=an_address(ids)),
    f"POST {ADMIN}/suppressions": lambda ids: Ask(an_address(ids)),
    f"DELETE {ADMIN}/suppressions": lambda ids: Ask(query=an_address(ids)),
    f"POST {ADMIN}/providers": new_provider,
    f"GET {ADMIN}/providers/{{id}}": nothing,
    f"POST {ADMIN}/providers/{{id}}/test": body(to="ann@example.com"),
    f"POST {ADMIN}/escalation-policies": new_policy,
    f"GET {ADMIN}/escalation-policies/{{id}}": nothing,
    f"PATCH {ADMIN}/escalation-policies/{{id}}": body(stop="delivered"),
    f"PUT {ADMIN}/escalation-policies/{{id}}": body(stop="delivered"),
    f"DELETE {ADMIN}/escalation-policies/{{id}}": nothing,
    f"POST {ADMIN}/on-call-rotas": new_rota,
    f"GET {ADMIN}/on-call-rotas/{{id}}": nothing,
    f"GET {ADMIN}/on-call-rotas/{{id}}/on-duty": nothing,
    f"PATCH {ADMIN}/on-call-rotas/{{id}}": body(timeZone="Europe/Paris"),
    f"PUT {ADMIN}/on-call-rotas/{{id}}": body(timeZone="Europe/Paris"),
    f"DELETE {ADMIN}/on-call-rotas/{{id}}": nothing,
    "POST /api/v1/lookups/{type}": lambda ids: Ask({"code": ids.code, "labels": {"en": "Pilot"}}),
    "PUT /api/v1/lookups/{type}/{code}": body(order=9),
    "DELETE /api/v1/lookups/{type}/{code}": nothing,
    f"GET {ADMIN}/feature-flags": nothing,
    f"GET {ADMIN}/feature-flags/{{name}}": nothing,
    f"PUT {ADMIN}/feature-flags/{{name}}": body(default=False),
    f"DELETE {ADMIN}/feature-flags/{{name}}": nothing,
    f"PATCH {ADMIN}/providers/{{id}}": body(enabled=False),
    f"PUT {ADMIN}/providers/{{id}}": body(enabled=False),
    f"DELETE {ADMIN}/providers/{{id}}": nothing,
    f"POST {TEMPLATES}": new_template,
    f"GET {TEMPLATE}": nothing,
    f"PATCH {TEMPLATE}": body(name="Taken over"),
    f"DELETE {TEMPLATE}": nothing,
    f"POST {TEMPLATE}/versions": new_version,
    f"GET {TEMPLATE}/versions": nothing,
    f"GET {TEMPLATE}/versions/{{number}}": nothing,
    f"PUT {TEMPLATE}/localizations/{{locale}}": body(sms={"text": "Taken over"}),
    f"DELETE {TEMPLATE}/localizations/{{locale}}": nothing,
    f"GET {TEMPLATE}/diff": lambda _: Ask(query={"from": "1", "to": "1"}),
    f"POST {TEMPLATE}/publish": nothing,
    f"POST {TEMPLATE}/rollback": nothing,
    f"POST {TEMPLATE}/preview": preview,
    f"POST {TEMPLATE}/test-send": body(recipient={"userId": "u1"}),
    **{
        f"{method} {ADMIN}/{kind}{path}": case
        for kind in ("layouts", "partials")
        for method, path, case in (
            ("POST", "", new_fragment),
            ("GET", "/{key}", nothing),
            ("GET", "/{key}/usage", nothing),
            ("PATCH", "/{key}", body(source="Taken over {{ content }}")),
            ("PUT", "/{key}", body(source="Taken over {{ content }}")),
            ("DELETE", "/{key}", nothing),
        )
    },
    f"POST {CATEGORIES}": lambda ids: Ask({"key": ids.template, "name": "New"}),
    f"GET {CATEGORIES}/{{key}}": nothing,
    f"PATCH {CATEGORIES}/{{key}}": body(name="Taken over"),
    f"PUT {CATEGORIES}/{{key}}": body(name="Taken over"),
    f"DELETE {CATEGORIES}/{{key}}": nothing,
    f"GET {ADMIN}/recipients/{{userType}}/{{userId}}": nothing,
    f"PUT {ADMIN}/recipients/{{userType}}/{{userId}}": body(email="ann@example.com"),
    f"DELETE {ADMIN}/recipients/{{userType}}/{{userId}}": nothing,
    f"POST {ADMIN}/service-accounts": new_account,
    f"GET {ADMIN}/service-accounts/{{clientId}}": nothing,
    f"PATCH {ADMIN}/service-accounts/{{clientId}}": body(enabled=False),
    f"PUT {ADMIN}/service-accounts/{{clientId}}": body(enabled=False),
    f"DELETE {ADMIN}/service-accounts/{{clientId}}": nothing,
    f"POST {ADMIN}/tenants": new_tenant,
    f"GET {ADMIN}/tenants/{{id}}": nothing,
    f"PATCH {ADMIN}/tenants/{{id}}": body(name="Taken over"),
    f"PUT {ADMIN}/tenants/{{id}}": body(name="Taken over"),
    f"GET {ADMIN}/tenants/{{id}}/settings": nothing,
    f"PATCH {ADMIN}/tenants/{{id}}/settings": body(timeZone="Europe/Paris"),
    f"PUT {ADMIN}/tenants/{{id}}/settings": body(timeZone="Europe/Paris"),
    f"POST {ADMIN}/tenants/{{id}}/invite": body(email="amy@acme.example"),
    f"POST {ADMIN}/tenants/{{id}}/suspend": nothing,
    f"POST {ADMIN}/tenants/{{id}}/activate": nothing,
    f"POST {SERVICES}/notifications/send": send,
    f"POST {SERVICES}/notifications/cancel": lambda ids: Ask({"id": ids.notification}),
    f"GET {WPPCONNECT}/qr/{{tenantId}}": nothing,
    f"GET {WPPCONNECT}/session/{{tenantId}}": nothing,
    f"POST {WPPCONNECT}/session/{{tenantId}}/start": nothing,
    f"POST {WPPCONNECT}/session/{{tenantId}}/disconnect": nothing,
    f"GET {SERVICES}/notifications/{{id}}": nothing,
    f"POST {SERVICES}/notifications/simulate": send,
    f"GET {SERVICES}/notifications/{{id}}/status": nothing,
    f"GET {SERVICES}/notifications/{{id}}/explain": nothing,
    f"GET {SERVICES}/recipients/{{userType}}/{{userId}}": nothing,
    f"PUT {SERVICES}/recipients/{{userType}}/{{userId}}": body(email="ann@example.com"),
    f"DELETE {SERVICES}/recipients/{{userType}}/{{userId}}": nothing,
    f"POST {INBOX}": body(body="Hello"),
    f"DELETE {DEVICES}": lambda ids: Ask({"token": ids.token}),
    f"DELETE {DEVICES}/{{deviceId}}": nothing,
    f"GET {TOPIC}": nothing,
    f"DELETE {TOPIC}": nothing,
    f"DELETE {INBOX}": ids,
    f"POST {INBOX}/mark-read": ids,
    f"POST {INBOX}/read-multiple": ids,
    f"GET {INBOX}/{{id}}": nothing,
    f"DELETE {INBOX}/{{id}}": nothing,
    f"GET {INBOX}/{{id}}/delivery-status": nothing,
    f"PATCH {INBOX}/{{id}}/read": nothing,
    f"PUT {INBOX}/{{id}}/read": nothing,
    f"POST {INBOX}/{{id}}/read": nothing,
    f"PATCH {INBOX}/{{id}}/unread": nothing,
    f"POST {INBOX}/{{id}}/archive": nothing,
    f"POST {INBOX}/{{id}}/acknowledge": nothing,
}
"""Routes that name something."""
SWEEPING: Final = frozenset(
    {
        f"GET {TEMPLATES}",
        f"GET {ADMIN}/layouts",
        f"GET {ADMIN}/partials",
        f"GET {CATEGORIES}",
        f"GET {ADMIN}/providers",
        f"GET {ADMIN}/escalation-policies",
        f"GET {ADMIN}/on-call-rotas",
        "GET /api/v1/lookups/{type}",
        "GET /api/v1/feature-flags",
        f"GET {ADMIN}/rate-limits",
        f"GET {ADMIN}/service-accounts",
        f"GET {ADMIN}/tenants",
        f"GET {INBOX}",
        f"GET {ME}/preferences",
        f"GET {DEVICES}",
        f"GET {ME}/topics",
        f"GET {INBOX}/unread-count",
        f"POST {INBOX}/mark-all-read",
        f"POST {INBOX}/read-all",
    }
)
"""Routes that are about all of the caller's, and name nothing."""
CHOOSING: Final[dict[str, Any]] = {
    f"PUT {ME}/preferences": {"types": {"order.shipped": False}},
    f"PUT {ME}/preferences/channels/{{channel}}": {"enabled": False},
    f"PUT {ME}/preferences/{{channel}}": {"enabled": False},
    f"POST {DEVICES}": {"token": "acmes-token"},
    f"PUT {TOPIC}": None,
}
"""Routes by which users say something of themselves, and their bodies."""
PUBLIC: Final = frozenset(
    {"GET /health", "GET /health/ready", "GET /openapi.json", "GET /docs", "GET /docs/{file}"}
    | {"GET /unsubscribe/{token}", "POST /unsubscribe/{token}", "GET /t/o/{token}", "GET /t/c/{token}"}
)
"""Routes that know no caller."""
