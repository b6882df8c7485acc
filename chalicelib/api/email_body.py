"""What a send says of e-mails alone."""

from typing import Annotated, Any

from pydantic import Field, StringConstraints, TypeAdapter
from pydantic_core import CoreSchema

from chalicelib.api.models import ONE_LINE, Body, Line
from chalicelib.domain.content import MOST_FILES, NO_EMAIL, Attachment, EmailContent


class AttachmentBody(Body):
    """A file in the bucket of files. `key` begins with the tenant's id and a slash; the recipient sees the `name`."""

    key: Annotated[str, StringConstraints(min_length=1, max_length=1_024), ONE_LINE]
    name: Line
    type: Line


class EmailBody(Body):
    """What only an e-mail has. Its files may have 10 MB in all, which is seen when it goes out."""

    attachments: Annotated[list[AttachmentBody], Field(max_length=MOST_FILES)] = Field(default_factory=list)

    def content(self) -> EmailContent:
        """Return what is stored of it."""
        files = tuple(Attachment(key=each.key, name=each.name, type=each.type) for each in self.attachments)
        return EmailContent(attachments=files) if files else NO_EMAIL


def read(value: Any) -> EmailBody:
    """Return the block; raises ValidationError."""
    return EmailBody.model_validate(value)


def schema() -> CoreSchema:
    """Return how pydantic describes a block."""
    return TypeAdapter(EmailBody).core_schema
