"""Rate limits over HTTP: what callers are told, who is refused, and how tenants choose their own."""

from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib import bootstrap
from chalicelib.domain.ids import ClientId
from chalicelib.domain.rate_limit import CALLS_A_MINUTE, Limit
from chalicelib.domain.words import Role, Scope
from chalicelib.services.rate_limit import RateLimits
from tests.api import Api, in_memory_api
from tests.callers import PLATFORM, a_service, a_user
from tests.twin import Rows, TwinRateWindows

RATE_LIMITS = "/api/v1/admin/rate-limits"
SEND = "/api/v1/services/notifications/send"
COUNT = "/api/v1/users/me/notifications/unread-count"
ADMIN = a_user(Role.ADMIN)
ORDERS = a_service(Scope.SEND)


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Api:
    api = in_memory_api(monkeypatch)
    limits = RateLimits(TwinRateWindows(Rows()), CALLS_A_MINUTE)
    monkeypatch.setattr(bootstrap, "rate_limits", lambda: limits)
    return api


def use_up(api: Api, most: int) -> None:
    assert api.call("PUT", RATE_LIMITS, ADMIN, {"rateLimits": {"send": most}}).status == 200
    assert {api.call("POST", SEND, ORDERS, {}).status for _ in range(most)} == {422}


def test_every_answer_says_what_is_left(api: Api) -> None:
    headers = api.call("GET", COUNT, a_user()).headers
    assert headers["RateLimit-Policy"] == '"users";q=300;w=60'
    assert headers["RateLimit"].startswith('"users";r=299;t=')


def test_who_has_used_the_limit_up_is_told_when_to_come_back(api: Api) -> None:
    use_up(api, 7)
    answer = api.call("POST", SEND, ORDERS, {}, headers={"origin": "https://a.example.com"})
    assert (answer.status, answer.json["code"]) == (429, "rate_limited")
    assert answer.json["detail"].startswith("The limit “send” is used up; try again in ")
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert 0 < int(answer.headers["Retry-After"]) <= 66
    assert answer.headers["RateLimit-Policy"] == '"send";q=7;w=60'
    assert answer.headers["RateLimit"] == f'"send";r=0;t={answer.headers["Retry-After"]}'


def test_others_and_other_routes_are_not_held_up(api: Api) -> None:
    use_up(api, 7)
    invoices = replace(ORDERS, client_id=ClientId("invoices"))
    assert api.call("POST", SEND, invoices, {}).status == 422
    assert api.call("POST", "/api/v1/admin/notifications/send", a_user(Role.MANAGER), {}).status == 422
    assert api.call("GET", RATE_LIMITS, ADMIN).status == 200


def test_sends_of_people_count_as_sends(api: Api) -> None:
    for path in ("/api/v1/admin/notifications/send", "/api/v1/admin/providers/mail/test"):
        answer = api.call("POST", path, a_user(Role.MANAGER), {})
        assert answer.headers["RateLimit-Policy"] == '"send";q=100;w=60'


def test_calls_in_no_tenant_are_counted_too(api: Api) -> None:
    answer = api.call("GET", "/api/v1/admin/tenants", PLATFORM)
    assert answer.headers["RateLimit-Policy"] == '"admin";q=300;w=60'


def test_public_routes_and_tenants_that_do_not_exist_are_not_counted(api: Api) -> None:
    assert "RateLimit" not in api.call("GET", "/health", None).headers
    nowhere = api.call("GET", RATE_LIMITS, PLATFORM, headers={"x-tenant-id": "nowhere"})
    assert nowhere.status == 404
    assert "RateLimit" not in nowhere.headers


def test_a_tenant_chooses_its_limits(api: Api) -> None:
    chosen = {"rateLimits": {"send": 1_000}, "sendRates": {"sms": 10}}
    changed = api.call("PUT", RATE_LIMITS, ADMIN, chosen)
    expected = {limit.value: most for limit, most in CALLS_A_MINUTE.items()} | {"send": 1_000}
    assert changed.json == api.call("GET", RATE_LIMITS, ADMIN).json
    assert changed.json == {"rateLimits": expected, "sendRates": {"sms": 10}}
    # What is left out stays as it is
    assert api.call("PUT", RATE_LIMITS, ADMIN, {"rateLimits": {}}).json["sendRates"] == {"sms": 10}
    assert api.call("GET", RATE_LIMITS, ADMIN).json["rateLimits"]["send"] == 100


def test_the_settings_of_a_tenant_show_and_take_them_too(api: Api) -> None:
    settings = "/api/v1/admin/tenants/acme/settings"
    changed = api.call("PATCH", settings, ADMIN, {"rateLimits": {"read": 9}, "sendRates": {"email": 2}})
    assert (changed.json["rateLimits"], changed.json["sendRates"]) == ({"read": 9}, {"email": 2})


@pytest.mark.parametrize(
    ("body", "faults"),
    [
        ({"rateLimits": {"send": 0}}, {"/rateLimits/send": "out_of_range"}),
        ({"rateLimits": {"send": -1}}, {"/rateLimits/send": "out_of_range"}),
        ({"rateLimits": {"send": 10**9}}, {"/rateLimits/send": "out_of_range"}),
        ({"rateLimits": {"send": "many"}}, {"/rateLimits/send": "wrong_type"}),
        ({"rateLimits": {"dreams": 5}}, {"/rateLimits/dreams": "not_one_of"}),
        ({"sendRates": {"sms": 0}}, {"/sendRates/sms": "out_of_range"}),
        ({"sendRates": {"fax": 5}}, {"/sendRates/fax": "unknown_channel"}),
        ({"sendRates": {"in_app": 5}}, {"/sendRates/in_app": "no_send_rate"}),
        ({"limits": {}}, {"/limits": "unknown_field"}),
    ],
)
def test_limits_that_cannot_be(api: Api, body: Any, faults: dict[str, str]) -> None:
    before = api.call("GET", RATE_LIMITS, ADMIN).json
    answer = api.call("PUT", RATE_LIMITS, ADMIN, body)
    assert (answer.status, answer.faults) == (422, faults)
    assert api.call("GET", RATE_LIMITS, ADMIN).json == before


@pytest.mark.parametrize("role", [Role.USER, Role.VIEWER, Role.MANAGER])
def test_only_administrators_change_them(api: Api, role: Role) -> None:
    assert api.call("PUT", RATE_LIMITS, a_user(role), {"rateLimits": {"send": 9}}).status == 403


def test_every_limit_has_a_default() -> None:
    assert CALLS_A_MINUTE.keys() == set(Limit)
