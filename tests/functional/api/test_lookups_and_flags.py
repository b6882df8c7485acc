"""Lookups and feature flags over HTTP: seen, changed, and what they do to sending."""

from typing import Any

import pytest

from chalicelib.aws.switches import channels_off
from chalicelib.domain.configuration import Level
from chalicelib.domain.lookup import MOST_CODES, Lookup, LookupType
from chalicelib.domain.template import Locale
from chalicelib.domain.tenant import TenantSettings
from chalicelib.domain.words import Channel, Role, Strategy
from chalicelib.services.configured_tenants import ConfiguredTenants
from tests.api import Api, in_memory_api
from tests.build import ACME, a_tenant
from tests.callers import GLOBEX, a_user
from tests.store.stores import on_twin
from tests.world import World

ADMIN = a_user(Role.ADMIN)
VIEWER = a_user(Role.VIEWER)
PLATFORM = a_user(Role.PLATFORM_ADMIN)
USER_TYPES = "/api/v1/lookups/user_type"
CHANNELS = "/api/v1/lookups/notification_channel"
FLAGS = "/api/v1/admin/feature-flags"
PILOT: dict[str, Any] = {"code": "pilot", "labels": {"en": "Pilot", "fr": "Pilote"}, "order": 5}


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Api:
    return in_memory_api(monkeypatch)


def configured(api: Api, environment: Level | None = None) -> TenantSettings:
    store = on_twin(api.world.rows)
    tenants = ConfiguredTenants(store.tenants, store.lookups, store.flags, channels_off, environment or Level())
    tenant = tenants.get(ACME)
    assert tenant is not None
    return tenant.settings


def codes(api: Api, path: str = USER_TYPES) -> list[str]:
    return [each["code"] for each in api.call("GET", path, VIEWER).json["items"]]


def test_a_tenant_adds_a_kind_of_user_in_its_place(api: Api) -> None:
    response = api.call("POST", USER_TYPES, ADMIN, PILOT)

    assert (response.status, response.headers["Location"]) == (201, f"{USER_TYPES}/pilot")
    assert response.json["version"] == 1
    assert codes(api) == ["pilot", "admin", "customer", "vendor", "driver", "support", "guest"]


def test_a_code_of_the_products_own_changes_and_comes_back(api: Api) -> None:
    changed = api.call("PUT", f"{USER_TYPES}/guest", ADMIN, {"labels": {"en": "Visitor"}, "order": 0})
    again = api.call("PUT", f"{USER_TYPES}/guest", ADMIN, {"enabled": False, "version": 1})
    stale = api.call("PUT", f"{USER_TYPES}/guest", ADMIN, {"enabled": True, "version": 1})

    assert [each.status for each in (changed, again, stale)] == [200, 200, 409]
    assert again.json["labels"] == {"en": "Visitor"}
    assert codes(api)[0] == "guest"
    assert api.call("DELETE", f"{USER_TYPES}/guest", ADMIN).status == 204
    assert codes(api)[-1] == "guest"
    assert api.call("DELETE", f"{USER_TYPES}/guest", ADMIN).status == 404


@pytest.mark.parametrize(
    ("path", "body", "faults"),
    [
        (CHANNELS, PILOT, {"/code": "closed_lookup"}),
        (USER_TYPES, PILOT | {"code": "Pilot#1"}, {"/code": "malformed"}),
        (USER_TYPES, PILOT | {"labels": {}}, {"/labels": "too_few"}),
        (USER_TYPES, PILOT | {"labels": {"klingon!": "x"}}, {"/labels/klingon!": "malformed"}),
        (USER_TYPES, PILOT | {"order": -1}, {"/order": "out_of_range"}),
        (USER_TYPES, PILOT | {"color": "red"}, {"/color": "unknown_field"}),
    ],
)
def test_codes_that_cannot_be_are_not_stored(api: Api, path: str, body: Any, faults: dict[str, str]) -> None:
    response = api.call("POST", path, ADMIN, body)

    assert (response.status, response.faults) == (422, faults)
    assert not api.world.rows.lookups


def test_a_code_is_there_once(api: Api) -> None:
    assert api.call("POST", USER_TYPES, ADMIN, PILOT | {"code": "guest"}).status == 409


def test_a_list_has_an_end(api: Api) -> None:
    for number in range(MOST_CODES - len(codes(api))):
        pilot = Lookup(type=LookupType.USER_TYPE, code=f"pilot-{number}", labels={Locale("en"): "Pilot"}, version=1)
        api.world.store.lookups.create(ACME, pilot)

    assert api.call("POST", USER_TYPES, ADMIN, PILOT).faults == {"": "too_many"}
    assert api.call("PUT", f"{USER_TYPES}/guest", ADMIN, {"order": 0}).status == 200
    assert api.call("POST", "/api/v1/lookups/template_type", ADMIN, PILOT).status == 201
    assert api.call("DELETE", f"{USER_TYPES}/pilot-7", ADMIN).status == 204
    assert api.call("POST", USER_TYPES, ADMIN, PILOT).status == 201


