"""Sending alerts over HTTP: what they say beside the content, and what refuses them."""

from typing import Any

import pytest

from chalicelib.channels.alert import shape
from chalicelib.domain.content import NO_ALERT, AlertAction, AlertContent, Severity
from chalicelib.domain.words import Channel, Scope
from tests.api import Api, Response, in_memory_api
from tests.build import a_tenant
from tests.callers import a_service

SEND = "/api/v1/services/notifications/send"
SENDER = a_service(Scope.SEND)
ALERT: dict[str, Any] = {
    "severity": "critical",
    "action": "resolve",
    "dedupKey": "payments/down",
    "source": "payments.example.com",
    "details": {"rate": 0.25, "regions": ["eu", "us"]},
}


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Api:
    return in_memory_api(monkeypatch)


def send(api: Api, alert: Any) -> Response:
    content = {"subject": "Payments fail", "body": "One in four\nsince 9:00.", "alert": alert}
    body = {"recipients": [{"userId": "u1"}], "channels": ["alert"], "content": content, "priority": "high"}
    return api.call("POST", SEND, SENDER, body)


def stored_alert(api: Api) -> AlertContent:
    (request,) = api.world.rows.requests.values()
    assert request.channels == (Channel.ALERT,)
    return request.content.alert


def test_an_alert_is_stored_as_it_was_sent(api: Api) -> None:
    assert send(api, ALERT).status == 202
    assert stored_alert(api) == AlertContent(
        severity=Severity.CRITICAL,
        action=AlertAction.RESOLVE,
        dedup_key="payments/down",
        source="payments.example.com",
        details={"rate": 0.25, "regions": ["eu", "us"]},
    )


@pytest.mark.parametrize("alert", [None, {}])
def test_an_alert_that_says_nothing_opens_an_incident_of_its_own(api: Api, alert: Any) -> None:
    assert send(api, alert).status == 202
    assert stored_alert(api) == NO_ALERT
    (request,) = api.world.rows.requests.values()

    message = shape(request, request.recipient, a_tenant(name="The Shop"))

    assert (message.action, message.severity) == (AlertAction.TRIGGER, Severity.ERROR)
    assert (message.dedup_key, message.source) == (request.id, "The Shop")
    assert (message.summary, message.text) == ("Payments fail", "One in four\nsince 9:00.")


def nested(depth: int) -> dict[str, Any]:
    return {"a": nested(depth - 1)} if depth else {}


@pytest.mark.parametrize(
    ("alert", "faults"),
    [
        ({"action": "acknowledge"}, {"dedupKey": "required"}),
        ({"action": "resolve"}, {"dedupKey": "required"}),
        ({"action": "resolve", "dedupKey": None}, {"dedupKey": "required"}),
        ({"action": "resolve", "dedupKey": ""}, {"dedupKey": "too_short"}),
        ({"dedupKey": "k" * 256}, {"dedupKey": "too_long"}),
        ({"dedupKey": "a\r\nb"}, {"dedupKey": "control_characters"}),
        ({"dedupKey": 7}, {"dedupKey": "wrong_type"}),
        ({"action": "close"}, {"action": "not_one_of"}),
        ({"severity": "fatal"}, {"severity": "not_one_of"}),
        ({"severity": 1}, {"severity": "not_one_of"}),
        ({"source": "a\nb"}, {"source": "control_characters"}),
        ({"source": "s" * 256}, {"source": "too_long"}),
        ({"details": []}, {"details": "wrong_type"}),
        ({"details": {"a": "x" * 5_000}}, {"details": "too_long"}),
        ({"details": nested(7)}, {"details": "nested_too_deeply"}),
        ({"details": {"a": 2**70}}, {"details": "out_of_range"}),
        ({"dedup_key": "a"}, {"dedup_key": "unknown_field"}),
        ({"priority": "P1"}, {"priority": "unknown_field"}),
    ],
)
def test_a_fault_is_told_with_its_place_and_nothing_is_stored(
    api: Api, alert: dict[str, Any], faults: dict[str, str]
) -> None:
    response = send(api, alert)

    assert (response.status, response.json["code"]) == (422, "invalid_input"), response.text
    assert response.faults == {f"/content/alert/{name}": code for name, code in faults.items()}
    assert not api.world.rows.requests
