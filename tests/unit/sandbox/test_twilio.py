from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from infra.local.sandbox.client import Sandbox
from infra.local.sandbox.vendors.twilio import OWN_NUMBER, Twilio
from infra.local.sandbox.web import Answer
from tests.unit.sandbox.asking import ID, ask, basic, content_of

ACCOUNT = Twilio.new_account()
SID, TOKEN, SERVICE = ACCOUNT["accountSid"], ACCOUNT["authToken"], ACCOUNT["messagingServiceSid"]
MESSAGES = f"https://api.twilio.com/2010-04-01/Accounts/{SID}/Messages.json"
FORM = "application/x-www-form-urlencoded"
A_MESSAGE = {"To": "+14155550100", "From": OWN_NUMBER, "Body": "Your code is 1234"}


def send(
    form: Mapping[str, Any], *, password: str = TOKEN, url: str = MESSAGES, type_: str = FORM, method: str = "POST"
) -> Answer:
    headers = {"content-type": type_, "authorization": basic(SID, password)}
    return ask(Twilio({"twilio": ACCOUNT}), url, urlencode(form, doseq=True).encode(), headers, method)


def test_a_message_is_created_with_all_its_properties() -> None:
    answer = send(A_MESSAGE)

    message = content_of(answer)
    assert answer.status == 201
    assert answer.vendor_id == message["sid"] == f"SM{ID}"
    assert (message["to"], message["from"], message["body"]) == tuple(A_MESSAGE.values())
    assert (message["status"], message["num_segments"], message["direction"]) == ("queued", "1", "outbound-api")


def test_a_messaging_service_accepts_first_and_picks_the_sender_later() -> None:
    message = content_of(send({"To": "+14155550100", "MessagingServiceSid": SERVICE, "Body": "Hi"}))

    assert (message["status"], message["from"], message["num_segments"]) == ("accepted", None, "0")


@pytest.mark.parametrize(
    ("body", "segments"),
    [("a" * 160, "1"), ("a" * 161, "2"), ("€" * 80, "1"), ("€" * 81, "2"), ("я" * 70, "1"), ("я" * 71, "2")],
)
def test_segments_are_counted(body: str, segments: str) -> None:
    assert content_of(send(A_MESSAGE | {"Body": body}))["num_segments"] == segments


@pytest.mark.parametrize(
    "form",
    [
        A_MESSAGE | {"MessagingServiceSid": SERVICE},
        A_MESSAGE | {"From": "Herald", "To": "+4915112345678"},
        A_MESSAGE | {"StatusCallback": "https://example.com/cb", "ValidityPeriod": "60"},
        {"To": "+14155550100", "From": OWN_NUMBER, "MediaUrl": ["https://example.com/a.png"]},
    ],
)
def test_documented_variants_are_taken(form: dict[str, Any]) -> None:
    assert send(form).status == 201


BAD_FORMS: list[tuple[dict[str, Any], int, int]] = [
    ({"From": OWN_NUMBER, "Body": "x"}, 21604, 400),
    ({"To": "+14155550100", "Body": "x"}, 21603, 400),
    ({"To": "+14155550100", "From": OWN_NUMBER}, 21602, 400),
    ({"To": "+14155550100", "MessagingServiceSid": SERVICE}, 21619, 400),
    (A_MESSAGE | {"Body": "x" * 1_601}, 21617, 400),
    (A_MESSAGE | {"To": "4155550100"}, 21211, 400),
    (A_MESSAGE | {"To": "+1415"}, 21211, 400),
    (A_MESSAGE | {"To": "+15005550001"}, 21211, 400),
    (A_MESSAGE | {"To": "+15005550002"}, 21612, 400),
    (A_MESSAGE | {"To": "+15005550003"}, 21408, 400),
    (A_MESSAGE | {"To": "+15005550004"}, 21610, 400),
    (A_MESSAGE | {"To": "+15005550009"}, 21614, 400),
    (A_MESSAGE | {"From": "+15005550001"}, 21212, 400),
    (A_MESSAGE | {"From": "+15005550007"}, 21606, 400),
    (A_MESSAGE | {"From": "+15005550008"}, 21611, 429),
    (A_MESSAGE | {"From": "+14155550199"}, 21606, 400),
    (A_MESSAGE | {"From": "a sender that is too long"}, 21212, 400),
    (A_MESSAGE | {"From": "Herald"}, 21612, 400),
    (A_MESSAGE | {"From": "Herald", "To": "+4915112345678", "MessagingServiceSid": SERVICE}, 21711, 400),
    (A_MESSAGE | {"MessagingServiceSid": "MG1"}, 21705, 400),
    (A_MESSAGE | {"MessagingServiceSid": f"MG{'0' * 32}"}, 21701, 404),
    (A_MESSAGE | {"MediaUrl": ["ftp://example.com/a"]}, 21620, 400),
    (A_MESSAGE | {"MediaUrl": ["https://example.com/a"] * 11}, 21623, 400),
    (A_MESSAGE | {"StatusCallback": "https://a_b/cb"}, 21609, 400),
    (A_MESSAGE | {"ValidityPeriod": "36001"}, 20001, 400),
    (A_MESSAGE | {"ValidityPeriod": "soon"}, 20001, 400),
]


@pytest.mark.parametrize(("form", "code", "status"), BAD_FORMS)
def test_a_bad_form_is_refused_with_twilios_code(form: dict[str, Any], code: int, status: int) -> None:
    answer = send(form)

    error = content_of(answer)
    assert (answer.status, error["status"], error["code"]) == (status, status, code)
    assert error["more_info"] == f"https://www.twilio.com/docs/errors/{code}"
    assert error["message"]


def test_a_wrong_token_is_refused() -> None:
    answer = send(A_MESSAGE, password="wrong")

    assert answer.headers["www-authenticate"] == 'Basic realm="Twilio API"'
    assert content_of(answer) == {
        "code": 20003,
        "message": "Authenticate",
        "more_info": "https://www.twilio.com/docs/errors/20003",
        "status": 401,
    }


def test_another_accounts_messages_do_not_exist() -> None:
    other = f"https://api.twilio.com/2010-04-01/Accounts/AC{'0' * 32}/Messages.json"

    assert content_of(send(A_MESSAGE, url=other))["code"] == 20404


def test_messages_are_not_put() -> None:
    assert content_of(send(A_MESSAGE, method="PUT"))["code"] == 20004


def test_json_is_not_read() -> None:
    assert content_of(send(A_MESSAGE, type_="application/json"))["code"] == 21604


def test_the_official_sdk_sends_and_reads_refusals(sandbox: Sandbox) -> None:
    account = sandbox.accounts["twilio"]
    client = Client(account["accountSid"], account["authToken"])

    message = client.messages.create(to="+14155550100", from_=account["sender"], body="Grüße")
    with pytest.raises(TwilioRestException) as refused:
        client.messages.create(to="+15005550004", from_=account["sender"], body="Hi")

    records = sandbox.records("twilio")
    assert (refused.value.code, refused.value.status) == (21610, 400)
    assert [record.status for record in records] == [201, 400]
    assert records[0].vendor_id == message.sid
    assert records[0].body == {"To": "+14155550100", "From": OWN_NUMBER, "Body": "Grüße"}


def test_the_account_may_be_looked_at() -> None:
    url = f"https://api.twilio.com/2010-04-01/Accounts/{SID}.json"
    asked = {"authorization": basic(SID, TOKEN)}
    account = content_of(ask(Twilio({"twilio": ACCOUNT}), url, b"", asked, "GET"))

    assert (account["sid"], account["status"]) == (SID, "active")
    assert TOKEN not in str(account)
