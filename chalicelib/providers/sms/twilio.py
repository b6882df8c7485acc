"""Twilio's Messages resource (https://www.twilio.com/docs/messaging/api/message-resource#create-a-message)."""

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final

import msgspec

from chalicelib.channels.base import SmsMessage
from chalicelib.domain.delivery import AttemptOutcome
from chalicelib.domain.provider import Accepted, ProviderResult, Refused, Unsure
from chalicelib.domain.words import Channel
from chalicelib.providers.base import ApiKey, Provider, ProviderSettings, Timeouts, misconfigured
from chalicelib.providers.connections import Pool
from chalicelib.providers.http import Answer, judge, judge_silence, read

if TYPE_CHECKING:
    from requests import Session
    from twilio.http.response import Response
    from twilio.rest import Client

OUTCOMES: Final = {
    # The account or the sender: another provider may still deliver.
    "20003": AttemptOutcome.MISCONFIGURED,  # authentication failed
    "20404": AttemptOutcome.MISCONFIGURED,  # no such account
    "21212": AttemptOutcome.MISCONFIGURED,  # invalid From
    "21408": AttemptOutcome.MISCONFIGURED,  # the account may not send to this region
    "21603": AttemptOutcome.MISCONFIGURED,  # From is missing
    "21606": AttemptOutcome.MISCONFIGURED,  # From is not the account's, or cannot send SMS
    "21608": AttemptOutcome.MISCONFIGURED,  # a trial account sends to verified numbers only
    "21612": AttemptOutcome.MISCONFIGURED,  # no route from this From to this To
    "21659": AttemptOutcome.MISCONFIGURED,  # From is not a number of Twilio's
    "21660": AttemptOutcome.MISCONFIGURED,  # From is another account's
    "21701": AttemptOutcome.MISCONFIGURED,  # no such messaging service
    "21703": AttemptOutcome.MISCONFIGURED,  # the messaging service has no sender for this To
    "21704": AttemptOutcome.MISCONFIGURED,  # the messaging service has no sender
    "21705": AttemptOutcome.MISCONFIGURED,  # the messaging service cannot be used
    "21711": AttemptOutcome.MISCONFIGURED,  # From is not in the messaging service's pool
    "63038": AttemptOutcome.MISCONFIGURED,  # the account's messages of the day are spent
    # Later it may be taken.
    "14107": AttemptOutcome.RETRIABLE,  # the sender's rate limit
    "20429": AttemptOutcome.RETRIABLE,  # too many requests
    "21611": AttemptOutcome.RETRIABLE,  # the sender's queue is full
    # This recipient or this text, never.
    "21211": AttemptOutcome.PERMANENT,  # invalid To
    "21602": AttemptOutcome.PERMANENT,  # no body
    "21610": AttemptOutcome.PERMANENT,  # the recipient replied STOP
    "21614": AttemptOutcome.PERMANENT,  # To is not a mobile number
    "21617": AttemptOutcome.PERMANENT,  # the body is too long
}
"""Error codes (https://www.twilio.com/docs/api/errors) whose meaning their HTTP status does not tell, or not to us."""
FIRST_CODE: Final = 10_000
"""Twilio's codes begin here; below is the HTTP status, which the SDK gives for a body that it cannot read."""


Sender = Annotated[
    str, msgspec.Meta(pattern=r"^(\+[1-9][0-9]{1,14}|[0-9]{3,8}|(?=.*[A-Za-z])[A-Za-z0-9 +_&-]{1,11})\Z")
]
"""A setting: a number, a short code, or a name
(https://help.twilio.com/articles/223181348-Alphanumeric-Sender-ID-for-Twilio-Programmable-SMS)."""


class TwilioSettings(ProviderSettings, frozen=True):
    """How a tenant uses Twilio: from a messaging service, or a sender (E.164, short code or name), or the tenant's own
    one. With both, the sender must be in the service's pool.
    """

    account_sid: Annotated[str, msgspec.Meta(pattern=r"^AC[0-9a-fA-F]{32}\Z")]
    auth_token: ApiKey
    messaging_service_sid: Annotated[str, msgspec.Meta(pattern=r"^MG[0-9a-fA-F]{32}\Z")] | None = None
    sender: Sender | None = None


class _Created(msgspec.Struct, frozen=True):
    """What we read of a created message."""

    sid: Annotated[str, msgspec.Meta(pattern=r"^(SM|MM)")]


