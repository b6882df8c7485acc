"""What is said: the content of a notification, common to all channels, with a block per channel that wants more."""

import msgspec

from chalicelib.domain.value import Value


class PushContent(Value, frozen=True):
    """What only a push notification has. `ttl` is in seconds."""

    title: str | None = None
    image: str | None = None
    data: dict[str, str] = msgspec.field(default_factory=dict)
    ttl: int | None = None


class SmsContent(Value, frozen=True):
    """What only a text message has. `truncate`: cut what exceeds the tenant's segments instead of failing."""

    truncate: bool = False


class Content(Value, frozen=True):
    """One message, not yet in the shape of any channel. `html` is already sanitized."""

    body: str
    subject: str | None = None
    html: str | None = None
    action_url: str | None = None
    push: PushContent = msgspec.field(default_factory=PushContent)
    sms: SmsContent = msgspec.field(default_factory=SmsContent)
