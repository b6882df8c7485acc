"""What every route has in common, seen on the real routes."""

import json
from collections.abc import Iterator
from io import StringIO
from logging import StreamHandler
from typing import Any

import pytest

from app import app
from chalicelib import bootstrap
from chalicelib.auth.context import to_context
from chalicelib.domain.words import Role, Scope
from chalicelib.observability import logger
from chalicelib.settings import settings
from tests.api import Api, Response, in_memory_api
from tests.callers import GLOBEX, PLATFORM, a_service, a_user

SEND = "/api/v1/services/notifications/send"
MISSING = "/api/v1/services/notifications/01890a5d-ac96-774b-bcce-ffffffffffff"
INBOX = "/api/v1/users/me/notifications"
SENDER = a_service(Scope.SEND, Scope.READ)
BODY: dict[str, Any] = {"recipientIds": ["u1"], "message": "Hello"}


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Api:
    return in_memory_api(monkeypatch)


@pytest.fixture
def log() -> Iterator[StringIO]:
    """Return what is logged meanwhile."""
    (handler,) = (handler for handler in logger.handlers if isinstance(handler, StreamHandler))
    stream = StringIO()
    before = handler.setStream(stream)
    yield stream
    handler.setStream(before)


def assert_problem(response: Response, status: int, code: str) -> None:
    assert response.status == status, response.text
    assert response.headers["Content-Type"] == "application/problem+json"
    problem = response.json
    assert problem["type"] == f"urn:herald:problem:{code}"
    assert (problem["status"], problem["code"]) == (status, code)
    assert problem["title"]
    assert problem["detail"]
    assert problem["instance"] == response.headers["X-Request-ID"]


def test_without_a_caller_there_is_no_way_in(api: Api) -> None:
    response = api.call("GET", INBOX, None)

    assert_problem(response, 401, "unauthenticated")
    assert response.headers["WWW-Authenticate"] == "Bearer"


def test_a_caller_without_the_scope_is_refused_before_the_body_is_read(api: Api) -> None:
    assert_problem(api.call("POST", SEND, a_service(Scope.READ), b"no json"), 403, "forbidden")


def test_x_tenant_id_narrows_and_never_widens(api: Api) -> None:
    both = a_service(Scope.READ, tenants=(GLOBEX, api.world.tenant.id))

    assert_problem(api.call("GET", MISSING, both), 400, "malformed_request")
    assert_problem(api.call("GET", MISSING, both, headers={"x-tenant-id": "acme"}), 404, "not_found")
    assert_problem(api.call("GET", MISSING, SENDER, headers={"x-tenant-id": "globex"}), 403, "forbidden")
    assert_problem(api.call("GET", MISSING, SENDER, headers={"x-tenant-id": "ACME#"}), 403, "forbidden")
    assert_problem(api.call("GET", MISSING, SENDER, headers={"x-tenant-id": "_platform"}), 403, "forbidden")
    assert_problem(api.call("GET", MISSING, a_service(Scope.READ, tenants=())), 400, "malformed_request")


def test_a_platform_admin_names_the_tenant(api: Api) -> None:
    path = "/api/v1/admin/notifications/01890a5d-ac96-774b-bcce-ffffffffffff"

    assert_problem(api.call("GET", path, PLATFORM), 400, "malformed_request")
    assert_problem(api.call("GET", path, PLATFORM, headers={"x-tenant-id": "globex"}), 404, "not_found")


def test_headers_that_claim_to_be_somebody_are_not_believed(api: Api) -> None:
    headers = {"x-user-id": "u2", "x-service-id": "admin", "x-roles": "notification-admin"}
    assert_problem(api.call("GET", "/api/v1/admin/notifications", a_user(), headers=headers), 403, "forbidden")


@pytest.mark.parametrize(
    ("body", "headers", "status", "code"),
    [
        (b"{", {}, 400, "malformed_request"),
        (b"", {}, 400, "malformed_request"),
        (b'{"message": "a", "message": "b"}', {}, 400, "malformed_request"),
        (BODY, {"content-type": "text/plain"}, 415, "unsupported_media_type"),
        (BODY, {"content-type": "application/x-www-form-urlencoded"}, 415, "unsupported_media_type"),
        ({**BODY, "message": "x" * 256 * 1024}, {}, 413, "payload_too_large"),
        (BODY, {"idempotency-key": "x" * 256}, 400, "malformed_request"),
        ([], {}, 422, "invalid_input"),
    ],
)
def test_bodies_that_cannot_be_read(api: Api, body: Any, headers: dict[str, str], status: int, code: str) -> None:
    assert_problem(api.call("POST", SEND, SENDER, body, headers=headers), status, code)
    assert not api.world.rows.requests


def test_a_base64_body_that_is_none_is_malformed(api: Api) -> None:
    event: dict[str, Any] = {
        "requestContext": {
            "httpMethod": "POST",
            "resourcePath": SEND,
            "requestId": "r",
            "authorizer": to_context(SENDER),
        },
        "headers": {},
        "multiValueQueryStringParameters": None,
        "pathParameters": None,
        "stageVariables": None,
        "body": "a",
        "isBase64Encoded": True,
    }
    assert app(event, None)["statusCode"] == 400


