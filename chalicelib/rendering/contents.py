"""What a channel says: the parts of a template, filled, in the shape of content."""

from collections.abc import Callable

from chalicelib.domain.content import (
    NO_PUSH,
    NO_WHATSAPP,
    Content,
    PushContent,
    WhatsappContent,
    WhatsappTemplate,
)
from chalicelib.domain.template import Part, Parts
from chalicelib.domain.wording import BODIES, body_of, says, title_of
from chalicelib.domain.words import Channel
from chalicelib.services.ports.templates import TemplateError

Fill = Callable[[Part], str]
"""Returns what a part says."""


def content_of(channel: Channel, parts: Parts, fill: Fill, language: str) -> Content:
    """Return what a channel says in a language; TemplateError when it says nothing, or a part cannot be filled."""
    if not says(parts, channel):
        needed = next(part for part in BODIES[channel] if part.channel is channel)
        raise TemplateError(f"the template says nothing on {channel}: it has no {needed}")
    title, body = title_of(parts, channel), body_of(parts, channel)
    known = Content(
        subject=fill(title) or None if title else None,
        body=fill(body) if body else "",
        html=_optional(Part.EMAIL_HTML, parts, fill) if channel is Channel.EMAIL else None,
        action_url=_optional(Part.ACTION_URL, parts, fill),
        push=_push(parts, fill) if channel is Channel.PUSH else NO_PUSH,
        whatsapp=_whatsapp(parts, fill, language) if channel is Channel.WHATSAPP else NO_WHATSAPP,
    )
    if not known.body.strip() and known.whatsapp is NO_WHATSAPP:
        raise TemplateError(f"{body or Part.EMAIL_TEXT}: nothing is left of it with this data")
    return known


def _optional(part: Part, parts: Parts, fill: Fill) -> str | None:
    return fill(part) or None if part in parts else None


def _push(parts: Parts, fill: Fill) -> PushContent:
    image = _optional(Part.PUSH_IMAGE, parts, fill)
    return PushContent(image=image) if image else NO_PUSH


def _whatsapp(parts: Parts, fill: Fill, language: str) -> WhatsappContent:
    name = _optional(Part.WHATSAPP_TEMPLATE, parts, fill)
    if not name:
        return NO_WHATSAPP
    lines = (_optional(Part.WHATSAPP_PARAMETERS, parts, fill) or "").splitlines()
    filled = [{"type": "text", "text": line.strip()} for line in lines if line.strip()]
    components = ({"type": "body", "parameters": filled},) if filled else ()
    written = _optional(Part.WHATSAPP_LANGUAGE, parts, fill) or language.replace("-", "_")
    return WhatsappContent(template=WhatsappTemplate(name=name, language=written, components=components))
