"""Requests that are wrong, over HTTP: bodies nobody can read, queries and bodies of other routes, ids that are none."""

import json
from typing import Any, NamedTuple
from urllib.parse import quote

import pytest

from infra.cli.api import direct_session
from tests.e2e.conftest import SEND, Herald

pytestmark = pytest.mark.stack

ADMIN = "/api/v1/admin"
INBOX = "/api/v1/users/me/notifications"
BODY_LIMIT = 256 * 1024
Faults = dict[str, str]


class Raw(NamedTuple):
    """A body as bytes, with its headers."""

    body: bytes
    status: int
    code: str
    headers: dict[str, str] = {}  # noqa: RUF012 (a default of a tuple, never changed)


BODIES = {
    "nothing": Raw(b"", 400, "malformed_request"),
    "no JSON": Raw(b"{", 400, "malformed_request"),
    "not a number of JSON": Raw(b'{"type": NaN}', 400, "malformed_request"),
    "a name twice": Raw(b'{"type": "a", "type": "b"}', 400, "malformed_request"),
    "half a character": Raw(b'{"message": "\\ud800"}', 400, "malformed_request"),
    "nested without end": Raw(b"[" * 100_000, 400, "malformed_request"),
    "a list": Raw(b"[]", 422, "invalid_input"),
    "a text": Raw(b'"send it"', 422, "invalid_input"),
    "null": Raw(b"null", 422, "invalid_input"),
    "over the limit": Raw(json.dumps({"message": "x" * BODY_LIMIT}).encode(), 413, "payload_too_large"),
    "a form": Raw(
        b"message=hello",
        415,
        "unsupported_media_type",
        {"Content-Type": "application/x-www-form-urlencoded"},
    ),
    "an endless key": Raw(b"{}", 400, "malformed_request", {"Idempotency-Key": "x" * 256}),
    "a blank key": Raw(b"{}", 400, "malformed_request", {"Idempotency-Key": '" "'}),
}


@pytest.mark.parametrize("raw", BODIES.values(), ids=BODIES)
def test_a_body_that_cannot_be_read(herald: Herald, raw: Raw) -> None:
    headers = {"Authorization": f"Bearer {herald.orders.token}", "Content-Type": "application/json", **raw.headers}

    answer = direct_session().post(herald.stack.outputs.api_url + SEND, data=raw.body, headers=headers, timeout=30)

    assert (answer.status_code, answer.json()["code"]) == (raw.status, raw.code)
    assert answer.headers["Content-Type"] == "application/problem+json"


OTHERS: dict[str, tuple[str, str, str, Any, Faults]] = {
    "a limit of nothing": ("ann", "GET", f"{INBOX}?limit=0", None, {"/limit": "out_of_range"}),
    "a limit without end": ("ann", "GET", f"{INBOX}?limit=101", None, {"/limit": "out_of_range"}),
    "a limit that is a word": ("ann", "GET", f"{INBOX}?limit=all", None, {"/limit": "malformed"}),
    "a filter nobody knows": ("ann", "GET", f"{INBOX}?colour=red", None, {"/colour": "unknown_field"}),
    "a status nobody knows": ("ann", "GET", f"{INBOX}?status=lost", None, {"/status": "not_one_of"}),
    "a channel nobody knows": ("ann", "GET", f"{INBOX}?channel=fax", None, {"/channel": "unknown_channel"}),
    "a date that is none": ("ann", "GET", f"{INBOX}?dateFrom=soon", None, {"/dateFrom": "malformed"}),
    "a span that runs backwards": (
        "ann",
        "GET",
        f"{INBOX}?dateFrom=2026-02-01&dateTo=2026-01-01",
        None,
        {"/dateTo": "out_of_order"},
    ),
    "no ids to read": ("ann", "POST", f"{INBOX}/read-multiple", {"ids": []}, {"/ids": "too_few"}),
    "ids that are none": ("ann", "POST", f"{INBOX}/read-multiple", {"ids": ["1"]}, {"/ids/0": "malformed"}),
    "nothing to delete": ("ann", "DELETE", INBOX, None, {"/ids": "either_or"}),
    "a vendor nobody knows": (
        "acme-admin",
        "POST",
        f"{ADMIN}/providers",
        {"id": "x", "channel": "email", "vendor": "pigeon"},
        {"/vendor": "unknown_vendor"},
    ),
    "a secret among the settings": (
        "acme-admin",
        "POST",
        f"{ADMIN}/providers",
        {"id": "x", "channel": "email", "vendor": "sendgrid", "settings": {"apiKey": "SG.secret"}},
        {"/settings/apiKey": "secret_in_settings", "/credentials/apiKey": "required"},
    ),
    "a stored address that is none": (
        "acme-admin",
        "PUT",
        f"{ADMIN}/recipients/customer/bad-input",
        {"email": "nobody", "timeZone": "Mars/Base"},
        {"/email": "invalid_email", "/timeZone": "invalid_time_zone"},
    ),
    "a tenant with a separator": (
        "platform",
        "POST",
        f"{ADMIN}/tenants",
        {"id": "a#b", "name": "x"},
        {"/id": "malformed"},
    ),
    "a name with a line break": (
        "platform",
        "POST",
        f"{ADMIN}/tenants",
        {"id": "bad-input", "name": "a\nb"},
        {"/name": "control_characters"},
    ),
    "an account of a tenant that is not ours": (
        "acme-admin",
        "POST",
        f"{ADMIN}/service-accounts",
        {"clientId": "bad-input", "name": "x", "tenants": ["globex"], "scopes": ["herald/send"]},
        {"/tenants/0": "unknown_tenant"},
    ),
    "a scope nobody knows": (
        "platform",
        "POST",
        f"{ADMIN}/service-accounts",
        {"clientId": "bad-input", "name": "x", "tenants": ["acme"], "scopes": ["herald/everything"]},
        {"/scopes/0": "not_one_of"},
    ),
}


@pytest.mark.parametrize(("user", "method", "path", "body", "faults"), OTHERS.values(), ids=OTHERS)
def test_other_routes(herald: Herald, user: str, method: str, path: str, body: Any, faults: Faults) -> None:
    api = herald.stack.as_user(user)

    answer = api.call(method, path, body)

    assert (answer.status, answer.body["code"]) == (422, "invalid_input")
    assert {fault["pointer"]: fault["code"] for fault in answer.body["faults"]} == faults
    made = made_by(method, path, body or {})
    assert made is None or api.find(made) is None


def made_by(method: str, path: str, body: dict[str, Any]) -> str | None:
    """Return where the thing would be that a call was to make."""
    if method == "PUT":
        return path
    id = body.get("id") or body.get("clientId")
    return f"{path}/{quote(id)}" if id else None


@pytest.mark.parametrize("id", ["x", "1", "%00", "%23", "..%2f..", "'; drop", "%F0%9F%92%A9", "A" * 2_000])
def test_an_id_that_no_row_could_have_is_not_found(herald: Herald, id: str) -> None:
    for path in (f"/api/v1/services/notifications/{id}", f"/api/v1/services/recipients/customer/{id}"):
        answer = herald.orders.call("GET", path)
        assert (answer.status, answer.body["code"]) == (404, "not_found")
