import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import firebase_admin
import jwt
import pytest
from firebase_admin import credentials, messaging

from infra.local.sandbox.client import Sandbox
from infra.local.sandbox.vendors.fcm import Fcm
from infra.local.sandbox.vendors.google_oauth import TOKEN_URL, GoogleOauth
from infra.local.sandbox.web import Answer
from tests.unit.sandbox.asking import AT, ask, content_of

ACCOUNT = Fcm.new_account()["serviceAccount"]
ACCOUNTS = {"fcm": {"serviceAccount": ACCOUNT}}
MESSAGES = f"https://fcm.googleapis.com/v1/projects/{ACCOUNT['project_id']}/messages:send"
GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
SCOPE = "https://www.googleapis.com/auth/firebase.messaging"
JSON = "application/json"


def an_assertion(key: str = ACCOUNT["private_key"], **changes: Any) -> str:
    claims = {
        "iss": ACCOUNT["client_email"],
        "aud": TOKEN_URL,
        "iat": AT,
        "exp": AT + 3_600,
        "scope": SCOPE,
    }
    return jwt.encode(claims | changes, key, "RS256")


def exchange(assertion: str, grant: str = GRANT) -> Answer:
    form = urlencode({"grant_type": grant, "assertion": assertion}).encode()
    headers = {"content-type": "application/x-www-form-urlencoded"}
    return ask(GoogleOauth(ACCOUNTS), TOKEN_URL, form, headers)


def a_token(**changes: Any) -> str:
    token: str = content_of(exchange(an_assertion(**changes)))["access_token"]
    return token


def send(message: Any, *, token: str | None = None, url: str = MESSAGES, type_: str = JSON, **more: Any) -> Answer:
    headers = {"content-type": type_, "authorization": f"Bearer {a_token() if token is None else token}"}
    return ask(Fcm(ACCOUNTS), url, json.dumps({"message": message, **more}).encode(), headers)


def error_codes(answer: Answer) -> list[str]:
    details = content_of(answer)["error"]["details"]
    return [detail["errorCode"] for detail in details if detail["@type"].endswith("fcm.v1.FcmError")]


def test_a_message_to_a_token_is_accepted() -> None:
    answer = send({"token": "device:1", "notification": {"title": "Hi"}, "data": {"id": "1"}})

    assert answer.status == 200
    assert content_of(answer)["name"] == answer.vendor_id
    assert str(answer.vendor_id).startswith(f"projects/{ACCOUNT['project_id']}/messages/")


@pytest.mark.parametrize(
    "target", [{"topic": "news"}, {"condition": "'a' in topics && ('b' in topics || 'c' in topics)"}, {"fid": "f1"}]
)
def test_other_targets_are_taken(target: dict[str, str]) -> None:
    assert send(target).status == 200


def test_a_validated_message_is_not_sent() -> None:
    assert content_of(send({"token": "t"}, validate_only=True))["name"].endswith("/fake_message_id")


@pytest.mark.parametrize(
    ("token", "status", "name", "code"),
    [
        ("dead-1", 404, "NOT_FOUND", "UNREGISTERED"),
        ("foreign-1", 403, "PERMISSION_DENIED", "SENDER_ID_MISMATCH"),
        ("invalid-1", 400, "INVALID_ARGUMENT", "INVALID_ARGUMENT"),
    ],
)
def test_special_tokens_are_refused(token: str, status: int, name: str, code: str) -> None:
    answer = send({"token": token})

    assert (answer.status, content_of(answer)["error"]["status"]) == (status, name)
    assert error_codes(answer) == [code]


BAD_MESSAGES: list[tuple[Any, str, str]] = [
    ({}, "message", "Recipient of the message is not set."),
    ({"token": "t", "topic": "news"}, "message", "oneof field 'target' is already set. Cannot set 'topic'"),
    ({"token": "a token"}, "message.token", "not a valid FCM registration token"),
    ({"topic": "/topics/news"}, "message.topic", "Invalid topic name"),
    ({"condition": "news"}, "message.condition", "Invalid condition"),
    ({"token": "t", "data": {"from": "x"}}, "message.data", "Invalid data payload key: from"),
    ({"token": "t", "data": {"google.x": "x"}}, "message.data", "Invalid data payload key: google.x"),
    ({"token": "t", "data": {"id": 1}}, "message.data[...]", "Expected `str`, got `int`"),
    ({"token": "t", "data": {"id": "x" * 4_095}}, "message", "must not exceed 4096 bytes"),
    ({"topic": "news", "data": {"id": "x" * 2_047}}, "message", "must not exceed 2048 bytes"),
    ({"token": "t", "android": {"ttl": "60"}}, "message.android.ttl", "must end with 's'"),
    ({"token": "t", "android": {"ttl": "2419201s"}}, "message.android.ttl", "Invalid TTL"),
    ({"token": "t", "android": {"priority": "urgent"}}, "message.android.priority", "Invalid enum value"),
    (
        {"token": "t", "apns": {"headers": {"apns-priority": "high"}}},
        "message.apns.headers",
        "Invalid value for apns-p",
    ),
    (
        {"token": "t", "apns": {"headers": {"apns-push-type": "background", "apns-priority": "10"}}},
        "message.apns.headers",
        "needs the apns-priority 5",
    ),
    ({"token": "t", "webpush": {"fcm_options": {"link": "app://x"}}}, "message.webpush.fcm_options.link", "HTTPS"),
    ({"token": "t", "titel": "x"}, "message", "Unknown name \"titel\" at 'message': Cannot find field."),
    ("hello", "message", "Expected `object`, got `str`"),
]


