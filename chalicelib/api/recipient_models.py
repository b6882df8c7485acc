"""Recipients as they come in and go out."""

from typing import Annotated, Any, Self

from pydantic import Field, StringConstraints

from chalicelib.api.fields import FreeData, Name, UserIdText, UserTypeText
from chalicelib.api.models import ONE_LINE, Answer, Body, Line
from chalicelib.domain.ids import DEFAULT_USER_TYPE, UserId, UserType
from chalicelib.domain.recipient import Recipient

EmailText = Annotated[str, StringConstraints(min_length=1, max_length=320), ONE_LINE]
PhoneText = Annotated[str, StringConstraints(min_length=1, max_length=32), ONE_LINE]
DeviceToken = Annotated[str, StringConstraints(min_length=1, max_length=1_024), ONE_LINE]
ChatTarget = Annotated[str, StringConstraints(min_length=1, max_length=1_024), ONE_LINE]
"""A name, a room or a webhook at a chat service: what it looks like is the vendor's business."""


class StoredRecipientBody(Body):
    """How a recipient can be reached, and what is known of them. `chatTargets` are by vendor."""

    email: EmailText | None = None
    phone: PhoneText | None = None
    device_tokens: Annotated[list[DeviceToken], Field(max_length=20)] = Field(default_factory=list)
    chat_targets: Annotated[dict[Name, ChatTarget], Field(max_length=20)] = Field(default_factory=dict)
    locale: Line | None = None
    time_zone: Line | None = None
    attributes: FreeData = Field(default_factory=dict)
    roles: Annotated[list[Name], Field(max_length=20)] = Field(default_factory=list)

    def to_recipient(self, user_type: UserType, user_id: UserId) -> Recipient:
        """Return the recipient of this name."""
        return Recipient(
            user_type=user_type,
            user_id=user_id,
            email=self.email,
            phone=self.phone,
            device_tokens=tuple(self.device_tokens),
            chat_targets=self.chat_targets,
            locale=self.locale,
            time_zone=self.time_zone,
            attributes=self.attributes,
            roles=tuple(self.roles),
        )


class RecipientBody(StoredRecipientBody):
    """Whom to notify. What is left out is taken from the stored recipient of this name."""

    user_id: UserIdText
    user_type: UserTypeText = DEFAULT_USER_TYPE

    def as_recipient(self) -> Recipient:
        """Return the recipient."""
        return self.to_recipient(self.user_type, self.user_id)


class RecipientAnswer(Answer):
    """A stored recipient."""

    user_type: str
    user_id: str
    email: str | None
    phone: str | None
    device_tokens: list[str]
    chat_targets: dict[str, str]
    locale: str | None
    time_zone: str | None
    attributes: dict[str, Any]
    roles: list[str]

    @classmethod
    def of(cls, recipient: Recipient) -> Self:
        """Return a recipient as it is stored."""
        return cls.model_validate(recipient)
