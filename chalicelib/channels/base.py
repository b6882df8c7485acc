"""What a channel knows: whether somebody can be reached on it, and how content looks there."""

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any, Protocol, cast

import msgspec

from chalicelib.domain.content import NO_WHATSAPP, AlertAction, Attachment, Severity, WhatsappContent
from chalicelib.domain.ids import TenantId
from chalicelib.domain.recipient import Recipient
from chalicelib.domain.request import NotificationRequest
from chalicelib.domain.tenant import Tenant
from chalicelib.domain.value import Millis, Value
from chalicelib.domain.words import Channel, Priority, Reason


class MailFile(Value, frozen=True):
    """A file that goes with an e-mail: the name the recipient sees, its media type, its bytes."""

    name: str
    type: str
    content: bytes


class EmailMessage(Value, frozen=True):
    """An e-mail as a provider sends it. `reference` is the notification's id, for the vendor's custom fields.

    Addresses are ASCII: international domains are in punycode. `sender` is None where the provider's own settings
    say it. At `unsubscribe_url` the recipient ends mails of this kind; None where there is no way out of them.
    """

    reference: str
    to: str
    subject: str
    text: str
    html: str | None = None
    sender: str | None = None
    sender_name: str | None = None
    reply_to: str | None = None
    unsubscribe_url: str | None = None
    attachments: tuple[MailFile, ...] = ()


class SmsMessage(Value, frozen=True):
    """A text message. Numbers are E.164; `sender` is None where the provider's own settings say it."""

    reference: str
    to: str
    text: str
    segments: int
    sender: str | None = None


class PushMessage(Value, frozen=True):
    """A push notification to all devices of a recipient. `ttl` is in seconds, `link` opens when it is touched.

    `data_only`: nothing is shown by itself, the app decides what becomes of it.
    """

    reference: str
    tokens: tuple[str, ...]
    title: str
    body: str
    data: dict[str, str] = msgspec.field(default_factory=dict)
    image: str | None = None
    link: str | None = None
    ttl: int | None = None
    priority: Priority = Priority.MEDIUM
    data_only: bool = False


class WhatsappMessage(Value, frozen=True):
    """A WhatsApp message: the text, or what `content` has in its place. The number is E.164."""

    reference: str
    to: str
    text: str
    content: WhatsappContent = NO_WHATSAPP


class ChatMessage(Value, frozen=True):
    """A message into a chat room that the provider's settings name, or to the recipient's own `targets` (by vendor).
    `blocks` are in the vendor's format; the text is for those who cannot see them.
    """

    reference: str
    text: str
    title: str | None = None
    link: str | None = None
    blocks: tuple[dict[str, Any], ...] = ()
    targets: dict[str, str] = msgspec.field(default_factory=dict)


class AlertMessage(Value, frozen=True):
    """An alert to those on duty. `source` is what it is about, `dedup_key` the incident's."""

    reference: str
    action: AlertAction
    severity: Severity
    summary: str
    text: str
    source: str
    dedup_key: str
    link: str | None = None
    details: dict[str, Any] = msgspec.field(default_factory=dict)


class WebhookMessage(Value, frozen=True):
    """A notification for a program. `data` is what its sender gave with it; `at` is when it was accepted."""

    reference: str
    user_type: str
    user_id: str
    category: str
    text: str
    at: Millis
    type: str | None = None
    title: str | None = None
    link: str | None = None
    data: dict[str, Any] = msgspec.field(default_factory=dict)


Message = EmailMessage | SmsMessage | PushMessage | WhatsappMessage | ChatMessage | AlertMessage | WebhookMessage


class UnshapeableError(Exception):
    """The content cannot be sent on the channel. `code` says why (`too_many_segments`, `empty_body`, …)."""

    def __init__(self, code: Reason) -> None:
        super().__init__(code)
        self.code = code


class ChannelRules(Protocol):
    """The interface of a channel's module."""

    def address_fault(self, recipient: Recipient) -> Reason | None:
        """Tell why the recipient cannot be reached, or None."""

    def shape(self, request: NotificationRequest, recipient: Recipient, tenant: Tenant) -> Message:
        """Return the message in the channel's shape; raises UnshapeableError."""


def channel_rules(channel: Channel) -> ChannelRules:
    """Return the module of `channel`."""
    return cast(ChannelRules, import_module(f"chalicelib.channels.{channel}"))


def address_fault(channel: Channel, recipient: Recipient) -> Reason | None:
    """Tell why `recipient` cannot be reached on `channel`, or None."""
    return channel_rules(channel).address_fault(recipient)


def shape(channel: Channel, request: NotificationRequest, recipient: Recipient, tenant: Tenant) -> Message:
    """Return the message of `request` in the shape of `channel`; raises UnshapeableError when it has none."""
    return channel_rules(channel).shape(request, recipient, tenant)


class Shaper(msgspec.Struct, frozen=True):
    """`shape`, with what an e-mail has beside what is said: the link to end more of its kind, if any, the files, and
    links that tell of opens and clicks where the tenant wants to know (`tracked` puts them in).
    """

    unsubscribe_url: Callable[[NotificationRequest, Tenant], str | None]
    files: Callable[[TenantId, Sequence[Attachment]], tuple[MailFile, ...]]
    tracked: Callable[[str, NotificationRequest, Tenant], str]

    def __call__(self, channel: Channel, request: NotificationRequest, recipient: Recipient, tenant: Tenant) -> Message:
        """Return the message of `request`; raises UnshapeableError, and what keeps files from being read."""
        message = shape(channel, request, recipient, tenant)
        if not isinstance(message, EmailMessage):
            return message
        attachments = request.content.email.attachments
        return msgspec.structs.replace(
            message,
            unsubscribe_url=self.unsubscribe_url(request, tenant),
            html=message.html and self.tracked(message.html, request, tenant),
            attachments=self.files(tenant.id, attachments) if attachments else (),
        )
