"""The body of a send as it is written: the long form and the short ones. What it means is said in send_order.py."""

from typing import Annotated, Any, Final

from pydantic import Discriminator, Field, StringConstraints, Tag

from chalicelib.api.fields import (
    EACH_ONCE,
    ChannelName,
    ClockTime,
    FreeData,
    Moment,
    Name,
    PriorityName,
    StrategyName,
    UserIdText,
    UserTypeText,
)
from chalicelib.api.later import Later
from chalicelib.api.models import ONE_LINE, PLAIN_TEXT, Body, Line
from chalicelib.api.recipient_models import RecipientBody

MAX_BODY: Final = 256 * 1024
"""Bytes of a send, so that each of its notifications fits into one item of the table (400 KB)."""
MOST_RECIPIENTS: Final = 100

SOME: Final = Field(min_length=1, max_length=MOST_RECIPIENTS)
LongText = Annotated[str, StringConstraints(min_length=1, max_length=100_000), PLAIN_TEXT]
Url = Annotated[str, StringConstraints(min_length=1, max_length=2_048), ONE_LINE]


class UserIds(Body):
    """Whom to notify, by the ids of stored recipients."""

    user_ids: Annotated[list[UserIdText], SOME]


class ContentBody(Body):
    """What is said. `html` is sanitized. What only some channels have is read by files of their own."""

    subject: Line | None = None
    body: LongText
    html: LongText | None = None
    action_url: Url | None = None
    email: Annotated[Any, Later("email_body")] = None
    push: Annotated[Any, Later("push_body")] = None
    sms: Annotated[Any, Later("sms_body")] = None
    chat: Annotated[Any, Later("chat_body")] = None
    alert: Annotated[Any, Later("alert_body")] = None
    whatsapp: Annotated[Any, Later("whatsapp_body")] = None


class SendBody(Body, defer_build=False):
    """A send.

    Exactly one of `recipients`, `recipientIds`, `recipientUserId` says to whom (`topic` and `audience` are not
    available yet), exactly one of `template`, `content`, `body`, `message` says what.
    """

    recipients: (
        Annotated[
            Annotated[Annotated[list[RecipientBody], SOME], Tag("<list>")] | Annotated[UserIds, Tag("<userIds>")],
            Discriminator(lambda value: "<userIds>" if isinstance(value, dict | UserIds) else "<list>"),
        ]
        | None
    ) = None
    recipient_ids: Annotated[list[UserIdText], SOME] | None = None
    recipient_user_id: UserIdText | None = None
    recipient_user_type: UserTypeText | None = None
    topic: Line | None = None
    audience: dict[str, Any] | None = None

    template: Annotated[Any, Later("template_body")] = None
    content: ContentBody | None = None
    subject: Line | None = None
    body: LongText | None = None
    message: LongText | None = None

    channel: ChannelName | None = None
    channels: Annotated[list[ChannelName], Field(min_length=1, max_length=10)] | None = None
    type: Name | None = None
    category: Name | None = None
    priority: PriorityName | None = None
    notification_priority: PriorityName | None = None
    strategy: StrategyName | None = None
    delivery_strategy: StrategyName | None = None
    escalation: Annotated[Any, Later("escalation_body")] = None

    send_at: Moment | None = None
    send_at_local: ClockTime | None = None
    expires_at: Moment | None = None
    cancellation_key: Line | None = None
    provider: Annotated[dict[ChannelName, Name], EACH_ONCE] = Field(default_factory=dict)
    metadata: FreeData = Field(default_factory=dict)
