"""What is said: the content of a notification, common to all channels, with a block per channel that wants more."""

from enum import StrEnum
from typing import Any, Final

import msgspec

from chalicelib.domain.value import Value

MOST_FILES: Final = 10
"""Attachments of one e-mail."""


class Attachment(Value, frozen=True):
    """A file that goes with an e-mail: its key in the stack's bucket, below the tenant's id, the name that the
    recipient sees and its media type.
    """

    key: str
    name: str
    type: str


class EmailContent(Value, frozen=True):
    """What only an e-mail has."""

    attachments: tuple[Attachment, ...] = ()


class PushContent(Value, frozen=True):
    """What only a push notification has. `ttl` is in seconds. `data_only`: no device shows it by itself, the app gets
    the texts with the data.
    """

    title: str | None = None
    image: str | None = None
    data: dict[str, str] = msgspec.field(default_factory=dict)
    ttl: int | None = None
    data_only: bool = False


class SmsContent(Value, frozen=True):
    """What only a text message has. `text` is said instead of the body; `truncate`: cut what exceeds the tenant's
    segments instead of failing.
    """

    text: str | None = None
    truncate: bool = False


class WhatsappTemplate(Value, frozen=True):
    """A message template that Meta approved. `components` are as the Cloud API documents them."""

    name: str
    language: str
    components: tuple[dict[str, Any], ...] = ()


class MediaKind(StrEnum):
    """What a medium is, which decides how it is shown."""

    IMAGE = "image"
    VIDEO = "video"
    AUDIO = "audio"
    DOCUMENT = "document"
    STICKER = "sticker"


class Media(Value, frozen=True):
    """A file at an https address. Audio and stickers have no caption; a document has a `name`."""

    kind: MediaKind
    link: str
    caption: str | None = None
    name: str | None = None


class Location(Value, frozen=True):
    """A place, in degrees."""

    latitude: float
    longitude: float
    name: str | None = None
    address: str | None = None


class WhatsappContent(Value, frozen=True):
    """What only a WhatsApp message has: at most one of template, media, location and contacts is sent in the place of
    the text. `contacts` are cards as the Cloud API documents them. `text` is said instead of the body; `preview_url`:
    show a preview of the first link in it.
    """

    text: str | None = None
    preview_url: bool = False
    template: WhatsappTemplate | None = None
    media: Media | None = None
    location: Location | None = None
    contacts: tuple[dict[str, Any], ...] = ()

    @property
    def replaces_text(self) -> bool:
        """Whether something is sent in the place of the text."""
        return bool(self.template or self.media or self.location or self.contacts)


class ChatContent(Value, frozen=True):
    """What only a chat message has: blocks in the vendor's own format, sent beside the text."""

    blocks: tuple[dict[str, Any], ...] = ()


class Severity(StrEnum):
    """How bad it is, in the words of PagerDuty's Common Event Format."""

    CRITICAL = "critical"
    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class AlertAction(StrEnum):
    """What an alert does to the incident of its key."""

    TRIGGER = "trigger"
    ACKNOWLEDGE = "acknowledge"
    RESOLVE = "resolve"


class AlertContent(Value, frozen=True):
    """What only an alert has. Alerts of one `dedup_key` are one incident; without one it is the notification's own.
    `source` is what the alert is about; without a `severity` it follows from the priority.
    """

    severity: Severity | None = None
    action: AlertAction = AlertAction.TRIGGER
    dedup_key: str | None = None
    source: str | None = None
    details: dict[str, Any] = msgspec.field(default_factory=dict)


NO_EMAIL: Final = EmailContent()
NO_PUSH: Final = PushContent()
NO_SMS: Final = SmsContent()
NO_WHATSAPP: Final = WhatsappContent()
NO_CHAT: Final = ChatContent()
NO_ALERT: Final = AlertContent()
"""Left out where content is stored, as every default is that is this very object."""


class Content(Value, frozen=True):
    """One message, not yet in the shape of any channel. `html` is already sanitized."""

    body: str
    subject: str | None = None
    html: str | None = None
    action_url: str | None = None
    email: EmailContent = NO_EMAIL
    push: PushContent = NO_PUSH
    sms: SmsContent = NO_SMS
    whatsapp: WhatsappContent = NO_WHATSAPP
    chat: ChatContent = NO_CHAT
    alert: AlertContent = NO_ALERT


NO_CONTENT: Final = Content(body="")
"""What a request says itself that is filled from a template."""
