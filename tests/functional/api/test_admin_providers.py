"""Administering providers over HTTP."""

from typing import Any

import pytest

from chalicelib.domain.words import Role, Scope
from tests.api import Api, in_memory_api
from tests.build import ACME, a_tenant
from tests.callers import ADMIN, FOREIGN_ADMIN, GLOBEX, PLATFORM, a_service, a_user
from tests.fakes import ManualClock
from tests.twin import TwinTenants
from tests.world import World

PROVIDERS = "/api/v1/admin/providers"
MAIL = f"{PROVIDERS}/mail"
MANAGER = a_user(Role.MANAGER)
SECRET = "correct horse battery staple"
BODY: dict[str, Any] = {
    "id": "mail",
    "channel": "email",
    "vendor": "smtp",
    "priority": 10,
    "settings": {"host": "smtp.example.com", "username": "herald"},
    "credentials": {"password": SECRET},
}


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Api:
    api = in_memory_api(monkeypatch, World(clock=ManualClock(), providers=()))
    TwinTenants(api.world.rows).create(a_tenant(id=GLOBEX))
    return api


def test_a_provider_is_created_and_its_credentials_are_never_shown(api: Api) -> None:
    created = api.call("POST", PROVIDERS, MANAGER, BODY)

    assert (created.status, created.headers["Location"]) == (201, MAIL)
    assert created.json == {
        "id": "mail",
        "channel": "email",
        "vendor": "smtp",
        "enabled": True,
        "priority": 10,
        "weight": 1,
        "settings": {"host": "smtp.example.com", "username": "herald"},
        "credentialsSet": ["password"],
        "version": 1,
    }
    answers = [
        created,
        api.call("GET", MAIL, MANAGER),
        api.call("GET", PROVIDERS, MANAGER),
        api.call("PATCH", MAIL, MANAGER, {"credentials": {"password": SECRET}}),
        api.call("POST", PROVIDERS, MANAGER, BODY),
        api.call("GET", "/api/v1/admin/audit-log", MANAGER, query={"dateTo": "2100-01-01", "dateFrom": "2099-12-01"}),
    ]
    assert SECRET not in "".join(answer.text for answer in answers)
    assert "sealed" not in "".join(answer.text for answer in answers)
    assert SECRET not in str(api.world.rows)


def test_a_refused_provider_does_not_tell_its_credentials_back(api: Api) -> None:
    for credentials in ({"pass": SECRET}, {"password": {"nested": SECRET}}, SECRET, {"password": SECRET, "\n": SECRET}):
        answer = api.call("POST", PROVIDERS, MANAGER, BODY | {"credentials": credentials})
        assert answer.status == 422
        assert SECRET not in answer.text


def test_a_provider_is_disabled_ranked_and_removed(api: Api) -> None:
    api.call("POST", PROVIDERS, MANAGER, BODY)

    changed = api.call("PATCH", MAIL, MANAGER, {"enabled": False, "priority": 5, "weight": 3, "version": 1})

    assert {"enabled": False, "priority": 5, "weight": 3, "version": 2}.items() <= changed.json.items()
    assert api.call("DELETE", MAIL, MANAGER).status == 204
    assert api.call("GET", PROVIDERS, MANAGER).json == {"items": []}
    assert [entry.action for entry in api.world.rows.audit[ACME]] == [
        "provider.create",
        "provider.update",
        "provider.delete",
    ]


def test_settings_and_credentials_change_together(api: Api) -> None:
    api.call("POST", PROVIDERS, MANAGER, BODY)
    settings = {"host": "smtp.example.org", "username": "herald"}

    alone = api.call("PATCH", MAIL, MANAGER, {"settings": settings})
    together = api.call("PATCH", MAIL, MANAGER, {"settings": settings, "credentials": {"password": "new"}})

    assert (alone.status, alone.faults) == (422, {"/credentials": "required"})
    assert together.json["settings"] == settings


@pytest.mark.parametrize("field", ["enabled", "priority", "weight", "settings", "credentials"])
def test_a_null_that_means_nothing_is_refused(api: Api, field: str) -> None:
    stored = api.call("POST", PROVIDERS, MANAGER, BODY).json

    refused = api.call("PATCH", MAIL, MANAGER, {field: None})

    assert (refused.status, refused.faults) == (422, {f"/{field}": "wrong_type"})
    assert api.call("GET", MAIL, MANAGER).json == stored


def test_a_taken_id_and_an_old_version_are_conflicts(api: Api) -> None:
    api.call("POST", PROVIDERS, MANAGER, BODY)

    assert api.call("POST", PROVIDERS, MANAGER, BODY).status == 409
    assert api.call("PATCH", MAIL, MANAGER, {"enabled": False, "version": 4}).status == 409