@pytest.mark.parametrize(("message", "field", "words"), BAD_MESSAGES, ids=[words for _, _, words in BAD_MESSAGES])
def test_a_bad_message_is_refused_with_the_field(message: Any, field: str, words: str) -> None:
    answer = send(message)

    error = content_of(answer)["error"]
    violation = error["details"][1]["fieldViolations"][0]
    assert (answer.status, error["code"], error["status"]) == (400, 400, "INVALID_ARGUMENT")
    assert violation["field"] == field
    assert words in error["message"] == violation["description"]


def test_requests_that_are_no_message_are_refused() -> None:
    url = "https://fcm.googleapis.com/v1/projects/other/messages:send"

    assert send({"token": "t"}, url=url).status == 403
    assert send({"token": "t"}, url="https://fcm.googleapis.com/fcm/send").status == 404
    assert send({"token": "t"}, type_="text/plain").status == 400


@pytest.mark.parametrize("token", ["", "ya29.other", a_token(scope="https://www.googleapis.com/auth/drive")])
def test_a_token_that_is_not_ours_or_not_for_messaging_is_refused(token: str) -> None:
    answer = send({"token": "t"}, token=token)

    assert (answer.status, content_of(answer)["error"]["status"]) == (401, "UNAUTHENTICATED")


OTHER_KEY = Fcm.new_account()["serviceAccount"]["private_key"]
BAD_ASSERTIONS = [
    (an_assertion(OTHER_KEY), "invalid_grant", "Invalid JWT Signature."),
    (an_assertion(iss="other@example.com"), "invalid_grant", "account not found"),
    (an_assertion(aud="https://example.com"), "invalid_grant", "Audience"),
    (an_assertion(exp=AT + 3_601), "invalid_grant", "short-lived token"),
    (an_assertion(iat=AT - 7_200, exp=AT - 3_600), "invalid_grant", "short-lived token"),
    (an_assertion(iat=AT + 3_600), "invalid_grant", "short-lived token"),
    (an_assertion(scope="messaging"), "invalid_scope", "messaging"),
    (jwt.encode({"iss": ACCOUNT["client_email"]}, "k" * 32, "HS256"), "invalid_grant", "Invalid JWT"),
    ("", "invalid_grant", "Invalid JWT"),
]


@pytest.mark.parametrize(("assertion", "error", "words"), BAD_ASSERTIONS)
def test_a_bad_assertion_gets_no_token(assertion: str, error: str, words: str) -> None:
    answer = exchange(assertion)

    assert (answer.status, content_of(answer)["error"]) == (400, error)
    assert words in content_of(answer)["error_description"]


def test_other_grants_are_not_supported() -> None:
    assert content_of(exchange(an_assertion(), grant="password"))["error"] == "unsupported_grant_type"


@pytest.fixture
def app(sandbox: Sandbox) -> Iterator[firebase_admin.App]:
    account = sandbox.accounts["fcm"]["serviceAccount"]
    app = firebase_admin.initialize_app(credentials.Certificate(account), name="sandbox")
    yield app
    firebase_admin.delete_app(app)


@pytest.mark.filterwarnings("ignore:Message.token is deprecated:DeprecationWarning")
def test_the_official_sdk_sends_and_reads_refusals(sandbox: Sandbox, app: firebase_admin.App) -> None:
    android = messaging.AndroidConfig(
        ttl=timedelta(hours=1), priority="high", notification=messaging.AndroidNotification(sound="default")
    )
    apns = messaging.APNSConfig(payload=messaging.APNSPayload(messaging.Aps(badge=1)))
    shown = messaging.Notification("Hi", "Hello", "https://example.com/a.png")
    good = messaging.Message(token="device-1", notification=shown, android=android, apns=apns, data={"id": "1"})
    dead = messaging.Message(token="dead-1")

    batch = messaging.send_each([good, dead], app=app)

    accepted, refused = batch.responses
    assert isinstance(refused.exception, messaging.UnregisteredError)
    assert [record.vendor_id for record in sandbox.records("fcm", accepted=True)] == [accepted.message_id]
    assert len(sandbox.records("fcm")) == 2
    assert sandbox.records("google_oauth")
