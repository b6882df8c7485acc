"""Chat: a room that the provider's settings name, or the recipient's own; a title, a text and the vendor's blocks."""

from chalicelib.channels.base import ChatMessage, UnshapeableError
from chalicelib.domain.recipient import Recipient
from chalicelib.domain.request import NotificationRequest
from chalicelib.domain.tenant import Tenant
from chalicelib.domain.words import Reason


def address_fault(_recipient: Recipient) -> None:
    """Tell that everybody can be reached: where a message goes is for the provider's settings to say."""


def shape(request: NotificationRequest, recipient: Recipient, _tenant: Tenant) -> ChatMessage:
    """Return the chat message.

    Raises
    ------
    UnshapeableError
        `empty_body`.
    """
    content = request.content
    if not content.body.strip():
        raise UnshapeableError(Reason.EMPTY_BODY)
    return ChatMessage(
        reference=request.id,
        text=content.body.strip(),
        title=content.subject,
        link=content.action_url,
        blocks=content.chat.blocks,
        targets=recipient.chat_targets,
    )
