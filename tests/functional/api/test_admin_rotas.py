"""Administering on-call rotas over HTTP."""

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

ROTAS = "/api/v1/admin/on-call-rotas"
DUTY = f"{ROTAS}/duty"
ANN, BOB, EVE = ({"userType": "support", "userId": name} for name in ("ann", "bob", "eve"))
DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
BODY: dict[str, Any] = {
    "id": "duty",
    "timeZone": "America/Toronto",
    "shifts": [
        {"people": [ANN, BOB], "days": ["mon", "tue", "wed", "thu", "fri"], "start": "08:00", "end": "18:00"},
        {"people": [BOB], "days": ["sat", "sun"]},
        {"people": [BOB], "start": "22:00", "end": "06:00"},
    ],
    "holidays": ["2026-12-25"],
    "holidayPeople": [EVE],
    "fallback": [EVE],
}


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Api:
    api = in_memory_api(monkeypatch, World(clock=ManualClock(), providers=()))
    TwinTenants(api.world.rows).create(a_tenant(id=GLOBEX))
    TwinRotas(api.world.rows).create(ACME, a_rota("a"))
    return api


def on_duty(api: Api, at: str) -> list[str]:
    answer = api.call("GET", f"{DUTY}/on-duty", a_user(Role.VIEWER), query={"at": at})
    assert answer.status == 200, answer.text
    return [person["userId"] for person in answer.json["people"]]


def test_a_rota_is_created_and_shown(api: Api) -> None:
    created = api.call("POST", ROTAS, ADMIN, BODY)

    assert (created.status, created.headers["Location"]) == (201, DUTY)
    shifts = [
        BODY["shifts"][0],
        {"people": [BOB], "days": ["sat", "sun"], "start": "00:00", "end": "24:00"},
        {"people": [BOB], "days": DAYS, "start": "22:00", "end": "06:00"},
    ]
    assert created.json == BODY | {"shifts": shifts, "version": 1}
    assert api.call("GET", DUTY, ADMIN).json == created.json
    assert [item["id"] for item in api.call("GET", ROTAS, ADMIN).json["items"]] == ["duty", "ops"]


def test_what_is_shown_can_be_sent_back(api: Api) -> None:
    shown = api.call("POST", ROTAS, ADMIN, BODY).json

    assert api.call("PUT", DUTY, ADMIN, {name: shown[name] for name in shown if name != "id"}).json == shown


@pytest.mark.parametrize(
    ("at", "who"),
    [
        ("2026-11-23T10:00:00-05:00", ["ann", "bob", "eve"]),
        ("2026-11-23T19:00:00-05:00", ["eve"]),
        ("2026-11-23T23:00:00-05:00", ["bob", "eve"]),
        ("2026-11-28T17:00:00Z", ["bob", "eve"]),
        ("2026-12-25T15:00:00Z", ["eve"]),
    ],
)
def test_who_is_on_duty(api: Api, at: str, who: list[str]) -> None:
    api.call("POST", ROTAS, ADMIN, BODY)

    assert on_duty(api, at) == who


def test_who_is_on_duty_now(api: Api) -> None:
    answer = api.call("GET", f"{ROTAS}/ops/on-duty", ADMIN).json

    assert answer["people"] == [{"userType": "support", "userId": "a"}]
    assert answer["at"].endswith("Z")


def test_a_rota_is_changed_in_part(api: Api) -> None:
    api.call("POST", ROTAS, ADMIN, BODY | {"fallbackRota": "ops"})

    changed = api.call("PATCH", DUTY, ADMIN, {"holidays": [], "version": 1}).json
    without = api.call("PATCH", DUTY, ADMIN, {"fallbackRota": None}).json

    assert (changed["holidays"], changed["fallbackRota"], changed["version"]) == ([], "ops", 2)
    assert ("fallbackRota" in without, without["holidayPeople"]) == (False, [EVE])


def test_a_rota_that_is_named_is_kept(api: Api) -> None:
    api.call("POST", ROTAS, ADMIN, BODY | {"fallbackRota": "ops"})

    refused = api.call("DELETE", f"{ROTAS}/ops", ADMIN)

    assert (refused.status, refused.json["code"]) == (409, "conflict")
    assert "rota duty" in refused.json["detail"]
    assert api.call("DELETE", DUTY, ADMIN).status == 204
    assert api.call("DELETE", f"{ROTAS}/ops", ADMIN).status == 204


def test_a_taken_id_and_an_old_version_are_conflicts(api: Api) -> None:
    api.call("POST", ROTAS, ADMIN, BODY)

    assert api.call("POST", ROTAS, ADMIN, BODY).status == 409
    assert api.call("PATCH", DUTY, ADMIN, {"fallback": [BOB], "version": 4}).status == 409


def shift(**fields: Any) -> dict[str, Any]:
    return {"shifts": [{"people": [ANN]} | fields]}


