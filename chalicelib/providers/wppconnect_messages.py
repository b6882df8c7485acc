"""Messages as a WPPConnect server takes them: one route for each kind
(https://github.com/wppconnect-team/wppconnect-server: src/routes/index.ts and its Swagger comments).
"""

from typing import Any, Final

from chalicelib.channels.base import WhatsappMessage
from chalicelib.domain.content import Media, MediaKind

ROUTES: Final = {
    MediaKind.IMAGE: "send-image",
    MediaKind.VIDEO: "send-file",
    MediaKind.DOCUMENT: "send-file",
    MediaKind.AUDIO: "send-voice",
    MediaKind.STICKER: "send-sticker",
}
MOST_DIGITS: Final = 14
"""Of a number: the server takes a longer one for an id of another kind, hence for somebody else's.
https://github.com/wppconnect-team/wppconnect-server/blob/main/src/util/functions.ts (contactToArray)"""


class UnsupportedMessageError(Exception):
    """WPPConnect cannot send this. `code` says why: `unsupported_kind`, `number_too_long`, `invalid_link`,
    `contact_without_phone`.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def route_and_body(message: WhatsappMessage) -> tuple[str, dict[str, Any]]:
    """Return the route of a message and the body of its request; raises UnsupportedMessageError."""
    number = message.to.removeprefix("+")
    if len(number) > MOST_DIGITS:
        raise UnsupportedMessageError("number_too_long")
    route, content = _route_and_content(message)
    return route, {"phone": number, "isGroup": False, **content}


def _route_and_content(message: WhatsappMessage) -> tuple[str, dict[str, Any]]:
    content = message.content
    if content.template:
        raise UnsupportedMessageError("unsupported_kind")
    if content.media:
        return ROUTES[content.media.kind], _media(content.media)
    if content.location:
        place = content.location
        degrees = {"lat": f"{place.latitude:.7f}", "lng": f"{place.longitude:.7f}"}
        return "send-location", {**degrees, "title": place.name or "", "address": place.address or ""}
    if content.contacts:
        return "contact-vcard", _contacts(content.contacts)
    return "send-message", {"message": message.text, "options": {"linkPreview": content.preview_url}}


def _media(media: Media) -> dict[str, Any]:
    # What is no address, the server takes for a file of its own and sends that.
    if not media.link.startswith("https://"):
        raise UnsupportedMessageError("invalid_link")
    words = {"filename": media.name, "caption": media.caption}
    return {"path": media.link, **{name: text for name, text in words.items() if text}}


def _contacts(cards: tuple[dict[str, Any], ...]) -> dict[str, Any]:
    """Return who is told of: the server makes the cards itself, of the first number of each."""
    numbers = ["".join(filter(str.isdecimal, _number(card))) for card in cards]
    if not all(numbers):
        raise UnsupportedMessageError("contact_without_phone")
    name = cards[0].get("name", {}).get("formatted_name")
    return {"contactsId": numbers, **({"name": name} if name and len(cards) == 1 else {})}


def _number(card: dict[str, Any]) -> str:
    phone: dict[str, Any] = next(iter(card.get("phones", ())), {})
    return str(phone.get("wa_id") or phone.get("phone") or "")
