"""Administering the suppression list over HTTP."""

from typing import Any

import pytest

from chalicelib.domain.words import Role
from tests.api import Api, in_memory_api
from tests.build import ACME, a_tenant
from tests.callers import ADMIN, FOREIGN_ADMIN, GLOBEX, PLATFORM, a_user
from tests.twin import TwinTenants

LIST = "/api/v1/admin/suppressions"
ANN = {"channel": "email", "address": "ann@example.com"}


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Api:
    api = in_memory_api(monkeypatch)
    TwinTenants(api.world.rows).create(a_tenant(id=GLOBEX))
    return api


def actions(api: Api) -> list[str]:
    return [entry.action for entry in api.world.rows.audit.get(ACME, ())]


def test_an_address_is_put_on_the_list_found_and_taken_off(api: Api) -> None:
    put = api.call("POST", LIST, ADMIN, {**ANN, "note": "asked by phone"})
    found = api.call("GET", LIST, ADMIN, query={**ANN, "address": "Ann@Example.com"})
    listed = api.call("GET", LIST, ADMIN, query={"channel": "email"})
    released = api.call("DELETE", LIST, ADMIN, query=ANN)

    assert (put.status, released.status) == (201, 204)
    assert put.json.items() >= {**ANN, "reason": "manual", "note": "asked by phone"}.items()
    assert found.json["items"] == listed.json["items"] == [put.json]
    assert api.call("GET", LIST, ADMIN, query=ANN).json["items"] == []
    assert api.call("DELETE", LIST, ADMIN, query=ANN).status == 404


def test_putting_an_address_again_replaces_what_is_said_of_it(api: Api) -> None:
    first = api.call("POST", LIST, ADMIN, {**ANN, "note": "one"})
    again = api.call("POST", LIST, ADMIN, {**ANN, "address": "ANN@example.com", "reason": "complaint"})
    assert (first.status, again.status) == (201, 200)
    (only,) = api.call("GET", LIST, ADMIN, query={"channel": "email"}).json["items"]
    assert (only["address"], only["reason"], only.get("note")) == ("ann@example.com", "complaint", None)


def test_every_change_is_on_record_with_the_address_masked(api: Api) -> None:
    api.call("POST", LIST, ADMIN, ANN)
    api.call("DELETE", LIST, ADMIN, query=ANN)
    put, released = api.world.rows.audit[ACME]
    assert (put.action, released.action) == ("suppression.put", "suppression.delete")
    assert put.target == released.target == "suppression/email/a***@example.com"
    assert put.after is not None
    assert put.after["address"] == "a***@example.com"
    assert put.actor.endswith("boss")


def test_the_list_comes_in_pages(api: Api) -> None:
    wanted = {f"user-{number}@example.com" for number in range(25)}
    for address in wanted:
        api.call("POST", LIST, ADMIN, {**ANN, "address": address})
    seen: list[str] = []
    query: dict[str, str | list[str]] = {"channel": "email", "limit": "10"}
    while True:
        page = api.call("GET", LIST, ADMIN, query=query).json
        seen += [item["address"] for item in page["items"]]
        if "nextCursor" not in page:
            break
        query["cursor"] = page["nextCursor"]
    assert len(seen) == 25
    assert set(seen) == wanted


def test_a_cursor_is_of_use_for_the_same_question_only(api: Api) -> None:
    for number in range(3):
        api.call("POST", LIST, ADMIN, {**ANN, "address": f"user-{number}@example.com"})
    cursor = api.call("GET", LIST, ADMIN, query={"channel": "email", "limit": "1"}).json["nextCursor"]
    for caller, channel in ((ADMIN, "sms"), (FOREIGN_ADMIN, "email")):
        refused = api.call("GET", LIST, caller, query={"channel": channel, "limit": "1", "cursor": cursor})
        assert (refused.status, refused.json["code"]) == (400, "invalid_cursor")


