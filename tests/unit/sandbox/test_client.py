import json
import threading
from http.client import HTTPConnection
from pathlib import Path
from smtplib import SMTP

import pytest

from infra.local.sandbox.client import NotStartedError, Sandbox
from infra.local.sandbox.folder import Ports
from infra.local.sandbox.vendor import find_vendors


def control(sandbox: Sandbox, method: str, path: str, body: str | None = None) -> tuple[int, bytes]:
    connection = HTTPConnection("127.0.0.1", sandbox.ports.control, timeout=5)
    connection.request(method, path, body)
    answer = connection.getresponse()
    return answer.status, answer.read()


def send_mail(sandbox: Sandbox, to: str = "ann@example.com") -> None:
    with SMTP("127.0.0.1", sandbox.ports.smtp, timeout=5) as smtp:
        smtp.sendmail("shop@example.com", to, b"Subject: Hi\r\n\r\nHello\r\n")


def test_vendors_are_found_by_file_name() -> None:
    assert set(find_vendors()) >= {"sendgrid", "twilio", "fcm", "google_oauth"}
    assert all(vendor.name == name and vendor.hosts for name, vendor in find_vendors().items())


def test_it_starts_stops_and_starts_again_with_the_same_accounts(tmp_path: Path) -> None:
    sandbox = Sandbox(tmp_path / "s")

    sandbox.start()
    first, ports, trusted = sandbox.accounts, sandbox.ports, sandbox.ca_bundle.read_bytes()
    stopped, again = sandbox.stop(), sandbox.stop()
    sandbox.start(ports)

    assert (stopped, again) == (True, False)
    assert (sandbox.accounts, sandbox.ports) == (first, ports)
    assert sandbox.ca_bundle.read_bytes() == trusted
    assert sandbox.stop()
    assert not sandbox.is_healthy()


def test_secrets_are_readable_by_their_owner_only(sandbox: Sandbox) -> None:
    assert sandbox.folder.accounts.stat().st_mode & 0o077 == 0
    assert (sandbox.folder.authority / "ca.key").stat().st_mode & 0o077 == 0


def test_a_port_in_use_is_reported(sandbox: Sandbox, tmp_path: Path) -> None:
    with pytest.raises(NotStartedError, match="in use"):
        Sandbox(tmp_path / "s").start(Ports(proxy=sandbox.ports.proxy))


def test_a_sandbox_that_never_started_has_no_ports(tmp_path: Path) -> None:
    with pytest.raises(NotStartedError):
        _ = Sandbox(tmp_path / "s").ports


def test_waiting_ends_when_enough_came(sandbox: Sandbox) -> None:
    send_mail(sandbox)
    late = threading.Timer(0.2, send_mail, (sandbox, "bob@example.com"))
    late.start()

    records = sandbox.records("smtp", at_least=2, within=10)

    assert [record.body["to"] for record in records] == [["ann@example.com"], ["bob@example.com"]]


def test_waiting_ends_when_the_time_passed(sandbox: Sandbox) -> None:
    send_mail(sandbox)

    assert len(sandbox.records("smtp", at_least=2, within=0.1)) == 1


def test_records_are_filtered(sandbox: Sandbox) -> None:
    send_mail(sandbox, "ann@example.com")
    send_mail(sandbox, "bob@example.com")

    assert len(sandbox.records(contains="bob@")) == 1
    assert not sandbox.records("sendgrid")
    assert not sandbox.records("smtp", accepted=False)


def test_clearing_forgets_records_and_mail(sandbox: Sandbox) -> None:
    send_mail(sandbox)

    sandbox.clear()

    assert not sandbox.records()
    assert not list(sandbox.folder.mail.iterdir())


def test_the_control_api_is_plain_http(sandbox: Sandbox) -> None:
    send_mail(sandbox)
    file = sandbox.records("smtp")[0].body["file"]

    status, body = control(sandbox, "GET", f"/mail?file={file}")
    set_fault = control(sandbox, "POST", "/faults", '{"vendor": "twilio", "kind": "status", "status": 503}')

    assert (status, body) == (200, b"Subject: Hi\r\n\r\nHello\r\n")
    assert set_fault[0] == 204
    assert json.loads(control(sandbox, "GET", "/faults")[1])[0]["status"] == 503


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/nothing", None, 404),
        ("GET", "/mail?file=..%2Faccounts.json", None, 404),
        ("GET", "/records?atLeast=many", None, 400),
        ("GET", "/records?size=1", None, 400),
        ("POST", "/faults", "{", 400),
        ("POST", "/faults", '{"vendor": "twilio", "kind": "fire"}', 400),
        ("POST", "/faults", '{"vendor": "twilio", "kind": "unreachable", "contains": "x"}', 400),
    ],
)
def test_what_the_control_api_does_not_know_is_refused(
    sandbox: Sandbox, method: str, path: str, body: str | None, status: int
) -> None:
    assert control(sandbox, method, path, body)[0] == status
