"""PagerDuty's Events API v2 (https://developer.pagerduty.com/docs/events-api-v2-overview)."""

import re
import time
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final, Literal

import msgspec

from chalicelib.channels.base import AlertMessage
from chalicelib.channels.graphemes import shorten
from chalicelib.domain.content import AlertAction
from chalicelib.domain.provider import Accepted, ProviderResult, Refused, Unsure
from chalicelib.domain.words import Channel
from chalicelib.providers.base import Provider, ProviderSettings, Timeouts, misconfigured
from chalicelib.providers.http import Answer, judge, read
from chalicelib.providers.poster import Poster

if TYPE_CHECKING:
    from requests import Response

HOSTS: Final = {"us": "https://events.pagerduty.com", "eu": "https://events.eu.pagerduty.com"}
"""https://support.pagerduty.com/main/docs/service-regions: an account lives in one region."""
LONGEST_SUMMARY: Final = 1_024
"""Characters (https://developer.pagerduty.com/docs/send-alert-event). The whole text is among the details."""
_KEY_TROUBLE: Final = re.compile(r"routing[ _]key", re.IGNORECASE)
"""In the errors of a 400 that is about the key and not about the event."""


class PagerDutySettings(ProviderSettings, frozen=True):
    """How a tenant uses PagerDuty: the key of an Events API v2 integration of a service or of an orchestration."""

    routing_key: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9]{32}\Z")]
    region: Literal["us", "eu"] = "us"


class _Taken(msgspec.Struct, frozen=True):
    """The body of a success."""

    status: Literal["success"]
    dedup_key: Annotated[str, msgspec.Meta(min_length=1)]


class _Refusal(msgspec.Struct, frozen=True):
    """The body of an error."""

    status: Annotated[str, msgspec.Meta(min_length=1)]
    errors: tuple[str, ...] = ()


class PagerDuty(Provider[PagerDutySettings, AlertMessage]):
    """Alerts through PagerDuty, where those of one key are one incident."""

    channel: ClassVar = Channel.ALERT
    vendor: ClassVar = "pagerduty"
    settings_type: ClassVar = PagerDutySettings
    secrets: ClassVar = frozenset({"routingKey"})
    documentation: ClassVar = "https://developer.pagerduty.com/docs/events-api-v2-overview"
    capabilities: ClassVar = ("trigger", "acknowledge", "resolve", "details", "EU region")
    example: ClassVar = {"routingKey": "0123456789abcdef0123456789abcdef"}
    byte_limit: ClassVar = 512_000
    """https://developer.pagerduty.com/docs/events-api-v2-overview#size-limits: 512 KB."""

    def __init__(self, settings: PagerDutySettings, timeouts: Timeouts) -> None:
        super().__init__(settings, timeouts)
        self._poster = Poster(timeouts)

    def send(self, message: AlertMessage) -> ProviderResult:
        """Hand in the event. Its id is the key of its incident: PagerDuty has none for single events."""
        event = {
            "routing_key": self.settings.routing_key,
            "event_action": message.action.value,
            "dedup_key": message.dedup_key,
            **(_told(message) if message.action is AlertAction.TRIGGER else {}),
        }
        answer = self._poster.post(f"{HOSTS[self.settings.region]}/v2/enqueue", event)
        if isinstance(answer, Refused | Unsure):
            return answer
        if answer.ok:
            taken = read(answer.content, _Taken)
            return Unsure(code="unreadable_answer") if taken is None else Accepted(vendor_id=taken.dedup_key)
        return _judge(answer)


def _told(message: AlertMessage) -> dict[str, Any]:
    """Return what only an event that opens an incident says."""
    details = {"text": message.text, **message.details, "notificationId": message.reference}
    links = {"links": [{"href": message.link, "text": message.link}]} if message.link else {}
    return {
        "payload": {
            "summary": shorten(message.summary, LONGEST_SUMMARY),
            "severity": message.severity.value,
            "source": message.source,
            "custom_details": details,
        },
        **links,
        "client": "Herald",
    }


def _judge(answer: "Response") -> Refused | Unsure:
    refusal = read(answer.content, _Refusal)
    if refusal and any(map(_KEY_TROUBLE.search, (refusal.status, *refusal.errors))):
        return misconfigured("invalid_routing_key")
    code = refusal.status.lower().replace(" ", "_")[:64] if refusal else None
    retry_after = answer.headers.get("Retry-After")
    return judge(Answer(status=answer.status_code, code=code, retry_after=retry_after), {}, time.time())
