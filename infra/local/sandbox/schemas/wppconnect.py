"""The bodies of a WPPConnect server's requests (Swagger comments of https://github.com/wppconnect-team/wppconnect-server)."""

from typing import Annotated, Any

import msgspec

Text = Annotated[str, msgspec.Meta(min_length=1)]


class ToSomebody(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What all messages have: the number, in digits, with its country."""

    phone: Annotated[str, msgspec.Meta(pattern=r"^[1-9][0-9]{6,13}\Z")]
    isGroup: bool = False  # noqa: N815 - as the server calls it
    options: dict[str, Any] = {}


class Message(ToSomebody, frozen=True, kw_only=True):
    """A text."""

    message: Text


class File(ToSomebody, frozen=True, kw_only=True):
    """A medium: at an address, or inline."""

    path: str = ""
    base64: str = ""
    filename: str = "file"
    caption: str = ""


class Location(ToSomebody, frozen=True, kw_only=True):
    """A place, in degrees."""

    lat: Annotated[str, msgspec.Meta(pattern=r"^-?\d{1,3}(\.\d+)?\Z")]
    lng: Annotated[str, msgspec.Meta(pattern=r"^-?\d{1,3}(\.\d+)?\Z")]
    title: str = ""
    address: str = ""


class Contacts(ToSomebody, frozen=True, kw_only=True):
    """Cards of others who are on WhatsApp."""

    contactsId: Annotated[tuple[str, ...], msgspec.Meta(min_length=1)]  # noqa: N815 - as the server calls it
    name: str | None = None


MESSAGES: dict[str, type[ToSomebody]] = {
    "send-message": Message,
    "send-image": File,
    "send-file": File,
    "send-voice": File,
    "send-sticker": File,
    "send-location": Location,
    "contact-vcard": Contacts,
}
"""By route."""
