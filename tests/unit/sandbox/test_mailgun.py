"""The sandbox's Mailgun: as strict as its API reference, in its words."""

from typing import Any

import pytest
import requests

from infra.local.sandbox.vendors.mailgun import UNREGISTERED_DOMAIN, Mailgun
from infra.local.sandbox.web import Answer
from tests.unit.sandbox.asking import ID, ask, basic, content_of

KEY = Mailgun.new_account()["apiKey"]
MAIL = {"from": "Shop <shop@mg.example.com>", "to": "ann@example.com", "subject": "Your order", "text": "On its way."}
FILE = ("attachment", ("a.pdf", b"%PDF", "application/pdf"))


def send(
    fields: dict[str, Any],
    *files: Any,
    user: str = "api",
    key: str = KEY,
    domain: str = "mg.example.com",
) -> Answer:
    parts = [*((name, (None, value)) for name, value in fields.items()), *files]
    prepared = requests.Request("POST", "https://api.mailgun.net", files=parts).prepare()
    assert isinstance(prepared.body, bytes)
    headers = {"content-type": prepared.headers["Content-Type"], "authorization": basic(user, key)}
    vendor = Mailgun({"mailgun": {"apiKey": KEY}})
    return ask(vendor, f"https://api.mailgun.net/v3/{domain}/messages", prepared.body, headers)


def test_a_mail_is_queued_under_its_message_id() -> None:
    answer = send(MAIL)
    assert answer.status == 200
    assert content_of(answer) == {"id": f"<{ID}@mg.example.com>", "message": "Queued. Thank you."}
    assert answer.vendor_id == f"<{ID}@mg.example.com>"


def test_documented_options_and_files_are_taken() -> None:
    options = {"html": "<p>", "h:Reply-To": "help@example.com", "v:notificationId": "n1", "o:tracking": "no"}
    assert send(MAIL | options, FILE, FILE).status == 200


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"from": ""}, "from parameter is missing"),
        ({"to": ""}, "to parameter is missing"),
        ({"subject": ""}, "subject parameter is missing"),
        ({"to": "ann"}, "'to' parameter is not a valid address. please check documentation"),
        ({"h:Reply-To": "help"}, "'h:Reply-To' parameter is not a valid address. please check documentation"),
        ({"text": ""}, "Need at least one of 'text', 'html', 'amp-html' or 'template' parameters specified"),
        ({"h:X-Ä": "1"}, "Header name must be pure ASCII: h:X-Ä"),
        ({"h:X-A": "1\r\nBcc: eve@example.com"}, "Header value must not contain line breaks: h:X-A"),
        ({"o:tracking": "maybe"}, "o:tracking parameter is not valid"),
        ({"o:traking": "no"}, "unknown parameter: o:traking"),
        ({"v:a": "x" * 17_000}, "Send options (parameters starting with o:, h:, or v:) are limited to 16 kB total"),
    ],
    ids=str,
)
def test_what_is_not_as_documented_is_refused(changes: dict[str, str], message: str) -> None:
    answer = send(MAIL | changes)
    assert (answer.status, content_of(answer)["message"]) == (400, message)


def test_an_attachment_is_a_file() -> None:
    assert send(MAIL, ("attachment", (None, "text"))).status == 400


@pytest.mark.parametrize("who", [{"user": "ann"}, {"key": "other"}], ids=str)
def test_a_wrong_key_is_forbidden_in_one_word(who: dict[str, str]) -> None:
    answer = send(MAIL, **who)
    assert (answer.status, answer.body) == (401, b"Forbidden")


def test_a_domain_that_the_account_does_not_have_is_not_found() -> None:
    assert send(MAIL, domain=UNREGISTERED_DOMAIN).status == 404


def test_a_form_that_is_not_multipart_is_refused() -> None:
    headers = {"content-type": "application/json", "authorization": basic("api", KEY)}
    vendor = Mailgun({"mailgun": {"apiKey": KEY}})
    assert ask(vendor, "https://api.mailgun.net/v3/mg.example.com/messages", b"{}", headers).status == 400
