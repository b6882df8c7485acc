import json
from collections.abc import Callable
from typing import Any

import pytest
from python_http_client.exceptions import BadRequestsError, UnauthorizedError
from sendgrid import SendGridAPIClient
from sendgrid.helpers.mail import Content, From, Mail, Subject, To

from infra.local.sandbox.client import Sandbox
from infra.local.sandbox.vendors.sendgrid import Sendgrid
from infra.local.sandbox.web import Answer
from tests.unit.sandbox.asking import AT, ID, ask, content_of

URL = "https://api.sendgrid.com/v3/mail/send"
KEY = Sendgrid.new_account()["apiKey"]
Body = dict[str, Any]


def a_mail() -> Body:
    return {
        "personalizations": [{"to": [{"email": "ann@example.com", "name": "Ann"}]}],
        "from": {"email": "shop@example.com"},
        "subject": "Your order",
        "content": [{"type": "text/plain", "value": "It is on its way."}],
    }


def send(body: Body | bytes, *, key: str | None = KEY, url: str = URL, type_: str = "application/json") -> Answer:
    vendor = Sendgrid({"sendgrid": {"apiKey": KEY}})
    headers = {"content-type": type_} | ({"authorization": f"Bearer {key}"} if key else {})
    return ask(vendor, url, body if isinstance(body, bytes) else json.dumps(body).encode(), headers)


def test_a_mail_is_accepted_with_an_id_and_no_body() -> None:
    answer = send(a_mail())

    assert (answer.status, answer.body) == (202, b"")
    assert answer.headers["x-message-id"] == answer.vendor_id == ID[:22]


def test_all_documented_options_are_taken() -> None:
    options = {
        "reply_to": {"email": "help@example.com"},
        "headers": {"List-Unsubscribe": "<https://example.com/u>"},
        "categories": ["transactional"],
        "custom_args": {"notification": "1"},
        "send_at": int(AT) + 3_600,
        "attachments": [{"content": "aGk=", "filename": "a.txt", "type": "text/plain"}],
        "tracking_settings": {"click_tracking": {"enable": False, "enable_text": False}},
        "asm": {"group_id": 1},
    }
    content = [*a_mail()["content"], {"type": "text/html", "value": "<p>"}, {"type": "text/calendar", "value": "x"}]

    assert send(a_mail() | options | {"content": content}).status == 202


def test_a_mail_in_sandbox_mode_is_valid_but_not_taken() -> None:
    answer = send(a_mail() | {"mail_settings": {"sandbox_mode": {"enable": True}}})

    assert (answer.status, answer.vendor_id) == (200, None)


def to(*emails: str) -> Body:
    return {"personalizations": [{"to": [{"email": email} for email in emails]}]}


def attachment(**changes: str) -> Body:
    return {"attachments": [{"content": "aGk=", "filename": "a.txt", **changes}]}


