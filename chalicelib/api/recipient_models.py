"""Recipients as they come in and go out."""

from typing import Annotated, Any, Self

from pydantic import Field, StringConstraints

from chalicelib.api.fields import FreeData, Name, UserIdText, UserTypeText
from chalicelib.api.models import Answer, Body, Line
from chalicelib.domain.ids import DEFAULT_USER_TYPE, UserId, UserType
from chalicelib.domain.recipient import Recipient

DeviceToken = Annotated[Line, StringConstraints(max_length=1_024)]


class StoredRecipientBody(Body):
    """How a recipient can be reached, and what is known of them."""

    email: Annotated[Line, StringConstraints(max_length=320)] | None = None
    phone: Annotated[Line, StringConstraints(max_length=32)] | None = None
    device_tokens: Annotated[tuple[DeviceToken, ...], Field(max_length=20)] = ()
    locale: Line | None = None
    time_zone: Line | None = None
    attributes: FreeData = Field(default_factory=dict)
    roles: Annotated[tuple[Name, ...], Field(max_length=20)] = ()

    def to_recipient(self, user_type: UserType, user_id: UserId) -> Recipient:
        """Return the recipient of this name."""
        return Recipient(
            user_type=user_type,
            user_id=user_id,
            email=self.email,
            phone=self.phone,
            device_tokens=self.device_tokens,
            locale=self.locale,
            time_zone=self.time_zone,
            attributes=self.attributes,
            roles=self.roles,
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
    locale: str | None
    time_zone: str | None
    attributes: dict[str, Any]
    roles: list[str]

    @classmethod
    def of(cls, recipient: Recipient) -> Self:
        """Return a recipient as it is stored."""
        return cls.model_validate(recipient)
