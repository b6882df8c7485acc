"""Cards that are sent on WhatsApp
(https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/contacts-messages).
"""

from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from chalicelib.api.models import Body, Line, fault
from chalicelib.api.whatsapp_template import HttpsLink

Kind = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z _-]{0,31}$")]
"""What it is of somebody's: `HOME`, `WORK`, `CELL`, …"""
Phone = Annotated[str, StringConstraints(pattern=r"^\+?[0-9][0-9 ().-]{4,30}$")]


class WhatsappCardName(Body):
    """A name: as a whole, and one of its parts at least."""

    formatted_name: Line
    first_name: Line | None = None
    last_name: Line | None = None
    middle_name: Line | None = None
    prefix: Line | None = None
    suffix: Line | None = None

    @model_validator(mode="after")
    def _has_a_part(self) -> Self:
        if len(self.model_dump(exclude_none=True)) == 1:
            raise fault("required", "A name needs one of its parts beside the whole, such as firstName")
        return self


class WhatsappCardPhone(Body):
    """A phone. With `waId`, its WhatsApp number in digits, it can be written to from the card."""

    phone: Phone
    type: Kind | None = None
    wa_id: Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]{6,14}$")] | None = None


class WhatsappCardEmail(Body):
    """An e-mail address."""

    email: Line
    type: Kind | None = None


class WhatsappCardUrl(Body):
    """A page."""

    url: HttpsLink
    type: Kind | None = None


class WhatsappCardAddress(Body):
    """A postal address."""

    street: Line | None = None
    city: Line | None = None
    state: Line | None = None
    zip: Line | None = None
    country: Line | None = None
    country_code: Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2}$")] | None = None
    type: Kind | None = None


class WhatsappCardOrganization(Body):
    """Where somebody works, and as what."""

    company: Line | None = None
    department: Line | None = None
    title: Line | None = None


class WhatsappCard(Body):
    """One card. `birthday` is written as in 1990-12-31."""

    name: WhatsappCardName
    phones: Annotated[list[WhatsappCardPhone], Field(max_length=10)] = Field(default_factory=list)
    emails: Annotated[list[WhatsappCardEmail], Field(max_length=10)] = Field(default_factory=list)
    urls: Annotated[list[WhatsappCardUrl], Field(max_length=10)] = Field(default_factory=list)
    addresses: Annotated[list[WhatsappCardAddress], Field(max_length=10)] = Field(default_factory=list)
    org: WhatsappCardOrganization | None = None
    birthday: (
        Annotated[str, StringConstraints(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$")] | None
    ) = None
