"""How Twilio's SDK is driven. What Twilio's answers mean is shown by the contract suite."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import msgspec
import pytest
import requests

from chalicelib.channels.base import SmsMessage
from chalicelib.domain.delivery import AttemptOutcome
from chalicelib.domain.provider import Accepted, Refused
from chalicelib.providers.base import Timeouts
from chalicelib.providers.http import Answer, judge
from chalicelib.providers.sms.twilio import (
    OUTCOMES,
    Transport,
    Twilio,
    TwilioSettings,
    UnreadableAnswerError,
    _Created,
    error_code,
)
from tests.unit.providers.wire import answer, http_server

SMS = SmsMessage(reference="n1", to="+14155550100", text="Hello", segments=1)
SID = "AC" + "0" * 32
SERVICE = "MG" + "0" * 32


def provider(**settings: str) -> Twilio:
    return Twilio(msgspec.convert({"accountSid": SID, "authToken": "t"} | settings, TwilioSettings), Timeouts())


@pytest.mark.parametrize(
    ("settings", "sender", "origin"),
    [
        ({"messagingServiceSid": SERVICE}, "+14155550199", {"messaging_service_sid": SERVICE}),
        (
            {"messagingServiceSid": SERVICE, "sender": "ACME"},
            None,
            {"messaging_service_sid": SERVICE, "from_": "ACME"},
        ),
        ({"sender": "ACME"}, "+14155550199", {"from_": "ACME"}),
        ({}, "+14155550199", {"from_": "+14155550199"}),
        ({}, None, {}),
    ],
)
def test_from_whom(settings: dict[str, str], sender: str | None, origin: dict[str, str]) -> None:
    assert provider(**settings)._origin(msgspec.structs.replace(SMS, sender=sender)) == origin


@pytest.mark.parametrize("sender", ["+14155550100", "72345", "Shop 24", "A", "R&D_team-1"])
def test_what_a_sender_may_be(sender: str) -> None:
    assert provider(sender=sender).settings.sender == sender


@pytest.mark.parametrize("sender", ["", "4155550100", "+0123", "Twelve chars", "Größe", "Shop\n", "12", "whatsapp:+1"])
def test_what_it_may_not_be(sender: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        provider(sender=sender)


class Canned(requests.adapters.HTTPAdapter):
    """Gives an answer without a network."""

    def __init__(self, status: int, content: object) -> None:
        super().__init__()
        self._status, self._content = status, json.dumps(content).encode()

    def send(self, request: requests.PreparedRequest, *_args: Any, **_options: Any) -> requests.Response:
        response = requests.Response()
        response.status_code, response._content, response.request = self._status, self._content, request
        return response


@pytest.mark.parametrize(
    ("status", "result"),
    [
        ("active", Accepted()),
        ("suspended", Refused(kind=AttemptOutcome.MISCONFIGURED, code="account_suspended")),
        ("closed", Refused(kind=AttemptOutcome.MISCONFIGURED, code="account_closed")),
    ],
)
def test_an_account_that_is_not_active_does_not_work(status: str, result: object) -> None:
    twilio = provider()
    twilio._session.mount("https://", Canned(200, {"sid": SID, "status": status}))
    assert twilio.probe() == result


def test_without_a_sender_nothing_is_sent() -> None:
    assert provider().send(SMS) == Refused(kind=AttemptOutcome.MISCONFIGURED, code="no_sender")


@pytest.mark.parametrize(
    ("found", "code"), [(21211, "21211"), ("21211", "21211"), (400, None), (None, None), ("odd", None), (0, None)]
)
def test_twilios_codes_begin_at_10000(found: object, code: str | None) -> None:
    assert error_code(found) == code


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (400, "21211", AttemptOutcome.PERMANENT),
        (400, "21610", AttemptOutcome.PERMANENT),
        (400, "29999", AttemptOutcome.PERMANENT),
        (400, "21606", AttemptOutcome.MISCONFIGURED),
        (400, "21704", AttemptOutcome.MISCONFIGURED),
        (400, "21711", AttemptOutcome.MISCONFIGURED),
        (400, "21408", AttemptOutcome.MISCONFIGURED),
        (404, "20404", AttemptOutcome.MISCONFIGURED),
        (401, "20003", AttemptOutcome.MISCONFIGURED),
        (429, "63038", AttemptOutcome.MISCONFIGURED),
        (400, "21611", AttemptOutcome.RETRIABLE),
        (429, "20429", AttemptOutcome.RETRIABLE),
        (500, "20500", AttemptOutcome.RETRIABLE),
        (503, "20503", AttemptOutcome.RETRIABLE),
    ],
)
def test_what_a_code_means(status: int, code: str, kind: AttemptOutcome) -> None:
    result = judge(Answer(status=status, code=code), OUTCOMES, now=0)
    assert isinstance(result, Refused)
    assert result.kind is kind


def post(url: str, session: requests.Session | None = None) -> tuple[Transport, Any]:
    transport = Transport(session or requests.Session(), Timeouts(connect=1, read=1), _Created)
    response = transport.request(
        "POST", url, data={"To": "+14155550100"}, headers={}, auth=(SID, "t"), params=None, timeout=None
    )
    return transport, response


def created(sid: str) -> bytes:
    return answer(201, json.dumps({"sid": sid, "status": "queued"}).encode())


def test_an_error_keeps_its_retry_after() -> None:
    with http_server(answer(429, b'{"code": 20429}', "Retry-After: 7")) as wire:
        transport, response = post(wire.url)
    assert (response.status_code, transport.retry_after) == (429, "7")


@pytest.mark.parametrize(
    "content",
    [
        answer(200, b"<html>Welcome</html>"),
        answer(201, b"[]"),
        answer(201, b'{"sid": null}'),
        answer(201, b'{"sid": "AC1"}'),
        answer(302, b"", "Location: /elsewhere"),
    ],
)
def test_a_success_that_is_no_message_is_not_believed(content: bytes) -> None:
    with http_server(content) as wire, pytest.raises(UnreadableAnswerError):
        post(wire.url)
    assert len(wire.heard) == 1, "a redirect is not followed"


def test_threads_that_share_a_session_each_get_their_own_answer() -> None:
    sids = [f"SM{number:032}" for number in range(20)]
    session = requests.Session()
    with http_server(*map(created, sids)) as wire, ThreadPoolExecutor(5) as threads:
        answers = list(threads.map(lambda _: post(wire.url, session)[1], sids))
    assert sorted(json.loads(response.text)["sid"] for response in answers) == sids
