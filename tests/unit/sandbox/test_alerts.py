"""The alerting services of the sandbox are as strict as they document to be."""

import json
from typing import Any

import pytest

from infra.local.sandbox.vendors.alerta import Alerta
from infra.local.sandbox.vendors.alertnow import Alertnow
from infra.local.sandbox.vendors.pagerduty import Pagerduty
from infra.local.sandbox.web import Answer
from tests.unit.sandbox.asking import ID, ask, content_of

JSON = {"content-type": "application/json"}
ACCOUNTS = {"pagerduty": Pagerduty.new_account(), "alerta": Alerta.new_account(), "alertnow": Alertnow.new_account()}
ROUTING_KEY = ACCOUNTS["pagerduty"]["routingKey"]
ALERTA_KEY = ACCOUNTS["alerta"]["apiKey"]
ALERTNOW = f"https://alertnowitgr.opsnow.com/integration/standard/v1/{ACCOUNTS['alertnow']['apiKey']}"

PAYLOAD: dict[str, Any] = {"summary": "It fails", "source": "db1", "severity": "error"}
EVENT: dict[str, Any] = {
    "routing_key": ROUTING_KEY,
    "event_action": "trigger",
    "dedup_key": "db1/down",
    "payload": PAYLOAD,
}
ALERT: dict[str, Any] = {
    "environment": "Production",
    "resource": "db1",
    "event": "down",
    "severity": "major",
    "service": ["shop"],
    "attributes": {"a": 1},
}
SHORT: dict[str, Any] = {"event_id": "db1/down", "event_type": "ERROR", "status": "open", "summary": "It fails"}


def enqueue(event: Any, *, path: str = "/v2/enqueue", method: str = "POST") -> Answer:
    body = event if isinstance(event, bytes) else json.dumps(event).encode()
    return ask(Pagerduty(ACCOUNTS), f"https://events.pagerduty.com{path}", body, JSON, method)


def raise_alert(
    alert: Any, *, key: str = f"Key {ALERTA_KEY}", path: str = "/api/alert", method: str = "POST"
) -> Answer:
    body = json.dumps(alert).encode()
    return ask(Alerta(ACCOUNTS), f"https://alerta.example.com{path}", body, {**JSON, "authorization": key}, method)


def test_pagerduty_names_the_incident() -> None:
    answer = enqueue(EVENT)

    assert (answer.status, answer.vendor_id) == (202, "db1/down")
    assert content_of(answer) == {"status": "success", "message": "Event processed", "dedup_key": "db1/down"}


def test_pagerduty_gives_an_incident_a_key_that_has_none() -> None:
    assert enqueue({name: EVENT[name] for name in EVENT if name != "dedup_key"}).vendor_id == ID


@pytest.mark.parametrize(
    "event",
    [
        EVENT | {"links": [{"href": "https://a.io", "text": "a"}], "images": [{"src": "https://a.io/a.png"}]},
        EVENT | {"client": "Herald", "client_url": "https://a.io"},
        EVENT | {"payload": PAYLOAD | {"class": "x", "group": "g", "component": "c", "custom_details": {"a": [1]}}},
        {"routing_key": ROUTING_KEY, "event_action": "acknowledge", "dedup_key": "k"},
        {"routing_key": ROUTING_KEY, "event_action": "resolve", "dedup_key": "k"},
    ],
)
def test_pagerduty_takes_what_it_documents(event: dict[str, Any]) -> None:
    assert enqueue(event).status == 202


@pytest.mark.parametrize(
    "event",
    [
        {},
        b"{",
        EVENT | {"event_action": "close"},
        EVENT | {"payload": None},
        EVENT | {"payload": PAYLOAD | {"severity": "fatal"}},
        EVENT | {"payload": PAYLOAD | {"summary": ""}},
        EVENT | {"payload": PAYLOAD | {"summary": "x" * 1_025}},
        EVENT | {"payload": PAYLOAD | {"source": ""}},
        EVENT | {"payload": PAYLOAD | {"custom_details": "x"}},
        EVENT | {"payload": {"summary": "x", "severity": "info"}},
        EVENT | {"dedup_key": "k" * 256},
        EVENT | {"links": [{"text": "a"}]},
        EVENT | {"images": [{"src": "http://a.io/a.png"}]},
        EVENT | {"unknown": 1},
        EVENT | {"routing_key": "short"},
        EVENT | {"routing_key": "0" * 32},
        {"routing_key": ROUTING_KEY, "event_action": "resolve"},
    ],
)
def test_pagerduty_refuses_what_it_does_not(event: Any) -> None:
    answer = enqueue(event)

    assert (answer.status, content_of(answer)["status"]) == (400, "invalid event")


