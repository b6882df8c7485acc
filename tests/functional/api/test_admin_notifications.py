"""Searching notifications and reading the audit log over HTTP."""

from typing import Any

import pytest

from chalicelib.domain.ids import NotificationId, UserId
from chalicelib.domain.value import Millis
from chalicelib.domain.words import Channel, Role, Scope
from chalicelib.services.ports import NotificationRef
from tests.api import Api, in_memory_api
from tests.build import ACME, a_recipient, a_tenant
from tests.callers import ADMIN, FOREIGN_ADMIN, GLOBEX, PLATFORM, a_service, a_user
from tests.twin import TwinTenants

NOTIFICATIONS = "/api/v1/admin/notifications"
AUDIT = "/api/v1/admin/audit-log"
VIEWER = a_user(Role.VIEWER)
DAY = 86_400_000


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Api:
    api = in_memory_api(monkeypatch)
    TwinTenants(api.world.rows).create(a_tenant(id=GLOBEX))
    return api


def decide(api: Api, number: int, days_ago: int = 0, **changes: Any) -> str:
    """Let a notification be accepted and decided; return its id."""
    id = NotificationId(f"01890a5d-ac96-774b-bcce-{number:012x}")
    accepted_at = Millis(api.world.clock() - 1_000 - days_ago * DAY)
    api.world.decided(**({"id": id, "accepted_at": accepted_at} | changes))
    return id


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, {"mail", "text"}),
        ({"status": "queued"}, {"mail", "text"}),
        ({"status": "delivered"}, set()),
        ({"channel": "sms"}, {"text"}),
        ({"type": "order.shipped"}, {"mail"}),
        ({"recipient": "customer/u2"}, {"text"}),
        ({"recipient": "vendor/u2"}, set()),
    ],
)
def test_without_dates_the_last_day_is_searched(api: Api, query: dict[str, str], found: set[str]) -> None:
    names = {
        decide(api, 1, type="order.shipped"): "mail",
        decide(api, 2, channels=(Channel.SMS,), recipient=a_recipient(user_id=UserId("u2"))): "text",
        decide(api, 3, days_ago=2): "old",
    }

    answer = api.call("GET", NOTIFICATIONS, VIEWER, query=query)

    assert {names[item["id"]] for item in answer.json["items"]} == found


def test_an_item_tells_in_short_and_without_addresses(api: Api) -> None:
    decide(api, 1)

    answer = api.call("GET", NOTIFICATIONS, ADMIN)

    (item,) = answer.json["items"]
    assert (item["recipient"], item["status"]) == ({"userType": "customer", "userId": "u1"}, "queued")
    assert (item["subject"], item["sentBy"]) == ("Hello", "service:orders")
    assert "ann@example.com" not in answer.text


def test_pages_follow_each_other_by_cursor(api: Api) -> None:
    ids = [decide(api, number) for number in range(5)]

    first = api.call("GET", NOTIFICATIONS, VIEWER, query={"limit": "3"})
    second = api.call("GET", NOTIFICATIONS, VIEWER, query={"limit": "3", "cursor": first.json["nextCursor"]})
    other = api.call("GET", NOTIFICATIONS, VIEWER, query={"type": "x", "cursor": first.json["nextCursor"]})

    assert sorted(item["id"] for item in first.json["items"] + second.json["items"]) == sorted(ids)
    assert (other.status, other.json["code"]) == (400, "invalid_cursor")


@pytest.mark.parametrize(
    ("query", "faults"),
    [
        ({"dateFrom": "2026-01-01", "dateTo": "2026-02-15"}, {"/dateTo": "out_of_range"}),
        ({"dateFrom": "2020-01-01"}, {"/dateTo": "out_of_range"}),
        ({"dateFrom": "2026-02-02", "dateTo": "2026-01-01"}, {"/dateTo": "out_of_order"}),
        ({"recipient": "u1"}, {"/recipient": "malformed"}),
        ({"status": "lost"}, {"/status": "not_one_of"}),
        ({"limit": "1000"}, {"/limit": "out_of_range"}),
    ],
)
def test_bad_searches(api: Api, query: dict[str, str], faults: dict[str, str]) -> None:
    answer = api.call("GET", NOTIFICATIONS, VIEWER, query=query)

    assert (answer.status, answer.faults) == (422, faults)


def test_support_sees_all_of_a_notification_also_after_its_owner_deleted_it(api: Api) -> None:
    id = decide(api, 1, channels=(Channel.IN_APP, Channel.EMAIL), metadata={"orderId": "42"})
    api.world.deliver()(NotificationRef(ACME, NotificationId(id)), Channel.EMAIL)
    api.call("DELETE", f"/api/v1/users/me/notifications/{id}", a_user())

    seen = api.call("GET", f"{NOTIFICATIONS}/{id}", ADMIN).json

    assert seen["recipient"]["email"] == "ann@example.com"
    assert {"subject": "Hello", "body": "It is on its way."}.items() <= seen["request"]["content"].items()
    assert seen["request"]["metadata"] == {"orderId": "42"}
    assert "deletedAt" in seen["state"]
    email = next(delivery for delivery in seen["deliveries"] if delivery["channel"] == "email")
    assert (email["status"], email["providers"]) == ("sent", ["first", "second"])
    assert [(each["provider"], each["outcome"], each["vendorId"]) for each in email["attempts"]] == [
        ("first", "accepted", "vendor-1")
    ]


