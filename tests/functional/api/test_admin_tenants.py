"""Administering tenants over HTTP."""

from typing import Any

import pytest

from chalicelib.domain.principal import Principal
from chalicelib.domain.words import Role, Scope
from tests.api import Api, in_memory_api
from tests.callers import ADMIN, FOREIGN_ADMIN, PLATFORM, a_service, a_user

TENANTS = "/api/v1/admin/tenants"
ACME = f"{TENANTS}/acme"
GLOBEX = {"id": "globex", "name": "Globex"}


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Api:
    return in_memory_api(monkeypatch)


def test_a_platform_admin_creates_a_tenant_with_its_first_settings(api: Api) -> None:
    settings = {
        "timeZone": "Europe/Berlin",
        "defaultChannels": ["in_app", "EMAIL"],
        "senders": {"email": {"address": "hello@example.com", "name": "Globex"}},
    }

    created = api.call("POST", TENANTS, PLATFORM, GLOBEX | {"settings": settings})
    stored = api.call("GET", f"{TENANTS}/globex", PLATFORM)

    assert (created.status, created.headers["Location"]) == (201, f"{TENANTS}/globex")
    assert created.json == stored.json
    assert created.json["createdAt"].endswith("Z")
    assert {name: created.json[name] for name in ("id", "name", "status", "version")} == {
        "id": "globex",
        "name": "Globex",
        "status": "active",
        "version": 1,
    }
    assert created.json["settings"] == {
        "timeZone": "Europe/Berlin",
        "defaultChannels": ["in_app", "email"],
        "disabledChannels": [],
        "senders": {"email": {"address": "hello@example.com", "name": "Globex"}},
        "urlSchemes": ["https"],
        "smsMaxSegments": 10,
        "eventMode": "packed",
        "retentionDays": 90,
        "prices": [],
        "budgets": [],
        "downgrade": False,
        "digests": {},
        "preferences": {"channels": {}, "categories": {}, "types": {}, "topics": {}, "caps": {}},
        "mandatoryCategories": [],
        "selfNotification": False,
        "tracking": {"opens": False, "clicks": False, "countAsRead": False},
        "rateLimits": {},
        "sendRates": {},
    }


def test_a_tenant_says_what_it_wants_to_know_of_its_mails(api: Api) -> None:
    changed = api.call("PATCH", f"{ACME}/settings", ADMIN, {"tracking": {"opens": True, "countAsRead": True}})
    later = api.call("PATCH", f"{ACME}/settings", ADMIN, {"smsMaxSegments": 3})
    wrong = api.call("PATCH", f"{ACME}/settings", ADMIN, {"tracking": {"opens": "yes", "views": True}})

    assert changed.json["tracking"] == {"opens": True, "clicks": False, "countAsRead": True}
    assert later.json["tracking"] == changed.json["tracking"]
    assert (wrong.status, wrong.faults) == (422, {"/tracking/opens": "wrong_type", "/tracking/views": "unknown_field"})


def test_a_tenant_says_what_holds_for_users_who_have_not_chosen(api: Api) -> None:
    defaults = {
        "channels": {},
        "categories": {"marketing": {"sms": False}},
        "types": {},
        "topics": {"news": False},
        "quietHours": [{"start": "22:00", "end": "24:00", "days": ["sat", "sun"]}],
        "timeZone": "Europe/Berlin",
        "caps": {"sms": {"day": 3}},
    }
    settings = {"preferences": defaults, "mandatoryCategories": ["security"], "selfNotification": True}

    changed = api.call("PATCH", f"{ACME}/settings", ADMIN, settings)
    later = api.call("PATCH", f"{ACME}/settings", ADMIN, {"smsMaxSegments": 3})

    assert {name: changed.json[name] for name in settings} == settings
    assert {name: later.json[name] for name in settings} == settings


@pytest.mark.parametrize(
    ("settings", "faults"),
    [
        ({"preferences": {"timeZone": "Mars"}}, {"/settings/preferences/timeZone": "invalid_time_zone"}),
        (
            {"preferences": {"quietHours": [{"start": "00:00", "end": "24:00"}]}},
            {"/settings/preferences/quietHours": "always_quiet"},
        ),
        ({"preferences": {"caps": {"sms": {"hour": 0}}}}, {"/settings/preferences/caps/sms/hour": "out_of_range"}),
        (
            {"preferences": {"categories": {"a": {"sms": False}}}, "mandatoryCategories": ["a"]},
            {"/settings/preferences/categories/a/sms": "mandatory_category"},
        ),
        ({"mandatoryCategories": [f"c{n}" for n in range(101)]}, {"/settings/mandatoryCategories": "too_many"}),
    ],
)
def test_defaults_that_cannot_be_are_refused(api: Api, settings: dict[str, Any], faults: dict[str, str]) -> None:
    answer = api.call("PATCH", ACME, ADMIN, {"settings": settings})
    assert (answer.status, answer.faults) == (422, faults)


