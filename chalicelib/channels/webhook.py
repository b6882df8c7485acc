"""Webhooks: a notification as JSON, to the endpoint that the provider's settings name."""

from chalicelib.channels.base import UnshapeableError, WebhookMessage
from chalicelib.domain.recipient import Recipient
from chalicelib.domain.request import NotificationRequest
from chalicelib.domain.tenant import Tenant
from chalicelib.domain.words import Reason


def address_fault(_recipient: Recipient) -> None:
    """Tell that everybody can be reached: the endpoint is the provider's."""


def shape(request: NotificationRequest, recipient: Recipient, _tenant: Tenant) -> WebhookMessage:
    """Return the message.

    Raises
    ------
    UnshapeableError
        `empty_body`.
    """
    content = request.content
    if not content.body.strip():
        raise UnshapeableError(Reason.EMPTY_BODY)
    return WebhookMessage(
        reference=request.id,
        user_type=recipient.user_type,
        user_id=recipient.user_id,
        category=request.category,
        text=content.body,
        at=request.accepted_at,
        type=request.type,
        title=content.subject,
        link=content.action_url,
        data=request.metadata,
    )
