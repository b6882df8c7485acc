import smtplib
import ssl
from email.message import EmailMessage

import pytest

from infra.local.sandbox.client import Sandbox
from infra.local.sandbox.faults import Fault, FaultKind


def a_message(to: str = "ann@example.com") -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "shop@example.com", to, "Grüße"
    message["Message-ID"] = "<1@example.com>"
    message.set_content("Hello\n.\nbye\n")
    message.add_alternative("<p>Hello</p>", subtype="html")
    message.add_attachment(b"1", maintype="text", subtype="csv", filename="a.csv")
    return message


def connect(sandbox: Sandbox) -> smtplib.SMTP:
    return smtplib.SMTP("127.0.0.1", sandbox.ports.smtp, timeout=5)


def test_a_message_is_kept_and_parsed_back(sandbox: Sandbox) -> None:
    with connect(sandbox) as smtp:
        smtp.send_message(a_message(), to_addrs=["ann@example.com", "bob@example.com"])

    (mail,), (record,) = sandbox.mails(), sandbox.records("smtp")
    body = mail.get_body(("plain",))
    assert body is not None
    assert (mail["Subject"], body.get_content().splitlines()) == ("Grüße", ["Hello", ".", "bye"])
    assert (record.vendor_id, record.status, record.body["subject"]) == ("<1@example.com>", 250, "Grüße")
    assert record.body["to"] == ["ann@example.com", "bob@example.com"]
    assert (record.body["html"].strip(), record.body["attachments"]) == ("<p>Hello</p>", ["a.csv"])
    assert (record.body["tls"], record.body["authenticated"]) == (False, False)


def test_starttls_and_login_are_offered(sandbox: Sandbox) -> None:
    account = sandbox.accounts["smtp"]
    with connect(sandbox) as smtp:
        smtp.starttls(context=ssl.create_default_context())
        smtp.login(account["username"], account["password"])
        smtp.send_message(a_message())

    (record,) = sandbox.records("smtp")
    assert (record.body["tls"], record.body["authenticated"]) == (True, True)


def test_tls_from_the_start_is_offered_at_a_port_of_its_own(sandbox: Sandbox) -> None:
    account = sandbox.accounts["smtp"]
    trust = ssl.create_default_context()
    with smtplib.SMTP_SSL("localhost", sandbox.ports.smtps, timeout=5, context=trust) as smtp:
        smtp.login(account["username"], account["password"])
        smtp.send_message(a_message())

    (record,) = sandbox.records("smtp")
    assert (record.body["tls"], record.body["authenticated"]) == (True, True)


def test_login_needs_tls(sandbox: Sandbox) -> None:
    with connect(sandbox) as smtp, pytest.raises(smtplib.SMTPNotSupportedError):
        smtp.login("herald", "any")


def test_a_wrong_password_is_refused(sandbox: Sandbox) -> None:
    with connect(sandbox) as smtp:
        smtp.starttls(context=ssl.create_default_context())
        with pytest.raises(smtplib.SMTPAuthenticationError) as refused:
            smtp.login("herald", "wrong")

    assert refused.value.smtp_code == 535


@pytest.mark.parametrize(
    ("fault", "to", "code"),
    [
        (None, "nobody@example.com", 550),
        (Fault(vendor="smtp", kind=FaultKind.STATUS, status=429, contains="ann@"), "ann@example.com", 451),
        (Fault(vendor="smtp", kind=FaultKind.STATUS, status=500), "ann@example.com", 451),
        (Fault(vendor="smtp", kind=FaultKind.STATUS, status=400), "ann@example.com", 550),
    ],
)
def test_a_recipient_is_refused(sandbox: Sandbox, fault: Fault | None, to: str, code: int) -> None:
    if fault:
        sandbox.fault(fault)

    with connect(sandbox) as smtp, pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        smtp.send_message(a_message(to))

    assert refused.value.recipients[to][0] == code
    assert [(record.method, record.status, record.accepted) for record in sandbox.records()] == [("RCPT", code, False)]


def test_a_greylisted_recipient_is_taken_the_next_time(sandbox: Sandbox) -> None:
    sandbox.fault(Fault(vendor="smtp", kind=FaultKind.STATUS, status=429, times=1))

    with connect(sandbox) as smtp:
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            smtp.send_message(a_message())
        smtp.send_message(a_message())

    assert len(sandbox.mails()) == 1


def test_a_dropped_message_is_kept_and_not_answered(sandbox: Sandbox) -> None:
    sandbox.fault(Fault(vendor="smtp", kind=FaultKind.DROPPED, contains="ann@example.com"))
    smtp = connect(sandbox)

    with pytest.raises(smtplib.SMTPServerDisconnected):
        smtp.send_message(a_message())

    assert [(record.accepted, record.status) for record in sandbox.records("smtp")] == [(True, None)]
    assert len(sandbox.mails()) == 1


def test_an_answer_may_be_unreadable(sandbox: Sandbox) -> None:
    sandbox.fault(Fault(vendor="smtp", kind=FaultKind.MALFORMED))

    with connect(sandbox) as smtp, pytest.raises(smtplib.SMTPDataError) as refused:
        smtp.send_message(a_message())

    assert refused.value.smtp_code == -1


def test_an_answer_may_take_too_long(sandbox: Sandbox) -> None:
    sandbox.fault(Fault(vendor="smtp", kind=FaultKind.SLOW, delay=2))
    smtp = smtplib.SMTP("127.0.0.1", sandbox.ports.smtp, timeout=0.3)

    with pytest.raises(smtplib.SMTPServerDisconnected, match="timed out"):
        smtp.send_message(a_message())

    assert len(sandbox.mails()) == 1


def test_a_server_may_not_want_anybody(sandbox: Sandbox) -> None:
    sandbox.fault(Fault(vendor="smtp", kind=FaultKind.UNREACHABLE, times=1))

    with pytest.raises(smtplib.SMTPConnectError) as refused:
        connect(sandbox)

    assert refused.value.smtp_code == 421
    connect(sandbox).quit()
