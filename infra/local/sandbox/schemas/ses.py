"""The body of SES v2's SendEmail.

https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html#API_SendEmail_RequestSyntax
"""

from typing import Annotated, Any, Literal

import msgspec


class Part(msgspec.Struct, frozen=True, rename="pascal", forbid_unknown_fields=True):
    """Part of a request; botocore sends nothing but what is documented."""


class Content(Part, frozen=True):
    """A text."""

    data: str
    charset: str = "UTF-8"


class Body(Part, frozen=True):
    """The message as text, as HTML or as both."""

    text: Content | None = None
    html: Content | None = None


class Header(Part, frozen=True):
    """A header of the mail, beside those SES writes itself."""

    name: Annotated[str, msgspec.Meta(pattern=r"^[!-9;-~]{1,126}\Z")]
    value: Annotated[str, msgspec.Meta(pattern=r"^[ -~]{1,995}\Z")]


class Attachment(Part, frozen=True):
    """A file: https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_Attachment.html."""

    raw_content: str
    file_name: Annotated[str, msgspec.Meta(min_length=1, max_length=255)]
    content_type: Annotated[str, msgspec.Meta(min_length=1, max_length=78)] = "application/octet-stream"
    content_disposition: Literal["ATTACHMENT", "INLINE"] = "ATTACHMENT"
    content_transfer_encoding: Literal["BASE64", "QUOTED_PRINTABLE", "SEVEN_BIT"] = "SEVEN_BIT"
    content_description: str | None = None
    content_id: str | None = None


class Simple(Part, frozen=True):
    """A message of which SES makes the MIME."""

    subject: Content
    body: Body
    headers: list[Header] = []
    attachments: list[Attachment] = []


class Message(Part, frozen=True):
    """The message, in one of three ways."""

    simple: Simple | None = None
    raw: dict[str, str] | None = None
    template: dict[str, Any] | None = None


class Destination(Part, frozen=True):
    """The recipients."""

    to_addresses: list[str] = []
    cc_addresses: list[str] = []
    bcc_addresses: list[str] = []


class Tag(Part, frozen=True):
    """A name and a value that come back in the message's events."""

    name: str
    value: str


class Send(Part, frozen=True):
    """The whole request."""

    content: Message
    destination: Destination = Destination()
    from_email_address: str = ""
    reply_to_addresses: list[str] = []
    configuration_set_name: str | None = None
    email_tags: list[Tag] = []
    feedback_forwarding_email_address: str | None = None
    list_management_options: dict[str, str] | None = None
