"""AlertNow of OpsNow, by its standard integration.

OpsNow shows what to post in its console only. The address and the answer are those of its own health check, the body
is that of Uptime Kuma's AlertNow notification:
https://github.com/louislam/uptime-kuma/blob/master/server/notification-providers/alertnow.js
"""

import time
from typing import TYPE_CHECKING, Annotated, ClassVar, Final

import msgspec

from chalicelib.channels.base import AlertMessage
from chalicelib.domain.content import AlertAction, Severity
from chalicelib.domain.delivery import AttemptOutcome
from chalicelib.domain.provider import Accepted, ProviderResult, Refused, Unsure
from chalicelib.domain.words import Channel
from chalicelib.providers.base import Provider, ProviderSettings, Timeouts, misconfigured
from chalicelib.providers.http import Answer, judge, read
from chalicelib.providers.poster import Poster

if TYPE_CHECKING:
    from requests import Response

URL: Final = "https://alertnowitgr.opsnow.com/integration/standard/v1/"
"""What the key of an integration follows, which is all that says who sends."""
OK: Final = "200"
STATUSES: Final = {AlertAction.TRIGGER: "open", AlertAction.RESOLVE: "close"}
"""The integration has no word for acknowledging: people do that in AlertNow."""
EVENT_TYPES: Final = {
    Severity.CRITICAL: "ERROR",
    Severity.ERROR: "ERROR",
    Severity.WARNING: "WARNING",
    Severity.INFO: "INFO",
}
OUTCOMES: Final = {"404": AttemptOutcome.MISCONFIGURED}
"""An address that does not exist is a key that does not."""


class AlertNowSettings(ProviderSettings, frozen=True):
    """How a tenant uses AlertNow: the key at the end of the address of a standard integration."""

    api_key: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9-]{16,100}\Z")]


class _Said(msgspec.Struct, frozen=True):
    """The body of every answer. The code is a number or a text of digits."""

    code: Annotated[int, msgspec.Meta(ge=100, le=599)] | Annotated[str, msgspec.Meta(pattern=r"^[1-5][0-9]{2}\Z")]
    msg: str


class AlertNow(Provider[AlertNowSettings, AlertMessage]):
    """Alerts through AlertNow, where those of one event id are one incident."""

    channel: ClassVar = Channel.ALERT
    vendor: ClassVar = "alertnow"
    settings_type: ClassVar = AlertNowSettings
    secrets: ClassVar = frozenset({"apiKey"})
    documentation: ClassVar = "https://www.opsnow.com/alertnow/"
    capabilities: ClassVar = ("trigger", "resolve")
    example: ClassVar = {"apiKey": "0123456789abcdef0123456789abcdef0123"}

    def __init__(self, settings: AlertNowSettings, timeouts: Timeouts) -> None:
        super().__init__(settings, timeouts)
        self._poster = Poster(timeouts)

    def send(self, message: AlertMessage) -> ProviderResult:
        """Hand in the event. Its id is the key of its incident."""
        status = STATUSES.get(message.action)
        if status is None:
            return misconfigured("unsupported_action")
        link = f" {message.link}" if message.link else ""
        event = {
            "event_id": message.dedup_key,
            "event_type": EVENT_TYPES[message.severity],
            "status": status,
            "summary": f"[{message.source}] {message.text}{link}",
        }
        answer = self._poster.post(URL + self.settings.api_key, event)
        return answer if isinstance(answer, Refused | Unsure) else _judge(answer, message)


def _judge(answer: "Response", message: AlertMessage) -> ProviderResult:
    """Return what an answer means: it may say in a 200 that it is none."""
    said = read(answer.content, _Said)
    code = None if said is None else str(said.code)
    if answer.ok and code == OK:
        return Accepted(vendor_id=message.dedup_key)
    if answer.ok and code is None:
        return Unsure(code="unreadable_answer")
    status = int(code) if answer.ok and code else answer.status_code
    retry_after = answer.headers.get("Retry-After")
    return judge(Answer(status=status, code=code, retry_after=retry_after), OUTCOMES, time.time())
