import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest

from infra.local.sandbox.aws import new_key
from infra.local.sandbox.vendors.ses import Ses
from infra.local.sandbox.vendors.sns import OPTED_OUT, Sns
from infra.local.sandbox.web import Answer
from tests.unit.sandbox.asking import ask, content_of

KEY = new_key()
EMAILS = "https://email.us-east-1.amazonaws.com/v2/email/outbound-emails"
TOPICS = "https://sns.us-east-1.amazonaws.com/"
AN_EMAIL = {
    "FromEmailAddress": "Shop <shop@example.com>",
    "Destination": {"ToAddresses": ["ann@example.com"]},
    "Content": {"Simple": {"Subject": {"Data": "Hi"}, "Body": {"Text": {"Data": "Hello"}}}},
    "EmailTags": [{"Name": "notificationId", "Value": "1"}],
}
AN_SMS = {"Action": "Publish", "Version": "2010-03-31", "PhoneNumber": "+14155550100", "Message": "Hello"}


def signed(service: str, key: str = KEY["accessKeyId"]) -> str:
    scope = f"20270115/us-east-1/{service}/aws4_request"
    return f"AWS4-HMAC-SHA256 Credential={key}/{scope}, SignedHeaders=host;x-amz-date, Signature={'0' * 64}"


def email(body: Any, authorization: str | None = signed("ses"), url: str = EMAILS) -> Answer:
    headers = {"content-type": "application/json"} | ({"authorization": authorization} if authorization else {})
    return ask(Ses({"ses": KEY}), url, json.dumps(body).encode(), headers)


def sms(form: dict[str, str], authorization: str | None = signed("sns")) -> Answer:
    headers = {"content-type": "application/x-www-form-urlencoded"}
    headers |= {"authorization": authorization} if authorization else {}
    return ask(Sns({"sns": KEY}), TOPICS, urlencode(form).encode(), headers)


def attribute(name: str, value: str) -> dict[str, str]:
    entry = "MessageAttributes.entry.1"
    return {f"{entry}.Name": name, f"{entry}.Value.DataType": "String", f"{entry}.Value.StringValue": value}


def simple(**changes: Any) -> dict[str, Any]:
    return {"Content": {"Simple": AN_EMAIL["Content"]["Simple"] | changes}}  # type: ignore[index]


def test_ses_names_an_accepted_message() -> None:
    answer = email(AN_EMAIL)

    assert answer.status == 200
    assert content_of(answer) == {"MessageId": answer.vendor_id}


BAD_EMAILS: list[tuple[Any, int, str]] = [
    ({"Destination": {"ToAddresses": ["ann"]}}, 400, "BadRequestException"),
    ({"Destination": {}}, 400, "BadRequestException"),
    ({"Destination": {"ToAddresses": ["a@example.com"] * 51}}, 400, "BadRequestException"),
    ({"FromEmailAddress": "shop"}, 400, "BadRequestException"),
    ({"FromEmailAddress": "x@unverified.example.com"}, 400, "MessageRejected"),
    ({"ReplyToAddresses": ["help"]}, 400, "BadRequestException"),
    ({"EmailTags": [{"Name": "a b", "Value": "1"}]}, 400, "BadRequestException"),
    ({"ConfigurationSetName": "none"}, 404, "NotFoundException"),
    ({"Content": {}}, 400, "BadRequestException"),
    ({"Content": {"Raw": {"Data": "x"}, "Template": {}}}, 400, "BadRequestException"),
    (simple(Body={}), 400, "BadRequestException"),
    (simple(Subject={"Data": "a\r\nBcc: b"}), 400, "BadRequestException"),
    (simple(Subject="Hi"), 400, "SerializationException"),
    (simple(Headers=[{"Name": "X Y", "Value": "a"}]), 400, "SerializationException"),
    (simple(Headers=[{"Name": "X-Y", "Value": "a\r\nBcc: b"}]), 400, "SerializationException"),
    (simple(Headers=[{"Name": "X-Y"}]), 400, "SerializationException"),
]


@pytest.mark.parametrize(("change", "status", "code"), BAD_EMAILS)
def test_ses_refuses_a_bad_message(change: Any, status: int, code: str) -> None:
    answer = email(AN_EMAIL | change)

    assert (answer.status, answer.headers["x-amzn-errortype"]) == (status, code)
    assert content_of(answer)["message"]


def test_sns_names_an_accepted_message() -> None:
    assert sms(AN_SMS | attribute("AWS.MM.SMS.OriginationNumber", "72345")).status == 200
    answer = sms(AN_SMS | attribute("AWS.SNS.SMS.SenderID", "Herald"))

    assert answer.status == 200
    assert f"<MessageId>{answer.vendor_id}</MessageId>" in answer.body.decode()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"Action": "Subscribe"}, "InvalidAction"),
        ({"PhoneNumber": "4155550100"}, "InvalidParameter"),
        ({"PhoneNumber": OPTED_OUT}, "OptedOut"),
        ({"Message": ""}, "InvalidParameter"),
        ({"Message": "x" * 1_601}, "InvalidParameter"),
        (attribute("AWS.SNS.SMS.SMSType", "Urgent"), "InvalidParameterValue"),
        (attribute("AWS.SNS.SMS.SenderID", "a name that is too long"), "InvalidParameterValue"),
        (attribute("AWS.MM.SMS.OriginationNumber", "123"), "InvalidParameterValue"),
    ],
)
def test_sns_refuses_a_bad_message(change: dict[str, str], code: str) -> None:
    answer = sms(AN_SMS | change)

    assert answer.status == 400
    assert f"<Code>{code}</Code>" in answer.body.decode()


@pytest.mark.parametrize(
    ("authorization", "code"),
    [
        (None, "MissingAuthenticationToken"),
        ("Bearer x", "IncompleteSignature"),
        (signed("sqs"), "SignatureDoesNotMatch"),
        (signed("ses", "AKIAOTHER"), "InvalidClientTokenId"),
    ],
)
def test_who_did_not_sign_is_refused(authorization: str | None, code: str) -> None:
    answer = email(AN_EMAIL, authorization)

    assert (answer.status, answer.headers["x-amzn-errortype"]) == (403, code)
    assert sms(AN_SMS, authorization).status == 403


def test_ses_has_one_operation_here() -> None:
    assert email(AN_EMAIL, url="https://email.us-east-1.amazonaws.com/v2/email/identities").status == 404


@pytest.mark.parametrize("status", [400, 403, 404, 429, 500, 503])
@pytest.mark.parametrize("failure", [Ses({}).failure, Sns({}).failure])
def test_failures_are_told_in_the_services_words(failure: Callable[[int], Answer], status: int) -> None:
    answer = failure(status)

    assert answer.status == status
    assert b"on demand" in answer.body
