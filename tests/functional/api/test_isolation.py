"""Every route against another tenant's token and ids: what is not one's own does not exist."""

import copy
import re
from typing import Any, Final

import pytest

from app import app
from chalicelib.api.examples import EXAMPLES
from chalicelib.api.route import Route
from chalicelib.auth.permissions import Permission
from chalicelib.domain.category import Category
from chalicelib.domain.content import Content
from chalicelib.domain.device import device_id
from chalicelib.domain.escalation import EscalationPolicy, Step
from chalicelib.domain.fragment import Fragment, FragmentKind
from chalicelib.domain.ids import (
    ClientId,
    FragmentKey,
    PolicyId,
    ProviderId,
    RotaId,
    TemplateKey,
    TenantId,
    UserId,
    UserType,
)
from chalicelib.domain.principal import Principal
from chalicelib.domain.provider import ProviderConfig
from chalicelib.domain.rota import Person, Rota, Shift
from chalicelib.domain.suppression import Suppression, SuppressionReason
from chalicelib.domain.tenant import ServiceAccount
from chalicelib.domain.words import Channel, Role, Scope
from chalicelib.services.ports import NotificationRef
from tests.api import Api, Response, in_memory_api
from tests.build import ACME, ID, NOW, a_recipient, a_tenant
from tests.callers import GLOBEX, a_service, a_user
from tests.fakes import ManualClock
from tests.store.test_templates import a_template, a_version
from tests.twin import (
    TwinCategories,
    TwinFragments,
    TwinPolicies,
    TwinProviders,
    TwinRecipients,
    TwinRotas,
    TwinServiceAccounts,
    TwinSuppressions,
    TwinTemplates,
    TwinTenants,
)
from tests.world import World

MARK: Final = "only-for-acme"
"""Stands in everything that Acme has."""
THEIRS: Final[dict[str, dict[str, str]]] = {
    "/api/v1/admin/tenants/{id}": {"id": "acme"},
    "/api/v1/admin/providers/{id}": {"id": MARK},
    "/api/v1/admin/escalation-policies/{id}": {"id": MARK},
    "/api/v1/admin/on-call-rotas/{id}": {"id": MARK},
    "/api/v1/lookups/": {"type": "user_type", "code": MARK},
    "/api/v1/admin/feature-flags/": {"name": MARK},
    "/api/v1/admin/service-accounts/{clientId}": {"clientId": MARK},
    "/api/v1/users/me/devices/{deviceId}": {"deviceId": device_id(f"{MARK}-token")},
    "/api/v1/users/me/topics/{topic}": {"topic": MARK},
    "/api/v1/users/me/preferences/": {"channel": "email"},
    "/api/v1/admin/templates/": {"key": MARK, "number": "1", "locale": "en"},
    "/api/v1/admin/layouts/": {"key": MARK},
    "/api/v1/admin/partials/": {"key": MARK},
    "/api/v1/admin/template-categories/": {"key": MARK},
    "/webhooks/wppconnect/": {"tenantId": "acme"},
    "/docs/{file}": {"file": "start.js"},
}
"""Ids of Acme's in paths, by the beginning of the path; other ids are a notification's, other users Ann."""
GIVEN_OUT: Final = re.compile(r'"(createdAt|registeredAt|subscribedAt|startsAt|requestId|id|at)":"[^"]*"')
PERSON = a_user(Role.ADMIN, Role.MANAGER, Role.VIEWER, Role.USER, Role.SERVICE, tenants=(GLOBEX,))
SERVICE = a_service(*Scope, tenants=(GLOBEX,))

ROUTES = [
    (method, path, entry.view_function)
    for path, methods in sorted(app.routes.items())
    for method, entry in methods.items()
    if isinstance(entry.view_function, Route) and entry.view_function.needs is not None
]


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Api:
    """Return the API of a world in which Acme has one of everything, and Globex nothing."""
    api = without_acme(monkeypatch)
    world = api.world
    TwinTenants(world.rows).create(a_tenant(name=MARK))
    TwinRecipients(world.rows).put(ACME, a_recipient(email=f"{MARK}@example.com"))
    TwinProviders(world.rows).create(
        ACME, ProviderConfig(id=ProviderId(MARK), channel=Channel.EMAIL, vendor="fake", settings={"note": MARK})
    )
    phone = ProviderConfig(id=ProviderId(f"{MARK}-phone"), channel=Channel.WHATSAPP, vendor="wppconnect")
    TwinProviders(world.rows).create(ACME, phone)
    TwinSuppressions(world.rows).put(
        ACME,
        Suppression(
            channel=Channel.EMAIL, address=f"{MARK}@example.com", reason=SuppressionReason.BOUNCE, created_at=NOW
        ),
    )
    on_duty = Shift(people=(Person(user_type=UserType("support"), user_id=UserId(MARK)),))
    TwinRotas(world.rows).create(ACME, Rota(id=RotaId(MARK), time_zone="UTC", shifts=(on_duty,)))
    paging = Step(channels=(Channel.SMS,), rota=RotaId(MARK))
    TwinPolicies(world.rows).create(ACME, EscalationPolicy(id=PolicyId(MARK), steps=(paging,)))
    template = a_template(key=TemplateKey(MARK), name=MARK, published=1, history=(1,))
    TwinTemplates(world.rows).create(ACME, template, a_version(key=template.key, note=MARK))
    for kind in FragmentKind:
        TwinFragments(world.rows).create(
            ACME, Fragment(kind=kind, key=FragmentKey(MARK), source=f"{MARK} {{{{ content }}}}", created_at=NOW)
        )
    TwinCategories(world.rows).create(ACME, Category(key=MARK, name=MARK))
    account = ServiceAccount(client_id=ClientId(MARK), name=MARK, tenants=(ACME,), scopes=(Scope.SEND,), created_at=NOW)
    TwinServiceAccounts(world.rows).create(account)
    world.decided(channels=(Channel.IN_APP,), content=Content(subject=MARK, body=MARK), metadata={"note": MARK})
    world.deliver()(NotificationRef(ACME, ID), Channel.IN_APP)
    return api


