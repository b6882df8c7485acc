"""SES and SNS: what is asked of AWS, and what its answers mean."""

import json
from collections.abc import Iterator
from email.header import decode_header, make_header
from email.utils import parseaddr
from typing import Any
from urllib.parse import parse_qs

import pytest

from chalicelib.aws.clients import session
from chalicelib.channels.base import EmailMessage, SmsMessage
from chalicelib.domain.delivery import AttemptOutcome
from chalicelib.domain.provider import Accepted, ProviderResult, Refused, Unsure
from chalicelib.providers.aws import aws_service
from chalicelib.providers.base import Timeouts
from chalicelib.providers.email.ses import Ses, SesSettings
from chalicelib.providers.sms.sns import Sns, SnsSettings
from tests.unit.providers.wire import Wire, answer, http_server

TIMEOUTS = Timeouts(connect=0.5, read=0.5)
EMAIL = EmailMessage(
    reference="n1", to="ann@example.com", subject="Hello", text="It is.", html="<p>It is.</p>", sender="a@acme.example"
)
SMS = SmsMessage(reference="n1", to="+14155550100", text="Hello", segments=1)
SENT_MAIL = answer(200, b'{"MessageId": "m1"}', "Content-Type: application/json")
SENT_SMS = answer(
    200,
    b'<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult><MessageId>m1</MessageId>'
    b"</PublishResult><ResponseMetadata><RequestId>r1</RequestId></ResponseMetadata></PublishResponse>",
    "Content-Type: text/xml",
)


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    forget()
    yield
    forget()


def forget() -> None:
    session.cache_clear()
    aws_service.cache_clear()


def send_mail(
    monkeypatch: pytest.MonkeyPatch, wire: Wire, message: EmailMessage = EMAIL, **settings: Any
) -> ProviderResult:
    monkeypatch.setenv("AWS_ENDPOINT_URL", wire.url)
    return Ses(SesSettings(**settings), TIMEOUTS).send(message)


def send_sms(monkeypatch: pytest.MonkeyPatch, wire: Wire, message: SmsMessage = SMS, **settings: Any) -> ProviderResult:
    monkeypatch.setenv("AWS_ENDPOINT_URL", wire.url)
    return Sns(SnsSettings(**settings), TIMEOUTS).send(message)


def mail_error(status: int, code: str, message: str = "No.") -> bytes:
    body = json.dumps({"message": message}).encode()
    return answer(status, body, "Content-Type: application/json", f"x-amzn-ErrorType: {code}")


def sms_error(status: int, code: str) -> bytes:
    body = (
        '<ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><Error><Type>Sender</Type>'
        f"<Code>{code}</Code><Message>No.</Message></Error><RequestId>r1</RequestId></ErrorResponse>"
    )
    return answer(status, body.encode(), "Content-Type: text/xml")


def refused(kind: AttemptOutcome, code: str, **fields: Any) -> Refused:
    return Refused(kind=kind, code=code, **fields)


def test_an_email_is_sent_with_text_html_and_its_notification_as_a_tag(monkeypatch: pytest.MonkeyPatch) -> None:
    with http_server(SENT_MAIL) as wire:
        assert send_mail(monkeypatch, wire, configuration_set="events") == Accepted(vendor_id="m1")
    assert wire.heard[0].line == "POST /v2/email/outbound-emails HTTP/1.1"
    assert json.loads(wire.heard[0].body) == {
        "FromEmailAddress": "a@acme.example",
        "Destination": {"ToAddresses": ["ann@example.com"]},
        "ReplyToAddresses": [],
        "Content": {
            "Simple": {
                "Subject": {"Data": "Hello", "Charset": "UTF-8"},
                "Body": {
                    "Text": {"Data": "It is.", "Charset": "UTF-8"},
                    "Html": {"Data": "<p>It is.</p>", "Charset": "UTF-8"},
                },
            }
        },
        "EmailTags": [{"Name": "notificationId", "Value": "n1"}],
        "ConfigurationSetName": "events",
    }


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Acme", "Acme <a@acme.example>"),
        ('Acme, "Inc."', '"Acme, \\"Inc.\\"" <a@acme.example>'),
        ("Bücher", "=?utf-8?q?B=C3=BCcher?= <a@acme.example>"),
        ("=?utf-8?q?x?=", "=?utf-8?b?PT91dGYtOD9xP3g/PQ==?= <a@acme.example>"),
    ],
)
def test_the_senders_name_is_written_so_that_ses_takes_it(
    monkeypatch: pytest.MonkeyPatch, name: str, written: str
) -> None:
    with http_server(SENT_MAIL) as wire:
        send_mail(monkeypatch, wire, sender_name=name)
    sender = json.loads(wire.heard[0].body)["FromEmailAddress"]
    assert sender == written
    assert parseaddr(sender)[1] == "a@acme.example"


