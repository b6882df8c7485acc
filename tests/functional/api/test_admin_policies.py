"""Administering escalation policies over HTTP."""

from typing import Any

import pytest

from chalicelib.domain.words import Role, Scope
from tests.api import Api, in_memory_api
from tests.build import ACME, a_tenant
from tests.callers import ADMIN, FOREIGN_ADMIN, GLOBEX, a_service, a_user
from tests.fakes import ManualClock
from tests.on_call import a_rota
from tests.twin import TwinRotas, TwinTenants
from tests.world import World

POLICIES = "/api/v1/admin/escalation-policies"
NIGHT = f"{POLICIES}/night"
BODY: dict[str, Any] = {
    "id": "night",
    "stop": "acknowledged",
    "steps": [
        {"channels": ["push", "IN_APP"]},
        {"channel": "sms", "after": "PT10M"},
        {"channels": ["sms", "fcm"], "after": 1_200, "rota": "ops"},
    ],
}


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Api:
    api = in_memory_api(monkeypatch, World(clock=ManualClock(), providers=()))
    TwinTenants(api.world.rows).create(a_tenant(id=GLOBEX))
    TwinRotas(api.world.rows).create(ACME, a_rota("a"))
    return api


def test_a_policy_is_created_and_shown(api: Api) -> None:
    created = api.call("POST", POLICIES, ADMIN, BODY)

    assert (created.status, created.headers["Location"]) == (201, NIGHT)
    assert created.json == {
        "id": "night",
        "stop": "acknowledged",
        "steps": [
            {"channels": ["push", "in_app"], "after": 0},
            {"channels": ["sms"], "after": 600},
            {"channels": ["sms", "push"], "after": 1_200, "rota": "ops", "every": 300},
        ],
        "builtIn": False,
        "version": 1,
    }
    assert api.call("GET", NIGHT, ADMIN).json == created.json


def test_what_is_shown_can_be_sent_back(api: Api) -> None:
    shown = api.call("POST", POLICIES, ADMIN, BODY).json
    again = {name: shown[name] for name in ("stop", "steps", "version")}

    assert api.call("PUT", NIGHT, ADMIN, again).json == shown


def test_a_policy_is_changed_and_removed(api: Api) -> None:
    api.call("POST", POLICIES, ADMIN, BODY)

    changed = api.call("PATCH", NIGHT, ADMIN, {"steps": [{"channel": "email"}], "version": 1})

    assert (changed.json["steps"], changed.json["version"]) == ([{"channels": ["email"], "after": 0}], 2)
    assert api.call("PATCH", NIGHT, ADMIN, {"stop": "delivered"}).json["stop"] == "delivered"
    assert api.call("DELETE", NIGHT, ADMIN).status == 204
    assert api.call("GET", NIGHT, ADMIN).status == 404
    assert [entry.action.partition(".")[2] for entry in api.world.rows.audit[ACME]] == [
        "create",
        "update",
        "update",
        "delete",
    ]


def test_the_built_in_policy_is_listed_and_marked_until_it_is_replaced(api: Api) -> None:
    (default,) = api.call("GET", POLICIES, ADMIN).json["items"]
    assert (default["id"], default["builtIn"], len(default["steps"])) == ("default", True, 3)
    assert api.call("PATCH", f"{POLICIES}/default", ADMIN, {"stop": "delivered"}).status == 404

    api.call("POST", POLICIES, ADMIN, BODY | {"id": "default"})

    (own,) = api.call("GET", POLICIES, ADMIN).json["items"]
    assert (own["id"], own["builtIn"], own["stop"]) == ("default", False, "acknowledged")


def test_a_taken_id_and_an_old_version_are_conflicts(api: Api) -> None:
    api.call("POST", POLICIES, ADMIN, BODY)

    assert api.call("POST", POLICIES, ADMIN, BODY).status == 409
    assert api.call("PATCH", NIGHT, ADMIN, {"stop": "read", "version": 4}).status == 409