class _Account(msgspec.Struct, frozen=True):
    """What we read of an account."""

    sid: Annotated[str, msgspec.Meta(pattern=r"^AC")]
    status: str


class Twilio(Provider[TwilioSettings, SmsMessage]):
    """Text messages through Twilio."""

    channel: ClassVar = Channel.SMS
    vendor: ClassVar = "twilio"
    settings_type: ClassVar = TwilioSettings
    secrets: ClassVar = frozenset({"authToken"})
    documentation: ClassVar = "https://www.twilio.com/docs/messaging/api/message-resource"
    capabilities: ClassVar = ("messaging services", "sender numbers, short codes and names")
    example: ClassVar = {"accountSid": "AC" + "0" * 32, "authToken": "example", "sender": "+14155550100"}
    character_limit: ClassVar = 1_600

    def __init__(self, settings: TwilioSettings, timeouts: Timeouts) -> None:
        super().__init__(settings, timeouts)
        import requests

        # Without an adapter of its own, a session does not retry.
        self._session = requests.Session()
        self._pool = Pool(self._session.close)

    def send(self, message: SmsMessage) -> ProviderResult:
        """Create the message; its SID is what status callbacks name."""
        origin = self._origin(message)
        if not origin:
            return misconfigured("no_sender")
        created = self._ask(lambda client: client.messages.create(to=message.to, body=message.text, **origin), _Created)
        return created if isinstance(created, Refused | Unsure) else Accepted(vendor_id=created.sid)

    def probe(self) -> ProviderResult:
        """Get the account (https://www.twilio.com/docs/iam/api/account#fetch-an-account-resource)."""
        account = self._ask(lambda client: client.api.accounts(self.settings.account_sid).fetch(), _Account)
        if isinstance(account, Refused | Unsure):
            return account
        return Accepted() if account.status == "active" else misconfigured(f"account_{account.status}")

    def _ask(self, call: Callable[["Client"], Any], shape: type) -> Any:
        """Return what the SDK makes of an answer in this shape, or what it means that there was none."""
        from requests import RequestException
        from twilio.base.exceptions import TwilioException
        from twilio.rest import Client

        transport = Transport(self._session, self.timeouts, shape)
        client = Client(self.settings.account_sid, self.settings.auth_token, http_client=transport)
        try:
            with self._pool.connection():
                return call(client)
        except TwilioException as error:
            code = error_code(error.code)
            return judge(
                Answer(status=transport.status, code=code, retry_after=transport.retry_after), OUTCOMES, time.time()
            )
        except UnreadableAnswerError:
            return Unsure(code="unreadable_answer")
        except RequestException as error:
            return judge_silence(error)

    def _origin(self, message: SmsMessage) -> dict[str, str]:
        service = self.settings.messaging_service_sid
        sender = self.settings.sender or (message.sender if service is None else None)
        return ({"messaging_service_sid": service} if service else {}) | ({"from_": sender} if sender else {})


class UnreadableAnswerError(Exception):
    """A success that is not in Twilio's shape."""


class Transport:
    """The SDK's HTTP client for one call, whose answer has a `shape`
    (https://github.com/twilio/twilio-python/blob/main/advanced-examples/custom-http-client.md).

    The SDK's own has one timeout for all, hides the headers of an error, and keeps the last answer on itself: of two
    threads, one may get the other's.
    """

    is_async = False

    def __init__(self, session: "Session", timeouts: Timeouts, shape: type) -> None:
        self._session = session
        self._shape = shape
        self._timeouts = timeouts
        self.status = 0
        self.retry_after: str | None = None

    def request(
        self,
        method: str,
        url: str,
        *,
        data: Mapping[str, object] | None,
        headers: Mapping[str, str],
        auth: tuple[str, str],
        **_unused: Any,
    ) -> "Response":
        """Make one request, following no redirect."""
        from twilio.http.response import Response

        answer = self._session.request(
            method,
            url,
            data=data,
            headers=headers,
            auth=auth,
            timeout=(self._timeouts.connect, self._timeouts.read),
            allow_redirects=False,
        )
        self.status = answer.status_code
        self.retry_after = answer.headers.get("Retry-After")
        if answer.ok and read(answer.content, self._shape) is None:
            raise UnreadableAnswerError
        return Response(answer.status_code, answer.text, answer.headers)


def error_code(code: object) -> str | None:
    """Return Twilio's code, None when the SDK found none."""
    text = str(code)
    return text if text.isdecimal() and int(text) >= FIRST_CODE else None
