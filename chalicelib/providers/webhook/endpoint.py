"""Any HTTPS endpoint, by Standard Webhooks (https://github.com/standard-webhooks/standard-webhooks).

The endpoint is the tenant's own program. It has no shape of answers: what it says, it says by the HTTP status.
"""

import re
import time
from base64 import b64decode
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final

import msgspec

from chalicelib.channels.base import WebhookMessage
from chalicelib.domain.delivery import AttemptOutcome
from chalicelib.domain.events import iso8601
from chalicelib.domain.provider import Accepted, ProviderResult, Refused, Unsure
from chalicelib.domain.words import Channel
from chalicelib.providers.base import Provider, ProviderSettings, Timeouts
from chalicelib.providers.connections import Pool
from chalicelib.providers.guard import PUBLIC_ONLY, HostGuard
from chalicelib.providers.http import Answer, judge, judge_silence
from chalicelib.providers.urls import HttpsUrl, check_address

if TYPE_CHECKING:
    from requests import Response

UNNAMED: Final = "notification"
"""The type of an event whose notification has none."""
SECRET_BYTES: Final = range(24, 65)
"""How long a secret is (specification, "Symmetric: HMAC-SHA256 and signature secret")."""
OURS: Final = re.compile(
    r"(accept-encoding|connection|content-.*|expect|host|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade"
    r"|webhook-.*)\Z",
    re.IGNORECASE,
)
"""Headers that are not the tenant's to set: those of the connection (RFC 9110 §7.6.1), of the body, the signature's."""

HeaderName = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}\Z")]
HeaderValue = Annotated[str, msgspec.Meta(pattern=r"^[\x21-\x7e]([\x20-\x7e]{0,1022}[\x21-\x7e])?\Z")]


class EndpointSettings(ProviderSettings, frozen=True):
    """Where a tenant takes webhooks. `secret` signs them; `headers` go along with each, such as `Authorization`."""

    url: HttpsUrl
    secret: Annotated[str, msgspec.Meta(pattern=r"^whsec_[A-Za-z0-9+/]+={0,2}\Z", max_length=100)]
    headers: Annotated[dict[HeaderName, HeaderValue], msgspec.Meta(max_length=10)] = msgspec.field(default_factory=dict)

    def __post_init__(self) -> None:
        text = self.secret.removeprefix("whsec_")
        # Base64 in whole groups of four has one reading; Python passes over what is left at its end.
        if len(text) % 4 or len(b64decode(text)) not in SECRET_BYTES:
            raise ValueError("the secret is base64 of 24 to 64 bytes, after whsec_")
        if reserved := sorted(filter(OURS.match, self.headers)):
            raise ValueError(f"not yours to set: {', '.join(reserved)}")
        if len({name.lower() for name in self.headers}) < len(self.headers):
            raise ValueError("the same header is named twice, in other letters")


class Endpoint(Provider[EndpointSettings, WebhookMessage]):
    """Notifications to an endpoint. Its id is the notification's, the same however often it is tried."""

    channel: ClassVar = Channel.WEBHOOK
    vendor: ClassVar = "endpoint"
    settings_type: ClassVar = EndpointSettings
    secrets: ClassVar = frozenset({"secret", "headers"})
    documentation: ClassVar = (
        "https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md"
    )
    capabilities: ClassVar = ("Standard Webhooks signature", "headers", "own server")
    example: ClassVar = {
        "url": "https://example.com/hooks/herald",
        "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "headers": {"Authorization": "Bearer example"},
    }
    guarded: ClassVar = True

    def __init__(self, settings: EndpointSettings, timeouts: Timeouts, guard: HostGuard = PUBLIC_ONLY) -> None:
        super().__init__(settings, timeouts, guard)
        from standardwebhooks import Webhook

        self._signer = Webhook(settings.secret)
        self._session = guard.session()
        self._pool = Pool(self._session.close)

    @classmethod
    def check(cls, settings: EndpointSettings, guard: HostGuard = PUBLIC_ONLY) -> None:  # noqa: ARG003
        """Raise SettingError for an address that cannot be requested."""
        check_address("url", settings.url)

    def send(self, message: WebhookMessage) -> ProviderResult:
        """Post the event; any 2xx means that it was taken, and nothing else of the answer is read."""
        from requests import RequestException

        body = msgspec.json.encode(event_of(message))
        try:
            with self._pool.connection():
                answer = self._session.post(
                    self.settings.url,
                    data=body,
                    headers={**self.settings.headers, **self._signed(message.reference, body, datetime.now(UTC))},
                    timeout=(self.timeouts.connect, self.timeouts.read),
                    allow_redirects=False,
                )
        except RequestException as error:
            return judge_silence(error)
        if HTTPStatus.OK <= answer.status_code < HTTPStatus.MULTIPLE_CHOICES:
            return Accepted(vendor_id=message.reference)
        return _judge(answer)

    def _signed(self, id_: str, body: bytes, at: datetime) -> dict[str, str]:
        return {
            "Content-Type": "application/json",
            "webhook-id": id_,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": self._signer.sign(id_, at, body.decode()),
        }


def event_of(message: WebhookMessage) -> dict[str, Any]:
    """Return the event, as the specification shapes payloads."""
    return {
        "type": message.type or UNNAMED,
        "timestamp": iso8601(message.at),
        "data": {
            "notificationId": message.reference,
            "recipient": {"userType": message.user_type, "userId": message.user_id},
            "category": message.category,
            "subject": message.title,
            "body": message.text,
            "actionUrl": message.link,
            "metadata": message.data,
        },
    }


def _judge(answer: "Response") -> Refused | Unsure:
    status = answer.status_code
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        # Nobody has checked where it leads.
        return Refused(kind=AttemptOutcome.PERMANENT, code="redirected")
    said = Answer(status=status, code=f"http_{status}", retry_after=answer.headers.get("Retry-After"))
    return judge(said, {}, time.time())
