"""Simulating: what a send would come to, told before anything is sent. Nothing is written, published or called."""

from dataclasses import dataclass
from dataclasses import replace as with_ports
from typing import cast

import msgspec

from chalicelib.channels.base import Message, UnshapeableError
from chalicelib.domain.content import Content
from chalicelib.domain.delivery import OPEN
from chalicelib.domain.explained_channel import ExplainedChannel
from chalicelib.domain.forecast import foretell, unshapeable
from chalicelib.domain.value import Millis
from chalicelib.domain.words import Channel
from chalicelib.services.accept import Accept
from chalicelib.services.concurrently import concurrently
from chalicelib.services.deliver import Shape
from chalicelib.services.order import Order
from chalicelib.services.ports import Rotas
from chalicelib.services.rehearsal_ports import KeptSpendings, KnownRotas
from chalicelib.services.rehearse import Rehearsal, Rehearse
from chalicelib.services.say import Say


class SimulatedChannel(msgspec.Struct, frozen=True):
    """What would become of one channel: `told` in the words of an explanation, `at` when it would go out, if at all.

    What would be said is `message`, or `content` in the inbox; `error` is the code of what has no shape on the channel.
    `price` is in millionths of the tenant's currency.
    """

    told: ExplainedChannel
    at: Millis | None = None
    message: Message | None = None
    content: Content | None = None
    error: str | None = None
    price: int = 0


class SimulatedNotification(msgspec.Struct, frozen=True):
    """What would come of the message to one recipient."""

    rehearsal: Rehearsal
    channels: tuple[SimulatedChannel, ...]

    @property
    def price(self) -> int:
        """What all of it would cost, in millionths."""
        return sum(channel.price for channel in self.channels)


@dataclass(frozen=True, slots=True)
class Simulate:
    """The use case: say what an order would come to."""

    accept: Accept
    rehearse: Rehearse
    say: Say
    shape: Shape
    concurrency: int = 10
    """Recipients at a time, where no budget makes them wait for each other."""

    def __call__(self, order: Order, *, sent_by: str, now: Millis) -> list[SimulatedNotification]:
        """Return what would come of an order for each of its recipients. What it would spend on one it has no more for
        the next, in their order.

        Raises
        ------
        NotFoundError, TenantSuspendedError, InvalidInputError
            As accepting it would.
        """
        tenant, requests = self.accept.prepare(order, sent_by=sent_by, now=now)
        gather = self.rehearse.gather
        rehearse = with_ports(
            self.rehearse,
            gather=with_ports(gather, spendings=KeptSpendings(gather.spendings)),
            rotas=cast("Rotas", KnownRotas(self.rehearse.rotas)),
        )
        workers = 1 if tenant.settings.budgets else self.concurrency
        return concurrently(lambda request: self._told(rehearse(request, now)), requests, workers)

    def _told(self, rehearsal: Rehearsal) -> SimulatedNotification:
        channels = tuple(self._channel(rehearsal, channel) for channel in rehearsal.state.deliveries)
        return SimulatedNotification(rehearsal, channels)

    def _channel(self, rehearsal: Rehearsal, channel: Channel) -> SimulatedChannel:
        told = foretell(rehearsal.state, channel, rehearsal.starts_at)
        if told.status not in OPEN:
            return SimulatedChannel(told)
        at = told.scheduled_for or rehearsal.starts_at
        request, facts = rehearsal.request, rehearsal.facts
        try:
            said = self.say(request, channel, facts.recipient, facts.tenant)
            if channel is Channel.IN_APP:
                return SimulatedChannel(told, at, content=said.content)
            message = self.shape(channel, said, facts.recipient, facts.tenant)
        except UnshapeableError as error:
            return SimulatedChannel(unshapeable(told, error.code), at, error=error.code)
        return SimulatedChannel(told, at, message, price=facts.estimate(channel))
