"""What a webhook of Discord's takes: https://docs.discord.com/developers/resources/webhook#execute-webhook."""

from typing import Any, Literal

import msgspec


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Part of a message: what Discord does not document, it may drop."""


class Footer(Part, frozen=True):
    """What stands below an embed."""

    text: str
    icon_url: str | None = None


class Author(Part, frozen=True):
    """Whom an embed is from."""

    name: str
    url: str | None = None
    icon_url: str | None = None


class Field(Part, frozen=True):
    """A name and a value."""

    name: str
    value: str
    inline: bool = False


class Embed(Part, frozen=True):
    """A framed part of a message."""

    title: str | None = None
    type: Literal["rich"] = "rich"
    description: str | None = None
    url: str | None = None
    timestamp: str | None = None
    color: int | None = None
    footer: Footer | None = None
    image: dict[str, Any] | None = None
    thumbnail: dict[str, Any] | None = None
    author: Author | None = None
    fields: tuple[Field, ...] = ()


class AllowedMentions(Part, frozen=True):
    """Who is notified by the text."""

    parse: tuple[Literal["roles", "users", "everyone"], ...] | None = None
    roles: tuple[str, ...] = ()
    users: tuple[str, ...] = ()
    replied_user: bool = False


class Execute(Part, frozen=True):
    """The whole request."""

    content: str | None = None
    username: str | None = None
    avatar_url: str | None = None
    tts: bool = False
    embeds: tuple[Embed, ...] = ()
    allowed_mentions: AllowedMentions | None = None
    flags: int = 0
    thread_name: str | None = None
