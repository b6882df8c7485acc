"""Messages as Meta's Cloud API takes them
(https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/send-messages).
"""

from typing import Any, Final

from chalicelib.channels.base import WhatsappMessage
from chalicelib.domain.content import Location, Media, MediaKind, WhatsappTemplate

WITH_CAPTION: Final = frozenset({MediaKind.IMAGE, MediaKind.VIDEO, MediaKind.DOCUMENT})
"""Media that a text can stand under: audio and stickers have none."""


def body_of(message: WhatsappMessage) -> dict[str, Any]:
    """Return the body of a request. Meta wants numbers in digits alone; the reference comes back in status reports."""
    kind, content = _kind_and_content(message)
    return {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": message.to.removeprefix("+"),
        "type": kind,
        kind: content,
        "biz_opaque_callback_data": message.reference,
    }


def _kind_and_content(message: WhatsappMessage) -> tuple[str, Any]:
    content = message.content
    if content.template:
        return "template", _template(content.template)
    if content.media:
        return content.media.kind, _media(content.media)
    if content.location:
        return "location", _location(content.location)
    if content.contacts:
        return "contacts", list(content.contacts)
    return "text", {"body": message.text, "preview_url": content.preview_url}


def _template(template: WhatsappTemplate) -> dict[str, Any]:
    named = {"name": template.name, "language": {"code": template.language}}
    return named | ({"components": list(template.components)} if template.components else {})


def _media(media: Media) -> dict[str, Any]:
    caption = media.caption if media.kind in WITH_CAPTION else None
    name = media.name if media.kind is MediaKind.DOCUMENT else None
    return {"link": media.link} | ({"caption": caption} if caption else {}) | ({"filename": name} if name else {})


def _location(location: Location) -> dict[str, Any]:
    words = {"name": location.name, "address": location.address}
    return {
        # As texts, to about a centimeter: a number near zero would be written with an exponent.
        "latitude": f"{location.latitude:.7f}",
        "longitude": f"{location.longitude:.7f}",
        **{name: text for name, text in words.items() if text},
    }