def test_do_not_disturb_is_for_users_alone(api: Api) -> None:
    settings = {"preferences": {"doNotDisturbUntil": "2030-01-01T00:00:00Z"}}
    answer = api.call("PATCH", f"{ACME}/settings", ADMIN, settings)
    assert answer.faults == {"/preferences/doNotDisturbUntil": "unknown_field"}


def test_an_id_that_is_taken_is_a_conflict(api: Api) -> None:
    answer = api.call("POST", TENANTS, PLATFORM, {"id": "acme", "name": "Another"})

    assert (answer.status, answer.json["code"]) == (409, "conflict")


@pytest.mark.parametrize(
    ("body", "faults"),
    [
        ({"id": "globex"}, {"/name": "required"}),
        ({"id": "Globex!", "name": "Globex"}, {"/id": "malformed"}),
        ({"id": "_platform", "name": "Globex"}, {"/id": "malformed"}),
        ({"id": "globex", "name": "Glo\r\nbex"}, {"/name": "control_characters"}),
        ({"id": "globex", "name": 7}, {"/name": "wrong_type"}),
        (GLOBEX | {"status": "suspended"}, {"/status": "unknown_field"}),
        (GLOBEX | {"settings": {"color": "red"}}, {"/settings/color": "unknown_field"}),
        (GLOBEX | {"settings": {"smsMaxSegments": None}}, {"/settings/smsMaxSegments": "wrong_type"}),
        (GLOBEX | {"settings": {"timeZone": "Mars/Olympus"}}, {"/settings/timeZone": "invalid_time_zone"}),
        (GLOBEX | {"settings": {"retentionDays": "90"}}, {"/settings/retentionDays": "wrong_type"}),
        (GLOBEX | {"settings": {"retentionDays": 0}}, {"/settings/retentionDays": "out_of_range"}),
        (GLOBEX | {"settings": {"defaultChannels": ["pigeon"]}}, {"/settings/defaultChannels/0": "unknown_channel"}),
        (
            GLOBEX | {"settings": {"senders": {"pigeon": {"address": "x"}}}},
            {"/settings/senders/pigeon": "unknown_channel"},
        ),
        (
            GLOBEX | {"settings": {"senders": {"email": {"address": "a@example.com", "name": "A\nBcc: b"}}}},
            {"/settings/senders/email/name": "control_characters"},
        ),
        (
            GLOBEX | {"settings": {"senders": {"email": {"address": "nobody"}}}},
            {"/settings/senders/email/address": "invalid_email"},
        ),
        (GLOBEX | {"firstAdmin": {"email": "not an email"}}, {"/firstAdmin/email": "invalid_email"}),
        (GLOBEX | {"firstAdmin": {"email": f"{'a' * 60}@{'b' * 60}.example"}}, {"/firstAdmin/email": "too_long"}),
    ],
)
def test_bad_tenants_are_not_stored(api: Api, body: dict[str, Any], faults: dict[str, str]) -> None:
    answer = api.call("POST", TENANTS, PLATFORM, body)

    assert (answer.status, answer.json["code"], answer.faults) == (422, "invalid_input", faults)
    assert set(api.world.rows.tenants) == {"acme"}


@pytest.mark.parametrize("method", ["PATCH", "PUT"])
def test_a_tenants_admin_changes_some_settings_and_the_others_stay(api: Api, method: str) -> None:
    api.call(method, ACME, ADMIN, {"settings": {"smsPrefix": "ACME:", "timeZone": "Europe/Paris"}})

    changed = api.call(method, ACME, ADMIN, {"name": "Acme Inc", "settings": {"smsPrefix": None}, "version": 2})

    assert changed.status == 200
    assert (changed.json["name"], changed.json["version"]) == ("Acme Inc", 3)
    assert changed.json["settings"]["timeZone"] == "Europe/Paris"
    assert "smsPrefix" not in changed.json["settings"]


@pytest.mark.parametrize(
    ("settings", "faults"),
    [
        ({"budgets": [{"period": "day", "limit": "0"}]}, {"/budgets/0/limit": "out_of_range"}),
        (
            {"timeZone": "Mars/Olympus", "retentionDays": 0},
            {"/timeZone": "invalid_time_zone", "/retentionDays": "out_of_range"},
        ),
        ({"preferences": {"caps": {"sms": {"hour": 0}}}}, {"/preferences/caps/sms/hour": "out_of_range"}),
    ],
)
def test_faults_of_settings_are_shown_where_they_stand(
    api: Api, settings: dict[str, Any], faults: dict[str, str]
) -> None:
    answer = api.call("PATCH", f"{ACME}/settings", ADMIN, settings)
    assert (answer.status, answer.faults) == (422, faults)


