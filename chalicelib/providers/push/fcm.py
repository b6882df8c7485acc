"""Firebase Cloud Messaging, HTTP v1 (https://firebase.google.com/docs/cloud-messaging/send/v1-api)."""

import re
import time
import weakref
from itertools import count
from typing import TYPE_CHECKING, Annotated, ClassVar, Final, Literal

import msgspec

from chalicelib.channels.base import PushMessage
from chalicelib.domain.delivery import AttemptOutcome
from chalicelib.domain.provider import Accepted, ProviderResult, Refused, Unsure
from chalicelib.domain.words import Channel
from chalicelib.providers.base import Provider, ProviderSettings, Timeouts
from chalicelib.providers.connections import Pool
from chalicelib.providers.google_token import AccessToken, token_refusal
from chalicelib.providers.http import Answer, judge, judge_silence, read

if TYPE_CHECKING:
    from collections.abc import Sequence

    from firebase_admin import App
    from firebase_admin.messaging import Message, SendResponse
    from requests import Session

OUTCOMES: Final = {
    # The token, and only this token.
    "INVALID_ARGUMENT": AttemptOutcome.PERMANENT,
    "UNREGISTERED": AttemptOutcome.PERMANENT,
    # The project, its key, or its certificate with Apple. A token of another project may be another provider's.
    "NOT_FOUND": AttemptOutcome.MISCONFIGURED,
    "PERMISSION_DENIED": AttemptOutcome.MISCONFIGURED,
    "SENDER_ID_MISMATCH": AttemptOutcome.MISCONFIGURED,
    "THIRD_PARTY_AUTH_ERROR": AttemptOutcome.MISCONFIGURED,
    "UNAUTHENTICATED": AttemptOutcome.MISCONFIGURED,
    # Later it may be taken.
    "INTERNAL": AttemptOutcome.RETRIABLE,
    "QUOTA_EXCEEDED": AttemptOutcome.RETRIABLE,
    "RESOURCE_EXHAUSTED": AttemptOutcome.RETRIABLE,
    "UNAVAILABLE": AttemptOutcome.RETRIABLE,
}
"""FCM's error codes (https://firebase.google.com/docs/reference/fcm/rest/v1/ErrorCode), else Google's status."""
DEAD: Final = "UNREGISTERED"
"""The app was removed from the device, or got a new token. A token of another project (SENDER_ID_MISMATCH) is not
taken for dead: a tenant that sets the wrong key would lose them all."""
INSTALLATION: Final = re.compile(r"[cdef][A-Za-z0-9_-]{21}\Z")
"""A Firebase installation id. Newer apps register by it, and FCM deprecates registration tokens, which also hold a
colon: https://firebase.google.com/docs/reference/fcm/rest/v1/projects.messages."""
TOKEN_URI: Final = "https://oauth2.googleapis.com/token"  # noqa: S105 - an address
FCM_ERROR: Final = "type.googleapis.com/google.firebase.fcm.v1.FcmError"
HOST: Final = "https://fcm.googleapis.com"
CONNECTIONS: Final = 50
"""At once; the messages to further devices wait for their turn, since a TLS handshake costs more than a message."""

HOPE: Final = (AttemptOutcome.RETRIABLE, AttemptOutcome.MISCONFIGURED, AttemptOutcome.PERMANENT)

_APPS: Final = count(1)


class ServiceAccount(msgspec.Struct, frozen=True, kw_only=True):
    """What we read of the key file that Google makes for a service account."""

    type: Literal["service_account"]
    project_id: Annotated[str, msgspec.Meta(min_length=1)]
    client_email: Annotated[str, msgspec.Meta(min_length=1)]
    private_key: Annotated[str, msgspec.Meta(min_length=1)]
    private_key_id: str | None = None

    def __repr__(self) -> str:
        return f"ServiceAccount({self.client_email})"


class FcmSettings(ProviderSettings, frozen=True):
    """How a tenant uses FCM: the service account of its Firebase project."""

    service_account: ServiceAccount


class Fcm(Provider[FcmSettings, PushMessage]):
    """Push notifications through Firebase Cloud Messaging: one request for each token, all at once.

    Each instance has an app of its own with the SDK, which ends with it; no tenant ever meets another's.
    """

    channel: ClassVar = Channel.PUSH
    vendor: ClassVar = "fcm"
    settings_type: ClassVar = FcmSettings
    secrets: ClassVar = frozenset({"serviceAccount"})
    documentation: ClassVar = "https://firebase.google.com/docs/cloud-messaging/send/v1-api"
    capabilities: ClassVar = ("several devices a call", "data", "images", "time to live", "dead tokens removed")
    example: ClassVar = {
        "serviceAccount": {
            "type": "service_account",
            "project_id": "example",
            "client_email": "herald@example.iam.gserviceaccount.com",
            "private_key": "-----BEGIN PRIVATE KEY-----\n…\n-----END PRIVATE KEY-----\n",
        }
    }
    byte_limit: ClassVar = 4_096
    token_limit: ClassVar = 500

    def __init__(self, settings: FcmSettings, timeouts: Timeouts) -> None:
        super().__init__(settings, timeouts)
        import firebase_admin.messaging  # loaded here, so that no call waits for it
        from firebase_admin.credentials import Certificate

        # The key file says where to get access tokens, and a tenant wrote it: only Google's address will do.
        account = msgspec.to_builtins(settings.service_account) | {"token_uri": TOKEN_URI}
        timeout = (timeouts.connect, timeouts.read)
        self._app = firebase_admin.initialize_app(
            Certificate(account), {"httpTimeout": timeout}, name=f"herald-{next(_APPS)}"
        )
        weakref.finalize(self, firebase_admin.delete_app, self._app)
        self._token = AccessToken(self._app.credential.get_credential(), timeout)
        self._pool = Pool(_without_retries(self._app).close)

    def send(self, message: PushMessage) -> ProviderResult:
        """Send to every token. One device reached is accepted; tokens that FCM declares dead are named in any case."""
        from firebase_admin.exceptions import FirebaseError
        from firebase_admin.messaging import send_each

        refusal = self._token.ensure()
        if refusal is not None:
            return refusal
        try:
            with self._pool.connection():
                batch = send_each([message_to(message, token) for token in message.tokens], app=self._app)
        except ValueError:
            return Refused(kind=AttemptOutcome.PERMANENT, code="invalid_message")
        except FirebaseError as error:
            return self._interrupted(error.cause, message)
        return combine(message.tokens, [_result(response) for response in batch.responses])

    def _interrupted(self, cause: BaseException, message: PushMessage) -> Refused | Unsure:
        """Return what it means that the SDK gave up on the whole batch: on an answer that even it could not read, or
        on an access token that FCM refused and Google did not renew. The latter is harmless where it was all.
        """
        from google.auth.exceptions import GoogleAuthError

        self._token.forget()
        if isinstance(cause, GoogleAuthError) and len(message.tokens) == 1:
            return token_refusal(cause)
        return Unsure(code="unreadable_answer")


