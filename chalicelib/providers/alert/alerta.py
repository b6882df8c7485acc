"""Alerta, on a server of the tenant's (https://docs.alerta.io/api/reference.html)."""

import re
import time
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final, Literal

import msgspec

from chalicelib.channels.base import AlertMessage
from chalicelib.domain.content import AlertAction, Severity
from chalicelib.domain.provider import Accepted, ProviderResult, Refused, Unsure
from chalicelib.domain.words import Channel
from chalicelib.providers.base import ApiKey, Provider, ProviderSettings, Timeouts, misconfigured
from chalicelib.providers.guard import PUBLIC_ONLY, HostGuard
from chalicelib.providers.http import Answer, judge, read
from chalicelib.providers.poster import Poster
from chalicelib.providers.urls import HttpsUrl, check_address

if TYPE_CHECKING:
    from requests import Response

SEVERITIES: Final = {
    Severity.CRITICAL: "critical",
    Severity.ERROR: "major",
    Severity.WARNING: "warning",
    Severity.INFO: "informational",
}
NORMAL: Final = "normal"
"""The severity that closes an alert from any state, whatever its severity was
(https://github.com/alerta/alerta/blob/master/alerta/models/alarms/alerta.py)."""
ACKNOWLEDGED: Final = "ack"
"""A status that is given instead of following from the severity (same page)."""

FORBIDDEN: Final = re.compile(r"[.$]")
"""What names of attributes must not have (https://github.com/alerta/alerta/blob/master/alerta/models/alert.py)."""

Word = Annotated[str, msgspec.Meta(pattern=r"^[\x20-\x7e]{1,100}\Z")]


class AlertaSettings(ProviderSettings, frozen=True):
    """How a tenant uses Alerta. `endpoint` is its API (`https://alerta.example.com/api`); `environment` is one that the
    server permits; `resource` is under alarm, as Alerta says, whatever the alert: its `source` is the service affected.
    """

    endpoint: HttpsUrl
    api_key: ApiKey
    environment: Word = "Production"
    resource: Word = "herald"

    def __post_init__(self) -> None:
        if "?" in self.endpoint:
            raise ValueError("the endpoint is a path, without a query")


class _Taken(msgspec.Struct, frozen=True):
    """The body of a success."""

    status: Literal["ok"]
    id: Annotated[str, msgspec.Meta(min_length=1)]


class _Healthy(msgspec.Struct, frozen=True):
    """The body of another success."""

    status: Literal["ok"]


class _Refusal(msgspec.Struct, frozen=True):
    """The body of an error."""

    status: Literal["error"]
    message: str


class Alerta(Provider[AlertaSettings, AlertMessage]):
    """Alerts to an Alerta server. It takes alerts of one environment, resource and event for the same one: the event is
    the incident's key.
    """

    channel: ClassVar = Channel.ALERT
    vendor: ClassVar = "alerta"
    settings_type: ClassVar = AlertaSettings
    secrets: ClassVar = frozenset({"apiKey"})
    documentation: ClassVar = "https://docs.alerta.io/api/reference.html"
    capabilities: ClassVar = ("trigger", "acknowledge", "resolve", "details", "own server")
    example: ClassVar = {"endpoint": "https://alerta.example.com/api", "apiKey": "example"}
    guarded: ClassVar = True

    def __init__(self, settings: AlertaSettings, timeouts: Timeouts, guard: HostGuard = PUBLIC_ONLY) -> None:
        super().__init__(settings, timeouts, guard)
        self._poster = Poster(timeouts, guard.session())
        self._base = settings.endpoint.rstrip("/")
        self._headers = {"Authorization": f"Key {settings.api_key}"}

    @classmethod
    def check(cls, settings: AlertaSettings, guard: HostGuard = PUBLIC_ONLY) -> None:  # noqa: ARG003
        """Raise SettingError for an address that cannot be requested."""
        check_address("endpoint", settings.endpoint)

    def send(self, message: AlertMessage) -> ProviderResult:
        """Hand in the alert. Its id is that of the first of its kind; one that a blackout keeps quiet is taken too."""
        answer = self._poster.post(f"{self._base}/alert", self._alert(message), self._headers)
        if isinstance(answer, Refused | Unsure):
            return answer
        if answer.status_code < HTTPStatus.MULTIPLE_CHOICES:
            taken = read(answer.content, _Taken)
            return Unsure(code="unreadable_answer") if taken is None else Accepted(vendor_id=taken.id)
        return _judge(answer)

    def probe(self) -> ProviderResult:
        """Count the open alerts, which a key that may write alerts may do, too."""
        answer = self._poster.get(f"{self._base}/alerts/count?status=open", self._headers)
        if isinstance(answer, Refused | Unsure):
            return answer
        if answer.status_code < HTTPStatus.MULTIPLE_CHOICES:
            return Unsure(code="unreadable_answer") if read(answer.content, _Healthy) is None else Accepted()
        return _judge(answer)

    def _alert(self, message: AlertMessage) -> dict[str, Any]:
        closes = message.action is AlertAction.RESOLVE
        link = {"moreInfo": message.link} if message.link else {}
        details = {FORBIDDEN.sub("_", name): value for name, value in message.details.items()}
        return {
            "environment": self.settings.environment,
            "resource": self.settings.resource,
            "event": message.dedup_key,
            "severity": NORMAL if closes else SEVERITIES[message.severity],
            **({"status": ACKNOWLEDGED} if message.action is AlertAction.ACKNOWLEDGE else {}),
            "service": [message.source],
            "value": message.summary,
            "text": message.text,
            "attributes": {**details, **link, "notificationId": message.reference},
            "origin": "herald",
        }


def _judge(answer: "Response") -> Refused | Unsure:
    if answer.status_code < HTTPStatus.BAD_REQUEST:
        # The endpoint is another one, or behind somebody's login.
        return misconfigured("redirected")
    # Alerta has no codes but the status. With 403 it refuses a key and an environment that it does not permit.
    code = f"http_{answer.status_code}" if read(answer.content, _Refusal) else None
    retry_after = answer.headers.get("Retry-After")
    return judge(Answer(status=answer.status_code, code=code, retry_after=retry_after), {}, time.time())