def test_a_long_name_stays_on_its_line(monkeypatch: pytest.MonkeyPatch) -> None:
    with http_server(SENT_MAIL) as wire:
        send_mail(monkeypatch, wire, sender_name="ü" * 100)
    sender = json.loads(wire.heard[0].body)["FromEmailAddress"]
    assert "\n" not in sender
    # RFC 2047 §2: an encoded word has at most 75 characters.
    assert max(len(word) for word in sender.split(" ")) <= 75
    assert str(make_header(decode_header(sender.removesuffix(" <a@acme.example>")))) == "ü" * 100


@pytest.mark.parametrize(
    ("sender", "attribute"),
    [
        (None, {}),
        ("+14155550199", {"AWS.MM.SMS.OriginationNumber": "+14155550199"}),
        ("72345", {"AWS.MM.SMS.OriginationNumber": "72345"}),
        ("ACME", {"AWS.SNS.SMS.SenderID": "ACME"}),
        ("4-you", {"AWS.SNS.SMS.SenderID": "4-you"}),
    ],
)
def test_a_text_message_says_from_whom_where_there_is_a_sender(
    monkeypatch: pytest.MonkeyPatch, sender: str | None, attribute: dict[str, str]
) -> None:
    with http_server(SENT_SMS) as wire:
        assert send_sms(monkeypatch, wire, sender=sender) == Accepted(vendor_id="m1")
    form = {name: values[0] for name, values in parse_qs(wire.heard[0].body.decode()).items()}
    names = {value: name for name, value in form.items() if name.endswith(".Name")}
    attributes = {name: form[key.replace(".Name", ".Value.StringValue")] for name, key in names.items()}
    assert (form["PhoneNumber"], form["Message"]) == ("+14155550100", "Hello")
    assert attributes == {"AWS.SNS.SMS.SMSType": "Transactional"} | attribute


@pytest.mark.parametrize(
    ("content", "result"),
    [
        (
            mail_error(429, "TooManyRequestsException"),
            refused(AttemptOutcome.RETRIABLE, "TooManyRequestsException", telling=False),
        ),
        (mail_error(400, "BadRequestException"), refused(AttemptOutcome.PERMANENT, "BadRequestException")),
        (mail_error(400, "MessageRejected"), refused(AttemptOutcome.PERMANENT, "MessageRejected")),
        (
            mail_error(
                400, "MessageRejected", "Email address is not verified. The following identities failed: a@b.io"
            ),
            refused(AttemptOutcome.MISCONFIGURED, "IdentityNotVerified"),
        ),
        (mail_error(400, "SendingPausedException"), refused(AttemptOutcome.MISCONFIGURED, "SendingPausedException")),
        (mail_error(403, "AccessDeniedException"), refused(AttemptOutcome.MISCONFIGURED, "AccessDeniedException")),
        (mail_error(404, "NotFoundException"), refused(AttemptOutcome.MISCONFIGURED, "NotFoundException")),
        (mail_error(500, "InternalServiceError"), refused(AttemptOutcome.RETRIABLE, "InternalServiceError")),
        (
            answer(503, b"{}", "x-amzn-ErrorType: ServiceUnavailable", "Retry-After: 3"),
            refused(AttemptOutcome.RETRIABLE, "ServiceUnavailable", retry_after=3),
        ),
        (answer(502, b"<html>Bad gateway</html>"), Unsure(code="http_502")),
        (answer(500, b"<html>Oops</html>"), Unsure(code="http_500")),
        (answer(403, b"<html>Not here</html>"), Unsure(code="http_403")),
        (answer(200, b"<html>Welcome</html>"), Unsure(code="unreadable_answer")),
        (answer(200, b"{}"), Unsure(code="unreadable_answer")),
        (answer(200, b"null"), Unsure(code="unreadable_answer")),
        (answer(200, b"[]"), Unsure(code="unreadable_answer")),
        (answer(200, b"\xff"), Unsure(code="unreadable_answer")),
        (answer(200, b'{"MessageId": {}}'), Unsure(code="unreadable_answer")),
        (answer(400, b"[]"), Unsure(code="unreadable_answer")),
        (answer(400, b'{"__type": 5}'), Unsure(code="unreadable_answer")),
        (b"", Unsure(code="connection_lost")),
    ],
)
def test_what_an_answer_of_ses_means(monkeypatch: pytest.MonkeyPatch, content: bytes, result: ProviderResult) -> None:
    with http_server(content, content) as wire:
        assert send_mail(monkeypatch, wire) == result
    assert len(wire.heard) == 1, "a second request could send twice"