@pytest.mark.parametrize(
    ("change", "faults"),
    [
        ({"id": "env:ses"}, {"/id": "malformed"}),
        ({"channel": "pigeon"}, {"/channel": "unknown_channel"}),
        ({"channel": "sms"}, {"/vendor": "unknown_vendor"}),
        ({"vendor": "pigeon"}, {"/vendor": "unknown_vendor"}),
        ({"priority": -1}, {"/priority": "out_of_range"}),
        ({"weight": 1.5}, {"/weight": "wrong_type"}),
        ({"settings": {"username": "herald"}}, {"/settings/host": "required"}),
        ({"settings": {"host": "h.example.com", "color": 1, "username": "u"}}, {"/settings/color": "unknown_field"}),
        (
            {"settings": {"host": "h.example.com", "username": "u", "password": "x"}},
            {"/settings/password": "secret_in_settings"},
        ),
        ({"credentials": {"pin": "x"}}, {"/credentials/pin": "unknown_field"}),
        ({"apiKey": "x"}, {"/apiKey": "unknown_field"}),
    ],
)
def test_bad_providers_are_not_stored(api: Api, change: dict[str, Any], faults: dict[str, str]) -> None:
    answer = api.call("POST", PROVIDERS, MANAGER, BODY | change)

    assert (answer.status, answer.json["code"]) == (422, "invalid_input")
    assert faults.items() <= answer.faults.items()
    assert api.world.rows.providers == {}


@pytest.mark.parametrize(("method", "body"), [("GET", None), ("PATCH", {"enabled": False}), ("DELETE", None)])
def test_a_foreign_provider_answers_like_one_that_does_not_exist(api: Api, method: str, body: Any) -> None:
    api.call("POST", PROVIDERS, MANAGER, BODY)
    before = dict(api.world.rows.providers)

    foreign = api.call(method, MAIL, FOREIGN_ADMIN, body)
    missing = api.call(method, f"{PROVIDERS}/nothing", FOREIGN_ADMIN, body)

    assert (foreign.status, foreign.text) == (404, missing.text)
    assert api.call("GET", PROVIDERS, FOREIGN_ADMIN).json == {"items": []}
    assert api.world.rows.providers == before


def test_who_may_do_what(api: Api) -> None:
    viewer = a_user(Role.VIEWER)
    api.call("POST", PROVIDERS, ADMIN, BODY)

    assert api.call("GET", MAIL, viewer).status == 200
    assert api.call("GET", MAIL, a_service(Scope.ADMIN)).status == 200
    assert api.call("GET", MAIL, a_service(Scope.READ)).status == 403
    assert api.call("POST", PROVIDERS, viewer, BODY).status == 403
    assert api.call("PATCH", MAIL, viewer, {"enabled": False}).status == 403
    assert api.call("DELETE", MAIL, viewer).status == 403
    assert api.call("POST", PROVIDERS, PLATFORM, BODY, headers={"X-Tenant-ID": "nowhere"}).status == 404
    assert api.call("POST", PROVIDERS, PLATFORM, BODY, headers={"X-Tenant-ID": "globex"}).status == 201


def test_a_provider_is_tried_out(api: Api) -> None:
    api.call("POST", PROVIDERS, MANAGER, BODY)

    tried = api.call("POST", f"{MAIL}/test", MANAGER, {"to": "ann@example.com"})

    assert tried.status == 200
    assert tried.json == {"outcome": "accepted", "vendorId": "v1", "probed": False}
    assert "RateLimit" in tried.headers
    assert [entry.action for entry in api.world.rows.audit[ACME]] == ["provider.create", "provider.test"]
    assert SECRET not in tried.text


@pytest.mark.parametrize(
    ("body", "faults"),
    [
        (None, {"/to": "address_required"}),
        ({}, {"/to": "address_required"}),
        ({"to": None}, {"/to": "address_required"}),
        ({"to": "ann"}, {"/to": "invalid_address"}),
        ({"to": ""}, {"/to": "too_short"}),
        ({"to": "a" * 4_097}, {"/to": "too_long"}),
        ({"to": ["ann@example.com"]}, {"/to": "wrong_type"}),
        ({"too": "ann@example.com"}, {"/too": "unknown_field"}),
    ],
)
def test_a_try_needs_an_address_where_a_message_does(api: Api, body: Any, faults: dict[str, str]) -> None:
    api.call("POST", PROVIDERS, MANAGER, BODY)

    answer = api.call("POST", f"{MAIL}/test", MANAGER, body)

    assert (answer.status, answer.faults) == (422, faults)


def test_what_is_not_ones_own_cannot_be_tried(api: Api) -> None:
    api.call("POST", PROVIDERS, MANAGER, BODY)
    body = {"to": "ann@example.com"}

    assert api.call("POST", f"{MAIL}/test", FOREIGN_ADMIN, body).status == 404
    assert api.call("POST", f"{PROVIDERS}/other/test", MANAGER, body).status == 404
    assert api.call("POST", f"{MAIL}/test", a_user(Role.VIEWER), body).status == 403
    assert api.call("POST", f"{MAIL}/test", None, body).status in (401, 403)


def test_an_apprise_url_is_never_shown(api: Api) -> None:
    url = "gotifys://gotify.example.com/the-app-token"
    body = {"id": "push", "channel": "push", "vendor": "gotify", "credentials": {"url": url}}

    created = api.call("POST", PROVIDERS, MANAGER, body)
    refused = api.call("POST", PROVIDERS, MANAGER, body | {"id": "other", "credentials": {"url": url + "?verify=no"}})

    assert (created.status, created.json["credentialsSet"]) == (201, ["url"])
    assert (refused.status, refused.faults) == (422, {"/credentials/url": "forbidden_parameter"})
    assert "the-app-token" not in created.text + refused.text + str(api.world.rows)
