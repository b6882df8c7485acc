import json
import ssl
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection, HTTPSConnection, RemoteDisconnected
from urllib.parse import urlsplit

import pytest

from infra.local.sandbox.client import Sandbox
from infra.local.sandbox.faults import Fault, FaultKind

MAIL = {
    "personalizations": [{"to": [{"email": "ann@example.com"}]}],
    "from": {"email": "shop@example.com"},
    "subject": "Hi",
    "content": [{"type": "text/plain", "value": "Hello"}],
}


def connect(sandbox: Sandbox, timeout: float = 5) -> HTTPSConnection:
    trust = ssl.create_default_context(cafile=str(sandbox.ca_bundle))
    connection = HTTPSConnection("127.0.0.1", sandbox.ports.proxy, timeout=timeout, context=trust)
    connection.set_tunnel("api.sendgrid.com", 443)
    return connection


def send(sandbox: Sandbox, connection: HTTPSConnection, to: str = "ann@example.com") -> tuple[int, bytes, str | None]:
    mail = MAIL | {"personalizations": [{"to": [{"email": to}]}]}
    key = sandbox.accounts["sendgrid"]["apiKey"]
    headers = {"authorization": f"Bearer {key}", "content-type": "application/json"}
    connection.request("POST", "/v3/mail/send", json.dumps(mail), headers)
    answer = connection.getresponse()
    return answer.status, answer.read(), answer.headers["retry-after"]


def test_other_hosts_are_out_of_reach(sandbox: Sandbox) -> None:
    with pytest.raises(urllib.error.URLError, match="Tunnel connection failed: 403"):
        urllib.request.build_opener().open("https://example.com/", timeout=5)


def test_the_proxy_only_opens_tunnels(sandbox: Sandbox) -> None:
    connection = HTTPConnection("127.0.0.1", sandbox.ports.proxy, timeout=5)

    connection.request("GET", "http://api.sendgrid.com/v3/mail/send")

    assert connection.getresponse().status == 405


def test_aws_and_this_machine_are_not_proxied(sandbox: Sandbox) -> None:
    aws = urllib.request.Request("https://sqs.us-east-1.amazonaws.com/")

    assert urllib.request.proxy_bypass(urlsplit(aws.full_url).netloc)
    assert urllib.request.proxy_bypass("localhost:4566")
    assert not urllib.request.proxy_bypass("api.sendgrid.com")


def test_a_connection_serves_many_requests(sandbox: Sandbox) -> None:
    connection = connect(sandbox)

    assert [send(sandbox, connection)[0] for _ in range(3)] == [202, 202, 202]


def test_a_status_is_answered_in_the_vendors_shape_so_often_then_no_more(sandbox: Sandbox) -> None:
    kind = FaultKind.STATUS
    sandbox.fault(Fault(vendor="sendgrid", kind=kind, status=429, retry_after=7, times=2, contains="ann@"))
    connection = connect(sandbox)

    other = send(sandbox, connection, to="bob@example.com")
    answers = [send(sandbox, connection) for _ in range(3)]

    assert other[0] == 202
    assert [(status, wait) for status, _, wait in answers] == [(429, "7"), (429, "7"), (202, None)]
    assert "errors" in json.loads(answers[0][1])
    assert [r.fault for r in sandbox.records("sendgrid", contains="ann@")] == [kind, kind, None]
    assert [r.accepted for r in sandbox.records("sendgrid", contains="ann@")] == [False, False, True]


def test_a_bad_gateway_answers_in_html(sandbox: Sandbox) -> None:
    sandbox.fault(Fault(vendor="sendgrid", kind=FaultKind.BAD_GATEWAY))

    status, body, _ = send(sandbox, connect(sandbox))

    assert (status, body[:6]) == (502, b"<html>")
    assert not sandbox.records("sendgrid", accepted=True)


def test_a_slow_vendor_has_taken_the_request_before_it_answers(sandbox: Sandbox) -> None:
    sandbox.fault(Fault(vendor="sendgrid", kind=FaultKind.SLOW, delay=2, times=1))

    with pytest.raises(TimeoutError):
        send(sandbox, connect(sandbox, timeout=0.3))

    assert [record.accepted for record in sandbox.records("sendgrid")] == [True]


def test_a_dropped_request_is_taken_and_not_answered(sandbox: Sandbox) -> None:
    sandbox.fault(Fault(vendor="sendgrid", kind=FaultKind.DROPPED, times=1))

    with pytest.raises(RemoteDisconnected):
        send(sandbox, connect(sandbox))

    assert [(record.accepted, record.status) for record in sandbox.records("sendgrid")] == [(True, None)]


def test_what_the_vendor_refuses_is_answered_whatever_happens_to_answers(sandbox: Sandbox) -> None:
    sandbox.fault(Fault(vendor="sendgrid", kind=FaultKind.DROPPED))

    assert send(sandbox, connect(sandbox), to="nobody")[0] == 400


def test_a_malformed_answer_is_a_page_of_somebody_else(sandbox: Sandbox) -> None:
    sandbox.fault(Fault(vendor="sendgrid", kind=FaultKind.MALFORMED))

    assert send(sandbox, connect(sandbox))[1].startswith(b"<html>")
    assert sandbox.records("sendgrid", accepted=True)


def test_an_unreachable_vendor_cannot_even_be_reached_by_an_open_connection(sandbox: Sandbox) -> None:
    connection = connect(sandbox)
    send(sandbox, connection)

    sandbox.fault(Fault(vendor="sendgrid", kind=FaultKind.UNREACHABLE))

    with pytest.raises(RemoteDisconnected):
        send(sandbox, connection)
    with pytest.raises(OSError, match="Tunnel connection failed: 503"):
        send(sandbox, connect(sandbox))
    assert len(sandbox.records("sendgrid")) == 1


def test_a_rate_is_drawn_from_its_seed(sandbox: Sandbox) -> None:
    def statuses() -> list[int]:
        sandbox.clear_faults()
        sandbox.fault(Fault(vendor="sendgrid", kind=FaultKind.STATUS, rate=0.3, seed=7))
        return [send(sandbox, connection)[0] for _ in range(20)]

    connection = connect(sandbox)

    first, second = statuses(), statuses()

    assert first == second
    assert set(first) == {202, 500}


def test_fifty_clients_at_once_are_all_served(sandbox: Sandbox) -> None:
    def send_ten(client: int) -> list[int]:
        connection = connect(sandbox, timeout=30)
        return [send(sandbox, connection, to=f"u{client}@example.com")[0] for _ in range(10)]

    with ThreadPoolExecutor(50) as threads:
        statuses = list(threads.map(send_ten, range(50)))

    records = sandbox.records("sendgrid", accepted=True)
    assert statuses == [[202] * 10] * 50
    assert len({record.vendor_id for record in records}) == len(records) == 500
    assert all(len(sandbox.records("sendgrid", contains=f"u{client}@")) == 10 for client in (0, 49))


def test_a_fault_that_could_never_strike_is_refused() -> None:
    with pytest.raises(ValueError, match="leave out"):
        Fault(vendor="sendgrid", kind=FaultKind.UNREACHABLE, contains="ann@")
