"""The API in memory: the real routes, called with API Gateway's events, over the real use cases on a store."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from time import time_ns
from typing import Any
from urllib.parse import quote

import pytest

from app import app
from chalicelib import bootstrap
from chalicelib.auth.context import to_context
from chalicelib.auth.tracking_tokens import TrackingTokens
from chalicelib.auth.unsubscribe_tokens import UnsubscribeTokens
from chalicelib.aws.switches import is_on
from chalicelib.channels.base import address_fault, shape
from chalicelib.domain.ids import TenantId
from chalicelib.domain.principal import Principal
from chalicelib.domain.rate_limit import Limit
from chalicelib.domain.value import Millis
from chalicelib.providers.registry import setting_faults
from chalicelib.services.accept import Accept
from chalicelib.services.acknowledge import Acknowledge
from chalicelib.services.audit import ReadAudit
from chalicelib.services.audited_change import AuditedChanges
from chalicelib.services.cancel import Cancel
from chalicelib.services.cancel_group import CancelGroups
from chalicelib.services.find_notifications import FindNotifications
from chalicelib.services.inbox import Inbox
from chalicelib.services.inbox_many import InboxMany
from chalicelib.services.manage_flags import ManageFlags
from chalicelib.services.manage_lookups import ManageLookups
from chalicelib.services.manage_policies import ManagePolicies
from chalicelib.services.manage_preferences import ManagePreferences
from chalicelib.services.manage_providers import ManageProviders
from chalicelib.services.manage_recipients import ManageRecipients
from chalicelib.services.manage_rotas import ManageRotas
from chalicelib.services.manage_service_accounts import ManageServiceAccounts
from chalicelib.services.manage_tenants import ManageTenants
from chalicelib.services.rate_limit import RateLimits
from chalicelib.services.register_devices import RegisterDevices
from chalicelib.services.subscribe_to_topics import SubscribeToTopics
from chalicelib.services.suppress import Suppress
from chalicelib.services.track import Track
from chalicelib.services.try_provider import TryProvider
from chalicelib.services.unsubscribe import Unsubscribe
from chalicelib.services.whatsapp_sessions import ManageWhatsappSessions
from chalicelib.store.cursors import Cursors
from tests.fakes import FakeInvitations, FakeTrier, ManualClock
from tests.rehearsing import explain_on, simulate_on
from tests.saying import KeptTemplates, fill_from, say_from
from tests.store.stores import Store, on_twin
from tests.templating import templating_on
from tests.twin import Rows, TwinRateWindows
from tests.whatsapp import FakeWhatsappSessions
from tests.world import World


@dataclass(frozen=True)
class Response:
    """What the API answered."""

    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def json(self) -> Any:
        """The answer's JSON value."""
        return json.loads(self.text)

    @property
    def faults(self) -> dict[str, str]:
        """The code of each fault of a problem, by its pointer."""
        return {fault["pointer"]: fault["code"] for fault in self.json.get("faults", [])}


