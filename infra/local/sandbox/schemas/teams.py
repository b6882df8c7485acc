"""What a webhook of Teams takes: a message with Adaptive Cards.

https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using#send-adaptive-cards-using-an-incoming-webhook,
https://adaptivecards.io/explorer/AdaptiveCard.html.
"""

from typing import Annotated, Any, Literal

import msgspec


class Element(msgspec.Struct, frozen=True):
    """A part of a card; what each kind has more is the card's renderer's to know."""

    type: Annotated[str, msgspec.Meta(pattern=r"^[A-Z][A-Za-z]+$")]


class OpenUrl(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="Action.OpenUrl"):
    """A button with a link."""

    url: Annotated[str, msgspec.Meta(pattern=r"^https?://")]
    title: str = ""


class Card(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An Adaptive Card."""

    type: Literal["AdaptiveCard"]
    version: Literal["1.0", "1.1", "1.2", "1.3", "1.4", "1.5"]
    schema: str = msgspec.field(default="", name="$schema")
    body: tuple[Element, ...] = ()
    actions: tuple[OpenUrl, ...] = ()
    msteams: dict[str, Any] = {}
    fallback_text: str = msgspec.field(default="", name="fallbackText")


class Attachment(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a message holds."""

    content_type: Literal["application/vnd.microsoft.card.adaptive"] = msgspec.field(name="contentType")
    content: Card
    content_url: None = msgspec.field(default=None, name="contentUrl")


class Payload(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole request."""

    type: Literal["message"]
    attachments: Annotated[tuple[Attachment, ...], msgspec.Meta(min_length=1)]
