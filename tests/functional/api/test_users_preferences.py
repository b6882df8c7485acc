"""What users choose over HTTP, and what they may not."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.domain.ids import UserId, UserType
from chalicelib.domain.preferences import Preferences, QuietWindow
from chalicelib.domain.value import Millis
from chalicelib.domain.words import Channel, Weekday
from tests.api import Api, in_memory_api
from tests.build import ACME
from tests.callers import GLOBEX, a_service, a_user

PREFERENCES = "/api/v1/users/me/preferences"
ANN = a_user(user_id="ann")
HERS = (ACME, UserType("customer"), UserId("ann"))
BOB = a_user(user_id="bob")
EVERYTHING = {
    "channels": {"SMS": False, "push": True},
    "categories": {"marketing": {"email": False}},
    "types": {"order.shipped": False},
    "topics": {"news": True},
    "quietHours": [{"start": "22:00", "end": "07:00", "days": ["mon"]}, {"start": "12:00", "end": "24:00"}],
    "timeZone": "Europe/Paris",
    "caps": {"push": {"hour": 5}, "email": {"hour": 1, "day": 20}},
}
DAYS = [str(day) for day in Weekday]


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Api:
    return in_memory_api(monkeypatch)


def at(**ahead: int) -> str:
    return (datetime.now(UTC) + timedelta(**ahead)).isoformat()


def settle(api: Api, **settings: Any) -> None:
    """Let Acme have these settings."""
    tenant = api.world.rows.tenants[ACME]
    api.world.rows.tenants[ACME] = replace(tenant, settings=replace(tenant.settings, **settings))


def test_who_chose_nothing_is_shown_what_holds_for_them(api: Api) -> None:
    quiet = Preferences(quiet_hours=(QuietWindow(start=0, end=1_440, days=(Weekday.SUN,)),))
    settle(api, preferences=quiet, mandatory_categories=("security",))
    nothing: dict[str, Any] = {"channels": {}, "categories": {}, "types": {}, "topics": {}, "caps": {}}

    assert api.call("GET", PREFERENCES, ANN).json == {
        **nothing,
        "version": 0,
        "defaults": {**nothing, "quietHours": [{"start": "00:00", "end": "24:00", "days": ["sun"]}]},
        "mandatoryCategories": ["security"],
    }


def test_what_is_chosen_is_shown_again_to_who_chose_it(api: Api) -> None:
    until = at(days=399)
    put = api.call("PUT", PREFERENCES, ANN, EVERYTHING | {"doNotDisturbUntil": until})

    assert put.status == 200
    assert put.json == api.call("GET", PREFERENCES, ANN).json
    assert datetime.fromisoformat(put.json["doNotDisturbUntil"]) - datetime.fromisoformat(until) < timedelta(seconds=1)
    assert {name: put.json[name] for name in EVERYTHING} == EVERYTHING | {
        "channels": {"sms": False, "push": True},
        "quietHours": [
            {"start": "22:00", "end": "07:00", "days": ["mon"]},
            {"start": "12:00", "end": "24:00", "days": DAYS},
        ],
    }
    assert api.call("GET", PREFERENCES, BOB).json["version"] == 0


def test_what_is_left_out_is_chosen_no_more(api: Api) -> None:
    api.call("PUT", PREFERENCES, ANN, EVERYTHING)
    answer = api.call("PUT", PREFERENCES, ANN, {"quietHours": []}).json
    assert (answer["channels"], answer["quietHours"], answer["version"]) == ({}, [], 2)
    assert "timeZone" not in answer


def test_a_do_not_disturb_that_is_over_is_none(api: Api) -> None:
    api.call("PUT", PREFERENCES, ANN, {"doNotDisturbUntil": at(seconds=1)})
    over = Preferences(do_not_disturb_until=Millis(api.world.clock() - 1))
    api.world.rows.preferences = {HERS: over}
    assert "doNotDisturbUntil" not in api.call("GET", PREFERENCES, ANN).json


def test_a_change_of_another_version_is_a_conflict(api: Api) -> None:
    assert api.call("PUT", PREFERENCES, ANN, {"channels": {"sms": False}, "version": 0}).json["version"] == 1
    assert api.call("PUT", PREFERENCES, ANN, {"version": 0}).status == 409
    assert api.call("PUT", PREFERENCES, ANN, {"version": 1}).json["version"] == 2


@pytest.mark.parametrize("path", ["channels/sms", "sms", "channels/SMS"])
def test_a_channel_is_turned_off_and_on_and_nothing_else_changes(api: Api, path: str) -> None:
    api.call("PUT", PREFERENCES, ANN, EVERYTHING | {"channels": {"push": True}})
    off = api.call("PUT", f"{PREFERENCES}/{path}", ANN, {"enabled": False}).json
    again = api.call("PUT", f"{PREFERENCES}/{path}", ANN, {"enabled": False}).json
    on = api.call("PUT", f"{PREFERENCES}/{path}", ANN, {"enabled": True}).json
    assert off["channels"] == {"push": True, "sms": False}
    assert again == off
    assert on["channels"] == {"push": True, "sms": True}
    assert on["types"] == EVERYTHING["types"]


@pytest.mark.parametrize("path", ["channels/pigeon", "channels", "pigeon"])
def test_a_channel_that_there_is_not_is_not_found(api: Api, path: str) -> None:
    assert api.call("PUT", f"{PREFERENCES}/{path}", ANN, {"enabled": False}).status == 404


def test_a_mandatory_category_cannot_be_turned_off(api: Api) -> None:
    settle(api, mandatory_categories=("a/b",))
    answer = api.call("PUT", PREFERENCES, ANN, {"categories": {"a/b": {"email": False, "sms": True}}})
    assert (answer.status, answer.faults) == (422, {"/categories/a~1b/email": "mandatory_category"})
    assert api.call("GET", PREFERENCES, ANN).json["version"] == 0


def impossible() -> Iterator[Any]:
    def window(start: object, end: object, **more: Any) -> dict[str, Any]:
        return {"quietHours": [{"start": start, "end": end, **more}]}

    yield pytest.param(window("09:00", "09:00"), {"/quietHours/0/end": "impossible_window"}, id="never begins")
    yield pytest.param(window("00:00", "24:00"), {"/quietHours": "always_quiet"}, id="always")
    yield pytest.param(
        {"quietHours": [{"start": "09:00", "end": "17:00"}, {"start": "17:00", "end": "09:00"}]},
        {"/quietHours": "always_quiet"},
        id="always, together",
    )
    yield pytest.param(window("24:00", "08:00"), {"/quietHours/0/start": "malformed"}, id="starts at 24:00")
    yield pytest.param(window("9:00", "08:60"), {"/quietHours/0/start": "malformed", "/quietHours/0/end": "malformed"})
    yield pytest.param(window(540, "08:00"), {"/quietHours/0/start": "wrong_type"}, id="a number")
    yield pytest.param(window("08:00", "09:00", days=[]), {"/quietHours/0/days": "too_few"}, id="on no day")
    yield pytest.param(window("08:00", "09:00", days=["noday"]), {"/quietHours/0/days/0": "not_one_of"}, id="no day")
    yield pytest.param({"quietHours": [{"start": "08:00", "end": "09:00"}] * 21}, {"/quietHours": "too_many"})
    yield pytest.param({"timeZone": "Mars/Olympus"}, {"/timeZone": "invalid_time_zone"}, id="no zone")
    yield pytest.param({"timeZone": "../etc/passwd"}, {"/timeZone": "invalid_time_zone"}, id="a file")
    yield pytest.param({"doNotDisturbUntil": at(seconds=-5)}, {"/doNotDisturbUntil": "out_of_range"}, id="is over")
    yield pytest.param({"doNotDisturbUntil": at(days=401)}, {"/doNotDisturbUntil": "out_of_range"}, id="too long")
    yield pytest.param({"doNotDisturbUntil": "2026-12-01T09:00:00"}, {"/doNotDisturbUntil": "time_zone_missing"})
    yield pytest.param({"caps": {"sms": {"hour": 0}}}, {"/caps/sms/hour": "out_of_range"}, id="a cap of none")
    yield pytest.param({"caps": {"sms": {"day": -1}}}, {"/caps/sms/day": "out_of_range"}, id="below none")
    yield pytest.param({"caps": {"sms": {"day": 10**9}}}, {"/caps/sms/day": "out_of_range"}, id="absurd")
    yield pytest.param({"caps": {"sms": {"hour": 1.5}}}, {"/caps/sms/hour": "wrong_type"}, id="a half")
    yield pytest.param({"caps": {"push": {"day": 1}, "fcm": {"day": 2}}}, {"/caps": "repeated_channel"}, id="an alias")
    yield pytest.param({"channels": {"sms": True, "SMS": False}}, {"/channels": "repeated_channel"}, id="other letters")
    yield pytest.param({"types": {f"t{n}": False for n in range(101)}}, {"/types": "too_many"}, id="too many types")
    yield pytest.param({"colour": "red"}, {"/colour": "unknown_field"}, id="unknown")


@pytest.mark.parametrize(("body", "faults"), list(impossible()))
def test_what_cannot_be_is_refused_with_its_place_and_nothing_is_stored(
    api: Api, body: Any, faults: dict[str, str]
) -> None:
    answer = api.call("PUT", PREFERENCES, ANN, body)
    assert (answer.status, answer.faults) == (422, faults)
    assert api.call("GET", PREFERENCES, ANN).json["version"] == 0


def test_unknown_channels_are_refused(api: Api) -> None:
    bodies: list[Any] = [{"channels": {"pigeon": False}}, {"categories": {"x": {"pigeon": False}}}]
    for body in (*bodies, {"caps": {"pigeon": {}}}):
        answer = api.call("PUT", PREFERENCES, ANN, body)
        assert (answer.status, set(answer.faults.values())) == (422, {"unknown_channel"})


def test_preferences_are_for_users_and_of_a_tenant(api: Api) -> None:
    assert api.call("GET", PREFERENCES, a_service()).status == 403
    assert api.call("GET", PREFERENCES, a_user(user_id="ann", tenants=(GLOBEX,))).status == 404


def test_a_namesake_of_another_type_chooses_for_themselves(api: Api) -> None:
    api.call("PUT", PREFERENCES, ANN, EVERYTHING)
    driver = replace(ANN, user_type="driver")
    assert api.call("GET", PREFERENCES, driver).json["version"] == 0
    assert api.world.store.preferences.get(*HERS).channels[Channel.SMS] is False
