"""Every route, asked by somebody else for what is Acme's: the answer is, to the byte, that for what nobody has.

On the table, under the eyes of the witness that sees the keys of all requests. (tests/functional/api/test_isolation.py
asks the same of a store in memory, against a world without Acme.)
"""

import re
from collections.abc import Iterator
from dataclasses import astuple, dataclass
from typing import Any, Final

import pytest
from moto import mock_aws

from app import app
from chalicelib.api.route import Route
from chalicelib.auth.permissions import Permission
from chalicelib.domain.category import Category
from chalicelib.domain.content import Content
from chalicelib.domain.delivery import DeliveryStatus
from chalicelib.domain.device import Device, device_id
from chalicelib.domain.escalation import EscalationPolicy, Step
from chalicelib.domain.flag import Flag, FlagRule
from chalicelib.domain.fragment import Fragment, FragmentKind
from chalicelib.domain.ids import (
    ClientId,
    FragmentKey,
    NotificationId,
    PolicyId,
    ProviderId,
    RotaId,
    TemplateKey,
    TopicKey,
    UserId,
    UserType,
)
from chalicelib.domain.lookup import Lookup, LookupType
from chalicelib.domain.preferences import Preferences
from chalicelib.domain.principal import Principal
from chalicelib.domain.provider import ProviderConfig
from chalicelib.domain.rota import Person, Rota, Shift
from chalicelib.domain.suppression import Suppression, SuppressionReason
from chalicelib.domain.template import Locale
from chalicelib.domain.tenant import ServiceAccount
from chalicelib.domain.topic import TopicSubscription
from chalicelib.domain.value import Millis
from chalicelib.domain.words import Channel, Role, Scope
from chalicelib.services.ports import NotificationRef
from chalicelib.store.table import Table
from tests.api import Api, Response, api_on
from tests.aws_semantics.record import Record
from tests.aws_semantics.switch import semantics
from tests.build import ACME, NOW, a_delivery, a_recipient, a_request, a_state, a_tenant
from tests.callers import GLOBEX, a_service, a_user
from tests.functional.isolation.routes import ACMES, CHOOSING, DEVICES, NAMING, NOBODYS, PUBLIC, SWEEPING, Ask, Ids
from tests.store.stores import MotoSession, Store, acting, new_table, on_table
from tests.store.test_templates import a_template, a_version

MARK: Final = "acmes"
"""Stands in everything that Acme has."""
STRANGER = a_user(*set(Role) - {Role.PLATFORM_ADMIN}, tenants=(GLOBEX,), user_id="stranger")
NAMESAKE = a_user(*set(Role) - {Role.PLATFORM_ADMIN}, tenants=(GLOBEX,), user_id=ACMES.user)
COLLEAGUE = a_user(Role.USER, tenants=(ACME,), user_id="colleague")
SERVICE = a_service(*Scope, tenants=(GLOBEX,))
ROUTES = {
    f"{method} {path}": entry.view_function
    for path, methods in sorted(app.routes.items())
    for method, entry in methods.items()
    if isinstance(entry.view_function, Route)
}


def callers(route: Route) -> dict[str, Principal]:
    """Return who else may ask a route."""
    if route.needs is Permission.OWN:
        return {"a stranger": STRANGER, "a namesake": NAMESAKE, "a colleague": COLLEAGUE}
    return {"a stranger": STRANGER, "a service": SERVICE}


ASKED = [(name, who, caller) for name in NAMING if name in ROUTES for who, caller in callers(ROUTES[name]).items()]
SHARED = f"POST {DEVICES}"
"""Among colleagues this one takes a device from whoever had it: see `test_a_shared_phone_…` below."""
CHOSEN = [
    (name, who, caller)
    for name in CHOOSING
    for who, caller in callers(ROUTES[name]).items()
    if (name, caller) != (SHARED, COLLEAGUE)
]
SWEPT = [(name, who, caller) for name in sorted(SWEEPING) for who, caller in callers(ROUTES[name]).items()]


