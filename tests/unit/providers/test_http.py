"""The one place that tells a refusal from an unknown outcome."""

import http.client
import importlib
import socket
import ssl
import threading
import urllib.error
from datetime import UTC, datetime
from email.utils import format_datetime

import botocore.exceptions
import pytest
import requests
import urllib3.exceptions

from chalicelib.domain.delivery import AttemptOutcome
from chalicelib.domain.provider import ProviderResult, Refused, Unsure
from chalicelib.providers.http import NEVER_SENT, UNREQUESTABLE, Answer, judge, judge_silence, seconds_to_wait

NOW = datetime(2026, 12, 1, 9, 0, tzinfo=UTC).timestamp()
RETRIABLE, PERMANENT, MISCONFIGURED = (
    AttemptOutcome.RETRIABLE,
    AttemptOutcome.PERMANENT,
    AttemptOutcome.MISCONFIGURED,
)
OUTCOMES = {"PAUSED": MISCONFIGURED, "BUSY": RETRIABLE, "PERHAPS": AttemptOutcome.UNKNOWN}


@pytest.mark.parametrize(
    ("status", "code", "result"),
    [
        # By status, where the vendor's code says nothing more.
        (400, "E1", Refused(kind=PERMANENT, code="E1")),
        (401, "E1", Refused(kind=MISCONFIGURED, code="E1")),
        (403, "E1", Refused(kind=MISCONFIGURED, code="E1")),
        (404, "E1", Refused(kind=PERMANENT, code="E1")),
        (413, "E1", Refused(kind=PERMANENT, code="E1")),
        (429, "E1", Refused(kind=RETRIABLE, code="E1", retry_after=7, telling=False)),
        (500, "E1", Refused(kind=RETRIABLE, code="E1", retry_after=7)),
        (503, "E1", Refused(kind=RETRIABLE, code="E1", retry_after=7)),
        # The vendor's code knows better.
        (400, "PAUSED", Refused(kind=MISCONFIGURED, code="PAUSED")),
        (400, "BUSY", Refused(kind=RETRIABLE, code="BUSY", retry_after=7)),
        (429, "PAUSED", Refused(kind=MISCONFIGURED, code="PAUSED")),
        (500, "PERHAPS", Unsure(code="PERHAPS")),
        # A gateway does not know, whatever it says.
        (502, "BUSY", Unsure(code="BUSY")),
        (504, "E1", Unsure(code="E1")),
        # Somebody else answered.
        (400, None, Unsure(code="http_400")),
        (401, None, Unsure(code="http_401")),
        (500, None, Unsure(code="http_500")),
        (502, None, Unsure(code="http_502")),
        (503, None, Unsure(code="http_503")),
        (200, None, Unsure(code="http_200")),
        (302, None, Unsure(code="http_302")),
        # Except that nobody who limits the rate lets a request pass.
        (429, None, Refused(kind=RETRIABLE, code="http_429", retry_after=7, telling=False)),
        # A success told as an error, and the like.
        (200, "E1", Unsure(code="E1")),
        (302, "E1", Unsure(code="E1")),
    ],
)
def test_what_an_answer_means(status: int, code: str | None, result: ProviderResult) -> None:
    assert judge(Answer(status=status, code=code, retry_after="7"), OUTCOMES, NOW) == result


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("0", 0.0),
        ("120", 120.0),
        ("1.5", 1.5),
        ("-3", 0.0),
        ("Tue, 01 Dec 2026 09:00:30 GMT", 30.0),
        ("Tuesday, 01-Dec-26 09:00:30 GMT", 30.0),
        ("Tue Dec  1 09:00:30 2026", 30.0),
        ("Tue, 01 Dec 2026 08:00:00 GMT", 0.0),
        ("soon", None),
        ("", None),
        ("nan", None),
        ("inf", None),
        ("Mon, 01 Jan 99999999999 00:00:00 GMT", None),
        ("Mon, 01 Jan 10000 00:00:00 GMT", None),
        ("Mon, 01 Jan 0001 00:00:00 +2359", 0.0),
    ],
)
def test_retry_after_is_seconds_or_a_date(header: str | None, seconds: float | None) -> None:
    assert seconds_to_wait(header, NOW) == seconds


def test_a_date_is_read_as_it_is_written() -> None:
    date = format_datetime(datetime.fromtimestamp(NOW + 90, UTC), usegmt=True)
    assert seconds_to_wait(date, NOW) == 90


def connection_aborted() -> Exception:
    """Return what requests raises when the vendor hangs up on a request it has got."""
    gone = http.client.RemoteDisconnected("Remote end closed connection without response")
    return requests.ConnectionError(urllib3.exceptions.ProtocolError("Connection aborted.", gone))


