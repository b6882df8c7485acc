"""The endpoint of the sandbox verifies what it gets, as Standard Webhooks demands."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from standardwebhooks import Webhook

from infra.local.sandbox.vendors.endpoint import Endpoint
from infra.local.sandbox.web import Answer
from tests.unit.sandbox.asking import ask

ACCOUNT = Endpoint.new_account()
EVENT: dict[str, Any] = {"type": "order.shipped", "timestamp": "2026-12-01T09:00:00.000Z", "data": {"a": 1}}


def post(event: Any = EVENT, age: float = 0, url: str = ACCOUNT["url"], method: str = "POST", **headers: str) -> Answer:
    body, at = json.dumps(event), datetime.now(UTC) - timedelta(seconds=age)
    signed = {
        "content-type": "application/json",
        "webhook-id": "n1",
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(ACCOUNT["secret"]).sign("n1", at, body),
        "x-api-key": ACCOUNT["headers"]["X-Api-Key"],
    }
    changed = {name.replace("_", "-"): text for name, text in headers.items()}
    return ask(Endpoint({"endpoint": ACCOUNT}), url, body.encode(), signed | changed, method)


def test_what_is_signed_is_taken_under_its_own_id() -> None:
    answer = post()

    assert (answer.status, answer.vendor_id) == (204, "n1")


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"age": 3_600}, 401),
        ({"age": -3_600}, 401),
        ({"webhook_id": "n2"}, 401),
        ({"webhook_signature": "v1,AAAA"}, 401),
        ({"x_api_key": "wrong"}, 401),
        ({"content_type": "text/plain"}, 405),
        ({"method": "PUT"}, 405),
        ({"url": "https://hooks.example.com/other"}, 404),
        ({"event": {}}, 400),
        ({"event": {**EVENT, "type": ""}}, 400),
        ({"event": {**EVENT, "timestamp": "yesterday"}}, 400),
        ({"event": {**EVENT, "more": 1}}, 400),
        ({"event": {**EVENT, "type": "test.gone"}}, 410),
        ({"event": {**EVENT, "type": "test.missing"}}, 404),
        ({"event": {**EVENT, "type": "test.refused"}}, 422),
        ({"event": {**EVENT, "type": "test.moved"}}, 307),
    ],
)
def test_anything_else_is_not(changes: dict[str, Any], status: int) -> None:
    answer = post(**changes)

    assert answer.status == status
    assert not answer.accepted
