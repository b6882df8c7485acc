"""Deciding: what happens to a notification, by the ordered rules of rules.py.

The decision is the first state of the notification; it is stored once and never made again.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from msgspec.structs import replace

from chalicelib.domain.delivery import OPEN, Delivery, DeliveryStatus, Detail
from chalicelib.domain.escalation import NEXT_PERSON
from chalicelib.domain.facts import Facts
from chalicelib.domain.outcome import Ended, Held
from chalicelib.domain.routing import route
from chalicelib.domain.rules import CHANNEL_RULES, NOTIFICATION_RULES
from chalicelib.domain.state import Basis, NotificationState, Relay
from chalicelib.domain.strategy import asked_for, choose_strategy
from chalicelib.domain.value import Millis
from chalicelib.domain.words import Channel, Reason, Strategy

LADDER: Final = {Channel.SMS: (Channel.PUSH, Channel.EMAIL), Channel.PUSH: (Channel.EMAIL,)}
"""What may stand in for a channel that the budget does not allow, best first."""
_INSTEAD: Final = {Channel.SMS: Detail.INSTEAD_OF_SMS, Channel.PUSH: Detail.INSTEAD_OF_PUSH}


def decide(facts: Facts) -> NotificationState:
    """Return the first state of the notification: its strategy, and one delivery for each channel asked for."""
    request = facts.request
    strategy, strategy_from = choose_strategy(request, facts.tenant)
    refusal = next((refused for rule in NOTIFICATION_RULES if (refused := rule(facts)) is not None), None)
    escalates = strategy is Strategy.ESCALATION and refusal is None
    deliveries, relays = _escalate(facts) if escalates else (_broadcast(facts, refusal), ())
    return NotificationState(
        tenant=request.tenant,
        id=request.id,
        user_type=request.recipient.user_type,
        user_id=request.recipient.user_id,
        accepted_at=request.accepted_at,
        strategy=strategy,
        category=request.category,
        type=request.type,
        basis=Basis(strategy=strategy_from, recipient=facts.recipient_from),
        stop_on=facts.policy.stop_on if strategy is Strategy.ESCALATION else None,
        relays=relays,
        expires_at=request.expires_at,
        reason=None if refusal is None else refusal.reason,
        cancelled_at=facts.now if facts.cancelled else None,
        deliveries=deliveries if refusal is not None else deliveries | _stand_ins(facts, deliveries),
    )


def wanted_channels(facts: Facts) -> tuple[Channel, ...]:
    """Return the channels the notification is for: those asked for, or else the tenant's own."""
    return asked_for(facts.request, facts.tenant)


def judge(facts: Facts, channel: Channel, at: Millis) -> Delivery:
    """Return the delivery on `channel` that is planned for `at`, as the rules leave it."""
    held: Reason | None = None
    for rule in CHANNEL_RULES:
        match rule(facts, channel, at):
            case Ended() as ended:
                return Delivery(status=ended.status, reason=ended.reason, detail=ended.detail)
            case Held(reason=reason, until=until):
                at, held = until, reason
    providers = route(facts, channel)
    if at <= facts.now:
        return Delivery(status=DeliveryStatus.QUEUED, providers=providers)
    return Delivery(status=DeliveryStatus.SCHEDULED, providers=providers, not_before=at, scheduled_for=at, held=held)


def _broadcast(facts: Facts, refusal: Ended | None) -> dict[Channel, Delivery]:
    if refusal is None:
        return {channel: judge(facts, channel, facts.now) for channel in wanted_channels(facts)}
    return {channel: Delivery(status=refusal.status, reason=refusal.reason) for channel in wanted_channels(facts)}


def _escalate(facts: Facts) -> tuple[dict[Channel, Delivery], tuple[Relay, ...]]:
    """Plan the steps of the policy. Where one has to wait, those after it keep their distance to it."""
    wanted = wanted_channels(facts)
    deliveries: dict[Channel, Delivery] = {}
    relays: list[Relay] = []
    slip = 0
    for step in facts.policy.steps:
        at = Millis(facts.now + step.after * 1_000 + slip)
        if step.rota is not None:
            every = 1_000 * (step.every or NEXT_PERSON)
            relays.append(Relay(rota=step.rota, channels=step.channels, not_before=at, every=every))
            continue
        planned = {channel: judge(facts, channel, at) for channel in step.channels if channel in wanted}
        slip += max((_wait(delivery, at) for delivery in planned.values()), default=0)
        deliveries |= planned
    outside = [channel for channel in wanted if channel not in deliveries]
    return deliveries | {channel: judge(facts, channel, facts.now) for channel in outside}, tuple(relays)


def _wait(delivery: Delivery, at: Millis) -> int:
    return 0 if delivery.scheduled_for is None else delivery.scheduled_for - at


def _stand_ins(facts: Facts, deliveries: dict[Channel, Delivery]) -> dict[Channel, Delivery]:
    """Return the deliveries that take the place of those the budget does not allow."""
    if not facts.tenant.settings.downgrade:
        return {}
    refused = [channel for channel, delivery in deliveries.items() if delivery.reason is Reason.BUDGET_EXCEEDED]
    found: dict[Channel, Delivery] = {}
    for channel in refused:
        found |= _stand_in(facts, channel, (*deliveries, *found))
    return found


def _stand_in(facts: Facts, channel: Channel, taken: Sequence[Channel]) -> dict[Channel, Delivery]:
    for lower in LADDER.get(channel, ()):
        if lower in taken:
            return {}
        delivery = judge(facts, lower, facts.now)
        if delivery.status in OPEN:
            return {lower: replace(delivery, detail=_INSTEAD[channel])}
    return {}


def next_due(state: NotificationState, now: Millis) -> Millis | None:
    """Return when something of a notification comes due next, after `now`; None when nothing will."""
    return min((at for at in _times(state) if at > now), default=None)


def _times(state: NotificationState) -> Iterable[Millis]:
    for delivery in state.deliveries.values():
        if delivery.status is DeliveryStatus.SCHEDULED and delivery.not_before is not None:
            yield delivery.not_before
    for relay in state.relays:
        if not relay.ended:
            yield relay.not_before
