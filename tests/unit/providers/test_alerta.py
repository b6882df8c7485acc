"""What Alerta is told. How its HTTP answers are taken is shown by the contract suite."""

import json

import pytest
from msgspec.structs import replace

from chalicelib.domain.content import AlertAction, Severity
from chalicelib.domain.delivery import AttemptOutcome
from chalicelib.domain.provider import Accepted, ProviderResult, Refused, Unsure
from chalicelib.domain.words import Channel
from chalicelib.providers.alert.alerta import Alerta, AlertaSettings
from chalicelib.providers.base import Timeouts
from chalicelib.providers.guard import HostGuard
from chalicelib.providers.registry import setting_faults
from tests.contract.messages import AN_ALERT
from tests.unit.providers.wire import Wire, answer, http_server

TAKEN = answer(201, b'{"status":"ok","id":"a1","alert":{}}')
QUIET = answer(202, b'{"status":"ok","message":"Suppressed during blackout period","id":"a2"}')


def provider(wire: Wire, guard: HostGuard | None = None) -> Alerta:
    settings = AlertaSettings(endpoint=f"{wire.url}/api/", api_key="k1", environment="Development", resource="shop")
    return Alerta(settings, Timeouts(connect=2, read=2), guard or HostGuard(["*"]))


@pytest.mark.parametrize(
    ("action", "severity", "status"),
    [
        (AlertAction.TRIGGER, "major", None),
        (AlertAction.ACKNOWLEDGE, "major", "ack"),
        (AlertAction.RESOLVE, "normal", None),
    ],
)
def test_an_incident_is_one_alert_through_its_life(action: AlertAction, severity: str, status: str | None) -> None:
    with http_server(TAKEN) as wire:
        result = provider(wire).send(replace(AN_ALERT, action=action, source="another.example.com"))

    alert = json.loads(wire.heard[0].body)
    assert result == Accepted(vendor_id="a1")
    assert (wire.heard[0].line, wire.heard[0].headers["Authorization"]) == ("POST /api/alert HTTP/1.1", "Key k1")
    assert (alert["environment"], alert["resource"], alert["event"]) == ("Development", "shop", "payments/down")
    assert (alert["severity"], alert.get("status")) == (severity, status)


@pytest.mark.parametrize(
    ("severity", "told"),
    [
        (Severity.CRITICAL, "critical"),
        (Severity.ERROR, "major"),
        (Severity.WARNING, "warning"),
        (Severity.INFO, "informational"),
    ],
)
def test_severities_are_told_in_alertas_words(severity: Severity, told: str) -> None:
    with http_server(TAKEN) as wire:
        provider(wire).send(replace(AN_ALERT, severity=severity))

    assert json.loads(wire.heard[0].body)["severity"] == told


def test_details_have_names_that_alerta_takes() -> None:
    with http_server(TAKEN) as wire:
        provider(wire).send(replace(AN_ALERT, link=None, details={"cpu.load": 1, "$ref": {"a.b": 2}}))

    attributes = json.loads(wire.heard[0].body)["attributes"]
    assert attributes == {"cpu_load": 1, "_ref": {"a.b": 2}, "notificationId": AN_ALERT.reference}


def test_what_a_blackout_keeps_quiet_was_taken() -> None:
    with http_server(QUIET) as wire:
        assert provider(wire).send(AN_ALERT) == Accepted(vendor_id="a2")


def test_a_redirect_is_a_wrong_endpoint() -> None:
    with http_server(answer(302, b"", "Location: https://login.example.com/")) as wire:
        result = provider(wire).send(AN_ALERT)

    assert isinstance(result, Refused)
    assert (result.kind, result.code) == (AttemptOutcome.MISCONFIGURED, "redirected")
    assert len(wire.heard) == 1


@pytest.mark.parametrize(
    ("content", "result"),
    [
        (answer(200, b'{"status":"ok","total":0}'), Accepted()),
        (answer(401, b'{"status":"error","message":"no"}'), "http_401"),
        (answer(200, b"<html>"), Unsure(code="unreadable_answer")),
    ],
)
def test_a_probe_writes_nothing(content: bytes, result: ProviderResult | str) -> None:
    with http_server(content) as wire:
        told = provider(wire).probe()

    assert wire.heard[0].line.startswith("GET /api/alerts/count?")
    if isinstance(result, str):
        assert isinstance(told, Refused)
        assert (told.kind, told.code) == (AttemptOutcome.MISCONFIGURED, result)
    else:
        assert told == result


def test_a_server_inside_is_not_reached() -> None:
    with http_server(TAKEN) as wire:
        inside = provider(wire, HostGuard())
        results = [inside.send(AN_ALERT), inside.probe()]

    assert [(r.kind, r.code) for r in results if isinstance(r, Refused)] == [
        (AttemptOutcome.MISCONFIGURED, "forbidden_host")
    ] * 2
    assert not wire.heard


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://alerta.example.com/api",
        "https://user:secret@alerta.example.com/api",
        "https://alerta.example.com/api#x",
        "https://alerta.example.com\\@evil.com/",
        "https://alerta.example.com/a b",
        "https:///api",
        "https://alerta.example.com:port/",
        "ftp://alerta.example.com",
        "https://alerta.example.com/api\n",
        f"https://alerta.example.com/{'a' * 2_048}",
        "https://alerta.example.com/api?a=b",
    ],
)
def test_an_endpoint_is_a_plain_address(endpoint: str) -> None:
    (fault,) = setting_faults(Channel.ALERT, "alerta", {"endpoint": endpoint}, {"apiKey": "k1"})

    assert fault.pointer in {"/settings/endpoint", "/settings"}