@dataclass(frozen=True)
class Stage:
    """A table where Acme has one of everything, its rows by their keys, and what was seen of who asked for them."""

    table: Table
    unwatched: Any
    beginning: dict[str, Any]
    record: Record

    def rows(self) -> dict[str, Any]:
        """Return all rows by their keys, read by a client that nobody watches."""
        items = self.unwatched.scan(TableName=self.table.name)["Items"]
        return {f"{row['PK']['S']} {row['SK']['S']}": row for row in items}

    def restore(self) -> None:
        """Bring the table back to its beginning: filling it anew takes longer than all the tests."""
        now = self.rows()
        for key in now.keys() - self.beginning.keys():
            self.unwatched.delete_item(TableName=self.table.name, Key={name: now[key][name] for name in ("PK", "SK")})
        for key, row in self.beginning.items():
            if now.get(key) != row:
                self.unwatched.put_item(TableName=self.table.name, Item=row)


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    """A table whose requests are watched: none may name a key outside of its caller's tenant."""
    with mock_aws():
        session = MotoSession()
        name = new_table(session).name
        with semantics("7:tenant_guard") as record:
            table = Table(name, MotoSession(), pause=lambda seconds: None)
            fill(acting(on_table(table)))
            stage = Stage(table, session.create_client("dynamodb"), {}, record)
            stage.beginning.update(stage.rows())
            yield stage