@pytest.mark.parametrize(
    ("body", "faults"),
    [
        ({}, {"/channel": "required", "/address": "required"}),
        ({**ANN, "address": "ann"}, {"/address": "invalid_email"}),
        ({**ANN, "address": "ann@example.com\r\nBcc: b@example.com"}, {"/address": "control_characters"}),
        ({**ANN, "address": ""}, {"/address": "too_short"}),
        ({"channel": "sms", "address": "0170 123"}, {"/address": "invalid_phone"}),
        ({"channel": "push", "address": "token-1"}, {"/channel": "no_address"}),
        ({"channel": "in_app", "address": "u1"}, {"/channel": "no_address"}),
        ({"channel": "fax", "address": "u1"}, {"/channel": "unknown_channel"}),
        ({**ANN, "reason": "whim"}, {"/reason": "not_one_of"}),
        ({**ANN, "note": "a\nb"}, {"/note": "control_characters"}),
        ({**ANN, "createdAt": "2026-12-01T09:00:00Z"}, {"/createdAt": "unknown_field"}),
    ],
)
def test_what_is_no_address_is_not_listed(api: Api, body: dict[str, Any], faults: dict[str, str]) -> None:
    answer = api.call("POST", LIST, ADMIN, body)
    assert (answer.status, answer.faults) == (422, faults)
    assert api.world.rows.suppressions == {}
    assert actions(api) == []


@pytest.mark.parametrize(
    ("method", "query", "faults"),
    [
        ("GET", {}, {"/channel": "required"}),
        ("GET", {"channel": "fax"}, {"/channel": "unknown_channel"}),
        ("DELETE", {"channel": "email"}, {"/address": "required"}),
        ("DELETE", {"address": "ann@example.com"}, {"/channel": "required"}),
        ("DELETE", {**ANN, "all": "true"}, {"/all": "unknown_field"}),
    ],
)
def test_a_question_says_which_list(api: Api, method: str, query: dict[str, str], faults: dict[str, str]) -> None:
    api.call("POST", LIST, ADMIN, ANN)
    answer = api.call(method, LIST, ADMIN, query=query)
    assert (answer.status, answer.faults) == (422, faults)
    assert len(api.world.rows.suppressions) == 1


@pytest.mark.parametrize("role", [Role.VIEWER, Role.MANAGER])
def test_viewers_and_managers_see_addresses_masked_and_change_nothing(api: Api, role: Role) -> None:
    api.call("POST", LIST, ADMIN, ANN)
    for query in ({"channel": "email"}, ANN):
        (seen,) = api.call("GET", LIST, a_user(role), query=query).json["items"]
        assert seen["address"] == "a***@example.com"
    assert api.call("POST", LIST, a_user(role), ANN).status == 403
    assert api.call("DELETE", LIST, a_user(role), query=ANN).status == 403
    assert api.call("GET", LIST, a_user(Role.USER), query=ANN).status == 403


def test_a_foreign_admin_neither_sees_nor_releases_an_address(api: Api) -> None:
    api.call("POST", LIST, ADMIN, ANN)
    assert api.call("GET", LIST, FOREIGN_ADMIN, query=ANN).json["items"] == []
    assert api.call("GET", LIST, FOREIGN_ADMIN, query={"channel": "email"}).json["items"] == []
    assert api.call("DELETE", LIST, FOREIGN_ADMIN, query=ANN).status == 404
    assert len(api.world.rows.suppressions) == 1


def test_a_platform_admin_acts_in_the_tenant_they_name(api: Api) -> None:
    assert api.call("POST", LIST, PLATFORM, ANN, headers={"X-Tenant-ID": "acme"}).status == 201
    assert api.call("POST", LIST, PLATFORM, ANN, headers={"X-Tenant-ID": "nowhere"}).status == 404
    assert len(api.call("GET", LIST, ADMIN, query=ANN).json["items"]) == 1
