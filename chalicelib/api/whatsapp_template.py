"""What fills a WhatsApp template's places
(https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/components).
"""

from typing import Annotated, Any, Final, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from chalicelib.api.models import ONE_LINE, PLAIN_TEXT, Body, Line, fault

MOST_PARAMETERS: Final = 30


def _https(text: str) -> str:
    try:
        url = urlsplit(text)
        good = url.scheme == "https" and bool(url.hostname) and url.username is None
    except ValueError:
        good = False
    if not good or " " in text or "\\" in text:
        raise fault("invalid_url", "An https address is needed here")
    return text


HttpsLink = Annotated[str, StringConstraints(min_length=1, max_length=2_048), ONE_LINE, AfterValidator(_https)]
"""An https address without a user in it."""
Latitude = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
Longitude = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
Filling = Annotated[str, StringConstraints(min_length=1, max_length=1_024), PLAIN_TEXT]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]


class WhatsappMoney(Body):
    """An amount: in thousandths of a currency (ISO 4217), and as a text for phones that cannot format it."""

    fallback_value: Line
    code: Currency
    amount_1000: Annotated[int, Field(ge=-(2**53), le=2**53)]


class WhatsappTime(Body):
    """A time, as a text."""

    fallback_value: Line


class WhatsappFile(Body):
    """A file at an https address, and the name that a document has."""

    link: HttpsLink
    filename: Line | None = None


class WhatsappPlace(Body):
    """A place, in degrees."""

    latitude: Latitude
    longitude: Longitude
    name: Line | None = None
    address: Line | None = None


class WhatsappParameter(Body):
    """What fills one place: the member that its `type` names. `parameterName` is for templates with named places."""

    type: Literal["text", "currency", "date_time", "image", "video", "document", "location", "payload", "coupon_code"]
    parameter_name: Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,64}$")] | None = None
    text: Filling | None = None
    currency: WhatsappMoney | None = None
    date_time: WhatsappTime | None = None
    image: WhatsappFile | None = None
    video: WhatsappFile | None = None
    document: WhatsappFile | None = None
    location: WhatsappPlace | None = None
    payload: Line | None = None
    coupon_code: Annotated[str, StringConstraints(min_length=1, max_length=20), ONE_LINE] | None = None

    @model_validator(mode="after")
    def _is_what_it_says(self) -> Self:
        if set(self.model_dump(exclude_none=True)) - {"type", "parameter_name"} != {self.type}:
            raise fault("conflicting_fields", "A parameter has the member that its type names, and no other")
        return self


class WhatsappComponent(Body):
    """The places of a template's header or body, or of one of its buttons: the `index`-th, from 0."""

    type: Literal["header", "body", "button"]
    sub_type: Literal["quick_reply", "url", "copy_code", "flow", "catalog", "voice_call"] | None = None
    index: Annotated[int, Field(ge=0, le=9)] | None = None
    parameters: Annotated[list[WhatsappParameter], Field(max_length=MOST_PARAMETERS)] = Field(default_factory=list)

    @model_validator(mode="after")
    def _names_its_button(self) -> Self:
        named = self.sub_type is not None and self.index is not None
        if (self.type == "button") != named or (not named and (self.sub_type or self.index is not None)):
            raise fault("conflicting_fields", "A button has subType and index, nothing else has them")
        return self

    def as_meta_has_it(self) -> dict[str, Any]:
        """Return the component as the Cloud API takes it."""
        dumped = self.model_dump(exclude_none=True)
        return dumped if self.index is None else {**dumped, "index": str(self.index)}