def combine(tokens: "Sequence[str]", results: "Sequence[ProviderResult]") -> ProviderResult:
    """Return the one result of a message to several devices.

    One device reached is enough. If none was for certain, but some may have been, the outcome is unknown. Otherwise the
    most hopeful refusal counts.
    """
    dead = tuple(
        token
        for token, result in zip(tokens, results, strict=True)
        if isinstance(result, Refused) and result.code == DEAD
    )
    accepted = [result for result in results if isinstance(result, Accepted)]
    if accepted:
        return msgspec.structs.replace(accepted[0], dead_tokens=dead)
    unsure = [result for result in results if isinstance(result, Unsure)]
    if unsure:
        return unsure[0]
    refused = [result for result in results if isinstance(result, Refused)]
    best = min(refused, key=lambda result: HOPE.index(result.kind))
    return msgspec.structs.replace(best, dead_tokens=dead)


def _result(response: "SendResponse") -> ProviderResult:
    if response.exception is None:
        return Accepted(vendor_id=response.message_id) if response.message_id else Unsure(code="unreadable_answer")
    answer, cause = response.exception.http_response, response.exception.cause
    if answer is None:
        # A success that is not JSON, or no answer at all.
        return Unsure(code="unreadable_answer") if isinstance(cause, ValueError) else judge_silence(cause)
    code, retry_after = error_code(answer.content), answer.headers.get("Retry-After")
    return judge(Answer(status=answer.status_code, code=code, retry_after=retry_after), OUTCOMES, time.time())


def message_to(message: PushMessage, token: str) -> "Message":
    """Return the message to one device in the SDK's terms."""
    from firebase_admin import messaging

    webpush = messaging.WebpushConfig(
        headers={} if message.ttl is None else {"TTL": str(message.ttl)},
        fcm_options=messaging.WebpushFCMOptions(link=message.link) if _opens_in_browser(message.link) else None,
    )
    return messaging.Message(
        **{"fid" if INSTALLATION.match(token) else "token": token},
        notification=messaging.Notification(title=message.title, body=message.body, image=message.image),
        data=message.data,
        android=messaging.AndroidConfig(ttl=message.ttl),
        apns=messaging.APNSConfig(headers=_expiration(message.ttl)),
        webpush=webpush,
    )


def _opens_in_browser(link: str | None) -> bool:
    # FCM takes https only here; links into an app reach it in the data.
    return link is not None and link.startswith("https://")


def _expiration(ttl: int | None) -> dict[str, str]:
    """Return the header that makes APNs give up; it wants a point in time, and 0 for "now or never"."""
    if ttl is None:
        return {}
    return {"apns-expiration": str(int(time.time()) + ttl if ttl else 0)}


class _Detail(msgspec.Struct, frozen=True):
    type: str = msgspec.field(default="", name="@type")
    error_code: str = msgspec.field(default="", name="errorCode")


class _Error(msgspec.Struct, frozen=True):
    status: Annotated[str, msgspec.Meta(min_length=1)]
    details: tuple[_Detail, ...] = ()


class _Refusal(msgspec.Struct, frozen=True):
    """The body of every error answer."""

    error: _Error


def error_code(body: bytes) -> str | None:
    """Return FCM's own code of an error, else Google's general one, None when the answer is not Google's."""
    refusal = read(body, _Refusal)
    if refusal is None:
        return None
    details, status = refusal.error.details, refusal.error.status
    return next((detail.error_code for detail in details if detail.type == FCM_ERROR), status)


def _without_retries(app: "App") -> "Session":
    """Return the session that `app` sends with, made to try only once.

    The SDK posts again by itself after 500, 503 and broken connections, and so may send twice. It has no setting for
    that (https://github.com/firebase/firebase-admin-python/issues/554), hence the way through its private parts; the
    contract tests count the requests.
    """
    from firebase_admin import messaging
    from requests.adapters import HTTPAdapter

    session: Session = messaging._get_messaging_service(app)._client.session  # noqa: SLF001
    session.mount(HOST, HTTPAdapter(max_retries=0, pool_maxsize=CONNECTIONS, pool_block=True))
    return session
