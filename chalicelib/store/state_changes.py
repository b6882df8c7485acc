"""The rules of domain.state as conditional updates of `N`. The conformance tests prove that the two agree."""

from collections.abc import Collection, Mapping, Sequence
from functools import reduce
from typing import Any, Final, NamedTuple

from pynamodb.expressions.condition import And, Condition, Or
from pynamodb.expressions.operand import Path
from pynamodb.expressions.update import Action

from chalicelib.domain.delivery import OPEN, Attempt, DeliveryStatus
from chalicelib.domain.state import DeliveryChange, InFlight, Move, NotificationState, Relay
from chalicelib.domain.value import Millis
from chalicelib.domain.words import Channel, StopOn
from chalicelib.store.attributes import TOKEN, typed_attempts
from chalicelib.store.models import StateItem as N


class Update(NamedTuple):
    """What is done to a state, and where it may be done."""

    actions: Sequence[Action]
    condition: Condition


_NEXT_VERSION: Final = N.version.set(N.version + 1)
_REACHED: Final = {DeliveryStatus.SENT: "sentAt", DeliveryStatus.DELIVERED: "deliveredAt"}


def claim(channel: Channel, now: Millis, lease: Millis, token: str, move: Move | None = None) -> Update:
    """Begin the next attempt where `domain.state.claimable` says FREE, at another provider where it is to move."""
    attempt, tries = _field(channel, "attempt"), _field(channel, "tries")
    actions = [
        _field(channel, "status").set(DeliveryStatus.SENDING.value),
        _field(channel, "lease").set(lease),
        _token(channel).set(token),
        attempt.set((attempt | 0) + 1),
        tries.set((tries | 0) + 1 if move is None else 1),
        *([] if move is None else [_field(channel, "provider").set(move.provider)]),
        _field(channel, "notBefore").remove(),
        _NEXT_VERSION,
    ]
    free = _is_free(channel, now)
    return Update(actions, free if move is None else _all(free, _counts(attempt, move.attempt)))


def deliver_in_app(now: Millis) -> Update:
    """End the in-app delivery, which needs no vendor, where `domain.state.claimable` says FREE."""
    actions = [
        _field(Channel.IN_APP, "status").set(DeliveryStatus.DELIVERED.value),
        _field(Channel.IN_APP, "deliveredAt").set(now),
        _field(Channel.IN_APP, "notBefore").remove(),
        _NEXT_VERSION,
    ]
    return Update(actions, _is_free(Channel.IN_APP, now))


def change(channel: Channel, change: DeliveryChange) -> Update:
    """Make a change where `DeliveryChange.applies_to` holds."""
    actions: list[Action] = [
        _field(channel, "status").set(change.status.value),
        _field(channel, "lease").remove(),
        _token(channel).remove(),
        _set_or_remove(_field(channel, "reason"), change.reason and change.reason.value),
        _set_or_remove(_field(channel, "notBefore"), change.not_before),
        *([] if change.detail is None else [_field(channel, "detail").set(change.detail.value)]),
        *(_field(channel, name).set(value) for name, value in _progress(change).items()),
        _NEXT_VERSION,
    ]
    if change.record is not None:
        actions.append(_record(channel, change.record, change.instead_of))
    return Update(actions, _applies(channel, change))


def reopen(channel: Channel, epoch: int) -> Update:
    """Queue a delivery anew for an epoch where it has failed in the one before."""
    actions = [
        _field(channel, "status").set(DeliveryStatus.QUEUED.value),
        _field(channel, "epoch").set(epoch),
        *(_field(channel, name).remove() for name in ("provider", "tries", "reason", "notBefore")),
        _NEXT_VERSION,
    ]
    failed = _has_status(channel, [DeliveryStatus.FAILED])
    return Update(actions, _all(failed, _counts(_field(channel, "epoch"), epoch - 1)))


def cancel(now: Millis) -> Update:
    """Mark a state cancelled where it is not."""
    return Update([N.cancelled_at.set(now), _NEXT_VERSION], _all(N.pk.exists(), N.cancelled_at.does_not_exist()))


def mark_opened(now: Millis) -> Update:
    """Record when the e-mail was opened where that is not recorded."""
    return Update([N.opened_at.set(now), _NEXT_VERSION], _all(N.pk.exists(), N.opened_at.does_not_exist()))


def mark_clicked(now: Millis) -> Update:
    """Record when a link in the e-mail was followed where that is not recorded."""
    return Update([N.clicked_at.set(now), _NEXT_VERSION], _all(N.pk.exists(), N.clicked_at.does_not_exist()))


