"""Discord's webhooks (https://docs.discord.com/developers/resources/webhook#execute-webhook)."""

import time
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final

import msgspec

from chalicelib.channels.base import ChatMessage, Message
from chalicelib.channels.graphemes import shorten
from chalicelib.domain.delivery import AttemptOutcome
from chalicelib.domain.provider import Accepted, ProviderResult, Refused, Unsure
from chalicelib.domain.words import Channel
from chalicelib.providers.base import Provider, ProviderSettings, Timeouts, misconfigured
from chalicelib.providers.http import Answer, judge, read
from chalicelib.providers.poster import Poster
from chalicelib.providers.rooms import link_of, webhook_for

if TYPE_CHECKING:
    from requests import Response

OUTCOMES: Final = {
    # The webhook, or where it leads to.
    "10003": AttemptOutcome.MISCONFIGURED,  # unknown channel: a thread that is gone
    "10015": AttemptOutcome.MISCONFIGURED,  # unknown webhook
    "50027": AttemptOutcome.MISCONFIGURED,  # invalid webhook token
    "50083": AttemptOutcome.MISCONFIGURED,  # the thread is archived
    "160005": AttemptOutcome.MISCONFIGURED,  # the thread is locked
    "220001": AttemptOutcome.MISCONFIGURED,  # a forum needs a thread
    # Later it may be taken.
    "40062": AttemptOutcome.RETRIABLE,  # the service's own rate limit
}
"""https://docs.discord.com/developers/topics/opcodes-and-status-codes#json, as far as the HTTP status does not say it
all: what is wrong with a message (`50035`, `50006`) is 400."""

WEBHOOK: Final = r"^https://((ptb|canary)\.)?discord(app)?\.com/api(/v\d{1,2})?/webhooks/\d{1,20}/[A-Za-z0-9_-]+\Z"
CONTENT: Final = 2_000
TITLE: Final = 256
DESCRIPTION: Final = 4_096
MOST_EMBEDS: Final = 10
ALL_EMBEDS: Final = 6_000
"""Characters, and embeds: https://docs.discord.com/developers/resources/message#embed-object-embed-limits."""


class DiscordSettings(ProviderSettings, frozen=True):
    """How a tenant uses Discord: the webhook of a channel, and the thread in it, which a forum cannot do without."""

    webhook_url: Annotated[str, msgspec.Meta(pattern=WEBHOOK)]
    thread_id: Annotated[str, msgspec.Meta(pattern=r"^\d{1,20}\Z")] | None = None


class _Posted(msgspec.Struct, frozen=True):
    """What we read of a message, and of a webhook."""

    id: Annotated[str, msgspec.Meta(pattern=r"^\d+\Z")]


class _Refusal(msgspec.Struct, frozen=True):
    """The body of every error; that of a rate limit says how many seconds to wait."""

    message: str
    code: int = 0
    retry_after: float | None = None


class Discord(Provider[DiscordSettings, ChatMessage]):
    """Messages into a Discord channel. Nothing in them notifies anybody by name, whatever the text says."""

    channel: ClassVar = Channel.CHAT
    vendor: ClassVar = "discord"
    settings_type: ClassVar = DiscordSettings
    secrets: ClassVar = frozenset({"webhookUrl"})
    documentation: ClassVar = "https://docs.discord.com/developers/resources/webhook#execute-webhook"
    capabilities: ClassVar = ("embeds", "threads", "mentions off", "a webhook for each recipient")
    example: ClassVar = {"webhookUrl": "https://discord.com/api/webhooks/123456789012345678/example"}
    character_limit: ClassVar = ALL_EMBEDS

    def __init__(self, settings: DiscordSettings, timeouts: Timeouts) -> None:
        super().__init__(settings, timeouts)
        self._poster = Poster(timeouts)

    def send(self, message: ChatMessage) -> ProviderResult:
        """Post the message and wait until Discord has stored it, which gives its id and tells what is wrong."""
        url = webhook_for(message, self.vendor, self.settings.webhook_url, WEBHOOK)
        if url is None:
            return misconfigured("invalid_target")
        # The thread is one of the settings' channel, and of no other.
        thread = self.settings.thread_id if url == self.settings.webhook_url else None
        where = f"{url}?wait=true" + (f"&thread_id={thread}" if thread else "")
        return judged(self._poster.post(where, body_of(message)))

    def probe(self) -> ProviderResult:
        """Get the webhook (https://docs.discord.com/developers/resources/webhook#get-webhook-with-token)."""
        return judged(self._poster.get(self.settings.webhook_url))

    def exceeds_limits(self, message: Message) -> bool:
        """Tell whether Discord would refuse the text or the embeds for their size."""
        if super().exceeds_limits(message) or not isinstance(message, ChatMessage):
            return True
        embeds = body_of(message).get("embeds", [])
        too_long = any(_length(e.get("title")) > TITLE or _length(e.get("description")) > DESCRIPTION for e in embeds)
        return too_long or len(embeds) > MOST_EMBEDS or sum(map(_characters, embeds)) > ALL_EMBEDS


def judged(answer: "Response | Refused | Unsure") -> ProviderResult:
    """Return what Discord's answer means."""
    if isinstance(answer, Refused | Unsure):
        return answer
    if answer.ok:
        posted = read(answer.content, _Posted)
        return Accepted(vendor_id=posted.id) if posted else Unsure(code="unreadable_answer")
    status, refusal = answer.status_code, read(answer.content, _Refusal)
    # An error without a code of its own has 0.
    code = str(refusal.code or f"http_{status}") if refusal else None
    asked = refusal.retry_after if refusal else None
    retry_after = answer.headers.get("Retry-After") or (None if asked is None else str(asked))
    return judge(Answer(status=status, code=code, retry_after=retry_after), OUTCOMES, time.time())


def body_of(message: ChatMessage) -> dict[str, Any]:
    """Return the payload: the sender's embeds below the text; or an embed where the text needs a title or a link, or
    has no room outside of one.
    """
    quiet: dict[str, Any] = {"allowed_mentions": {"parse": []}}
    own = own_embeds(message)
    if own:
        return {"content": shorten(message.text, CONTENT), "embeds": own, **quiet}
    link = link_of(message)
    if message.title or link or len(message.text) > CONTENT:
        return {"embeds": _embeds(message, link), **quiet}
    return {"content": message.text, **quiet}


def own_embeds(message: ChatMessage) -> list[dict[str, Any]]:
    """Return the sender's embeds if they are Discord's: those for another vendor, tried before, say nothing here."""
    return list(message.blocks) if all(block.get("type", "rich") == "rich" for block in message.blocks) else []


def _embeds(message: ChatMessage, link: str | None) -> list[dict[str, Any]]:
    # Without a title there is nothing to click on: then the link itself is.
    title = shorten(message.title, TITLE) if message.title else link and shorten(link, TITLE)
    head = {name: value for name, value in (("title", title), ("url", link)) if value}
    first, rest = message.text[:DESCRIPTION], message.text[DESCRIPTION:].strip()
    return [{**head, "description": first}, *([{"description": rest}] if rest else [])]


def _characters(embed: dict[str, Any]) -> int:
    """Return the characters of an embed that count into the limit of all."""
    fields = embed.get("fields")
    parts = [embed.get("footer"), embed.get("author"), *(fields if isinstance(fields, list) else [])]
    texts = [part.get(name) for part in parts if isinstance(part, dict) for name in ("name", "value", "text")]
    return sum(map(_length, [embed.get("title"), embed.get("description"), *texts]))


def _length(text: object) -> int:
    return len(text) if isinstance(text, str) else 0
