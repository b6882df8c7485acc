"""Administering service accounts over HTTP."""

from typing import Any

import pytest

from chalicelib.domain.principal import Principal
from chalicelib.domain.words import Role
from tests.api import Api, in_memory_api
from tests.build import a_tenant
from tests.callers import ADMIN, FOREIGN_ADMIN, GLOBEX, PLATFORM, a_user
from tests.twin import TwinTenants

ACCOUNTS = "/api/v1/admin/service-accounts"
ORDERS = f"{ACCOUNTS}/orders"
BODY = {"clientId": "orders", "name": "Orders", "tenants": ["acme"], "scopes": ["herald/send", "herald/read"]}


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Api:
    api = in_memory_api(monkeypatch)
    TwinTenants(api.world.rows).create(a_tenant(id=GLOBEX))
    return api


def test_an_account_is_created_changed_disabled_and_removed(api: Api) -> None:
    created = api.call("POST", ACCOUNTS, ADMIN, BODY)
    changed = api.call("PATCH", ORDERS, ADMIN, {"name": "Orders 2", "scopes": ["herald/send"], "version": 1})
    disabled = api.call("PATCH", ORDERS, ADMIN, {"enabled": False})
    removed = api.call("DELETE", ORDERS, ADMIN)

    assert (created.status, created.headers["Location"]) == (201, ORDERS)
    assert {**BODY, "enabled": True, "version": 1}.items() <= created.json.items()
    assert (changed.json["name"], changed.json["scopes"], changed.json["version"]) == ("Orders 2", ["herald/send"], 2)
    assert (disabled.json["enabled"], disabled.json["version"]) == (False, 3)
    assert removed.status == 204
    assert api.call("GET", ORDERS, ADMIN).status == 404
    assert len(api.world.rows.audit[a_tenant().id]) == 4


def test_the_tenants_of_an_account_can_be_changed_within_reach(api: Api) -> None:
    api.call("POST", ACCOUNTS, PLATFORM, BODY)

    beyond = api.call("PATCH", ORDERS, ADMIN, {"tenants": ["acme", "globex"]})
    moved = api.call("PATCH", ORDERS, PLATFORM, {"tenants": ["globex", "globex"]})

    assert (beyond.status, beyond.faults) == (422, {"/tenants/1": "unknown_tenant"})
    assert moved.json["tenants"] == ["globex"]
    assert api.call("GET", ORDERS, ADMIN).status == 404


def test_a_client_with_an_account_and_an_old_version_are_conflicts(api: Api) -> None:
    api.call("POST", ACCOUNTS, ADMIN, BODY)

    assert api.call("POST", ACCOUNTS, ADMIN, BODY).status == 409
    assert api.call("PATCH", ORDERS, ADMIN, {"name": "X", "version": 9}).status == 409


@pytest.mark.parametrize(
    ("change", "faults"),
    [
        ({"clientId": "a b"}, {"/clientId": "malformed"}),
        ({"name": "a\nb"}, {"/name": "control_characters"}),
        ({"tenants": []}, {"/tenants": "too_few"}),
        ({"tenants": ["Acme"]}, {"/tenants/0": "malformed"}),
        ({"tenants": ["acme", "globex"]}, {"/tenants/1": "unknown_tenant"}),
        ({"tenants": ["acme", "nowhere"]}, {"/tenants/1": "unknown_tenant"}),
        ({"scopes": ["herald/everything"]}, {"/scopes/0": "not_one_of"}),
        ({"enabled": "yes"}, {"/enabled": "wrong_type"}),
        ({"secret": "x"}, {"/secret": "unknown_field"}),
    ],
)
def test_bad_accounts_are_not_stored(api: Api, change: dict[str, Any], faults: dict[str, str]) -> None:
    answer = api.call("POST", ACCOUNTS, ADMIN, BODY | change)

    assert (answer.status, answer.faults) == (422, faults)
    assert api.world.rows.accounts == {}


@pytest.mark.parametrize(("method", "body"), [("GET", None), ("PATCH", {"enabled": False}), ("DELETE", None)])
@pytest.mark.parametrize("caller", [FOREIGN_ADMIN, ADMIN], ids=["none of its tenants", "one of its tenants"])
def test_an_account_out_of_reach_answers_like_one_that_does_not_exist(
    api: Api, method: str, body: Any, caller: Principal
) -> None:
    tenants = ["acme", "globex"] if caller is ADMIN else ["acme"]
    api.call("POST", ACCOUNTS, PLATFORM, BODY | {"tenants": tenants})
    before = dict(api.world.rows.accounts)

    foreign = api.call(method, ORDERS, caller, body)
    missing = api.call(method, f"{ACCOUNTS}/nobody", caller, body)

    assert (foreign.status, foreign.text) == (404, missing.text)
    assert api.call("GET", ACCOUNTS, caller).json == {"items": []}
    assert api.world.rows.accounts == before


def test_the_listing_comes_in_pages(api: Api) -> None:
    for client in ("a", "b", "c"):
        api.call("POST", ACCOUNTS, PLATFORM, BODY | {"clientId": client})

    for caller in (ADMIN, PLATFORM):
        first = api.call("GET", ACCOUNTS, caller, query={"limit": "2"})
        rest = api.call("GET", ACCOUNTS, caller, query={"limit": "2", "cursor": first.json["nextCursor"]})
        assert [item["clientId"] for item in first.json["items"] + rest.json["items"]] == ["a", "b", "c"]


@pytest.mark.parametrize("role", [Role.VIEWER, Role.MANAGER])
def test_viewers_and_managers_only_look(api: Api, role: Role) -> None:
    api.call("POST", ACCOUNTS, ADMIN, BODY)

    assert api.call("GET", ORDERS, a_user(role)).status == 200
    assert api.call("POST", ACCOUNTS, a_user(role), BODY).status == 403
    assert api.call("PATCH", ORDERS, a_user(role), {"enabled": False}).status == 403
    assert api.call("DELETE", ORDERS, a_user(role)).status == 403