BAD_MAILS: list[tuple[Body, str | None, str]] = [
    ({"personalizations": []}, "personalizations", "must have at least one personalization"),
    ({"personalizations": [{}]}, "personalizations.0.to", "The to array is required"),
    (to("ann"), "personalizations.0.to.0.email", "Does not contain a valid address."),
    (to("änn@example.com"), "personalizations.0.to.0.email", "Does not contain a valid address."),
    (to("a@example.com", "A@example.com"), "personalizations.0", "should be unique"),
    (to(*(f"u{n}@example.com" for n in range(1_001))), "personalizations", "limit of 1000 total recipients"),
    ({"personalizations": to("a@example.com")["personalizations"] * 1_001}, "personalizations", "limited to 1000"),
    ({"from": None}, "from.email", "The from object must be provided"),
    ({"from": {"email": "shop"}}, "from.email", "does not contain a valid address"),
    ({"from": {"name": "Shop"}}, "from", "missing required field email"),
    ({"reply_to": {"email": "help"}}, "reply_to.email", "does not contain a valid address"),
    ({"subject": ""}, "subject", "at least one character"),
    ({"subject": None}, "subject", "The subject is required."),
    ({"subject": 1}, "subject", "Expected str | null, got int"),
    ({"content": []}, "content", "the content parameter is required"),
    ({"content": [{"type": "text/plain", "value": ""}]}, "content.0.value", "at least one character"),
    ({"content": [{"type": "text/plain;\r\n", "value": "x"}]}, "content.0.type", "CRLF"),
    (
        {"content": [{"type": "text/html", "value": "x"}, {"type": "text/plain", "value": "x"}]},
        "content",
        "text/plain needs to be first",
    ),
    ({"headers": {"Subject": "x"}}, "headers.Subject", "reserved keys"),
    ({"headers": {"X Y": "x"}}, "headers.X Y", "empty spaces"),
    ({"headers": {"X": 1}}, "headers[...]", "Expected str, got int"),
    ({"custom_args": {"a": "x" * 50_000}}, "personalizations.0.custom_args", "50,000 bytes"),
    ({"categories": [str(n) for n in range(11)]}, "categories", "limit of 10 categories"),
    ({"categories": ["a", "a"]}, "categories", "unique list"),
    ({"categories": ["a" * 256]}, "categories", "longer than 255"),
    ({"categories": ["ä"]}, "categories", "non-ASCII"),
    ({"send_at": int(AT) + 73 * 3_600}, "send_at", "more than 72 hours"),
    (attachment(content="no!"), "attachments.0.content", "base64"),
    (attachment(content=""), "attachments.0.content", "base64"),
    (attachment(filename="a\r\nb"), "attachments.0.filename", "CRLF"),
    (attachment(type="text/plain;"), "attachments.0.type", "CRLF"),
    (attachment(disposition="hidden"), "attachments.0.disposition", '"inline" or "attachment"'),
    ({"subjekt": "x"}, None, "unknown field subjekt"),
]


@pytest.mark.parametrize(("change", "field", "words"), BAD_MAILS, ids=[words for _, _, words in BAD_MAILS])
def test_a_bad_mail_is_refused_with_field_message_and_help(change: Body, field: str | None, words: str) -> None:
    answer = send(a_mail() | change)

    error = content_of(answer)["errors"][0]
    assert answer.status == 400
    assert error["field"] == field
    assert words in error["message"]
    assert set(error) == {"message", "field", "help"}


def test_every_fault_of_a_mail_is_listed() -> None:
    answer = send(a_mail() | {"subject": "", "content": [], "from": {"email": "x"}})

    assert [error["field"] for error in content_of(answer)["errors"]] == ["from.email", "subject", "content"]


@pytest.mark.parametrize(
    ("ask_badly", "status", "words"),
    [
        (lambda: send(a_mail(), key=None), 401, "Permission denied, wrong credentials"),
        (lambda: send(a_mail(), key="SG.other"), 401, "authorization grant is invalid"),
        (lambda: send(a_mail(), url="https://api.sendgrid.com/v3/mail"), 404, "not found"),
        (lambda: send(a_mail(), type_="text/plain"), 415, "Content-Type should be application/json"),
        (lambda: send(b"{"), 400, "Bad Request"),
        (lambda: send(b"x" * (30 * 1024 * 1024 + 1)), 413, "too large"),
        (lambda: send(a_mail() | {"from": {"email": "x@unverified.example.com"}}), 403, "verified Sender Identity"),
    ],
)
def test_a_bad_request_is_refused(ask_badly: Callable[[], Answer], status: int, words: str) -> None:
    answer = ask_badly()

    assert answer.status == status
    assert words in content_of(answer)["errors"][0]["message"]


def test_the_official_sdk_sends_and_reads_refusals(sandbox: Sandbox) -> None:
    client = SendGridAPIClient(sandbox.accounts["sendgrid"]["apiKey"])
    mail = Mail(From("shop@example.com"), To("ann@example.com"), Subject("Hi"), Content("text/plain", "Hello"))

    accepted = client.send(mail)
    with pytest.raises(BadRequestsError) as refused:
        client.send(a_mail() | {"subject": ""})
    with pytest.raises(UnauthorizedError):
        SendGridAPIClient("SG.other").send(mail)

    records = sandbox.records("sendgrid")
    assert accepted.status_code == 202
    assert refused.value.to_dict["errors"][0]["field"] == "subject"
    assert [record.status for record in records] == [202, 400, 401]
    assert records[0].vendor_id == accepted.headers["X-Message-Id"]
    assert records[0].body["personalizations"][0]["to"] == [{"email": "ann@example.com"}]
    assert not any("authorization" in record.headers for record in records)