def test_pagerduty_has_one_address_and_a_limit() -> None:
    large = EVENT | {"payload": PAYLOAD | {"custom_details": {"a": "x" * 512_000}}}

    assert [enqueue(EVENT, path="/v1/enqueue").status, enqueue(EVENT, method="GET").status] == [404, 404]
    assert enqueue(large).status == 413


def test_alerta_names_the_alert_and_shows_it() -> None:
    answer = raise_alert(ALERT)

    assert (answer.status, answer.vendor_id, content_of(answer)["status"]) == (201, ID, "ok")
    assert content_of(answer)["alert"]["severity"] == "major"


@pytest.mark.parametrize("change", [{"status": "ack"}, {"severity": "normal"}, {"tags": ["a"], "timeout": 60}])
def test_alerta_takes_what_it_documents(change: dict[str, Any]) -> None:
    assert raise_alert(ALERT | change).status == 201


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"event": ""}, 400),
        ({"resource": ""}, 400),
        ({"severity": "error"}, 400),
        ({"status": "acknowledged"}, 400),
        ({"service": "shop"}, 400),
        ({"attributes": {"a.b": 1}}, 400),
        ({"attributes": {"$a": 1}}, 400),
        ({"unknown": 1}, 400),
        ({"environment": "Moon"}, 403),
        ({"service": []}, 403),
    ],
)
def test_alerta_refuses_what_it_does_not(change: dict[str, Any], status: int) -> None:
    answer = raise_alert(ALERT | change)

    assert (answer.status, content_of(answer)["status"], content_of(answer)["code"]) == (status, "error", status)


@pytest.mark.parametrize(
    "key",
    ["", "Key", "Key wrong", f"Bearer {ALERTA_KEY}", ALERTA_KEY],
    ids=["none", "no key", "wrong", "another scheme", "no scheme"],
)
def test_alerta_knows_one_key(key: str) -> None:
    assert raise_alert(ALERT, key=key).status == 401


def test_alerta_counts_alerts_and_nothing_else() -> None:
    assert raise_alert({}, path="/api/alerts/count?status=open", method="GET").status == 200
    assert raise_alert(ALERT, path="/alert").status == 404
    assert raise_alert(ALERT, method="PUT").status == 404


def test_alertnow_takes_an_event() -> None:
    answer = ask(Alertnow(ACCOUNTS), ALERTNOW, json.dumps(SHORT).encode(), JSON, "POST")

    assert (answer.status, answer.vendor_id) == (200, "db1/down")
    assert content_of(answer) == {"code": "200", "msg": "ok"}


@pytest.mark.parametrize(
    ("change", "url", "status"),
    [
        ({"event_id": ""}, ALERTNOW, 400),
        ({"event_type": "FATAL"}, ALERTNOW, 400),
        ({"status": "acknowledge"}, ALERTNOW, 400),
        ({"details": {}}, ALERTNOW, 400),
        ({"summary": ""}, ALERTNOW, 400),
        ({}, f"{ALERTNOW}0", 404),
        ({}, "https://alertnowitgr.opsnow.com/", 404),
    ],
    ids=["no id", "type", "status", "no details", "no summary", "another key", "no key"],
)
def test_alertnow_refuses_anything_else(change: dict[str, Any], url: str, status: int) -> None:
    answer = ask(Alertnow(ACCOUNTS), url, json.dumps(SHORT | change).encode(), JSON, "POST")

    assert (answer.status, content_of(answer)["code"]) == (status, str(status))
