"""What a webhook of Slack's takes: https://docs.slack.dev/reference/messaging/payload."""

from typing import Any, Literal

import msgspec


class PlainText(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A text without markup."""

    type: Literal["plain_text"]
    text: str
    emoji: bool = True


class Text(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A text with markup or without."""

    type: Literal["plain_text", "mrkdwn"]
    text: str
    emoji: bool = True
    verbatim: bool = False


class Button(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A button."""

    type: Literal["button"]
    text: PlainText
    action_id: str | None = None
    url: str | None = None
    value: str | None = None
    style: Literal["primary", "danger"] | None = None
    confirm: dict[str, Any] | None = None
    accessibility_label: str | None = None


class Payload(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole request."""

    text: str | None = None
    blocks: tuple[dict[str, Any], ...] = ()
    attachments: tuple[dict[str, Any], ...] = ()
    thread_ts: str | None = None
    mrkdwn: bool = True
    unfurl_links: bool = True
    unfurl_media: bool = True