@pytest.mark.parametrize("role", [Role.VIEWER, Role.MANAGER])
def test_viewers_and_managers_see_addresses_masked(api: Api, role: Role) -> None:
    id = decide(api, 1)

    answer = api.call("GET", f"{NOTIFICATIONS}/{id}", a_user(role))

    assert answer.json["recipient"]["email"] == "a***@example.com"
    assert "+14155550100" not in answer.text
    assert "token-1" not in answer.text


def test_one_that_is_not_decided_yet_is_found(api: Api) -> None:
    request = api.world.accepted(accepted_at=api.world.clock())

    seen = api.call("GET", f"{NOTIFICATIONS}/{request.id}", ADMIN).json

    assert (seen["status"], seen["deliveries"], "state" in seen) == ("accepted", [], False)


def test_a_foreign_notification_answers_like_one_that_does_not_exist(api: Api) -> None:
    id = decide(api, 1)

    answers = {
        (answer.status, answer.text)
        for answer in (
            api.call("GET", f"{NOTIFICATIONS}/{id}", FOREIGN_ADMIN),
            api.call("GET", f"{NOTIFICATIONS}/{id.replace('1890', '1891')}", FOREIGN_ADMIN),
            api.call("GET", f"{NOTIFICATIONS}/{id.replace('1890', '1891')}", ADMIN),
            api.call("GET", f"{NOTIFICATIONS}/latest", ADMIN),
        )
    }

    assert len(answers) == 1
    assert next(iter(answers))[0] == 404
    assert api.call("GET", NOTIFICATIONS, FOREIGN_ADMIN).json == {"items": []}
    assert api.call("GET", NOTIFICATIONS, FOREIGN_ADMIN, query={"recipient": "customer/u1"}).json == {"items": []}


def test_platform_admins_look_at_one_tenant_at_a_time(api: Api) -> None:
    decide(api, 1)

    assert api.call("GET", NOTIFICATIONS, PLATFORM).status == 400
    assert len(api.call("GET", NOTIFICATIONS, PLATFORM, headers={"X-Tenant-ID": "acme"}).json["items"]) == 1
    assert api.call("GET", NOTIFICATIONS, PLATFORM, headers={"X-Tenant-ID": "globex"}).json["items"] == []


@pytest.mark.parametrize("path", [NOTIFICATIONS, f"{NOTIFICATIONS}/x", AUDIT])
def test_users_and_sending_services_do_not_search(api: Api, path: str) -> None:
    assert api.call("GET", path, None).status == 401
    assert api.call("GET", path, a_user(Role.USER)).status == 403
    assert api.call("GET", path, a_service(Scope.SEND, Scope.READ, Scope.BULK)).status == 403


def test_the_audit_log_tells_who_changed_what(api: Api) -> None:
    api.call("PATCH", "/api/v1/admin/tenants/acme", ADMIN, {"name": "Acme Inc"})
    api.call("PUT", "/api/v1/admin/recipients/customer/u1", ADMIN, {"email": "ann@example.com"})

    log = api.call("GET", AUDIT, VIEWER)

    assert {item["action"] for item in log.json["items"]} == {"tenant.update", "recipient.put"}
    (update,) = api.call("GET", AUDIT, VIEWER, query={"action": "tenant.update"}).json["items"]
    assert (update["actor"], update["target"]) == ("user:customer/boss", "tenant/acme")
    assert (update["before"]["name"], update["after"]["name"]) == ("Acme", "Acme Inc")
    assert "ann@example.com" not in log.text
    assert api.call("GET", AUDIT, FOREIGN_ADMIN).json == {"items": []}


def test_the_audit_log_comes_in_pages_and_within_bounds(api: Api) -> None:
    for name in ("One", "Two", "Three"):
        api.call("PATCH", "/api/v1/admin/tenants/acme", ADMIN, {"name": name})

    first = api.call("GET", AUDIT, ADMIN, query={"limit": "2"}).json
    rest = api.call("GET", AUDIT, ADMIN, query={"limit": "2", "cursor": first["nextCursor"]}).json

    assert {item["after"]["name"] for item in first["items"] + rest["items"]} == {"One", "Two", "Three"}
    assert api.call("GET", AUDIT, ADMIN, query={"dateTo": "2020-01-01"}).json == {"items": []}
    assert api.call("GET", AUDIT, ADMIN, query={"dateFrom": "2020-01-01"}).faults == {"/dateTo": "out_of_range"}
