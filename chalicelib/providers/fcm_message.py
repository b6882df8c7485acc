"""A push notification in the terms of FCM's SDK (https://firebase.google.com/docs/reference/fcm/rest/v1/projects.messages).

Nothing of the SDK is loaded until a message is made.
"""

import re
import time
from typing import TYPE_CHECKING, Any, Final

from chalicelib.channels.base import PushMessage
from chalicelib.domain.device import TOPIC
from chalicelib.domain.words import Priority

if TYPE_CHECKING:
    from firebase_admin.messaging import APNSConfig, Message

INSTALLATION: Final = re.compile(r"[cdef][A-Za-z0-9_-]{21}\Z")
"""A Firebase installation id. Newer apps register by it, and FCM deprecates registration tokens, which also hold a
colon."""
_TOPIC_NAME: Final = re.compile(r"[a-zA-Z0-9_.~%-]+\Z")
"""https://firebase.google.com/docs/cloud-messaging/manage-topics."""

_ANDROID: Final = {Priority.LOW: "normal", Priority.HIGH: "high", Priority.CRITICAL: "high"}
_APNS: Final = {Priority.LOW: "5", Priority.HIGH: "10", Priority.CRITICAL: "10"}
_WEB: Final = {Priority.LOW: "low", Priority.HIGH: "high", Priority.CRITICAL: "high"}
"""What a priority is on each platform; of a medium one FCM's defaults apply
(https://firebase.google.com/docs/cloud-messaging/customize-messages/setting-message-priority, RFC 8030 §5.3)."""
_BACKGROUND: Final = {"apns-push-type": "background", "apns-priority": "5"}
"""What APNs asks of a message that shows nothing
(https://developer.apple.com/documentation/usernotifications/pushing-background-updates-to-your-app)."""


def is_target(token: str) -> bool:
    """Tell whether FCM could reach a token: it is a device's or names a topic, and is no address at another vendor."""
    if token.startswith(TOPIC):
        return _TOPIC_NAME.match(token.removeprefix(TOPIC)) is not None
    return "://" not in token


def message_to(message: PushMessage, token: str) -> "Message":
    """Return the message to one device or topic. With data only, the app finds title and body in the data, unless the
    sender put something else there, and shows what it likes.
    """
    from firebase_admin import messaging

    urgency = _WEB.get(message.priority)
    web = {"TTL": None if message.ttl is None else str(message.ttl), "Urgency": urgency}
    texts = {"title": message.title, "body": message.body} | ({"image": message.image} if message.image else {})
    return messaging.Message(
        **_target(token),
        notification=None if message.data_only else messaging.Notification(**texts),
        data=texts | message.data if message.data_only else message.data,
        android=messaging.AndroidConfig(ttl=message.ttl, priority=_ANDROID.get(message.priority)),
        apns=_apns(message),
        webpush=messaging.WebpushConfig(
            headers={name: value for name, value in web.items() if value is not None},
            fcm_options=messaging.WebpushFCMOptions(link=message.link) if _opens_in_browser(message) else None,
        ),
    )


def _target(token: str) -> dict[str, str]:
    if token.startswith(TOPIC):
        return {"topic": token.removeprefix(TOPIC)}
    return {"fid" if INSTALLATION.match(token) else "token": token}


def _apns(message: PushMessage) -> "APNSConfig":
    from firebase_admin import messaging

    headers = _expiration(message.ttl)
    if message.data_only:
        silent: Any = messaging.APNSPayload(aps=messaging.Aps(content_available=True))
        return messaging.APNSConfig(headers=headers | _BACKGROUND, payload=silent)
    priority = _APNS.get(message.priority)
    return messaging.APNSConfig(headers=headers | ({"apns-priority": priority} if priority else {}))


def _opens_in_browser(message: PushMessage) -> bool:
    # FCM takes https only here; links into an app reach it in the data.
    return not message.data_only and message.link is not None and message.link.startswith("https://")


def _expiration(ttl: int | None) -> dict[str, str]:
    """Return the header that makes APNs give up; it wants a point in time, and 0 for "now or never"."""
    if ttl is None:
        return {}
    return {"apns-expiration": str(int(time.time()) + ttl if ttl else 0)}