@dataclass
class Api:
    """The API over a `World`."""

    world: World

    def call(
        self,
        method: str,
        path: str,
        caller: Principal | None,
        body: Any = None,
        *,
        query: Mapping[str, str | list[str]] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        """Call a route as `caller`, whom the authorizer has let through. `body` is sent as JSON, bytes as they are."""
        event = _event(method, path, body, query or {}, headers or {})
        if caller is not None:
            event["requestContext"]["authorizer"] = to_context(caller)
        answer = app(event, None)
        return Response(answer["statusCode"], answer.get("headers", {}), answer["body"])


class NoVault:
    """`ports.Vault` that seals by naming the tenant, and never opens."""

    def seal(self, tenant: TenantId, secret: Mapping[str, Any]) -> bytes:
        return f"sealed for {tenant}".encode()

    def open(self, tenant: TenantId, sealed: bytes) -> dict[str, Any]:
        raise AssertionError("the API never opens credentials")


def in_memory_api(monkeypatch: pytest.MonkeyPatch, world: World | None = None) -> Api:
    """Return the API over `world`, by default one of now, wired into bootstrap for the time of a test."""
    world = world or World(clock=ManualClock(Millis(time_ns() // 1_000_000)))
    use_cases = {"accept": world.accept(), "cancel": world.cancel(), "cancel_groups": world.cancel_groups()}
    use_cases["simulate"] = simulate_on(world.store, world.accept())
    _wire(monkeypatch, use_cases | reading_and_administration(on_twin(world.rows), world.clock))
    return Api(world)


def api_on(store: Store, monkeypatch: pytest.MonkeyPatch) -> Api:
    """Return the API over `store`, wired into bootstrap for the time of a test."""
    clock = ManualClock(Millis(time_ns() // 1_000_000))
    _wire(monkeypatch, sending(store, clock) | reading_and_administration(store, clock))
    return Api(World(clock=clock))


def sending(store: Store, clock: ManualClock) -> dict[str, Any]:
    """Return the use cases of sending over `store`, by their names in bootstrap."""
    accept = Accept(
        requests=store.requests,
        records=store.records,
        tenants=store.tenants,
        providers=store.providers,
        policies=store.policies,
        groups=store.groups,
        fill=fill_from(KeptTemplates()),
        randomness=os.urandom,
    )
    cancel = Cancel(store.requests, store.states, store.tenants)
    return {
        "accept": accept,
        "cancel": cancel,
        "cancel_groups": CancelGroups(store.groups, cancel, clock),
        "simulate": simulate_on(store, accept),
    }


def reading_and_administration(store: Store, clock: ManualClock) -> dict[str, Any]:
    """Return the use cases of reading and administration over `store`, by their names in bootstrap."""
    audited = AuditedChanges(store.audit, os.urandom)
    return {
        "tenants": store.tenants,
        "known_tenants": store.tenants,
        "recipients": store.recipients,
        "inbox": Inbox(store.requests, store.states, store.tenants, say_from(KeptTemplates())),
        "inbox_many": InboxMany(store.requests, store.states, clock),
        "explain": explain_on(store),
        "find_notifications": FindNotifications(store.requests, store.states),
        "read_audit": ReadAudit(store.audit),
        "manage_preferences": ManagePreferences(store.preferences, store.tenants),
        "register_devices": RegisterDevices(store.devices),
        "subscribe_to_topics": SubscribeToTopics(store.topics),
        "suppress": Suppress(store.suppressions, store.tenants, audited),
        "unsubscribe": Unsubscribe(store.preferences, store.tenants),
        "tracking_tokens": TrackingTokens(b"a secret for all tests"),
        "track": Track(
            store.states,
            store.tenants,
            Inbox(store.requests, store.states, store.tenants, say_from(KeptTemplates())).read,
        ),
        "unsubscribe_tokens": UnsubscribeTokens(b"a secret for all tests"),
        "manage_tenants": ManageTenants(store.tenants, FakeInvitations(), lambda tenant, now: None, audited),
        "manage_service_accounts": ManageServiceAccounts(store.accounts, store.tenants, audited),
        "manage_recipients": ManageRecipients(store.recipients, store.tenants, audited),
        "manage_policies": ManagePolicies(store.policies, store.rotas, store.tenants, audited),
        "manage_lookups": ManageLookups(store.lookups, store.tenants, audited),
        "manage_flags": ManageFlags(store.flags, is_on, audited),
        "manage_rotas": ManageRotas(store.rotas, store.policies, store.tenants, audited),
        "acknowledge": Acknowledge(store.requests, store.states, Cancel(store.requests, store.states, store.tenants)),
        "manage_providers": ManageProviders(store.providers, store.tenants, NoVault(), setting_faults, audited),
        "whatsapp_sessions": ManageWhatsappSessions(store.providers, FakeWhatsappSessions(), audited),
        **templating_on(store, audited),
        "try_provider": TryProvider(
            providers=store.providers,
            tenants=store.tenants,
            caller=FakeTrier(),
            check_address=address_fault,
            shape=shape,
            audited=audited,
            randomness=os.urandom,
        ),
        "rate_limits": RateLimits(TwinRateWindows(Rows()), dict.fromkeys(Limit, 1_000_000)),
        "cursors": Cursors(b"a key of 32 bytes for all tests.."),
    }


def _wire(monkeypatch: pytest.MonkeyPatch, use_cases: Mapping[str, Any]) -> None:
    for name, use_case in use_cases.items():
        monkeypatch.setattr(bootstrap, name, lambda use_case=use_case: use_case)
    monkeypatch.setenv("HERALD_CORS_ORIGINS", "[]")


def _event(
    method: str, path: str, body: Any, query: Mapping[str, str | list[str]], headers: Mapping[str, str]
) -> dict[str, Any]:
    resource, parameters = _route(path)
    return {
        "resource": resource,
        "path": path,
        "httpMethod": method,
        "headers": {"content-type": "application/json", **headers},
        "multiValueQueryStringParameters": {
            name: [value] if isinstance(value, str) else value for name, value in query.items()
        }
        or None,
        "pathParameters": parameters or None,
        "stageVariables": None,
        "body": body.decode() if isinstance(body, bytes) else None if body is None else json.dumps(body),
        "isBase64Encoded": False,
        "requestContext": {
            "resourcePath": resource,
            "httpMethod": method,
            "path": path,
            "stage": "api",
            "requestId": "gateway-request",
            "identity": {"sourceIp": "127.0.0.1"},
        },
    }


def _route(path: str) -> tuple[str, dict[str, str]]:
    """Return the route API Gateway takes for a path, static parts first, and its parameters."""
    parts = path.strip("/").split("/")
    for resource in sorted(app.routes, key=lambda resource: resource.count("{")):
        names = resource.strip("/").split("/")
        if len(names) == len(parts) and all(n == p or n[0] == "{" for n, p in zip(names, parts, strict=True)):
            return resource, {n[1:-1]: p for n, p in zip(names, parts, strict=True) if n[0] == "{"}
    raise LookupError(f"no route for {path}")


def in_path(text: str) -> str:
    """Return a text as it stands in a path."""
    return quote(text, safe="")