def raised(error: Exception, *causes: Exception) -> Exception:
    """Return `error` as if raised while each of `causes` was being handled, the last one first."""
    current = error
    for cause in causes:
        current.__context__ = cause
        current = cause
    return error


POOL = urllib3.HTTPSConnectionPool("vendor.example")
CONNECTION = urllib3.connection.HTTPSConnection("vendor.example")
NO_CONNECTION = urllib3.exceptions.NewConnectionError(CONNECTION, "refused")

NOT_SENT = [
    ConnectionRefusedError(),
    socket.gaierror(-2, "Name or service not known"),
    ssl.SSLCertVerificationError("certificate verify failed"),
    urllib.error.URLError(TimeoutError("timed out")),
    raised(requests.ConnectionError(), urllib3.exceptions.MaxRetryError(POOL, "/"), NO_CONNECTION),
    raised(requests.ConnectTimeout(), urllib3.exceptions.ConnectTimeoutError()),
    raised(requests.exceptions.ProxyError(), OSError("Tunnel connection failed: 503 Service Unavailable")),
    raised(requests.exceptions.SSLError(), ssl.SSLCertVerificationError("self-signed certificate")),
    botocore.exceptions.EndpointConnectionError(endpoint_url="https://email.us-east-1.amazonaws.com"),
    botocore.exceptions.ConnectTimeoutError(endpoint_url="https://email.us-east-1.amazonaws.com"),
]
PERHAPS_SENT: list[tuple[Exception, str]] = [
    (TimeoutError("timed out"), "timeout"),
    (requests.ReadTimeout(), "timeout"),
    (botocore.exceptions.ReadTimeoutError(endpoint_url="https://email.us-east-1.amazonaws.com"), "timeout"),
    (connection_aborted(), "connection_lost"),
    (http.client.RemoteDisconnected(""), "connection_lost"),
    (http.client.IncompleteRead(b""), "connection_lost"),
    (ConnectionResetError(), "connection_lost"),
    (raised(requests.exceptions.ProxyError(), http.client.RemoteDisconnected("")), "connection_lost"),
    (requests.exceptions.SSLError(ssl.SSLEOFError()), "connection_lost"),
    (
        botocore.exceptions.ConnectionClosedError(endpoint_url="https://email.us-east-1.amazonaws.com"),
        "connection_lost",
    ),
    (urllib.error.HTTPError("https://vendor.example", 500, "", http.client.HTTPMessage(), None), "connection_lost"),
]


@pytest.mark.parametrize("error", NOT_SENT, ids=lambda error: type(error).__name__)
def test_with_proof_that_nothing_was_sent_it_may_be_sent_again(error: Exception) -> None:
    assert judge_silence(error) == Refused(kind=RETRIABLE, code="connection_failed")


@pytest.mark.parametrize(("error", "code"), PERHAPS_SENT, ids=[type(error).__name__ for error, _ in PERHAPS_SENT])
def test_without_proof_the_outcome_is_unknown(error: Exception, code: str) -> None:
    assert judge_silence(error) == Unsure(code=code)


@pytest.mark.parametrize("url", ["https://example.com:99999/", "https://.a/", "example.com", "htps://example.com/"])
def test_an_address_that_cannot_be_requested_is_the_settings_fault(url: str) -> None:
    with pytest.raises(requests.RequestException) as silence:
        requests.post(url, timeout=1)
    assert judge_silence(silence.value) == Refused(kind=MISCONFIGURED, code="invalid_url", telling=False)


@pytest.mark.parametrize("name", sorted(NEVER_SENT | UNREQUESTABLE))
def test_every_exception_of_the_list_exists(name: str) -> None:
    module, _, kind = name.rpartition(".")
    assert issubclass(getattr(importlib.import_module(module), kind), Exception)


def test_a_port_that_nobody_listens_on() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    with pytest.raises(requests.ConnectionError) as refused:
        requests.post(f"https://127.0.0.1:{port}/", timeout=1)
    assert judge_silence(refused.value) == Refused(kind=RETRIABLE, code="connection_failed")


def test_a_server_that_takes_the_request_and_hangs_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

        def take_and_hang_up() -> None:
            connection, _ = server.accept()
            connection.recv(65_536)
            connection.close()

        thread = threading.Thread(target=take_and_hang_up)
        thread.start()
        with pytest.raises(requests.ConnectionError) as lost:
            requests.post(f"http://127.0.0.1:{port}/", json={}, timeout=5, proxies={"http": ""})
        thread.join()
    assert judge_silence(lost.value) == Unsure(code="connection_lost")
