"""FCM: how its SDK is driven. What FCM's answers mean is shown by the contract suite."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Semaphore
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import PrivateFormat
from google.auth.exceptions import RefreshError, TransportError

from chalicelib.channels.base import PushMessage
from chalicelib.domain.delivery import AttemptOutcome
from chalicelib.domain.provider import ProviderResult, Refused, Unsure
from chalicelib.domain.words import Channel, Priority
from chalicelib.providers.base import Timeouts
from chalicelib.providers.fcm_message import is_target, message_to
from chalicelib.providers.google_token import AccessToken, token_refusal
from chalicelib.providers.push.fcm import (
    OUTCOMES,
    Fcm,
    FcmSettings,
    ServiceAccount,
    error_code,
)
from chalicelib.providers.registry import setting_faults
from tests.unit.providers.keys import pem

pytestmark = pytest.mark.filterwarnings("ignore:Message.token is deprecated:DeprecationWarning")

RETRIABLE, PERMANENT, MISCONFIGURED = (
    AttemptOutcome.RETRIABLE,
    AttemptOutcome.PERMANENT,
    AttemptOutcome.MISCONFIGURED,
)
FULL: dict[str, Any] = {
    "title": "T",
    "body": "B",
    "image": "https://a.example/i.png",
    "link": "https://a.example/x",
    "ttl": 60,
    "data": {"k": "v"},
}


def fcm_error(status: str, *details: dict[str, str]) -> bytes:
    return json.dumps({"error": {"code": 404, "status": status, "details": details}}).encode()


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (
            fcm_error(
                "NOT_FOUND",
                {"@type": "type.googleapis.com/google.rpc.BadRequest"},
                {"@type": "type.googleapis.com/google.firebase.fcm.v1.FcmError", "errorCode": "UNREGISTERED"},
            ),
            "UNREGISTERED",
        ),
        (fcm_error("UNAUTHENTICATED"), "UNAUTHENTICATED"),
        (b'{"error": {"status": "INTERNAL"}}', "INTERNAL"),
        (b'{"error": {"code": 500}}', None),
        (b'{"error": "internal"}', None),
        (b"[]", None),
        (b"<html>Error 502</html>", None),
        (b"\xff", None),
    ],
)
def test_the_code_is_fcms_own_before_googles(body: bytes, code: str | None) -> None:
    assert error_code(body) == code


def test_only_an_unregistered_token_is_dead_and_it_alone_is_permanent_beside_a_bad_message() -> None:
    assert {code for code, kind in OUTCOMES.items() if kind is PERMANENT} == {"UNREGISTERED", "INVALID_ARGUMENT"}


def encoded(token: str = "t0", **fields: Any) -> Any:
    message = PushMessage(**({"reference": "n1", "tokens": (token,), "title": "T", "body": "B"} | fields))
    return json.loads(str(message_to(message, token)))


def test_a_message_with_everything() -> None:
    message = encoded(**FULL)
    assert int(message["apns"]["headers"].pop("apns-expiration")) > 1_700_000_000
    assert message == {
        "token": "t0",
        "notification": {"title": "T", "body": "B", "image": "https://a.example/i.png"},
        "data": {"k": "v"},
        "android": {"ttl": "60s"},
        "apns": {"headers": {}},
        "webpush": {"headers": {"TTL": "60"}, "fcm_options": {"link": "https://a.example/x"}},
    }


def test_a_message_with_nothing_but_its_text() -> None:
    assert encoded() == {"token": "t0", "notification": {"title": "T", "body": "B"}}


def test_an_app_may_have_registered_by_its_installation_id() -> None:
    assert encoded("cIm9cDkfQk2oLrZ1xWb_3-")["fid"] == "cIm9cDkfQk2oLrZ1xWb_3-"
    assert encoded("cIm9cDkfQk2oLrZ1xWb_3-:APA91bHun4MxP5ego")["token"] == "cIm9cDkfQk2oLrZ1xWb_3-:APA91bHun4MxP5ego"


def test_now_or_never() -> None:
    message = encoded(ttl=0)
    assert message["android"]["ttl"] == "0s"
    assert message["apns"]["headers"]["apns-expiration"] == "0"
    assert message["webpush"]["headers"]["TTL"] == "0"


def test_a_link_into_an_app_is_none_for_a_browser() -> None:
    assert "webpush" not in encoded(link="acme://orders/42")


@pytest.mark.parametrize(
    ("priority", "android", "apple", "web"),
    [
        (Priority.LOW, "normal", "5", "low"),
        (Priority.HIGH, "high", "10", "high"),
        (Priority.CRITICAL, "high", "10", "high"),
    ],
)
def test_what_is_urgent_is_so_on_every_platform(priority: Priority, android: str, apple: str, web: str) -> None:
    message = encoded(priority=priority)
    assert message["android"] == {"priority": android}
    assert message["apns"] == {"headers": {"apns-priority": apple}}
    assert message["webpush"] == {"headers": {"Urgency": web}}


def test_with_data_only_the_app_gets_everything_and_the_device_shows_nothing() -> None:
    assert encoded(data_only=True, image="https://a.example/i.png", link="https://a.example/x", data={"k": "v"}) == {
        "token": "t0",
        "data": {"title": "T", "body": "B", "image": "https://a.example/i.png", "k": "v"},
        "apns": {
            "headers": {"apns-push-type": "background", "apns-priority": "5"},
            "payload": {"aps": {"content-available": 1}},
        },
    }


def test_with_data_only_the_senders_data_wins_and_apple_wants_no_haste() -> None:
    message = encoded(data_only=True, data={"title": "mine"}, priority=Priority.CRITICAL)
    assert message["data"] == {"title": "mine", "body": "B"}
    assert message["android"] == {"priority": "high"}
    assert message["apns"]["headers"]["apns-priority"] == "5"


def test_a_topic_is_no_device() -> None:
    message = encoded("/topics/news.fr-CA")
    assert message["topic"] == "news.fr-CA"
    assert "token" not in message


@pytest.mark.parametrize(
    ("token", "ours"),
    [
        ("cIm9cDkfQk2oLrZ1xWb_3-:APA91bHun4MxP5ego", True),
        ("cIm9cDkfQk2oLrZ1xWb_3-", True),
        ("/topics/news", True),
        ("/topics/", False),
        ("/topics/a!b", False),
        ("/topics/a/b", False),
        ("https://notify.lunasea.app/v1/custom/user/1", False),
    ],
)
def test_what_fcm_could_reach(token: str, *, ours: bool) -> None:
    assert is_target(token) is ours


@pytest.mark.parametrize(
    ("kind", "arguments", "refusal"),
    [
        (RefreshError, ("invalid_grant: revoked", {"error": "invalid_grant"}), ("invalid_grant", MISCONFIGURED)),
        (partial(RefreshError, retryable=True), ("busy", {"error": "server_error"}), ("token_unavailable", RETRIABLE)),
        (RefreshError, ("<html>",), ("token_unavailable", RETRIABLE)),
        (RefreshError, ("odd", {"message": "?"}), ("token_unavailable", RETRIABLE)),
        (TransportError, ("connection refused",), ("token_unavailable", RETRIABLE)),
    ],
)
def test_why_there_is_no_access_token(
    kind: Callable[..., Exception], arguments: tuple[Any, ...], refusal: tuple[str, AttemptOutcome]
) -> None:
    refused = token_refusal(kind(*arguments))
    assert (refused.code, refused.kind) == refusal


def account(key: str) -> ServiceAccount:
    return ServiceAccount(type="service_account", project_id="p", client_email="a@p.iam", private_key=key)


@pytest.fixture(scope="module")
def provider() -> Fcm:
    """A provider that believes its access token is good for ever."""
    fcm = Fcm(FcmSettings(service_account=account(pem())), Timeouts())
    fcm._token._credentials.token = "t"
    return fcm


def push(*tokens: str, **fields: Any) -> PushMessage:
    return PushMessage(reference="n1", tokens=tokens, title="T", body="B", **fields)


def test_a_message_that_the_sdk_itself_refuses_is_not_sent(provider: Fcm) -> None:
    refusal = provider.send(push("t0", data={"k": 7}))
    assert isinstance(refusal, Refused)
    assert (refusal.kind, refusal.code) == (PERMANENT, "invalid_message")


def test_addresses_at_other_vendors_are_left_to_those(provider: Fcm) -> None:
    assert provider.send(push("https://notify.lunasea.app/v1/custom/user/1")) == Refused(
        kind=MISCONFIGURED, code="no_fcm_token"
    )


@pytest.mark.parametrize(
    ("tokens", "cause", "result"),
    [
        # FCM refused the access token, and Google does not renew it: nothing was taken, if that was all.
        (("t0",), RefreshError, Refused(kind=MISCONFIGURED, code="invalid_grant")),
        (("t0", "t1"), RefreshError, Unsure(code="unreadable_answer")),
        (("t0",), AttributeError, Unsure(code="unreadable_answer")),
    ],
)
def test_a_batch_that_the_sdk_gave_up_on(
    provider: Fcm, tokens: tuple[str, ...], cause: Callable[..., Exception], result: ProviderResult
) -> None:
    assert provider._interrupted(cause("no", {"error": "invalid_grant"}), len(tokens)) == result
    assert not provider._token._credentials.valid, "the next call must ask for a new token"


UNUSABLE_KEYS = {
    "none": ("none", "PEM"),
    "an encrypted one": (pem(password=b"hush"), "encrypted"),
    "an encrypted one of old": (pem(form=PrivateFormat.TraditionalOpenSSL, password=b"hush"), "encrypted"),
    "one of another kind": (pem(ec.generate_private_key(ec.SECP256R1())), "RSA"),
}


@pytest.mark.parametrize(("key", "detail"), UNUSABLE_KEYS.values(), ids=UNUSABLE_KEYS)
def test_a_key_that_signs_nothing_is_told_when_it_is_saved(key: str, detail: str) -> None:
    told = {"serviceAccount": msgspec.to_builtins(account(key))}

    (fault,) = setting_faults(Channel.PUSH, "fcm", {}, told)

    assert (fault.pointer, fault.code) == ("/credentials/serviceAccount/private_key", "invalid_value")
    assert detail in fault.detail


def test_those_who_need_a_token_at_once_share_that_there_is_none(waiters: Semaphore) -> None:
    class Credentials:
        """Those of a service account whose tokens Google gives slowly, and then not."""

        valid = False
        asked = 0

        def refresh(self, request: object) -> None:
            self.asked += 1
            waiters.acquire(timeout=5)
            raise TransportError("timed out")  # type: ignore[no-untyped-call]

    credentials = Credentials()
    token = AccessToken(credentials, (1, 1))  # type: ignore[arg-type]
    with ThreadPoolExecutor(2) as threads:
        results = [threads.submit(token.ensure) for _ in range(2)]

    assert [result.result() for result in results] == [Refused(kind=RETRIABLE, code="token_unavailable")] * 2
    assert credentials.asked == 1