def without_acme(monkeypatch: pytest.MonkeyPatch) -> Api:
    """Return the API of a world in which there is Globex only."""
    world = World(clock=ManualClock(), tenant=a_tenant(id=GLOBEX, name="Globex"), providers=())
    return in_memory_api(monkeypatch, world)


def callers(route: Route) -> list[Principal]:
    if route.needs is Permission.OWN:
        return [PERSON]
    return [SERVICE] if route.needs in (Permission.SEND, Permission.READ) else [PERSON, SERVICE]


def ids_in(path: str) -> dict[str, str]:
    """Return Acme's ids for the parameters of a path."""
    beginning = next((beginning for beginning in THEIRS if path.startswith(beginning)), None)
    known = {"id": ID, "userType": "customer", "userId": "u1"} | THEIRS.get(beginning or "", {})
    return {name: known[name] for name in re.findall(r"{(\w+)}", path)}


def body_of(route: Route) -> Any:
    """Return an example of the body of a route."""
    return None if route.body is None else next(iter(EXAMPLES[route.body.__name__].values()))


def told(response: Response) -> tuple[int, str]:
    """Return an answer without the ids and times that it gave out itself."""
    return response.status, GIVEN_OUT.sub(r'"\1":…', response.text)


def of_acme(api: Api) -> Any:
    """Return all rows of Acme's."""
    rows = api.world.rows
    of_tenant = (
        *(rows.requests, rows.states, rows.recipients, rows.unread, rows.providers),
        *(rows.preferences, rows.suppressions, rows.members, rows.tombstones),
        *(rows.templates, rows.versions, rows.fragments, rows.categories),
    )
    mine: list[Any] = [{key: row for key, row in table.items() if key[0] == ACME and row} for table in of_tenant]
    return copy.deepcopy((mine, rows.tenants[ACME], rows.accounts[ClientId(MARK)], rows.audit.get(ACME)))


@pytest.mark.parametrize(("method", "path", "route"), ROUTES, ids=[f"{method} {path}" for method, path, _ in ROUTES])
def test_what_is_another_tenants_does_not_exist(
    api: Api, monkeypatch: pytest.MonkeyPatch, method: str, path: str, route: Route
) -> None:
    before = of_acme(api)
    asked = [api.call(method, path.format(**ids_in(path)), caller, body_of(route)) for caller in callers(route)]
    after = of_acme(api)
    nowhere = without_acme(monkeypatch)
    missing = [nowhere.call(method, path.format(**ids_in(path)), caller, body_of(route)) for caller in callers(route)]

    assert [told(response) for response in asked] == [told(response) for response in missing]
    assert all(response.status < 500 for response in asked)
    assert after == before


@pytest.mark.parametrize(("method", "path", "route"), ROUTES, ids=[f"{method} {path}" for method, path, _ in ROUTES])
def test_a_tenant_that_the_token_does_not_reach_cannot_be_picked(
    api: Api, method: str, path: str, route: Route
) -> None:
    before = of_acme(api)
    for caller in callers(route):
        response = api.call(
            method, path.format(**ids_in(path)), caller, body_of(route), headers={"x-tenant-id": "acme"}
        )
        assert response.status == 403, response.text
        assert MARK not in response.text
    assert of_acme(api) == before


@pytest.mark.parametrize(("method", "path", "route"), ROUTES, ids=[f"{method} {path}" for method, path, _ in ROUTES])
def test_nobody_gets_in_without_a_token_or_without_a_right(api: Api, method: str, path: str, route: Route) -> None:
    before = of_acme(api)
    asked = path.format(**ids_in(path))

    assert api.call(method, asked, None, body_of(route)).status == 401
    without = a_service() if route.needs is Permission.OWN else a_user(Role.USER)
    assert api.call(method, asked, without, body_of(route)).status == 403
    assert of_acme(api) == before


def test_a_user_is_not_the_namesake_of_another_tenant_or_type(api: Api) -> None:
    inbox = "/api/v1/users/me/notifications"
    assert api.call("GET", f"{inbox}/{ID}", a_user(Role.USER)).status == 200
    for stranger in (a_user(Role.USER, tenants=(TenantId("globex"),)), a_user(Role.USER, user_id="u2")):
        assert api.call("GET", f"{inbox}/{ID}", stranger).status == 404
        assert api.call("GET", inbox, stranger).json["items"] == []
