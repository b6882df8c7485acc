"""What a caller is told of a send."""

from typing import Self

from chalicelib.api.models import Answer
from chalicelib.domain.recipient import Recipient
from chalicelib.domain.status import NotificationStatus


class RecipientName(Answer, defer_build=False):
    """A recipient, by name: their addresses are not repeated in answers."""

    user_type: str
    user_id: str

    @classmethod
    def of(cls, recipient: Recipient) -> Self:
        """Return the name of a recipient."""
        return cls(user_type=recipient.user_type, user_id=recipient.user_id)


class AcceptedNotification(Answer, defer_build=False):
    """A notification that was accepted."""

    id: str
    recipient: RecipientName
    status: NotificationStatus


class SentAnswer(Answer, defer_build=False):
    """What a send led to: one notification for each recipient, in their order."""

    request_id: str
    recipient_count: int
    notifications: list[AcceptedNotification]
