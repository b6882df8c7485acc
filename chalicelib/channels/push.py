"""Push notifications: device tokens, a title, a short body, and data for the app."""

import re
from typing import Final

from chalicelib.channels.base import PushMessage, UnshapeableError
from chalicelib.channels.graphemes import shorten
from chalicelib.domain.recipient import Recipient
from chalicelib.domain.request import NotificationRequest
from chalicelib.domain.tenant import Tenant
from chalicelib.domain.words import Reason

TITLE_LIMIT: Final = 100
BODY_LIMIT: Final = 1_000
"""Characters: more than any lock screen shows. The whole text is in the inbox and in the other channels."""
PAYLOAD_LIMIT: Final = 4_096
"""Bytes of everything that reaches the device. FCM: https://firebase.google.com/docs/reference/fcm/rest/v1/ErrorCode,
APNs: https://developer.apple.com/documentation/usernotifications/generating-a-remote-notification."""
LONGEST_TTL: Final = 2_419_200
"""Seconds: four weeks, as long as FCM keeps a message for a device that is off."""


_TOKEN: Final = re.compile(r"[!-~]{1,4096}\Z")
"""Printable ASCII without spaces; what is inside is the vendor's business."""


def address_fault(recipient: Recipient) -> Reason | None:
    """Tell why no device of the recipient can be reached: no token, or none that could be one."""
    if not recipient.device_tokens:
        return Reason.MISSING_ADDRESS
    return None if _tokens(recipient) else Reason.INVALID_ADDRESS


def shape(request: NotificationRequest, recipient: Recipient, tenant: Tenant) -> PushMessage:
    """Return the push notification to all devices of the recipient.

    Titles and bodies longer than any device shows are shortened. Without a title it is the subject, then the tenant's
    name. The data tells the app which notification it is and where to go (`notificationId`, `actionUrl`), unless the
    sender used these keys for something else.

    Raises
    ------
    UnshapeableError
        `invalid_address`, `empty_body`; `invalid_ttl`: not 0 seconds to four weeks; `payload_too_large`: over 4 KB.
    """
    content, push = request.content, request.content.push
    tokens = _tokens(recipient)
    if not tokens:
        raise UnshapeableError(Reason.INVALID_ADDRESS)
    if not content.body.strip():
        raise UnshapeableError(Reason.EMPTY_BODY)
    if push.ttl is not None and not 0 <= push.ttl <= LONGEST_TTL:
        raise UnshapeableError(Reason.INVALID_TTL)
    known = {"notificationId": request.id} | ({"actionUrl": content.action_url} if content.action_url else {})
    return _within_limit(
        PushMessage(
            reference=request.id,
            tokens=tokens,
            title=shorten((push.title or content.subject or tenant.name).strip(), TITLE_LIMIT),
            body=shorten(content.body.strip(), BODY_LIMIT),
            data=known | push.data,
            image=push.image,
            link=content.action_url,
            ttl=push.ttl,
            priority=request.priority,
            data_only=push.data_only,
        )
    )


def _tokens(recipient: Recipient) -> tuple[str, ...]:
    return tuple(dict.fromkeys(token for token in recipient.device_tokens if _TOKEN.match(token)))


def _within_limit(message: PushMessage) -> PushMessage:
    texts = [message.title, message.body, message.image or "", *message.data, *message.data.values()]
    if sum(len(text.encode()) for text in texts) > PAYLOAD_LIMIT:
        raise UnshapeableError(Reason.PAYLOAD_TOO_LARGE)
    return message
