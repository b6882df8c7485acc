"""Relays: the notifications that ask people on duty, one after another, on behalf of another notification.

What a relay sends is a notification of its own, a child. Its id derives from its parent, the step and the position, so
that whoever repeats a step repeats it with the same id, and whoever stops the parent finds its children.
"""

from collections.abc import Iterator

from msgspec.structs import replace

from chalicelib.domain.ids import NotificationId, TenantId, derived_id
from chalicelib.domain.recipient import Recipient
from chalicelib.domain.request import NotificationRequest
from chalicelib.domain.rota import Person
from chalicelib.domain.state import NotificationState, Relay, stop_reason
from chalicelib.domain.value import Millis
from chalicelib.domain.words import Strategy


def is_due(relay: Relay, now: Millis) -> bool:
    """Tell whether it is time to ask the next person."""
    return not relay.ended and relay.not_before <= now


def is_over(state: NotificationState, now: Millis) -> bool:
    """Tell whether nobody on duty is to be asked any more: it was acknowledged, or nothing of it is sent any more."""
    return state.acknowledged_at is not None or stop_reason(state, now) is not None


def advanced(relay: Relay, now: Millis) -> Relay:
    """Return a relay after a person was asked at `now`."""
    return replace(relay, position=relay.position + 1, not_before=Millis(now + relay.every))


def child_id(tenant: TenantId, parent: NotificationId, index: int, position: int) -> NotificationId:
    """Return the id of what the relay `index` of a notification sends to the person at `position`."""
    return NotificationId(derived_id(tenant, parent, "relay", str(index), str(position)))


def asked_by(state: NotificationState, index: int) -> list[NotificationId]:
    """Return what a relay has sent so far, in order."""
    asked = range(state.relays[index].position)
    return [child_id(state.tenant, state.id, index, position) for position in asked]


def children(state: NotificationState) -> Iterator[NotificationId]:
    """Yield all that the relays of a notification may have sent: also what a worker that died, or is about it, put
    before the relay moved on. One of each relay need not exist.
    """
    for index, relay in enumerate(state.relays):
        for position in range(relay.position + 1):
            yield child_id(state.tenant, state.id, index, position)


def child_of(parent: NotificationRequest, index: int, relay: Relay, person: Person, now: Millis) -> NotificationRequest:
    """Return the request that tells the next person on duty what the parent says, on the channels of the step."""
    return NotificationRequest(
        tenant=parent.tenant,
        id=child_id(parent.tenant, parent.id, index, relay.position),
        request_id=parent.request_id,
        recipient=Recipient(user_type=person.user_type, user_id=person.user_id),
        content=parent.content,
        template=parent.template,
        category=parent.category,
        type=parent.type,
        priority=parent.priority,
        accepted_at=now,
        sent_by=parent.sent_by,
        channels=relay.channels,
        strategy=Strategy.BROADCAST,
        providers=parent.providers,
        metadata=parent.metadata,
        expires_at=parent.expires_at,
        parent=parent.id,
        correlation_id=parent.correlation_id,
    )
