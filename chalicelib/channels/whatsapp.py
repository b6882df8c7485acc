"""WhatsApp: an E.164 number, and a text or one of the things that WhatsApp shows in its place."""

from typing import Final

from chalicelib.channels.base import UnshapeableError, WhatsappMessage
from chalicelib.channels.sms import is_number
from chalicelib.domain.recipient import Recipient
from chalicelib.domain.request import NotificationRequest
from chalicelib.domain.tenant import Tenant
from chalicelib.domain.words import Reason

TEXT_LIMIT: Final = 4_096
"""Characters of a text message.
https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/text-messages"""


def address_fault(recipient: Recipient) -> Reason | None:
    """Tell why the recipient cannot be reached: no number, or none that could be dialed."""
    if not recipient.phone:
        return Reason.MISSING_ADDRESS
    return None if is_number(recipient.phone) else Reason.INVALID_ADDRESS


def shape(request: NotificationRequest, recipient: Recipient, _tenant: Tenant) -> WhatsappMessage:
    """Return the WhatsApp message; its text is empty where something else is sent in its place.

    Raises
    ------
    UnshapeableError
        `invalid_address`; `empty_body`; `text_too_long`.
    """
    if recipient.phone is None or not is_number(recipient.phone):
        raise UnshapeableError(Reason.INVALID_ADDRESS)
    content = request.content.whatsapp
    text = "" if content.replaces_text else (content.text or request.content.body).strip()
    if not text and not content.replaces_text:
        raise UnshapeableError(Reason.EMPTY_BODY)
    if len(text) > TEXT_LIMIT:
        raise UnshapeableError(Reason.TEXT_TOO_LONG)
    return WhatsappMessage(reference=request.id, to=recipient.phone, text=text, content=content)
