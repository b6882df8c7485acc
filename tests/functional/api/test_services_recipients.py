"""Stored recipients, kept by services."""

from typing import Any

import pytest

from chalicelib.domain.words import Role, Scope
from tests.api import Api, in_memory_api, in_path
from tests.build import a_tenant
from tests.callers import GLOBEX, a_service, a_user
from tests.twin import TwinTenants

RECIPIENTS = "/api/v1/services/recipients"
ANN = f"{RECIPIENTS}/customer/u1"
ORDERS = a_service(Scope.SEND, Scope.READ)
STRANGER = a_service(Scope.SEND, Scope.READ, tenants=(GLOBEX,))
BODY: dict[str, Any] = {
    "email": "ann@example.com",
    "phone": "+14155550100",
    "deviceTokens": ["token-1"],
    "chatTargets": {"telegram": "12315544", "slack": "https://hooks.slack.com/services/T1/B1/x"},
    "locale": "fr-CA",
    "timeZone": "America/Toronto",
    "attributes": {"plan": "gold"},
    "roles": ["buyer"],
}


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Api:
    api = in_memory_api(monkeypatch)
    TwinTenants(api.world.rows).create(a_tenant(id=GLOBEX))
    return api


def test_a_recipient_is_stored_looked_at_replaced_and_removed(api: Api) -> None:
    whole = {"userType": "customer", "userId": "u1", **BODY}
    empty: dict[str, Any] = {"deviceTokens": [], "chatTargets": {}, "attributes": {}, "roles": []}
    bare = {"userType": "customer", "userId": "u1", **empty}

    created = api.call("PUT", ANN, ORDERS, BODY)
    assert (created.status, created.json) == (201, whole)
    assert api.call("GET", ANN, ORDERS).json == whole
    replaced = api.call("PUT", ANN, ORDERS, {})
    assert (replaced.status, replaced.json) == (200, bare)
    removed = api.call("DELETE", ANN, ORDERS)
    assert (removed.status, removed.text) == (204, "")
    assert api.call("GET", ANN, ORDERS).status == 404
    assert api.call("DELETE", ANN, ORDERS).status == 404


@pytest.mark.parametrize("user_id", ["auth0|5f1c", "ann@example.com", "a+b=c~d", "x" * 128])
def test_ids_may_be_what_issuers_give_out(api: Api, user_id: str) -> None:
    path = f"{RECIPIENTS}/customer/{in_path(user_id)}"
    assert api.call("PUT", path, ORDERS, BODY).json["userId"] == user_id
    assert api.call("GET", path, ORDERS).status == 200


@pytest.mark.parametrize("who", ["customer/a%23b", "customer/a%2Fb", "customer/%20", "Customer/u1", "c%23/u1", "1/u1"])
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_ids_that_no_row_could_have_do_not_exist(api: Api, method: str, who: str) -> None:
    assert api.call(method, f"{RECIPIENTS}/{who}", ORDERS, BODY if method == "PUT" else None).status == 404


@pytest.mark.parametrize(
    ("changes", "faults"),
    [
        ({"email": "nobody"}, {"/email": "invalid_email"}),
        ({"phone": "911"}, {"/phone": "invalid_phone"}),
        ({"locale": "français"}, {"/locale": "invalid_locale"}),
        ({"timeZone": "Mars"}, {"/timeZone": "invalid_time_zone"}),
        ({"deviceTokens": ["a\r\nb"]}, {"/deviceTokens/0": "control_characters"}),
        ({"chatTargets": {"telegram": "a\r\nb"}}, {"/chatTargets/telegram": "control_characters"}),
        ({"chatTargets": {"telegram": ""}}, {"/chatTargets/telegram": "too_short"}),
        ({"chatTargets": {"telegram": 7}}, {"/chatTargets/telegram": "wrong_type"}),
        ({"chatTargets": {f"v{number}": "x" for number in range(21)}}, {"/chatTargets": "too_many"}),
        ({"deviceTokens": ["x"] * 21}, {"/deviceTokens": "too_many"}),
        ({"attributes": {"a": "x" * 5_000}}, {"/attributes": "too_long"}),
        ({"userId": "u2"}, {"/userId": "unknown_field"}),
        ({"time_zone": "UTC"}, {"/time_zone": "unknown_field"}),
    ],
)
def test_a_recipient_that_breaks_a_rule_is_not_stored(
    api: Api, changes: dict[str, Any], faults: dict[str, str]
) -> None:
    response = api.call("PUT", ANN, ORDERS, {**BODY, **changes})

    assert response.status == 422
    assert response.faults == faults
    assert not api.world.rows.recipients


def test_another_tenants_recipients_do_not_exist(api: Api) -> None:
    api.call("PUT", ANN, ORDERS, BODY)

    assert api.call("GET", ANN, STRANGER).status == 404
    assert api.call("DELETE", ANN, STRANGER).status == 404
    assert api.call("PUT", ANN, STRANGER, {}).status == 201
    assert api.call("GET", ANN, ORDERS).json["email"] == "ann@example.com"


def test_changes_are_on_record_with_addresses_masked(api: Api) -> None:
    api.call("PUT", ANN, ORDERS, BODY)

    ((entry,),) = api.world.rows.audit.values()
    assert (entry.actor, entry.action, entry.target) == ("service:orders", "recipient.put", "recipient/customer/u1")
    assert "ann@example.com" not in str(entry.after)


@pytest.mark.parametrize(
    ("method", "caller"),
    [
        ("PUT", a_service(Scope.READ)),
        ("DELETE", a_service(Scope.READ)),
        ("GET", a_service(Scope.SEND)),
        ("GET", a_user(Role.ADMIN)),
    ],
)
def test_each_needs_its_scope(api: Api, method: str, caller: Any) -> None:
    assert api.call(method, ANN, caller, BODY if method == "PUT" else None).status == 403
