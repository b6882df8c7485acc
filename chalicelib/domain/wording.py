"""Which parts of a template a channel says: its own, or those of another channel where it has none."""

from collections.abc import Collection
from typing import Final

from chalicelib.domain.template import Part
from chalicelib.domain.words import Channel

_TITLES: Final = (Part.PUSH_TITLE, Part.IN_APP_TITLE, Part.EMAIL_SUBJECT, Part.CHAT_TITLE, Part.WEBHOOK_TITLE)
_BRIEF: Final = (
    Part.PUSH_BODY,
    Part.SMS_TEXT,
    Part.IN_APP_BODY,
    Part.WHATSAPP_TEXT,
    Part.CHAT_TEXT,
    Part.EMAIL_TEXT,
    Part.WEBHOOK_TEXT,
    Part.ALERT_SUMMARY,
)
"""What a screen of a phone should show: the shortest first."""
_AT_LENGTH: Final = (
    Part.EMAIL_TEXT,
    Part.CHAT_TEXT,
    Part.WHATSAPP_TEXT,
    Part.IN_APP_BODY,
    Part.PUSH_BODY,
    Part.SMS_TEXT,
    Part.WEBHOOK_TEXT,
    Part.ALERT_SUMMARY,
)
"""What a reader has time for."""

TITLES: Final[dict[Channel, tuple[Part, ...]]] = {
    Channel.EMAIL: (Part.EMAIL_SUBJECT, *_TITLES),
    Channel.SMS: (),
    Channel.PUSH: _TITLES,
    Channel.WHATSAPP: (),
    Channel.IN_APP: (Part.IN_APP_TITLE, *_TITLES),
    Channel.CHAT: (Part.CHAT_TITLE, *_TITLES),
    Channel.ALERT: (Part.ALERT_SUMMARY, *_TITLES),
    Channel.WEBHOOK: (Part.WEBHOOK_TITLE, *_TITLES),
}
"""The title of a channel is the first of these that a template has."""
BODIES: Final[dict[Channel, tuple[Part, ...]]] = {
    Channel.EMAIL: (Part.EMAIL_TEXT, *_AT_LENGTH),
    Channel.SMS: (Part.SMS_TEXT, *_BRIEF),
    Channel.PUSH: _BRIEF,
    Channel.WHATSAPP: (Part.WHATSAPP_TEXT, *_BRIEF),
    Channel.IN_APP: (Part.IN_APP_BODY, *_BRIEF),
    Channel.CHAT: (Part.CHAT_TEXT, *_BRIEF),
    Channel.ALERT: (Part.CHAT_TEXT, *_BRIEF),
    Channel.WEBHOOK: (Part.WEBHOOK_TEXT, *_BRIEF),
}
"""The body of a channel is the first of these that a template has."""


def says(parts: Collection[Part], channel: Channel) -> bool:
    """Tell whether a template of these parts has something to say on a channel."""
    if Part.EMAIL_HTML in parts or any(part in parts for part in BODIES[channel]):
        # A mail's text is made of its HTML where it has none.
        return True
    return channel is Channel.WHATSAPP and Part.WHATSAPP_TEMPLATE in parts


def title_of(parts: Collection[Part], channel: Channel) -> Part | None:
    """Return the part that is a channel's title; None where it has none."""
    return next((part for part in TITLES[channel] if part in parts), None)


def body_of(parts: Collection[Part], channel: Channel) -> Part | None:
    """Return the part that is a channel's body; None where it has none."""
    return next((part for part in BODIES[channel] if part in parts), None)
