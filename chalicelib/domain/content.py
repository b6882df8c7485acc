"""What is said: the content of a notification, common to all channels, with a block per channel that wants more."""

from typing import Final

import msgspec

from chalicelib.domain.value import Value


class PushContent(Value, frozen=True):
    """What only a push notification has. `ttl` is in seconds."""

    title: str | None = None
    image: str | None = None
    data: dict[str, str] = msgspec.field(default_factory=dict)
    ttl: int | None = None


class SmsContent(Value, frozen=True):
    """What only a text message has. `text` is said instead of the body; `truncate`: cut what exceeds the tenant's
    segments instead of failing.
    """

    text: str | None = None
    truncate: bool = False


NO_PUSH: Final = PushContent()
NO_SMS: Final = SmsContent()
"""Left out where content is stored, as every default is that is this very object."""


class Content(Value, frozen=True):
    """One message, not yet in the shape of any channel. `html` is already sanitized."""

    body: str
    subject: str | None = None
    html: str | None = None
    action_url: str | None = None
    push: PushContent = NO_PUSH
    sms: SmsContent = NO_SMS
