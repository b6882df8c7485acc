"""Microsoft Teams: webhooks of Workflows, and those of connectors while they last
(https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using).
"""

import re
import time
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final

import msgspec

from chalicelib.channels.base import ChatMessage, Message
from chalicelib.domain.delivery import AttemptOutcome
from chalicelib.domain.provider import Accepted, ProviderResult, Refused, Unsure
from chalicelib.domain.words import Channel
from chalicelib.providers.base import Provider, ProviderSettings, Timeouts, misconfigured
from chalicelib.providers.guard import PUBLIC_ONLY, HostGuard
from chalicelib.providers.http import Answer, judge, read
from chalicelib.providers.poster import Poster, encoded
from chalicelib.providers.rooms import LinkLabel, link_of, webhook_for

if TYPE_CHECKING:
    from requests import Response

OUTCOMES: Final = {
    # The workflow is gone, off, or wants to know who calls; or it was made for messages of another form.
    "ResourceNotFound": AttemptOutcome.MISCONFIGURED,
    "TriggerInputSchemaMismatch": AttemptOutcome.MISCONFIGURED,
    "WorkflowNotFound": AttemptOutcome.MISCONFIGURED,
    "WorkflowTriggerIsNotEnabled": AttemptOutcome.MISCONFIGURED,
    "WorkflowTriggerNotFound": AttemptOutcome.MISCONFIGURED,
    # The connector was removed.
    "connector_404": AttemptOutcome.MISCONFIGURED,
    "connector_410": AttemptOutcome.MISCONFIGURED,
}
"""Codes that Power Automate answers with, as far as the HTTP status does not say it all (Microsoft publishes no list of
them), and ours for connectors, which have none."""

WEBHOOK: Final = (
    r"^https://([A-Za-z0-9-]+\.)+(logic\.azure\.com|powerplatform\.com|webhook\.office\.com)(:443)?/[!-\"$-~]+\Z"
)
MOST_BYTES: Final = 28 * 1024
"""https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using#rate-limiting-for-connectors"""
CARD_TYPE: Final = "application/vnd.microsoft.card.adaptive"
VERSION: Final = "1.4"
RUN: Final = "x-ms-workflow-run-id"
"""The header that names the run, as its history does."""

_OK: Final = 200
_ACCEPTED: Final = 202
_CONNECTOR: Final = re.compile(r"https://[^/]+\.webhook\.office\.com(:443)?/")
_TAKEN: Final = b"1"
_FAILED: Final = re.compile(rb"Webhook message delivery failed with error: .*?(?:HTTP error (\d{3})\b|$)", re.DOTALL)
_ELEMENT: Final = re.compile(r"[A-Z]")


class TeamsSettings(ProviderSettings, frozen=True):
    """How a tenant uses Teams: the webhook of a workflow that posts into a chat or channel."""

    webhook_url: Annotated[str, msgspec.Meta(pattern=WEBHOOK, max_length=2_048)]
    link_label: LinkLabel = "Open"


class _Error(msgspec.Struct, frozen=True):
    code: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_.]{1,100}\Z")]


class _Refusal(msgspec.Struct, frozen=True):
    """The body of a workflow's error."""

    error: _Error