@pytest.mark.parametrize(
    ("change", "faults"),
    [
        ({"id": "a b"}, {"/id": "malformed"}),
        ({"timeZone": "Mars/Olympus"}, {"/timeZone": "invalid_time_zone"}),
        ({"fallback": []}, {"/shifts": "rota_gap"}),
        ({"fallback": [], **shift()} | {"holidayPeople": []}, {"/holidayPeople": "rota_gap"}),
        (shift(people=[]), {"/shifts/0/people": "too_few"}),
        (shift(people=[{"userId": "a#\n"}]), {"/shifts/0/people/0/userId": "malformed"}),
        (shift(days=[]), {"/shifts/0/days": "too_few"}),
        (shift(days=["someday"]), {"/shifts/0/days/0": "not_one_of"}),
        (shift(start="9:00"), {"/shifts/0/start": "malformed"}),
        (shift(start="24:00"), {"/shifts/0/start": "malformed"}),
        (shift(end="25:00"), {"/shifts/0/end": "malformed"}),
        (shift(start="09:00", end="09:00"), {"/shifts/0/end": "empty_shift"}),
        (shift(end="00:00"), {"/shifts/0/end": "empty_shift"}),
        ({"holidays": ["25.12.2026"]}, {"/holidays/0": "invalid_date"}),
        ({"fallbackRota": "gone"}, {"/fallbackRota": "unknown_rota"}),
        ({"fallbackRota": "duty"}, {"/fallbackRota": "cycle"}),
        ({"color": "red"}, {"/color": "unknown_field"}),
    ],
)
def test_bad_rotas_are_not_stored(api: Api, change: dict[str, Any], faults: dict[str, str]) -> None:
    before = dict(api.world.rows.rotas)

    answer = api.call("POST", ROTAS, ADMIN, BODY | change)

    assert (answer.status, answer.json["code"], answer.faults) == (422, "invalid_input", faults)
    assert (api.world.rows.rotas, api.world.rows.audit) == (before, {})


def test_the_first_gap_is_told(api: Api) -> None:
    answer = api.call("POST", ROTAS, ADMIN, BODY | {"fallback": []})

    assert "from mon 06:00 to mon 08:00" in answer.json["faults"][0]["detail"]


def test_a_circle_is_refused(api: Api) -> None:
    api.call("POST", ROTAS, ADMIN, BODY | {"fallbackRota": "ops"})

    answer = api.call("PATCH", f"{ROTAS}/ops", ADMIN, {"fallbackRota": "duty"})

    assert (answer.status, answer.faults) == (422, {"/fallbackRota": "cycle"})


@pytest.mark.parametrize(
    ("at", "code"),
    [
        ("yesterday", "malformed"),
        ("2026-11-23T10:00:00", "time_zone_missing"),
        ("2100-01-01", "out_of_range"),
        ("9999-12-31T23:59:59Z", "out_of_range"),
    ],
)
def test_times_at_which_nobody_can_tell(api: Api, at: str, code: str) -> None:
    answer = api.call("GET", f"{ROTAS}/ops/on-duty", ADMIN, query={"at": at})

    assert (answer.status, answer.faults) == (422, {"/at": code})


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [("GET", "", None), ("GET", "/on-duty", None), ("PATCH", "", {"holidays": []}), ("DELETE", "", None)],
)
def test_a_foreign_rota_answers_like_one_that_does_not_exist(api: Api, method: str, path: str, body: Any) -> None:
    api.call("POST", ROTAS, ADMIN, BODY)
    before = dict(api.world.rows.rotas)

    foreign = api.call(method, DUTY + path, FOREIGN_ADMIN, body)
    missing = api.call(method, f"{ROTAS}/nothing{path}", FOREIGN_ADMIN, body)

    assert (foreign.status, foreign.text) == (404, missing.text)
    assert api.call("GET", ROTAS, FOREIGN_ADMIN).json == {"items": []}
    assert api.world.rows.rotas == before


def test_who_may_do_what(api: Api) -> None:
    api.call("POST", ROTAS, ADMIN, BODY)

    for caller in (a_user(Role.VIEWER), a_user(Role.MANAGER)):
        assert api.call("GET", DUTY, caller).status == 200
        assert api.call("GET", f"{DUTY}/on-duty", caller).status == 200
        assert api.call("POST", ROTAS, caller, BODY).status == 403
        assert api.call("PATCH", DUTY, caller, {"holidays": []}).status == 403
        assert api.call("DELETE", DUTY, caller).status == 403
    assert api.call("GET", DUTY, a_user(Role.USER)).status == 403
    assert api.call("GET", DUTY, a_service(Scope.SEND)).status == 403
    assert api.call("PATCH", DUTY, a_service(Scope.ADMIN), {"holidays": []}).status == 200