def test_settings_have_a_route_of_their_own(api: Api) -> None:
    changed = api.call("PATCH", f"{ACME}/settings", ADMIN, {"retentionDays": 30, "eventMode": "single"})

    assert changed.json == api.call("GET", f"{ACME}/settings", ADMIN).json
    assert (changed.json["retentionDays"], changed.json["eventMode"]) == (30, "single")


def test_a_change_of_an_old_version_is_a_conflict(api: Api) -> None:
    api.call("PATCH", ACME, ADMIN, {"name": "First", "version": 1})

    late = api.call("PATCH", ACME, ADMIN, {"name": "Second", "version": 1})

    assert (late.status, late.json["code"]) == (409, "conflict")
    assert api.call("GET", ACME, ADMIN).json["name"] == "First"


def test_inviting_an_administrator(api: Api) -> None:
    assert api.call("POST", f"{ACME}/invite", PLATFORM, {"email": "amy@acme.example"}).status == 204
    assert api.call("POST", f"{TENANTS}/nowhere/invite", PLATFORM, {"email": "amy@acme.example"}).status == 404
    wrong = api.call("POST", f"{ACME}/invite", PLATFORM, {"email": "not an email"})
    assert (wrong.status, wrong.faults) == (422, {"/email": "invalid_email"})


def test_suspending_and_activating(api: Api) -> None:
    assert api.call("POST", f"{ACME}/suspend", PLATFORM).json["status"] == "suspended"
    assert api.call("POST", f"{ACME}/activate", PLATFORM).json["status"] == "active"
    assert api.call("POST", f"{TENANTS}/nowhere/suspend", PLATFORM).status == 404


def test_listing_shows_all_to_the_platform_in_pages_and_to_others_their_own(api: Api) -> None:
    for id in ("globex", "initech"):
        api.call("POST", TENANTS, PLATFORM, {"id": id, "name": id})

    first = api.call("GET", TENANTS, PLATFORM, query={"limit": "2"})
    rest = api.call("GET", TENANTS, PLATFORM, query={"limit": "2", "cursor": first.json["nextCursor"]})

    assert [item["id"] for item in first.json["items"] + rest.json["items"]] == ["acme", "globex", "initech"]
    assert [item["id"] for item in api.call("GET", TENANTS, ADMIN).json["items"]] == ["acme"]
    assert [item["id"] for item in api.call("GET", TENANTS, FOREIGN_ADMIN).json["items"]] == ["globex"]


ONE: list[tuple[str, str, Any]] = [
    ("GET", "", None),
    ("PATCH", "", {"name": "Taken over"}),
    ("PUT", "", {"name": "Taken over"}),
    ("GET", "/settings", None),
    ("PATCH", "/settings", {"retentionDays": 1}),
    ("PUT", "/settings", {"retentionDays": 1}),
]


@pytest.mark.parametrize(("method", "action", "body"), ONE)
def test_a_foreign_tenant_answers_like_one_that_does_not_exist(api: Api, method: str, action: str, body: Any) -> None:
    before = dict(api.world.rows.tenants)

    answers = {
        (answer.status, answer.text)
        for answer in (
            api.call(method, f"{ACME}{action}", FOREIGN_ADMIN, body),
            api.call(method, f"{ACME}{action}", FOREIGN_ADMIN, body, headers={"X-Tenant-ID": "globex"}),
            api.call(method, f"{TENANTS}/nowhere{action}", FOREIGN_ADMIN, body),
            api.call(method, f"{TENANTS}/_platform{action}", PLATFORM, body),
        )
    }

    assert len(answers) == 1
    assert next(iter(answers))[0] == 404
    assert api.world.rows.tenants == before
    assert api.world.rows.audit == {}


VIEWER, MANAGER, NOBODY = a_user(Role.VIEWER), a_user(Role.MANAGER), a_user(Role.USER)


@pytest.mark.parametrize(
    ("method", "path", "caller", "status"),
    [
        ("POST", TENANTS, ADMIN, 403),
        ("POST", TENANTS, a_service(Scope.ADMIN), 403),
        ("POST", f"{ACME}/suspend", ADMIN, 403),
        ("POST", f"{ACME}/activate", ADMIN, 403),
        ("POST", f"{ACME}/invite", ADMIN, 403),
        ("GET", TENANTS, VIEWER, 200),
        ("GET", ACME, VIEWER, 200),
        ("GET", ACME, a_service(Scope.ADMIN), 200),
        ("GET", ACME, a_service(Scope.READ, Scope.SEND), 403),
        ("GET", ACME, NOBODY, 403),
        ("PATCH", ACME, VIEWER, 403),
        ("PATCH", ACME, MANAGER, 403),
        ("PATCH", f"{ACME}/settings", MANAGER, 403),
        ("PATCH", ACME, None, 401),
    ],
)
def test_who_may_do_what(api: Api, method: str, path: str, caller: Principal | None, status: int) -> None:
    assert api.call(method, path, caller, None if method == "GET" else {"name": "X"}).status == status