@pytest.mark.parametrize("path", ["/api/v1/lookups/colors", "/api/v1/lookups/user_type/nobody"])
def test_what_is_not_there(api: Api, path: str) -> None:
    method = "GET" if path.endswith("colors") else "PUT"
    assert api.call(method, path, ADMIN, None if method == "GET" else {"order": 1}).status == 404


def test_who_asks_for_a_list_that_is_none_is_told_which_there_are(api: Api) -> None:
    detail = api.call("GET", "/api/v1/lookups/channel", VIEWER).json["detail"]

    assert all(type in detail for type in LookupType)


def test_changes_are_the_administrators(api: Api) -> None:
    assert api.call("POST", USER_TYPES, VIEWER, PILOT).status == 403
    assert api.call("PUT", f"{FLAGS}/channel.sms", ADMIN, {"default": False}).status == 403


def test_what_hangs_on_codes_holds_where_the_tenant_says_nothing(api: Api) -> None:
    api.call("PUT", f"{CHANNELS}/sms", ADMIN, {"metadata": {"default": True}})
    api.call("PUT", f"{CHANNELS}/push", ADMIN, {"enabled": False})
    api.call("PUT", "/api/v1/lookups/notification_priority/medium", ADMIN, {"metadata": {"strategy": "escalation"}})

    settings = configured(api, Level(locale="de", channels=(Channel.EMAIL,)))

    assert (settings.default_channels, settings.default_strategy) == ((Channel.SMS,), Strategy.ESCALATION)
    assert (settings.disabled_channels, settings.default_locale) == ((Channel.PUSH,), "de")


def test_what_the_tenant_says_itself_holds_before_its_lookups(monkeypatch: pytest.MonkeyPatch) -> None:
    own = TenantSettings(default_channels=(Channel.EMAIL,), default_strategy=Strategy.BROADCAST, default_locale="fr")
    api = in_memory_api(monkeypatch, World(tenant=a_tenant(settings=own)))
    api.call("PUT", f"{CHANNELS}/sms", ADMIN, {"metadata": {"default": True}})

    settings = configured(api, Level(locale="de"))

    assert (settings.default_channels, settings.default_locale) == ((Channel.EMAIL,), "fr")


def test_a_flag_switches_a_channel_off_for_all_but_some(api: Api) -> None:
    rule = {"name": "pilots", "tenants": [GLOBEX], "enabled": True}
    response = api.call("PUT", f"{FLAGS}/channel.sms", PLATFORM, {"default": False, "rules": [rule]})

    assert response.status == 200, response.text
    assert configured(api).disabled_channels == (Channel.SMS,)
    assert api.call("GET", "/api/v1/feature-flags", VIEWER).json == {"flags": {"channel.sms": False}}
    globex = a_user(Role.VIEWER, tenants=(GLOBEX,))
    assert api.call("GET", "/api/v1/feature-flags", globex).json == {"flags": {"channel.sms": True}}


def test_a_flag_is_replaced_and_removed(api: Api) -> None:
    path = f"{FLAGS}/new-inbox"
    first = api.call("PUT", path, PLATFORM, {"default": False})
    second = api.call("PUT", path, PLATFORM, {"default": True, "version": 1})
    stale = api.call("PUT", path, PLATFORM, {"default": False, "version": 1})

    assert [first.json["version"], second.json["version"], stale.status] == [1, 2, 409]
    assert [each["name"] for each in api.call("GET", FLAGS, PLATFORM).json["items"]] == ["new-inbox"]
    assert api.call("GET", path, PLATFORM).json["default"] is True
    assert api.call("DELETE", path, PLATFORM).status == 204
    assert api.call("GET", path, PLATFORM).status == 404


@pytest.mark.parametrize(
    ("name", "body", "faults"),
    [
        ("channel.pigeon", {"default": True}, {"/name": "unknown_channel"}),
        ("New Inbox", {"default": True}, {"/name": "malformed"}),
        ("new-inbox", {}, {"/default": "required"}),
        (
            "new-inbox",
            {"default": True, "rules": [{"name": "a", "tenants": ["acme"], "enabled": True}] * 2},
            {"/rules/1/name": "duplicate"},
        ),
        (
            "new-inbox",
            {"default": True, "rules": [{"name": "a", "tenants": ["Acme!"], "enabled": True}]},
            {"/rules/0/tenants/0": "malformed"},
        ),
    ],
)
def test_flags_that_cannot_be_are_not_stored(api: Api, name: str, body: Any, faults: dict[str, str]) -> None:
    response = api.call("PUT", f"{FLAGS}/{name}", PLATFORM, body)

    assert (response.status, response.faults) == (422, faults)
    assert not api.world.rows.flags
