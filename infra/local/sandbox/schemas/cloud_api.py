"""The body of the Cloud API's messages: https://developers.facebook.com/documentation/business-messaging/whatsapp/."""

from typing import Annotated, Any, Literal

import msgspec

Text = Annotated[str, msgspec.Meta(min_length=1)]
Caption = Annotated[str, msgspec.Meta(max_length=1_024)]
Degrees = str | float | int


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Part of a message: what Meta does not document, it refuses."""


class TextObject(Part, frozen=True):
    """A text."""

    body: Annotated[str, msgspec.Meta(min_length=1, max_length=4_096)]
    preview_url: bool = False


class Medium(Part, frozen=True):
    """A medium that was uploaded or is at an address."""

    id: str = ""
    link: str = ""
    caption: Caption | None = None
    filename: str | None = None


class LocationObject(Part, frozen=True):
    """A place."""

    latitude: Degrees
    longitude: Degrees
    name: str = ""
    address: str = ""


class Language(Part, frozen=True):
    """The language of a template."""

    code: Text
    policy: Literal["deterministic"] = "deterministic"


class Parameter(Part, frozen=True):
    """What fills a place of a template."""

    type: Literal[
        "text", "currency", "date_time", "image", "video", "document", "location", "payload", "coupon_code", "action"
    ]
    parameter_name: str | None = None
    text: str | None = None
    currency: dict[str, Any] | None = None
    date_time: dict[str, Any] | None = None
    image: Medium | None = None
    video: Medium | None = None
    document: Medium | None = None
    location: LocationObject | None = None
    payload: str | None = None
    coupon_code: str | None = None
    action: dict[str, Any] | None = None


class Component(Part, frozen=True):
    """The parameters of a template's header, body or one of its buttons."""

    type: Literal["header", "body", "button"]
    sub_type: Literal["quick_reply", "url", "copy_code", "flow", "catalog", "voice_call"] | None = None
    index: str | int | None = None
    parameters: tuple[Parameter, ...] = ()


class TemplateObject(Part, frozen=True):
    """A template and what fills it."""

    name: Text
    language: Language
    components: tuple[Component, ...] = ()


class ContactName(Part, frozen=True):
    """A name: as a whole, and at least one of its parts."""

    formatted_name: Text
    first_name: str | None = None
    last_name: str | None = None
    middle_name: str | None = None
    suffix: str | None = None
    prefix: str | None = None


class Contact(Part, frozen=True):
    """A card."""

    name: ContactName
    addresses: tuple[dict[str, str], ...] = ()
    birthday: Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d{2}-\d{2}\Z")] | None = None
    emails: tuple[dict[str, str], ...] = ()
    org: dict[str, str] | None = None
    phones: tuple[dict[str, str], ...] = ()
    urls: tuple[dict[str, str], ...] = ()


class Send(Part, frozen=True):
    """The whole request."""

    messaging_product: Literal["whatsapp"]
    to: str
    type: Literal["text", "template", "image", "video", "audio", "document", "sticker", "location", "contacts"] = "text"
    recipient_type: Literal["individual"] = "individual"
    biz_opaque_callback_data: Annotated[str, msgspec.Meta(max_length=512)] = ""
    context: dict[str, str] = {}
    text: TextObject | None = None
    template: TemplateObject | None = None
    image: Medium | None = None
    video: Medium | None = None
    audio: Medium | None = None
    document: Medium | None = None
    sticker: Medium | None = None
    location: LocationObject | None = None
    contacts: Annotated[tuple[Contact, ...], msgspec.Meta(min_length=1, max_length=257)] | None = None

    @property
    def medium(self) -> Medium | None:
        """The medium, if it is one."""
        media = {name: getattr(self, name) for name in ("image", "video", "audio", "document", "sticker")}
        return media.get(self.type)
