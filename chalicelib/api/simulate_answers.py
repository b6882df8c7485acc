"""What a send would come to, as an answer tells it."""

from collections import Counter
from collections.abc import Sequence
from typing import Any, Self

import msgspec

from chalicelib.api.models import Answer, Time
from chalicelib.api.send_answers import RecipientName
from chalicelib.api.tenant_allowances import ShownMoney
from chalicelib.channels.base import Message
from chalicelib.domain.content import Content
from chalicelib.domain.delivery import DeliveryStatus, Detail
from chalicelib.domain.request import NotificationRequest
from chalicelib.domain.status import NotificationStatus, derive_status
from chalicelib.domain.words import Channel, Reason, Strategy
from chalicelib.services.simulate import SimulatedChannel, SimulatedNotification


class SimulatedContent(Answer):
    """What would be said on a channel. `text` is that of a mail or a text message, `body` that of a push notification
    or the inbox; `segments` are the parts of a text message.
    """

    subject: str | None
    title: str | None
    text: str | None
    body: str | None
    html: str | None
    sender: str | None
    sender_name: str | None
    reply_to: str | None
    segments: int | None
    link: str | None
    image: str | None
    data: dict[str, str] | None
    ttl: int | None

    @classmethod
    def of(cls, said: Message | Content | None) -> Self | None:
        """Return what would be said, without whom it goes to; None when nothing would be."""
        if said is None:
            return None
        known: dict[str, Any] = dict.fromkeys(cls.model_fields)
        if isinstance(said, Content):
            return cls(
                **known | {"subject": said.subject, "body": said.body, "html": said.html, "link": said.action_url}
            )
        shown = {name: value for name, value in msgspec.structs.asdict(said).items() if name in known}
        return cls(**known | {name: value or None for name, value in shown.items()})


class SimulatedChannelAnswer(Answer):
    """What would become of one channel. `at` is when it would go out; `provider` is the first that would be tried,
    `providers` are all, in order. `error` is the code of content that does not fit the channel. `price` is an estimate
    in the tenant's currency, `priceMillionths` the same in millionths.
    """

    channel: Channel
    status: DeliveryStatus
    text: str
    reason: Reason | None
    detail: Detail | None
    held: Reason | None
    at: Time | None
    provider: str | None
    providers: list[str]
    content: SimulatedContent | None
    error: str | None
    price: ShownMoney
    price_millionths: int

    @classmethod
    def of(cls, simulated: SimulatedChannel) -> Self:
        """Return what is told of a channel."""
        told = simulated.told
        return cls(
            channel=told.channel,
            status=told.status,
            text=told.text,
            reason=told.reason,
            detail=told.detail,
            held=told.held,
            at=simulated.at,
            provider=next(iter(told.providers), None),
            providers=list(told.providers),
            content=SimulatedContent.of(simulated.message or simulated.content),
            error=simulated.error,
            price=simulated.price,
            price_millionths=simulated.price,
        )


class SimulatedAsking(Answer):
    """Somebody on duty who would be asked, should nobody have acknowledged by then."""

    user_type: str
    user_id: str
    at: Time
    channels: list[Channel]

    @classmethod
    def of(cls, request: NotificationRequest) -> Self:
        """Return who would be asked by a request."""
        name = RecipientName.of(request.recipient)
        return cls(
            user_type=name.user_type, user_id=name.user_id, at=request.accepted_at, channels=list(request.channels)
        )


class SimulatedNotificationAnswer(Answer):
    """What would come of the message to one recipient. It would be decided at `startsAt`. `digestClosesAt` is when the
    digest would be told that channels with the reason `digested` go into.
    """

    recipient: RecipientName
    status: NotificationStatus
    strategy: Strategy
    reason: Reason | None
    starts_at: Time
    channels: list[SimulatedChannelAnswer]
    on_duty: list[SimulatedAsking]
    digest_closes_at: Time | None
    price: ShownMoney
    price_millionths: int

    @classmethod
    def of(cls, simulated: SimulatedNotification) -> Self:
        """Return what is told of a notification."""
        rehearsal = simulated.rehearsal
        return cls(
            recipient=RecipientName.of(rehearsal.request.recipient),
            status=derive_status(rehearsal.state),
            strategy=rehearsal.state.strategy,
            reason=rehearsal.state.reason,
            starts_at=rehearsal.starts_at,
            channels=[SimulatedChannelAnswer.of(channel) for channel in simulated.channels],
            on_duty=[SimulatedAsking.of(request) for request in rehearsal.asked],
            digest_closes_at=rehearsal.digest and rehearsal.digest.closes_at,
            price=simulated.price,
            price_millionths=simulated.price,
        )


class SimulatedTotals(Answer):
    """All recipients together: how many notifications by status, deliveries by status, and what it would cost."""

    notifications: dict[NotificationStatus, int]
    deliveries: dict[DeliveryStatus, int]
    price: ShownMoney
    price_millionths: int


class SimulationAnswer(Answer):
    """What a send would come to: one notification for each recipient, in their order."""

    recipient_count: int
    notifications: list[SimulatedNotificationAnswer]
    totals: SimulatedTotals

    @classmethod
    def of(cls, simulated: Sequence[SimulatedNotification]) -> Self:
        """Return what is told of a simulation."""
        notifications = [SimulatedNotificationAnswer.of(each) for each in simulated]
        price = sum(each.price for each in simulated)
        totals = SimulatedTotals(
            notifications=dict(Counter(each.status for each in notifications)),
            deliveries=dict(Counter(channel.status for each in notifications for channel in each.channels)),
            price=price,
            price_millionths=price,
        )
        return cls(recipient_count=len(notifications), notifications=notifications, totals=totals)
