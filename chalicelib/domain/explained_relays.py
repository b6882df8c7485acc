"""Who on duty was asked on behalf of a notification, and who will be."""

from collections.abc import Sequence

from chalicelib.domain.events import iso8601
from chalicelib.domain.ids import NotificationId, RotaId, UserId, UserType
from chalicelib.domain.relays import asked_by, is_over
from chalicelib.domain.request import NotificationRequest
from chalicelib.domain.state import NotificationState, Relay
from chalicelib.domain.status import NotificationStatus, shown_status
from chalicelib.domain.value import Millis, Value
from chalicelib.domain.words import Channel

Child = tuple[NotificationRequest, NotificationState | None]
"""What a relay sent to somebody on duty, and how it stands."""


class Asked(Value, frozen=True):
    """Somebody on duty who was told, by the notification `id`."""

    id: NotificationId
    user_type: UserType
    user_id: UserId
    at: Millis
    status: NotificationStatus
    acknowledged_at: Millis | None = None


class ExplainedRelay(Value, frozen=True):
    """A step to those on duty by a rota: who was asked so far, in order, and what follows (`text`)."""

    rota: RotaId
    channels: tuple[Channel, ...]
    text: str
    asked: tuple[Asked, ...] = ()


def explain_relays(state: NotificationState, children: Sequence[Child], now: Millis) -> tuple[ExplainedRelay, ...]:
    """Return what became of each step to somebody on duty; `children` are those that exist, in any order."""
    by_id = {request.id: (request, child) for request, child in children}
    return tuple(
        ExplainedRelay(
            rota=relay.rota,
            channels=relay.channels,
            asked=(asked := tuple(_asked(*by_id[id]) for id in asked_by(state, index) if id in by_id)),
            text=_text(state, relay, len(asked), now),
        )
        for index, relay in enumerate(state.relays)
    )


def _asked(request: NotificationRequest, state: NotificationState | None) -> Asked:
    return Asked(
        id=request.id,
        user_type=request.recipient.user_type,
        user_id=request.recipient.user_id,
        at=request.accepted_at,
        status=shown_status(state),
        acknowledged_at=None if state is None else state.acknowledged_at,
    )


def _text(state: NotificationState, relay: Relay, asked: int, now: Millis) -> str:
    so_far = f"{asked} on duty by the rota “{relay.rota}” {'was' if asked == 1 else 'were'} asked"
    if state.acknowledged_at is not None:
        return f"{so_far}; it was acknowledged at {iso8601(state.acknowledged_at)}."
    if is_over(state, now):
        return f"{so_far}; nobody else is, for nothing more of it is sent."
    if relay.ended:
        return f"{so_far}; nobody else is, and nobody acknowledged it."
    return f"{so_far}; the next one is at {iso8601(relay.not_before)}."
