"""What PagerDuty is told, and what its words mean. How its HTTP answers are taken is shown by the contract suite."""

import json
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from chalicelib.domain.content import AlertAction, Severity
from chalicelib.domain.delivery import AttemptOutcome
from chalicelib.domain.provider import Accepted, ProviderResult, Refused, Unsure
from chalicelib.domain.words import Channel
from chalicelib.providers.alert import pagerduty
from chalicelib.providers.alert.pagerduty import PagerDuty, PagerDutySettings
from chalicelib.providers.base import Timeouts
from chalicelib.providers.registry import setting_faults
from tests.contract.messages import AN_ALERT
from tests.unit.providers.wire import answer, http_server

KEY = "0123456789abcdef0123456789abcdef"
TAKEN = answer(202, b'{"status":"success","message":"Event processed","dedup_key":"payments/down"}')
PROVIDER = PagerDuty(PagerDutySettings(routing_key=KEY), Timeouts())


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return what sends a message to a server that gives one answer, and tells the result and what was heard."""

    def ask(message: Any = AN_ALERT, content: bytes = TAKEN) -> tuple[ProviderResult, Any]:
        with http_server(content) as wire:
            monkeypatch.setitem(pagerduty.HOSTS, "us", wire.url)
            result = PROVIDER.send(message)
        assert wire.heard[0].line == "POST /v2/enqueue HTTP/1.1"
        return result, json.loads(wire.heard[0].body)

    return ask


@pytest.mark.parametrize("action", [AlertAction.ACKNOWLEDGE, AlertAction.RESOLVE])
def test_what_happens_to_an_incident_names_it_and_says_no_more(asked: Any, action: AlertAction) -> None:
    result, event = asked(replace(AN_ALERT, action=action))

    assert result == Accepted(vendor_id="payments/down")
    assert event == {"routing_key": KEY, "event_action": action, "dedup_key": "payments/down"}


@pytest.mark.parametrize("severity", list(Severity))
def test_severities_are_pagerdutys_own_words(asked: Any, severity: Severity) -> None:
    _, event = asked(replace(AN_ALERT, severity=severity))

    assert event["payload"]["severity"] in {"critical", "error", "warning", "info"}


def test_a_long_summary_is_cut_and_the_whole_text_is_in_the_details(asked: Any) -> None:
    _, event = asked(replace(AN_ALERT, summary="é" * 2_000, text="é" * 2_000))

    assert len(event["payload"]["summary"]) == 1_024
    assert event["payload"]["custom_details"]["text"] == "é" * 2_000


def test_without_a_link_there_is_none(asked: Any) -> None:
    assert "links" not in asked(replace(AN_ALERT, link=None))[1]


def test_details_may_not_exceed_half_a_megabyte() -> None:
    assert not PROVIDER.exceeds_limits(replace(AN_ALERT, details={"a": "x" * 500_000}))
    assert PROVIDER.exceeds_limits(replace(AN_ALERT, details={"a": "x" * 512_000}))


@pytest.mark.parametrize(
    ("content", "result"),
    [
        (
            answer(400, b'{"status":"invalid event","message":"Event object is invalid","errors":["x"]}'),
            Refused(kind=AttemptOutcome.PERMANENT, code="invalid_event"),
        ),
        (
            answer(400, b'{"status":"invalid event","errors":["Length of \'routing_key\' is incorrect"]}'),
            Refused(kind=AttemptOutcome.MISCONFIGURED, code="invalid_routing_key"),
        ),
        (
            answer(400, b'{"status":"Invalid routing key","message":"Integration not found"}'),
            Refused(kind=AttemptOutcome.MISCONFIGURED, code="invalid_routing_key"),
        ),
        (
            answer(429, b"slow down", "Retry-After: 60"),
            Refused(kind=AttemptOutcome.RETRIABLE, code="http_429", retry_after=60),
        ),
        (answer(500, b'{"status":"error"}'), Refused(kind=AttemptOutcome.RETRIABLE, code="error")),
        (answer(500, b"<html>"), Unsure(code="http_500")),
        (answer(503, b'{"error":{}}'), Unsure(code="http_503")),
        (answer(202, b'{"status":"queued"}'), Unsure(code="unreadable_answer")),
        (answer(302, b"", "Location: /elsewhere"), Unsure(code="unreadable_answer")),
    ],
)
def test_what_an_answer_means(asked: Any, content: bytes, result: ProviderResult) -> None:
    told, _ = asked(content=content)

    assert (type(told), told.code) == (type(result), getattr(result, "code", None))
    assert getattr(told, "kind", None) == getattr(result, "kind", None)
    assert getattr(told, "retry_after", None) == getattr(result, "retry_after", None)


@pytest.mark.parametrize("key", ["short", "0" * 33, "0" * 31 + "-", "0" * 31 + "\n"])
def test_a_key_is_32_letters_and_digits(key: str) -> None:
    faults = setting_faults(Channel.ALERT, "pagerduty", {}, {"routingKey": key})

    assert [(fault.pointer, fault.code) for fault in faults] == [("/credentials/routingKey", "invalid_value")]


def test_an_account_in_europe_is_reached_there() -> None:
    assert msgspec.convert({"routingKey": KEY, "region": "eu"}, PagerDutySettings).region == "eu"
    assert pagerduty.HOSTS["eu"] == "https://events.eu.pagerduty.com"
