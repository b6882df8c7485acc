"""Administering recipients over HTTP."""

from typing import Any

import pytest

from chalicelib.domain.words import Role
from tests.api import Api, in_memory_api
from tests.build import a_tenant
from tests.callers import ADMIN, FOREIGN_ADMIN, GLOBEX, PLATFORM, a_user
from tests.twin import TwinTenants

ANN = "/api/v1/admin/recipients/customer/u1"
BODY = {
    "email": "ann@example.com",
    "phone": "+14155550100",
    "deviceTokens": ["0123456789abcdef"],
    "locale": "fr-CA",
    "timeZone": "America/Toronto",
    "attributes": {"city": "Toronto"},
}


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Api:
    api = in_memory_api(monkeypatch)
    TwinTenants(api.world.rows).create(a_tenant(id=GLOBEX))
    return api


def test_a_recipient_is_stored_replaced_and_removed(api: Api) -> None:
    created = api.call("PUT", ANN, ADMIN, BODY)
    replaced = api.call("PUT", ANN, ADMIN, {"email": "ann@example.org"})
    stored = api.call("GET", ANN, ADMIN)
    removed = api.call("DELETE", ANN, ADMIN)

    assert (created.status, replaced.status, stored.status, removed.status) == (201, 200, 200, 204)
    assert BODY.items() <= created.json.items()
    assert stored.json == replaced.json
    assert (stored.json["email"], "phone" in stored.json) == ("ann@example.org", False)
    assert api.call("GET", ANN, ADMIN).status == 404
    assert api.call("DELETE", ANN, ADMIN).status == 404


@pytest.mark.parametrize("role", [Role.VIEWER, Role.MANAGER])
def test_viewers_and_managers_see_addresses_masked_and_change_nothing(api: Api, role: Role) -> None:
    api.call("PUT", ANN, ADMIN, BODY)

    seen = api.call("GET", ANN, a_user(role)).json

    assert (seen["email"], seen["phone"], seen["deviceTokens"]) == ("a***@example.com", "***00", ["***cdef"])
    assert seen["attributes"] == {"city": "***"}
    assert api.call("PUT", ANN, a_user(role), BODY).status == 403
    assert api.call("DELETE", ANN, a_user(role)).status == 403


@pytest.mark.parametrize(
    ("body", "faults"),
    [
        ({"email": "ann"}, {"/email": "invalid_email"}),
        ({"email": "ann@example.com\r\nBcc: b@example.com"}, {"/email": "control_characters"}),
        ({"phone": "0170 123"}, {"/phone": "invalid_phone"}),
        ({"locale": "Deutsch", "timeZone": "Berlin"}, {"/locale": "invalid_locale", "/timeZone": "invalid_time_zone"}),
        ({"deviceTokens": "one"}, {"/deviceTokens": "wrong_type"}),
        ({"userId": "u2"}, {"/userId": "unknown_field"}),
    ],
)
def test_bad_recipients_are_not_stored(api: Api, body: dict[str, Any], faults: dict[str, str]) -> None:
    answer = api.call("PUT", ANN, ADMIN, body)

    assert (answer.status, answer.faults) == (422, faults)
    assert api.world.rows.recipients == {}


@pytest.mark.parametrize("path", ["customer/u%231", "Customer/u1", "customer/%00", f"customer/{'u' * 200}"])
def test_a_name_nobody_can_have_is_not_found(api: Api, path: str) -> None:
    assert api.call("PUT", f"/api/v1/admin/recipients/{path}", ADMIN, BODY).status == 404


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_a_foreign_recipient_answers_like_one_that_does_not_exist(api: Api, method: str) -> None:
    api.call("PUT", ANN, ADMIN, BODY)

    foreign = api.call(method, ANN, FOREIGN_ADMIN)
    missing = api.call(method, ANN.replace("u1", "nobody"), FOREIGN_ADMIN)

    assert (foreign.status, foreign.text) == (404, missing.text)
    assert len(api.world.rows.recipients) == 1


def test_a_foreign_admin_stores_their_own_recipient_of_the_same_name(api: Api) -> None:
    api.call("PUT", ANN, ADMIN, BODY)

    assert api.call("PUT", ANN, FOREIGN_ADMIN, {"email": "other@example.com"}).status == 201
    assert api.call("GET", ANN, ADMIN).json["email"] == "ann@example.com"


def test_a_platform_admin_acts_in_the_tenant_they_name(api: Api) -> None:
    assert api.call("PUT", ANN, PLATFORM, BODY, headers={"X-Tenant-ID": "acme"}).status == 201
    assert api.call("PUT", ANN, PLATFORM, BODY, headers={"X-Tenant-ID": "nowhere"}).status == 404
    assert api.call("PUT", ANN, PLATFORM, BODY).status == 400
    assert api.call("GET", ANN, ADMIN).json["email"] == "ann@example.com"