@pytest.mark.parametrize(
    ("change", "faults"),
    [
        ({"id": "a/b"}, {"/id": "malformed"}),
        ({"id": ""}, {"/id": "malformed"}),
        ({"stop": "never"}, {"/stop": "not_one_of"}),
        ({"steps": []}, {"/steps": "too_few"}),
        ({"steps": [{"channel": "sms", "rota": "ops"}] * 21}, {"/steps": "too_many"}),
        ({"steps": None}, {"/steps": "wrong_type"}),
        ({"steps": [{"after": 0}]}, {"/steps/0": "either_or"}),
        ({"steps": [{"channel": "sms", "channels": ["sms"]}]}, {"/steps/0": "either_or"}),
        ({"steps": [{"channels": []}]}, {"/steps/0/channels": "too_few"}),
        ({"steps": [{"channel": "pigeon"}]}, {"/steps/0/channel": "unknown_channel"}),
        ({"steps": [{"channel": "sms", "after": -1}]}, {"/steps/0/after": "out_of_range"}),
        ({"steps": [{"channel": "sms", "after": 360 * 86_400 + 1}]}, {"/steps/0/after": "out_of_range"}),
        ({"steps": [{"channel": "sms", "after": "P361D"}]}, {"/steps/0/after": "out_of_range"}),
        ({"steps": [{"channel": "sms", "after": "P1M"}]}, {"/steps/0/after": "malformed"}),
        ({"steps": [{"channel": "sms", "after": "P"}]}, {"/steps/0/after": "malformed"}),
        ({"steps": [{"channel": "sms", "after": "PT"}]}, {"/steps/0/after": "malformed"}),
        ({"steps": [{"channel": "sms", "after": 1.5}]}, {"/steps/0/after": "malformed"}),
        ({"steps": [{"channel": "sms", "after": True}]}, {"/steps/0/after": "malformed"}),
        (
            {"steps": [{"channel": "sms", "after": 60}, {"channel": "email", "after": 59}]},
            {"/steps/1/after": "out_of_order"},
        ),
        ({"steps": [{"channels": ["sms", "SMS"]}]}, {"/steps/0/channels/1": "repeated_channel"}),
        ({"steps": [{"channel": "sms"}, {"channels": ["sms"]}]}, {"/steps/1/channels/0": "repeated_channel"}),
        ({"steps": [{"channel": "sms"}, {"channel": "sms"}]}, {"/steps/1/channel": "repeated_channel"}),
        ({"steps": [{"channel": "sms", "rota": "gone"}]}, {"/steps/0/rota": "unknown_rota"}),
        ({"steps": [{"channel": "sms", "rota": "ops", "every": 0}]}, {"/steps/0/every": "out_of_range"}),
        ({"steps": [{"channel": "sms", "every": 60}]}, {"/steps/0/every": "no_rota"}),
        ({"steps": [{"channel": "sms", "delay": 60}]}, {"/steps/0/delay": "unknown_field"}),
    ],
)
def test_bad_policies_are_not_stored(api: Api, change: dict[str, Any], faults: dict[str, str]) -> None:
    answer = api.call("POST", POLICIES, ADMIN, BODY | change)

    assert (answer.status, answer.json["code"], answer.faults) == (422, "invalid_input", faults)
    assert (api.world.rows.policies, api.world.rows.audit) == ({}, {})


def test_a_change_to_the_worse_is_not_stored(api: Api) -> None:
    api.call("POST", POLICIES, ADMIN, BODY)

    answer = api.call("PATCH", NIGHT, ADMIN, {"steps": []})

    assert (answer.status, answer.faults) == (422, {"/steps": "too_few"})
    assert api.call("GET", NIGHT, ADMIN).json["version"] == 1


@pytest.mark.parametrize(("method", "body"), [("GET", None), ("PATCH", {"stop": "read"}), ("DELETE", None)])
def test_a_foreign_policy_answers_like_one_that_does_not_exist(api: Api, method: str, body: Any) -> None:
    api.call("POST", POLICIES, ADMIN, BODY)
    before = dict(api.world.rows.policies)

    foreign = api.call(method, NIGHT, FOREIGN_ADMIN, body)
    missing = api.call(method, f"{POLICIES}/nothing", FOREIGN_ADMIN, body)
    impossible = api.call(method, f"{POLICIES}/a%23b", FOREIGN_ADMIN, body)

    assert (foreign.status, foreign.text) == (404, missing.text)
    assert impossible.status == 404
    assert [item["id"] for item in api.call("GET", POLICIES, FOREIGN_ADMIN).json["items"]] == ["default"]
    assert api.world.rows.policies == before


def test_who_may_do_what(api: Api) -> None:
    api.call("POST", POLICIES, ADMIN, BODY)

    for caller in (a_user(Role.VIEWER), a_user(Role.MANAGER)):
        assert api.call("GET", NIGHT, caller).status == 200
        assert api.call("GET", POLICIES, caller).status == 200
        assert api.call("POST", POLICIES, caller, BODY).status == 403
        assert api.call("PATCH", NIGHT, caller, {"stop": "read"}).status == 403
        assert api.call("DELETE", NIGHT, caller).status == 403
    assert api.call("GET", NIGHT, a_user(Role.USER)).status == 403
    assert api.call("GET", NIGHT, a_service(Scope.SEND)).status == 403
    assert api.call("PATCH", NIGHT, a_service(Scope.ADMIN), {"stop": "read"}).status == 200
