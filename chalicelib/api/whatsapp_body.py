"""What a send says on WhatsApp alone: exactly one kind of message. Its limits are those of Meta's Cloud API
(https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/send-messages).
"""

from typing import Annotated, Any, Final, Literal

from pydantic import ConfigDict, Field, StringConstraints, TypeAdapter, ValidationInfo, field_validator
from pydantic_core import CoreSchema

from chalicelib.api.models import PLAIN_TEXT, Body, Line, fault
from chalicelib.api.whatsapp_cards import WhatsappCard
from chalicelib.api.whatsapp_template import HttpsLink, Latitude, Longitude, WhatsappComponent
from chalicelib.domain.content import Location, Media, MediaKind, WhatsappContent, WhatsappTemplate

MOST_TEXT: Final = 4_096
MOST_CAPTION: Final = 1_024
MOST_CARDS: Final = 257
MOST_COMPONENTS: Final = 12
"""A header, a body and ten buttons."""
CAPTIONED: Final = ("image", "video", "document")


class WhatsappTextBody(Body):
    """A text: `text`, or the content's `body`. `previewUrl`: show a preview of the first link in it."""

    type: Literal["text"]
    text: Annotated[str, StringConstraints(min_length=1, max_length=MOST_TEXT), PLAIN_TEXT] | None = None
    preview_url: bool = False

    def content(self) -> WhatsappContent:
        """Return what is sent."""
        return WhatsappContent(text=self.text, preview_url=self.preview_url)


class WhatsappTemplateBody(Body):
    """A message template that Meta approved: the only kind that reaches somebody who has not written for 24 hours."""

    type: Literal["template"]
    name: Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,512}$")]
    language: Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(_[A-Z]{2,3})?$")]
    components: Annotated[list[WhatsappComponent], Field(max_length=MOST_COMPONENTS)] = Field(default_factory=list)

    def content(self) -> WhatsappContent:
        """Return what is sent."""
        components = tuple(component.as_meta_has_it() for component in self.components)
        return WhatsappContent(template=WhatsappTemplate(name=self.name, language=self.language, components=components))


class WhatsappMediaBody(Body):
    """A file at an https address. Audio and stickers have no caption, and only documents have a name."""

    type: Literal["media"]
    kind: Literal["image", "video", "audio", "document", "sticker"]
    link: HttpsLink
    caption: Annotated[str, StringConstraints(min_length=1, max_length=MOST_CAPTION), PLAIN_TEXT] | None = None
    name: Line | None = None

    @field_validator("caption")
    @classmethod
    def _has_captions(cls, caption: str | None, info: ValidationInfo) -> str | None:
        if caption is not None and info.data.get("kind", "image") not in CAPTIONED:
            raise fault("not_allowed", "Audio and stickers have no caption")
        return caption

    @field_validator("name")
    @classmethod
    def _has_a_name(cls, name: str | None, info: ValidationInfo) -> str | None:
        if name is not None and info.data.get("kind", "document") != "document":
            raise fault("not_allowed", "Only documents have a name")
        return name

    def content(self) -> WhatsappContent:
        """Return what is sent."""
        medium = Media(kind=MediaKind(self.kind), link=self.link, caption=self.caption, name=self.name)
        return WhatsappContent(media=medium)


class WhatsappLocationBody(Body):
    """A place, in degrees."""

    type: Literal["location"]
    latitude: Latitude
    longitude: Longitude
    name: Line | None = None
    address: Line | None = None

    def content(self) -> WhatsappContent:
        """Return what is sent."""
        return WhatsappContent(location=Location(**self.model_dump(exclude={"type"})))


class WhatsappContactsBody(Body):
    """Cards of people or businesses."""

    type: Literal["contacts"]
    contacts: Annotated[list[WhatsappCard], Field(min_length=1, max_length=MOST_CARDS)]

    def content(self) -> WhatsappContent:
        """Return what is sent."""
        return WhatsappContent(contacts=tuple(card.model_dump(exclude_defaults=True) for card in self.contacts))


WhatsappBody = WhatsappTextBody | WhatsappTemplateBody | WhatsappMediaBody | WhatsappLocationBody | WhatsappContactsBody
_KINDS: Final[dict[str, type[WhatsappBody]]] = {
    "text": WhatsappTextBody,
    "template": WhatsappTemplateBody,
    "media": WhatsappMediaBody,
    "location": WhatsappLocationBody,
    "contacts": WhatsappContactsBody,
}


class _Kind(Body):
    """What says which of them it is."""

    model_config = ConfigDict(extra="ignore")

    type: Literal["text", "template", "media", "location", "contacts"]


def read(value: Any) -> WhatsappBody:
    """Return the block in the shape of its kind; raises ValidationError."""
    return _KINDS[_Kind.model_validate(value).type].model_validate(value)


def schema() -> CoreSchema:
    """Return how pydantic describes a block."""
    adapter: TypeAdapter[Any] = TypeAdapter(Annotated[WhatsappBody, Field(discriminator="type")])
    return adapter.core_schema
