"""What a template says in one language, as it comes in."""

from typing import Annotated, Any

from pydantic import Field, StringConstraints

from chalicelib.api.models import PLAIN_TEXT, Body
from chalicelib.domain.template import Part, Parts

Source = Annotated[str, StringConstraints(min_length=1, max_length=100_000), PLAIN_TEXT]
"""Jinja, of which little is allowed."""


class EmailParts(Body):
    """What an e-mail says. Without `text` it follows from `html`."""

    subject: Source | None = None
    text: Source | None = None
    html: Source | None = None


class SmsParts(Body):
    """What a text message says."""

    text: Source | None = None


class PushParts(Body):
    """What a push notification says; `image` is an address."""

    title: Source | None = None
    body: Source | None = None
    image: Source | None = None


class WhatsappParts(Body):
    """What a WhatsApp message says: a text, or a template that Meta approved, in a language, with `parameters`, one a
    line.
    """

    text: Source | None = None
    template: Source | None = None
    language: Source | None = None
    parameters: Source | None = None


class TitledParts(Body):
    """What the inbox shows."""

    title: Source | None = None
    body: Source | None = None


class ChatParts(Body):
    """What a chat message or webhook says."""

    title: Source | None = None
    text: Source | None = None


class AlertParts(Body):
    """What an alert says."""

    summary: Source | None = None


class LocalizationBody(Body):
    """What a template says in one language, by channel. Where a channel lacks something, others lend it."""

    action_url: Source | None = None
    email: EmailParts | None = None
    sms: SmsParts | None = None
    push: PushParts | None = None
    whatsapp: WhatsappParts | None = None
    in_app: Annotated[TitledParts | None, Field(alias="in_app")] = None
    chat: ChatParts | None = None
    alert: AlertParts | None = None
    webhook: ChatParts | None = None

    def parts(self) -> Parts:
        """Return the sources by part."""
        found = {part: self._source(part) for part in Part}
        return {part: source for part, source in found.items() if source is not None}

    def _source(self, part: Part) -> str | None:
        name, _, place = part.partition(".")
        said: Any = getattr(self, name)
        source: str | None = getattr(said, place) if place and said is not None else said
        return source