def relay(before: tuple[Relay, ...], after: tuple[Relay, ...]) -> Update:
    """Replace the relays where they are still as they were."""
    return Update([N.relays.set(after), _NEXT_VERSION], N.relays == before)


def join_digest(window: str) -> Update:
    """Record the digest window where there is none yet."""
    return Update([N.digest.set(window), _NEXT_VERSION], _all(N.pk.exists(), N.digest.does_not_exist()))


def mark(before: NotificationState, after: NotificationState) -> Update:
    """Write what the owner marked, where nobody changed the state since it was `before`."""
    actions = [
        _set_or_remove(Path(N.read_at), after.read_at),
        _set_or_remove(Path(N.acknowledged_at), after.acknowledged_at),
        _set_or_remove(Path(N.archived_at), after.archived_at),
        _set_or_remove(Path(N.deleted_at), after.deleted_at),
        _NEXT_VERSION,
    ]
    return Update(actions, is_unchanged(before))


def is_unchanged(state: NotificationState) -> Condition:
    """Holds while nobody changed the state since it was read."""
    return N.version == state.version


def has_token(token: str, image: Mapping[str, Any], channel: Channel) -> bool:
    """Tell whether the lease on a delivery in the image of a row was taken with this token."""
    delivery = image["d"]["M"].get(channel.value, {"M": {}})["M"]
    return bool(delivery.get(TOKEN) == {"S": token})


def _is_free(channel: Channel, now: Millis) -> Condition:
    not_before = _field(channel, "notBefore")
    return _all(
        _has_status(channel, OPEN),
        _field(channel, "lease").does_not_exist(),
        N.cancelled_at.does_not_exist(),
        _goes_on(),
        N.expires_at.does_not_exist() | (N.expires_at > now),
        not_before.does_not_exist() | (not_before <= now),
    )


def _goes_on() -> Condition:
    """Holds where no escalation is over."""
    unseen = _all(*(seen.does_not_exist() for seen in (N.read_at, N.archived_at, N.deleted_at)))
    undelivered = [
        ~_has_status(channel, [DeliveryStatus.DELIVERED]) for channel in Channel if channel != Channel.IN_APP
    ]
    unended = {
        StopOn.READ: unseen,
        StopOn.ACKNOWLEDGED: N.acknowledged_at.does_not_exist(),
        StopOn.DELIVERED: _all(unseen, *undelivered),
    }
    return _any(N.stop_on.does_not_exist(), *(_all(N.stop_on == on, unended[on]) for on in StopOn))


def _applies(channel: Channel, change: DeliveryChange) -> Condition:
    lease = _field(channel, "lease")
    held: dict[InFlight, list[Condition]] = {
        InFlight.YES: [lease.exists()],
        InFlight.NO: [lease.does_not_exist()],
        InFlight.EITHER: [],
    }
    return _all(
        _has_status(channel, change.allowed_from()),
        _counts(_field(channel, "attempt"), change.attempt),
        *held[change.in_flight],
    )


def _record(channel: Channel, record: Attempt, instead_of: int | None) -> Action:
    made, typed = _field(channel, "attempts"), typed_attempts(record)
    if instead_of is not None:
        return made[instead_of].set(typed["L"][0])
    return made.set((made | typed_attempts()).append(typed))


def _all(*conditions: Condition) -> Condition:
    return reduce(And, conditions)


def _any(*conditions: Condition) -> Condition:
    return reduce(Or, conditions)


def _progress(change: DeliveryChange) -> dict[str, int]:
    progress = {"provider": change.provider, "tries": change.tries}
    if change.status in _REACHED:
        progress[_REACHED[change.status]] = change.at
    return {name: value for name, value in progress.items() if value is not None}


def _has_status(channel: Channel, statuses: Collection[DeliveryStatus]) -> Condition:
    # An empty list is no valid expression; no delivery has the empty status.
    return _field(channel, "status").is_in(*(sorted(status.value for status in statuses) or [""]))


def _counts(counter: Path, number: int) -> Condition:
    """Holds where a counter has come to `number`; one that never counted is left out of the row."""
    return counter == number if number else counter.does_not_exist()


def _field(channel: Channel, name: str) -> Path:
    return N.deliveries.field(channel, name)


def _token(channel: Channel) -> Path:
    return N.deliveries[channel.value][TOKEN]


def _set_or_remove(path: Path, value: str | int | None) -> Action:
    return path.remove() if value is None else path.set(value)
