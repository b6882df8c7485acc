"""Firebase Cloud Messaging, HTTP v1 (https://firebase.google.com/docs/cloud-messaging/send/v1-api)."""

import time
import weakref
from itertools import count
from typing import TYPE_CHECKING, Annotated, ClassVar, Final, Literal

import msgspec

from chalicelib.channels.base import PushMessage
from chalicelib.domain.delivery import AttemptOutcome
from chalicelib.domain.provider import Accepted, ProviderResult, Refused, Unsure
from chalicelib.domain.words import Channel
from chalicelib.providers.base import Provider, ProviderSettings, SettingError, Timeouts, misconfigured
from chalicelib.providers.connections import Pool
from chalicelib.providers.devices import combine
from chalicelib.providers.fcm_message import is_target, message_to
from chalicelib.providers.google_token import AccessToken, key_fault, token_refusal
from chalicelib.providers.guard import PUBLIC_ONLY, HostGuard
from chalicelib.providers.http import Answer, judge, judge_silence, read

if TYPE_CHECKING:
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
TOKEN_URI: Final = "https://oauth2.googleapis.com/token"  # noqa: S105 - an address
FCM_ERROR: Final = "type.googleapis.com/google.firebase.fcm.v1.FcmError"
HOST: Final = "https://fcm.googleapis.com"
MOST_TOKENS: Final = 500
"""A call of the SDK takes no more: https://firebase.google.com/docs/cloud-messaging/send/admin-sdk."""
PROBED: Final = "herald-probe"
"""The topic of a message that is never sent."""
CONNECTIONS: Final = 50
"""At once; the messages to further devices wait for their turn, since a TLS handshake costs more than a message."""

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
    """Push notifications through Firebase Cloud Messaging: one request for each token, side by side.

    Each instance has an app of its own with the SDK, which ends with it; no tenant ever meets another's.
    """

    channel: ClassVar = Channel.PUSH
    vendor: ClassVar = "fcm"
    settings_type: ClassVar = FcmSettings
    secrets: ClassVar = frozenset({"serviceAccount"})
    documentation: ClassVar = "https://firebase.google.com/docs/cloud-messaging/send/v1-api"
    capabilities: ClassVar = (
        "500 devices a call",
        "topics",
        "data",
        "data only",
        "images",
        "priorities",
        "time to live",
        "dead tokens removed",
    )
    example: ClassVar = {
        "serviceAccount": {
            "type": "service_account",
            "project_id": "example",
            "client_email": "herald@example.iam.gserviceaccount.com",
            "private_key": "-----BEGIN PRIVATE KEY-----\n…\n-----END PRIVATE KEY-----\n",
        }
    }
    byte_limit: ClassVar = 4_096

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

    @classmethod
    def check(cls, settings: FcmSettings, guard: HostGuard = PUBLIC_ONLY) -> None:  # noqa: ARG003
        """Raise SettingError for a private key that nothing can be signed with."""
        fault = key_fault(settings.service_account.private_key)
        if fault is not None:
            raise SettingError("/credentials/serviceAccount/private_key", "invalid_value", fault)

    def send(self, message: PushMessage) -> ProviderResult:
        """Send to every device and topic, in as many calls as it takes. One reached is accepted; tokens that FCM
        declares dead are named in any case. Addresses at other vendors are left to those.
        """
        tokens = tuple(filter(is_target, message.tokens))
        if not tokens:
            return misconfigured("no_fcm_token")
        calls = (tokens[start : start + MOST_TOKENS] for start in range(0, len(tokens), MOST_TOKENS))
        results = [result for some in calls for result in self._send(message, some)]
        return combine(tokens, results, DEAD)

    def probe(self) -> ProviderResult:
        """Have FCM check a message to a topic without sending it (`validate_only`)."""
        from firebase_admin.messaging import Message

        return self._call([Message(topic=PROBED)], dry_run=True)[0]

    def _send(self, message: PushMessage, tokens: tuple[str, ...]) -> list[ProviderResult]:
        """Make one call and return what became of each token."""
        return self._call([message_to(message, token) for token in tokens], dry_run=False)

    def _call(self, messages: "list[Message]", *, dry_run: bool) -> list[ProviderResult]:
        from firebase_admin.exceptions import FirebaseError
        from firebase_admin.messaging import send_each

        refusal = self._token.ensure()
        if refusal is not None:
            return [refusal] * len(messages)
        try:
            with self._pool.connection():
                batch = send_each(messages, dry_run=dry_run, app=self._app)
        except ValueError:
            return [Refused(kind=AttemptOutcome.PERMANENT, code="invalid_message", telling=False)] * len(messages)
        except FirebaseError as error:
            return [self._interrupted(error.cause, len(messages))] * len(messages)
        return [_result(response) for response in batch.responses]

    def _interrupted(self, cause: BaseException, messages: int) -> Refused | Unsure:
        """Return what it means that the SDK gave up on the whole call: on an answer that even it could not read, or
        on an access token that FCM refused and Google did not renew. The latter is harmless where it was all.
        """
        from google.auth.exceptions import GoogleAuthError

        self._token.forget()
        if isinstance(cause, GoogleAuthError) and messages == 1:
            return token_refusal(cause)
        return Unsure(code="unreadable_answer")


def _result(response: "SendResponse") -> ProviderResult:
    if response.exception is None:
        return Accepted(vendor_id=response.message_id) if response.message_id else Unsure(code="unreadable_answer")
    answer, cause = response.exception.http_response, response.exception.cause
    if answer is None:
        # A success that is not JSON, or no answer at all.
        return Unsure(code="unreadable_answer") if isinstance(cause, ValueError) else judge_silence(cause)
    code, retry_after = error_code(answer.content), answer.headers.get("Retry-After")
    return judge(Answer(status=answer.status_code, code=code, retry_after=retry_after), OUTCOMES, time.time())


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
