"""Slack's incoming webhooks (https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks)."""

import re
import time
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final

import msgspec

from chalicelib.channels.base import ChatMessage, Message
from chalicelib.channels.graphemes import shorten
from chalicelib.domain.delivery import AttemptOutcome
from chalicelib.domain.provider import Accepted, ProviderResult, Refused, Unsure
from chalicelib.domain.words import Channel
from chalicelib.providers.base import Provider, ProviderSettings, Timeouts, misconfigured
from chalicelib.providers.http import Answer, judge
from chalicelib.providers.poster import Poster
from chalicelib.providers.rooms import LinkLabel, link_of, webhook_for

if TYPE_CHECKING:
    from requests import Response

OUTCOMES: Final = {
    "action_prohibited": AttemptOutcome.MISCONFIGURED,
    "channel_is_archived": AttemptOutcome.MISCONFIGURED,
    "channel_not_found": AttemptOutcome.MISCONFIGURED,
    "invalid_token": AttemptOutcome.MISCONFIGURED,
    "no_active_hooks": AttemptOutcome.MISCONFIGURED,
    "no_service": AttemptOutcome.MISCONFIGURED,
    "no_service_id": AttemptOutcome.MISCONFIGURED,
    "no_team": AttemptOutcome.MISCONFIGURED,
    "posting_to_general_channel_denied": AttemptOutcome.MISCONFIGURED,
    "team_disabled": AttemptOutcome.MISCONFIGURED,
    "user_not_found": AttemptOutcome.MISCONFIGURED,
}
"""The webhook or its room. The HTTP status says the rest: what is wrong with a message (`invalid_payload`,
`invalid_blocks`, `no_text`) is 400, a trouble of Slack's own (`rollup_error`) 500.
https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks#handling_errors"""

WEBHOOK: Final = r"^https://hooks\.slack(-gov)?\.com/services/[A-Za-z0-9/_-]+\Z"
TEXT: Final = 40_000
"""Characters; Slack cuts what is longer: https://docs.slack.dev/reference/methods/chat.postMessage#truncating."""
MOST_BLOCKS: Final = 50
SECTION: Final = 3_000
HEADER: Final = 150
"""Limits of blocks: https://docs.slack.dev/reference/block-kit/blocks."""

_BLOCK: Final = re.compile(r"[a-z_]+\Z")
_CODE: Final = re.compile(rb"[a-z][a-z_]{1,63}\s*\Z")
_OK: Final = b"ok"


class SlackSettings(ProviderSettings, frozen=True):
    """How a tenant uses Slack: the webhook of an app, which belongs to one channel of a workspace."""

    webhook_url: Annotated[str, msgspec.Meta(pattern=WEBHOOK)]
    link_label: LinkLabel = "Open"


class Slack(Provider[SlackSettings, ChatMessage]):
    """Messages into a Slack channel. Slack does not name the message it takes, so it cannot be looked up later."""

    channel: ClassVar = Channel.CHAT
    vendor: ClassVar = "slack"
    settings_type: ClassVar = SlackSettings
    secrets: ClassVar = frozenset({"webhookUrl"})
    documentation: ClassVar = "https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks"
    capabilities: ClassVar = ("Block Kit", "link button", "a webhook for each recipient")
    example: ClassVar = {"webhookUrl": "https://hooks.slack.com/services/T00000000/B00000000/example"}
    character_limit: ClassVar = TEXT

    def __init__(self, settings: SlackSettings, timeouts: Timeouts) -> None:
        super().__init__(settings, timeouts)
        self._poster = Poster(timeouts)

    def send(self, message: ChatMessage) -> ProviderResult:
        """Post the message."""
        url = webhook_for(message, self.vendor, self.settings.webhook_url, WEBHOOK)
        if url is None:
            return misconfigured("invalid_target")
        answer = self._poster.post(url, body_of(message, self.settings.link_label))
        return answer if isinstance(answer, Refused | Unsure) else judged(answer)

    def exceeds_limits(self, message: Message) -> bool:
        """Tell whether Slack would refuse the text or the blocks for their size."""
        if super().exceeds_limits(message) or not isinstance(message, ChatMessage):
            return True
        blocks = body_of(message, self.settings.link_label).get("blocks", [])
        return len(blocks) > MOST_BLOCKS or any(_too_long(block) for block in blocks)


def judged(answer: "Response") -> ProviderResult:
    """Return what Slack's answer means: a success is the text `ok`, an error a word of its own."""
    if answer.ok:
        return Accepted() if answer.content.strip() == _OK else Unsure(code="unreadable_answer")
    code = answer.content.strip().decode() if _CODE.match(answer.content) else None
    retry_after = answer.headers.get("Retry-After")
    return judge(Answer(status=answer.status_code, code=code, retry_after=retry_after), OUTCOMES, time.time())


def body_of(message: ChatMessage, link_label: str) -> dict[str, Any]:
    """Return the payload. Where there are blocks, the text is what notifications and screen readers say."""
    told = f"{message.title}\n{message.text}" if message.title else message.text
    text = escaped_pieces(told, TEXT)[0]
    blocks = own_blocks(message) or _blocks(message, link_label)
    return {"text": text, "blocks": blocks} if blocks else {"text": text}


def own_blocks(message: ChatMessage) -> list[dict[str, Any]]:
    """Return the sender's blocks if they are Slack's: those for another vendor, tried before, say nothing here."""
    ours = all(isinstance(block.get("type"), str) and _BLOCK.match(block["type"]) for block in message.blocks)
    return list(message.blocks) if ours and not any(block["type"] == "rich" for block in message.blocks) else []


def escaped_pieces(text: str, limit: int) -> list[str]:
    """Return `text` so that none of it is markup (https://docs.slack.dev/messaging/formatting-message-text#escaping),
    in pieces of at most `limit` characters, cut between words where that is possible.
    """
    pieces = []
    while text:
        end = _fitting(text, limit)
        if end < len(text):
            end = max(text.rfind(" ", 1, end), text.rfind("\n", 1, end)) + 1 or end
        pieces.append(_escape(text[:end]).rstrip())
        text = text[end:].lstrip()
    return pieces


def _blocks(message: ChatMessage, link_label: str) -> list[dict[str, Any]]:
    """Return the title as a header, the text below it, and a button; nothing where the text alone says it all."""
    link = link_of(message)
    if not message.title and not link:
        return []
    header = [{"type": "header", "text": _plain(shorten(message.title, HEADER))}] if message.title else []
    sections = [
        {"type": "section", "text": {"type": "mrkdwn", "text": piece}}
        for piece in escaped_pieces(message.text, SECTION)
    ]
    button = {"type": "button", "text": _plain(link_label), "url": link}
    return [*header, *sections, *([{"type": "actions", "elements": [button]}] if link else [])]


def _plain(text: str) -> dict[str, str]:
    return {"type": "plain_text", "text": text}


def _too_long(block: dict[str, Any]) -> bool:
    limit = {"header": HEADER, "section": SECTION}.get(block["type"])
    text = block.get("text")
    said = text.get("text") if isinstance(text, dict) else None
    return limit is not None and isinstance(said, str) and len(said) > limit


def _fitting(text: str, limit: int) -> int:
    """Return how many characters of `text` fit into `limit` once they are escaped."""
    size = 0
    for count, character in enumerate(text):
        size += len(_escape(character))
        if size > limit:
            return count
    return len(text)


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
