"""Webhooks to an endpoint of the tenant's: what is signed and sent, and what the endpoint's status means."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from msgspec.structs import replace
from standardwebhooks import Webhook, WebhookVerificationError

from chalicelib.domain.delivery import AttemptOutcome
from chalicelib.domain.provider import Accepted, ProviderResult, Refused, Unsure
from chalicelib.domain.words import Channel
from chalicelib.providers.base import Timeouts
from chalicelib.providers.guard import HostGuard
from chalicelib.providers.registry import setting_faults
from chalicelib.providers.webhook.endpoint import Endpoint, EndpointSettings
from tests.contract.messages import A_WEBHOOK
from tests.unit.providers.wire import Wire, answer, http_server

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
URL = "https://hooks.example.com/herald"


def provider(wire: Wire, guard: HostGuard | None = None, **headers: str) -> Endpoint:
    settings = EndpointSettings(url=f"{wire.url}/hooks?a=b", secret=SECRET, headers=headers)
    return Endpoint(settings, Timeouts(connect=2, read=2), guard or HostGuard(["*"]))


def test_an_event_is_signed_as_the_specification_says() -> None:
    with http_server(answer(204, b"")) as wire:
        result = provider(wire, Authorization="Bearer mine").send(A_WEBHOOK)

    heard = wire.heard[0]
    assert result == Accepted(vendor_id=A_WEBHOOK.reference)
    assert (heard.line, heard.headers["Authorization"]) == ("POST /hooks?a=b HTTP/1.1", "Bearer mine")
    assert heard.headers["Content-Type"] == "application/json"
    assert heard.headers["webhook-id"] == A_WEBHOOK.reference
    assert abs(int(heard.headers["webhook-timestamp"]) - datetime.now(UTC).timestamp()) < 60
    assert Webhook(SECRET).verify(heard.body, dict(heard.headers.items())) == json.loads(heard.body)
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(heard.body.replace(b"way", b"end"), dict(heard.headers.items()))


def test_however_often_it_is_tried_it_is_the_same_event() -> None:
    with http_server(answer(500, b""), answer(200, b"")) as wire:
        endpoint = provider(wire)
        endpoint.send(A_WEBHOOK)
        endpoint.send(A_WEBHOOK)

    first, second = wire.heard
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.body == second.body


def test_a_notification_without_a_type_is_called_one() -> None:
    with http_server(answer(200, b"")) as wire:
        provider(wire).send(replace(A_WEBHOOK, type=None, title=None, link=None, data={}))

    event = json.loads(wire.heard[0].body)
    assert event["type"] == "notification"
    assert (event["data"]["subject"], event["data"]["actionUrl"], event["data"]["metadata"]) == (None, None, {})


def refused(kind: AttemptOutcome, code: str, retry_after: float | None = None) -> tuple[Any, ...]:
    return Refused, kind, code, retry_after


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (answer(200, b"anything"), (Accepted, None, None, None)),
        (answer(202, b""), (Accepted, None, None, None)),
        (answer(301, b"", "Location: https://example.com/"), refused(AttemptOutcome.PERMANENT, "redirected")),
        (answer(302, b"", "Location: http://127.0.0.1/"), refused(AttemptOutcome.PERMANENT, "redirected")),
        (answer(308, b""), refused(AttemptOutcome.PERMANENT, "redirected")),
        (answer(302, b"", "Location: http://["), refused(AttemptOutcome.PERMANENT, "redirected")),
        (answer(302, b"", "Location: ?").replace(b"?", b"\xff\xfe"), refused(AttemptOutcome.PERMANENT, "redirected")),
        (answer(400, b""), refused(AttemptOutcome.PERMANENT, "http_400")),
        (answer(401, b""), refused(AttemptOutcome.MISCONFIGURED, "http_401")),
        (answer(403, b""), refused(AttemptOutcome.MISCONFIGURED, "http_403")),
        (answer(404, b""), refused(AttemptOutcome.PERMANENT, "http_404")),
        (answer(410, b""), refused(AttemptOutcome.PERMANENT, "http_410")),
        (answer(422, b""), refused(AttemptOutcome.PERMANENT, "http_422")),
        (answer(429, b"", "Retry-After: 7"), refused(AttemptOutcome.RETRIABLE, "http_429", 7)),
        (answer(500, b""), refused(AttemptOutcome.RETRIABLE, "http_500")),
        (answer(503, b"", "Retry-After: 9"), refused(AttemptOutcome.RETRIABLE, "http_503", 9)),
        (answer(502, b""), (Unsure, None, "http_502", None)),
        (answer(504, b""), (Unsure, None, "http_504", None)),
        (answer(101, b""), (Unsure, None, None, None)),
        (b"", (Unsure, None, "connection_lost", None)),
    ],
)
def test_what_the_status_means(content: bytes, expected: tuple[Any, ...]) -> None:
    with http_server(content) as wire:
        result = provider(wire).send(A_WEBHOOK)

    kind, code, retry_after = (getattr(result, name, None) for name in ("kind", "code", "retry_after"))
    assert (type(result), kind, retry_after) == (expected[0], expected[1], expected[3])
    assert expected[2] in {None, code}
    assert len(wire.heard) == 1


def test_an_endpoint_inside_is_not_reached() -> None:
    with http_server(answer(200, b"")) as wire:
        result: ProviderResult = provider(wire, HostGuard()).send(A_WEBHOOK)

    assert isinstance(result, Refused)
    assert (result.kind, result.code) == (AttemptOutcome.MISCONFIGURED, "forbidden_host")
    assert not wire.heard


def test_the_example_is_right() -> None:
    settings, credentials = {"url": URL}, {"secret": SECRET, "headers": {"Authorization": "Bearer a b", "X-Key": "1"}}

    assert setting_faults(Channel.WEBHOOK, "endpoint", settings, credentials) == ()


@pytest.mark.parametrize(
    "credentials",
    [
        {"secret": "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"},
        {"secret": "whsec_"},
        {"secret": "whsec_c2hvcnQ="},
        {"secret": "whsec_" + "QUFB" * 22},
        {"secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS"},
        {"secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n"},
        {"secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLa-_"},
        *(
            {"headers": headers}
            for headers in (
                {"Host": "inner"},
                {"content-length": "0"},
                {"Content-Type": "text/plain"},
                {"Connection": "close"},
                {"Transfer-Encoding": "chunked"},
                {"Proxy-Authorization": "x"},
                {"Expect": "100-continue"},
                {"Webhook-Signature": "v1,x"},
                {"webhook-id": "1"},
                {"X-A": "a\r\nX-B: b"},
                {"X-A": ""},
                {"X-A": " a"},
                {"X-A": "é"},
                {"X A": "a"},
                {"X-A:": "a"},
                {"": "a"},
                {"X-A": "a" * 1_025},
                {"X" * 65: "a"},
                {"X-A": "a", "x-a": "b"},
                {f"X-{number}": "a" for number in range(11)},
                {"X-A": 1},
            )
        ),
    ],
)
def test_credentials_that_could_not_be_sent_are_refused(credentials: dict[str, Any]) -> None:
    (fault,) = setting_faults(Channel.WEBHOOK, "endpoint", {"url": URL}, {"secret": SECRET} | credentials)

    assert fault.code in {"invalid_value", "invalid_settings"}


def test_the_faults_tell_no_secret() -> None:
    (fault,) = setting_faults(
        Channel.WEBHOOK, "endpoint", {"url": URL}, {"secret": SECRET, "headers": {"Host": "s3cret"}}
    )

    assert "s3cret" not in fault.detail
