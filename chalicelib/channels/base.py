"""What a channel knows: whether somebody can be reached on it, and how content looks there."""

from collections.abc import Callable
from importlib import import_module
from typing import Protocol, cast

import msgspec

from chalicelib.domain.recipient import Recipient
from chalicelib.domain.request import NotificationRequest
from chalicelib.domain.tenant import Tenant
from chalicelib.domain.value import Value
from chalicelib.domain.words import Channel, Reason


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


class SmsMessage(Value, frozen=True):
    """A text message. Numbers are E.164; `sender` is None where the provider's own settings say it."""

    reference: str
    to: str
    text: str
    segments: int
    sender: str | None = None


class PushMessage(Value, frozen=True):
    """A push notification to all devices of a recipient. `ttl` is in seconds, `link` opens when it is touched."""

    reference: str
    tokens: tuple[str, ...]
    title: str
    body: str
    data: dict[str, str] = msgspec.field(default_factory=dict)
    image: str | None = None
    link: str | None = None
    ttl: int | None = None


Message = EmailMessage | SmsMessage | PushMessage


class UnshapeableError(Exception):
    """The content cannot be sent on the channel. `code` says why (`too_many_segments`, `empty_body`, …)."""

    def __init__(self, code: str) -> None:
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
    """`shape`, with the link that e-mails carry to end more of their kind; `unsubscribe_url` makes it, if any."""

    unsubscribe_url: Callable[[NotificationRequest, Tenant], str | None]

    def __call__(self, channel: Channel, request: NotificationRequest, recipient: Recipient, tenant: Tenant) -> Message:
        """Return the message of `request`; raises UnshapeableError."""
        message = shape(channel, request, recipient, tenant)
        if not isinstance(message, EmailMessage):
            return message
        return msgspec.structs.replace(message, unsubscribe_url=self.unsubscribe_url(request, tenant))