@pytest.fixture
def api(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Iterator[Api]:
    """The API on a table where Acme has one of everything, whatever the test before did to it."""
    stage.restore()
    stage.record.entries.clear()
    yield api_on(on_table(stage.table), monkeypatch)
    assert stage.record.violations == []


def fill(store: Store) -> None:
    """Give Acme one of everything, and Globex a name."""
    ttl, id, user = NOW // 1_000 + 86_400, NotificationId(ACMES.notification), UserId(ACMES.user)
    person = a_recipient(user_id=user, email=f"{MARK}@example.com")
    content = Content(subject=MARK, body=MARK)
    provider = ProviderConfig(id=ProviderId(ACMES.provider), channel=Channel.EMAIL, vendor="smtp")
    account = ServiceAccount(
        client_id=ClientId(ACMES.client), name=MARK, tenants=(ACME,), scopes=(Scope.SEND,), created_at=NOW
    )
    listed = Suppression(
        channel=Channel.EMAIL, address=ACMES.address, reason=SuppressionReason.MANUAL, created_at=NOW, note=MARK
    )
    store.tenants.create(a_tenant(name=MARK))
    store.tenants.create(a_tenant(id=GLOBEX, name="Globex"))
    store.accounts.create(account)
    store.providers.create(ACME, provider)
    phone = ProviderConfig(id=ProviderId(f"{MARK}-phone"), channel=Channel.WHATSAPP, vendor="wppconnect")
    store.providers.create(ACME, phone)
    store.recipients.put(ACME, person)
    on_duty = Shift(people=(Person(user_type=UserType(MARK), user_id=UserId(MARK)),))
    store.rotas.create(ACME, Rota(id=RotaId(ACMES.rota), time_zone="UTC", shifts=(on_duty,)))
    paging = Step(channels=(Channel.SMS,), rota=RotaId(ACMES.rota))
    store.policies.create(ACME, EscalationPolicy(id=PolicyId(ACMES.policy), steps=(paging,)))
    store.suppressions.put(ACME, listed)
    template = a_template(key=TemplateKey(ACMES.template), name=MARK, published=1, history=(1,))
    store.templates.create(ACME, template, a_version(key=template.key, note=MARK))
    for kind in FragmentKind:
        key = FragmentKey(ACMES.template)
        store.fragments.create(ACME, Fragment(kind=kind, key=key, source=f"{MARK} {{{{ content }}}}", created_at=NOW))
    store.categories.create(ACME, Category(key=ACMES.template, name=MARK))
    pilot = Lookup(type=LookupType.USER_TYPE, code=ACMES.code, labels={Locale("en"): MARK}, version=1)
    store.lookups.create(ACME, pilot)
    store.flags.create(Flag(name=ACMES.flag, default=True, rules=(FlagRule(name=MARK, tenants=(ACME,), enabled=True),)))
    store.preferences.put(ACME, person.user_type, user, Preferences(types={MARK: False}))
    store.devices.put(ACME, person.user_type, user, Device(token=ACMES.token, registered_at=NOW))
    subscription = TopicSubscription(topic=TopicKey(ACMES.topic), subscribed_at=NOW)
    store.topics.subscribe(ACME, person.user_type, user, subscription)
    store.requests.put(a_request(id=id, recipient=person, content=content, channels=(Channel.IN_APP,)), ttl)
    waiting = {Channel.IN_APP: a_delivery(DeliveryStatus.QUEUED, providers=())}
    store.states.put(a_state(waiting, id=id, user_id=user), ttl)
    store.states.deliver_in_app(NotificationRef(ACME, id), Millis(NOW + 1))


def call(api: Api, name: str, caller: Principal, ids: Ids, ask: Ask) -> Response:
    """Ask a route for what `ids` names."""
    method, _, path = name.partition(" ")
    beginning = path.removeprefix("/api/v1/admin/").partition("/")[0]
    kinds = {"tenants": ids.tenant, "providers": ids.provider}
    kinds |= {"escalation-policies": ids.policy, "on-call-rotas": ids.rota}
    id = kinds.get(beginning, ids.notification)
    own = {"topic": ids.topic, "deviceId": device_id(ids.token), "channel": "sms"}
    own |= {"tenantId": ids.tenant, "key": ids.template, "number": "1", "locale": "en"}
    own |= {"type": "user_type", "code": ids.code, "name": ids.flag}
    named = path.format(id=id, clientId=ids.client, userType="customer", userId=ids.user, **own)
    headers = {"x-request-id": "r"}
    return api.call(method, named, caller, ask.body, query=ask.query, headers=headers)


def bytes_of(response: Response, ids: Ids) -> tuple[int, str, str]:
    """Return an answer to the byte, but for the ids that were asked for, the time it was and the calls left."""
    kept = {name: value for name, value in response.headers.items() if name != "RateLimit"}
    headers, text = str(sorted(kept.items())), response.text
    for id in (*astuple(ids), ids.code):
        headers, text = headers.replace(f"/{id}'", "/…'"), text.replace(f'{id}"', '…"')
    return response.status, headers, re.sub(r'"createdAt":"[^"]*"', '"createdAt":"…"', text)


def of_acme(stage: Stage) -> list[Any]:
    """Return all rows that are not Globex's."""
    return [row for key, row in stage.rows().items() if key.partition(" ")[0].split("#")[1] != GLOBEX]


def test_every_route_has_a_case() -> None:
    assert {*NAMING, *SWEEPING, *CHOOSING, *PUBLIC} == set(ROUTES)
    assert {name for name, route in ROUTES.items() if route.needs is None} == PUBLIC


@pytest.mark.parametrize(("name", "who", "caller"), ASKED, ids=[f"{name} by {who}" for name, who, _ in ASKED])
def test_what_is_somebody_elses_is_answered_like_what_nobody_has(
    api: Api, stage: Stage, name: str, who: str, caller: Principal
) -> None:
    before = of_acme(stage)

    theirs = call(api, name, caller, ACMES, NAMING[name](ACMES))
    after = of_acme(stage)
    nobodys = call(api, name, caller, NOBODYS, NAMING[name](NOBODYS))

    assert bytes_of(theirs, ACMES) == bytes_of(nobodys, NOBODYS)
    assert after == before


@pytest.mark.parametrize(("name", "who", "caller"), SWEPT, ids=[f"{name} by {who}" for name, who, _ in SWEPT])
def test_what_is_about_all_of_ones_own_passes_over_everybody_elses(
    api: Api, stage: Stage, name: str, who: str, caller: Principal
) -> None:
    before = of_acme(stage)

    response = call(api, name, caller, ACMES, Ask())

    assert response.status == 200
    assert MARK not in response.text
    assert not response.json.get("unreadCount")
    assert not response.json.get("updatedCount")
    assert of_acme(stage) == before


@pytest.mark.parametrize(("name", "who", "caller"), CHOSEN, ids=[f"{name} by {who}" for name, who, _ in CHOSEN])
def test_what_users_say_of_themselves_is_said_of_nobody_else(
    api: Api, stage: Stage, name: str, who: str, caller: Principal
) -> None:
    before = of_acme(stage)

    response = call(api, name, caller, ACMES, Ask(CHOOSING[name]))

    assert response.status in {200, 201}
    assert [row for row in of_acme(stage) if "colleague" not in str(row)] == before


def test_a_shared_phone_is_all_that_goes_to_the_colleague_who_registers_it(api: Api, stage: Stage) -> None:
    before = of_acme(stage)

    response = call(api, SHARED, COLLEAGUE, ACMES, Ask(CHOOSING[SHARED]))

    after = [row for row in of_acme(stage) if "colleague" not in str(row)]
    assert response.status == 201
    assert [row for row in before if row not in after] == [row for row in before if device_id(ACMES.token) in str(row)]
    assert [row for row in after if row not in before] == []


def test_their_owner_finds_what_the_others_do_not(api: Api) -> None:
    """The cases above would prove nothing if Acme's ids were wrong."""
    owner = a_user(*Role, tenants=(ACME,), user_id=ACMES.user)
    for name in (name for name in NAMING if name.startswith("GET") and "{" in name):
        caller = a_service(*Scope) if "/services/" in name else owner
        response = call(api, name, caller, ACMES, NAMING[name](ACMES))
        assert (name, response.status) == (name, 200)
        assert call(api, name, caller, NOBODYS, NAMING[name](NOBODYS)).status == 404