def test_parameters_that_a_route_does_not_have_are_refused(api: Api) -> None:
    response = api.call("GET", MISSING, SENDER, query={"verbose": "1"})

    assert_problem(response, 422, "invalid_input")
    assert response.faults == {"/verbose": "unknown_field"}


def test_ids_of_the_call_are_taken_in_and_handed_on(api: Api) -> None:
    headers = {"X-Request-ID": "theirs-1", "X-Correlation-ID": "order-42"}
    response = api.call("POST", SEND, SENDER, BODY, headers=headers)

    assert response.headers["X-Request-ID"] == "theirs-1"
    assert response.headers["X-Correlation-ID"] == "order-42"
    (stored,) = api.world.rows.requests.values()
    assert stored.correlation_id == "order-42"


def test_a_fault_of_ours_is_told_to_the_log_and_not_to_the_caller(
    api: Api, monkeypatch: pytest.MonkeyPatch, log: StringIO
) -> None:
    def broken() -> None:
        raise ZeroDivisionError("the secret is 42, ask ann@example.com")

    monkeypatch.setattr(bootstrap, "find_notifications", broken)
    response = api.call("GET", MISSING, SENDER, headers={"x-correlation-id": "order-42"})

    assert_problem(response, 500, "internal_error")
    assert "42" not in response.text
    (entry,) = [json.loads(line) for line in log.getvalue().splitlines() if "ZeroDivisionError" in line]
    assert (entry["level"], entry["tenant"], entry["client"]) == ("ERROR", "acme", "orders")
    assert (entry["route"], entry["correlation_id"]) == ("GET /api/v1/services/notifications/{id}", "order-42")
    assert "ann@example.com" not in json.dumps(entry)


def test_the_log_tells_of_each_call_without_saying_who_was_written_to(api: Api, log: StringIO) -> None:
    recipient = {"userId": "ann@example.com", "email": "ann@example.com", "phone": "+14155550100"}
    api.call("POST", SEND, SENDER, {"recipients": [recipient], "message": "Dear Ann"})

    lines = log.getvalue()
    entry = json.loads(lines.splitlines()[-1])
    assert (entry["message"], entry["status"], entry["tenant"], entry["client"]) == ("Answered", 202, "acme", "orders")
    assert entry["milliseconds"] >= 0
    assert not [text for text in ("ann@", "+1415", "Dear Ann") if text in lines]


def test_answers_are_not_to_be_kept_framed_or_guessed(api: Api) -> None:
    headers = api.call("GET", "/health", None).headers

    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert headers["Strict-Transport-Security"].startswith("max-age=")


@pytest.fixture
def _pages_of_a_shop(api: Api, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("HERALD_CORS_ORIGINS", '["https://shop.example.com"]')
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.mark.usefixtures("_pages_of_a_shop")
@pytest.mark.parametrize("path", ["/health", INBOX, SEND])
def test_pages_of_configured_origins_may_call(api: Api, path: str) -> None:
    headers = api.call("OPTIONS", path, None, headers={"Origin": "https://shop.example.com"}).headers

    assert headers["Access-Control-Allow-Origin"] == "https://shop.example.com"
    assert "Authorization" in headers["Access-Control-Allow-Headers"]
    methods = headers["Access-Control-Allow-Methods"].split(", ")
    assert set(methods) == set(app.routes[path]) - {"OPTIONS"}
    assert headers["Vary"] == "Origin"


@pytest.mark.usefixtures("_pages_of_a_shop")
@pytest.mark.parametrize("origin", ["https://evil.example.com", "https://shop.example.com.evil.io", "null", ""])
def test_pages_of_other_origins_may_not(api: Api, origin: str) -> None:
    for method in ("OPTIONS", "GET"):
        response = api.call(method, "/health", None, headers={"origin": origin})
        assert not [name for name in response.headers if name.startswith("Access-Control")]
        assert response.headers["Vary"] == "Origin"


@pytest.mark.usefixtures("_pages_of_a_shop")
def test_problems_may_be_read_by_pages_too(api: Api) -> None:
    headers = api.call("GET", INBOX, None, headers={"origin": "https://shop.example.com"}).headers
    assert headers["Access-Control-Allow-Origin"] == "https://shop.example.com"
    assert "X-Request-ID" in headers["Access-Control-Expose-Headers"]


def test_ready_says_what_cannot_be_reached(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "reachable", lambda: {"table": True, "topic": True, "queues": True})
    response = api.call("GET", "/health/ready", None)
    assert (response.status, response.json["status"]) == (200, "ready")

    monkeypatch.setattr(bootstrap, "reachable", lambda: {"table": True, "topic": False, "queues": False})
    response = api.call("GET", "/health/ready", None)
    assert_problem(response, 503, "not_ready")
    assert response.json["detail"] == "Not reached: queues, topic"


def test_health_needs_nothing(api: Api) -> None:
    response = api.call("GET", "/health", None, query={"from": "a load balancer"})
    assert (response.status, response.json) == (200, {"status": "ok"})


def test_a_viewer_may_not_send(api: Api) -> None:
    for role, status in ((Role.VIEWER, 403), (Role.USER, 403), (Role.MANAGER, 202), (Role.ADMIN, 202)):
        assert api.call("POST", "/api/v1/admin/notifications/send", a_user(role), BODY).status == status
