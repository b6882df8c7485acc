"""What AlertNow is told, and what its answers mean."""

import json

import pytest
from msgspec.structs import replace

from chalicelib.domain.content import AlertAction, Severity
from chalicelib.domain.delivery import AttemptOutcome
from chalicelib.domain.provider import Accepted, ProviderResult, Refused, Unsure
from chalicelib.providers.alert import alertnow
from chalicelib.providers.alert.alertnow import AlertNow, AlertNowSettings
from chalicelib.providers.base import Timeouts
from tests.contract.messages import AN_ALERT
from tests.unit.providers.wire import Wire, answer, http_server

TAKEN = answer(200, b'{"code":"200","msg":"ok"}')
PROVIDER = AlertNow(AlertNowSettings(api_key="0123456789abcdef"), Timeouts(connect=2, read=2))


def send(monkeypatch: pytest.MonkeyPatch, wire: Wire, message: object = AN_ALERT) -> ProviderResult:
    monkeypatch.setattr(alertnow, "URL", f"{wire.url}/v1/")
    return PROVIDER.send(message)  # type: ignore[arg-type]


@pytest.mark.parametrize(("action", "status"), [(AlertAction.TRIGGER, "open"), (AlertAction.RESOLVE, "close")])
@pytest.mark.parametrize(
    ("severity", "kind"),
    [
        (Severity.CRITICAL, "ERROR"),
        (Severity.ERROR, "ERROR"),
        (Severity.WARNING, "WARNING"),
        (Severity.INFO, "INFO"),
    ],
)
def test_an_incident_is_opened_and_closed_by_its_key(
    monkeypatch: pytest.MonkeyPatch, action: AlertAction, status: str, severity: Severity, kind: str
) -> None:
    with http_server(TAKEN) as wire:
        result = send(
            monkeypatch, wire, replace(AN_ALERT, action=action, severity=severity, text="It fails", link=None)
        )

    assert result == Accepted(vendor_id="payments/down")
    assert wire.heard[0].line == "POST /v1/0123456789abcdef HTTP/1.1"
    assert json.loads(wire.heard[0].body) == {
        "event_id": "payments/down",
        "event_type": kind,
        "status": status,
        "summary": "[payments.example.com] It fails",
    }


def test_nobody_acknowledges_through_the_integration() -> None:
    refused = PROVIDER.send(replace(AN_ALERT, action=AlertAction.ACKNOWLEDGE))

    assert isinstance(refused, Refused)
    assert (refused.kind, refused.code) == (AttemptOutcome.MISCONFIGURED, "unsupported_action")


@pytest.mark.parametrize(
    ("content", "kind", "code"),
    [
        (answer(200, b'{"code":400,"msg":"event_id is missing"}'), AttemptOutcome.PERMANENT, "400"),
        (answer(200, b'{"code":"404","msg":"no integration"}'), AttemptOutcome.MISCONFIGURED, "404"),
        (answer(200, b'{"code":"500","msg":"error"}'), AttemptOutcome.RETRIABLE, "500"),
        (answer(400, b'{"code":"400","msg":"error"}'), AttemptOutcome.PERMANENT, "400"),
        (answer(401, b'{"code":"401","msg":"error"}'), AttemptOutcome.MISCONFIGURED, "401"),
        (answer(404, b'{"code":"404","msg":"error"}'), AttemptOutcome.MISCONFIGURED, "404"),
        (answer(200, b'{"code":"fine","msg":"ok"}'), None, "unreadable_answer"),
        (answer(200, b'{"code":7,"msg":"ok"}'), None, "unreadable_answer"),
        (answer(503, b"<html>"), None, "http_503"),
    ],
)
def test_what_an_answer_means(
    monkeypatch: pytest.MonkeyPatch, content: bytes, kind: AttemptOutcome | None, code: str
) -> None:
    with http_server(content) as wire:
        result = send(monkeypatch, wire)

    assert isinstance(result, Refused if kind else Unsure)
    assert (getattr(result, "kind", None), getattr(result, "code", None)) == (kind, code)