class Teams(Provider[TeamsSettings, ChatMessage]):
    """Messages into a chat or channel of Teams, as Adaptive Cards."""

    channel: ClassVar = Channel.CHAT
    vendor: ClassVar = "teams"
    settings_type: ClassVar = TeamsSettings
    secrets: ClassVar = frozenset({"webhookUrl"})
    documentation: ClassVar = (
        "https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using"
    )
    capabilities: ClassVar = ("Adaptive Cards", "link button", "a webhook for each recipient")
    example: ClassVar = {
        "webhookUrl": "https://prod-01.westeurope.logic.azure.com:443/workflows/example/triggers/manual/paths/invoke?sig=x"
    }
    byte_limit: ClassVar = MOST_BYTES
    guarded: ClassVar = True
    """What answers at Microsoft's addresses is anybody's workflow: at what length and pace it likes."""

    def __init__(self, settings: TeamsSettings, timeouts: Timeouts, guard: HostGuard = PUBLIC_ONLY) -> None:
        super().__init__(settings, timeouts, guard)
        self._poster = Poster(timeouts, guard.session())

    def send(self, message: ChatMessage) -> ProviderResult:
        """Post the message. Accepted means that the workflow runs: whether it posts is in its history only."""
        url = webhook_for(message, self.vendor, self.settings.webhook_url, WEBHOOK)
        if url is None:
            return misconfigured("invalid_target")
        answer = self._poster.post(url, body_of(message, self.settings.link_label))
        if isinstance(answer, Refused | Unsure):
            return answer
        return connector_judged(answer) if _CONNECTOR.match(url) else workflow_judged(answer)

    def exceeds_limits(self, message: Message) -> bool:
        """Tell whether Teams would refuse the card for its size."""
        if super().exceeds_limits(message) or not isinstance(message, ChatMessage):
            return True
        return len(encoded(body_of(message, self.settings.link_label))) > MOST_BYTES


def workflow_judged(answer: "Response") -> ProviderResult:
    """Return what a workflow's answer means. One that answers something itself still names its run."""
    run = answer.headers.get(RUN)
    if answer.ok:
        taken = answer.status_code == _ACCEPTED or (answer.status_code == _OK and run is not None)
        return Accepted(vendor_id=run) if taken else Unsure(code="unreadable_answer")
    refusal = read(answer.content, _Refusal)
    return _judged(answer.status_code, refusal.error.code if refusal else None, answer)


def connector_judged(answer: "Response") -> ProviderResult:
    """Return what a connector's answer means: it says 200 even when Teams refused, and then tells Teams' status."""
    if answer.ok:
        failed = _FAILED.match(answer.content)
        if failed:
            status = int(failed[1] or 500)
            return _judged(status, f"connector_{status}", answer)
        return Accepted() if answer.content.strip() == _TAKEN else Unsure(code="unreadable_answer")
    # Its errors are sentences; a page of HTML is a gateway's.
    spoken = answer.headers.get("Content-Type", "").startswith("text/plain")
    return _judged(answer.status_code, f"connector_{answer.status_code}" if spoken else None, answer)


def body_of(message: ChatMessage, link_label: str) -> dict[str, Any]:
    """Return the payload: the sender's cards; or a card of the sender's elements, or of title, text and a button."""
    own = own_elements(message)
    if own and all(element["type"] == "AdaptiveCard" for element in own):
        return _payload(own)
    return _payload([_card(own, None, link_label) if own else _card(_texts(message), link_of(message), link_label)])


def own_elements(message: ChatMessage) -> list[dict[str, Any]]:
    """Return the sender's cards or elements if they are Teams': those for another vendor, tried before, say nothing
    here.
    """
    ours = all(isinstance(block.get("type"), str) and _ELEMENT.match(block["type"]) for block in message.blocks)
    return list(message.blocks) if ours else []


def _payload(cards: list[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "message", "attachments": [{"contentType": CARD_TYPE, "content": card} for card in cards]}


def _card(body: list[dict[str, Any]], link: str | None, link_label: str) -> dict[str, Any]:
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": VERSION,
        "body": body,
        "msteams": {"width": "Full"},
    }
    return card | ({"actions": [{"type": "Action.OpenUrl", "title": link_label, "url": link}]} if link else {})


def _texts(message: ChatMessage) -> list[dict[str, Any]]:
    title = {"type": "TextBlock", "text": message.title, "size": "Large", "weight": "Bolder", "wrap": True}
    # A card joins lines as Markdown does, unless an empty one is between them.
    text = {"type": "TextBlock", "text": re.sub(r"\n+", "\n\n", message.text), "wrap": True}
    return [*([title] if message.title else []), text]


def _judged(status: int, code: str | None, answer: "Response") -> Refused | Unsure:
    retry_after = answer.headers.get("Retry-After")
    return judge(Answer(status=status, code=code, retry_after=retry_after), OUTCOMES, time.time())