@pytest.mark.parametrize(
    ("content", "result"),
    [
        (sms_error(400, "InvalidParameter"), refused(AttemptOutcome.PERMANENT, "InvalidParameter")),
        (sms_error(400, "OptedOut"), refused(AttemptOutcome.PERMANENT, "OptedOut")),
        (sms_error(400, "Throttled"), refused(AttemptOutcome.RETRIABLE, "Throttled", telling=False)),
        (sms_error(403, "AuthorizationError"), refused(AttemptOutcome.MISCONFIGURED, "AuthorizationError")),
        (sms_error(403, "InvalidClientTokenId"), refused(AttemptOutcome.MISCONFIGURED, "InvalidClientTokenId")),
        (sms_error(500, "InternalError"), refused(AttemptOutcome.RETRIABLE, "InternalError")),
        (answer(504, b""), Unsure(code="http_504")),
        (answer(500, b"<html>Oops</html>"), Unsure(code="http_500")),
        (answer(400, b"<html>Oops"), Unsure(code="unreadable_answer")),
        (answer(400, b"<html></html>"), Unsure(code="http_400")),
        (answer(200, b"Welcome"), Unsure(code="unreadable_answer")),
        (answer(200, b"<html></html>"), Unsure(code="unreadable_answer")),
        (answer(200, b"<PublishResponse/>"), Unsure(code="unreadable_answer")),
        (b"", Unsure(code="connection_lost")),
    ],
)
def test_what_an_answer_of_sns_means(monkeypatch: pytest.MonkeyPatch, content: bytes, result: ProviderResult) -> None:
    with http_server(content, content) as wire:
        assert send_sms(monkeypatch, wire) == result
    assert len(wire.heard) == 1, "a second request could send twice"


def test_without_a_sender_no_mail_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    nobodys = EmailMessage(reference="n1", to="ann@example.com", subject="Hello", text="It is.")
    with http_server() as wire:
        assert send_mail(monkeypatch, wire, nobodys) == refused(AttemptOutcome.MISCONFIGURED, "no_sender")


def test_without_credentials_nothing_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nowhere")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nowhere")
    with http_server() as wire:
        assert send_sms(monkeypatch, wire) == refused(AttemptOutcome.MISCONFIGURED, "no_aws_credentials")


def test_parameters_that_botocore_itself_refuses_are_the_messages_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    with http_server() as wire:
        result = send_sms(monkeypatch, wire, SmsMessage(reference="n1", to="+1", text=None, segments=1))  # type: ignore[arg-type]
    assert result == refused(AttemptOutcome.PERMANENT, "invalid_parameters", telling=False)


def test_a_service_out_of_reach_took_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    with http_server() as gone:
        pass
    assert send_sms(monkeypatch, gone) == refused(AttemptOutcome.RETRIABLE, "connection_failed")


def test_one_client_serves_all_tenants() -> None:
    first, second = Ses(SesSettings(), TIMEOUTS), Ses(SesSettings(sender="a@b.io"), TIMEOUTS)
    assert first._service is second._service
