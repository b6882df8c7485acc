"""The table's conditions and the domain's pure functions agree, over every case that tells them apart."""

from collections.abc import Iterator
from itertools import product

from msgspec.structs import replace

from chalicelib.domain.delivery import Delivery, DeliveryStatus
from chalicelib.domain.ids import NotificationId
from chalicelib.domain.state import Claim, DeliveryChange, InFlight, NotificationState, claimable
from chalicelib.domain.value import Millis
from chalicelib.domain.words import Channel, StopOn
from chalicelib.services.ports import NotificationRef, RefusedChangeError
from tests.build import ACME, NOW, a_delivery, a_state
from tests.store.stores import Store

BEFORE, AFTER = Millis(NOW - 1), Millis(NOW + 1)
LEASE = Millis(NOW + 26_000)
EMAIL = Channel.EMAIL


def test_what_is_free_is_claimed_and_nothing_else(store: Store) -> None:
    for state in numbered(claim_cases()):
        store.states.put(state, ttl=0)
        is_free = claimable(state, EMAIL, NOW) is Claim.FREE
        assert was_claimed(store, state) == is_free, state


def test_what_a_change_applies_to_is_changed_and_nothing_else(store: Store) -> None:
    cases = list(change_cases())
    states = numbered(a_state({EMAIL: delivery}) for delivery, _ in cases)
    for state, (delivery, change) in zip(states, cases, strict=True):
        store.states.put(state, ttl=0)
        assert was_changed(store, state, change) == change.applies_to(delivery), (delivery, change)


def was_claimed(store: Store, state: NotificationState) -> bool:
    try:
        claimed = store.states.claim(NotificationRef(ACME, state.id), EMAIL, NOW, LEASE)
    except RefusedChangeError as refused:
        return refused.state != state
    return claimed.deliveries[EMAIL].lease == LEASE


def was_changed(store: Store, state: NotificationState, change: DeliveryChange) -> bool:
    try:
        changed = store.states.change(NotificationRef(ACME, state.id), EMAIL, change)
    except RefusedChangeError as refused:
        return refused.state != state
    delivery = changed.deliveries[EMAIL]
    return (changed.version, delivery.status, delivery.lease) == (state.version + 1, change.status, None)


def claim_cases() -> Iterator[NotificationState]:
    """Every status, lease and due time; and every reason to stop, for what is open."""
    for status, lease, not_before in product(DeliveryStatus, (None, BEFORE, NOW, AFTER), (None, BEFORE, NOW, AFTER)):
        yield a_state({EMAIL: a_delivery(status, lease=lease, not_before=not_before)})
    times = (None, BEFORE, NOW, AFTER)
    statuses = (DeliveryStatus.QUEUED, DeliveryStatus.SENDING, DeliveryStatus.SENT)
    for status, cancelled, expires in product(statuses, (None, NOW), times):
        yield a_state({EMAIL: a_delivery(status)}, cancelled_at=cancelled, expires_at=expires)
    others = (DeliveryStatus.SENT, DeliveryStatus.DELIVERED)
    for stop_on, put_away in product((None, *StopOn), ("archived_at", "deleted_at")):
        yield a_state({EMAIL: a_delivery()}, stop_on=stop_on, **{put_away: NOW})
    for stop_on, read, acknowledged, other in product((None, *StopOn), (None, NOW), (None, NOW), others):
        for channel in (Channel.SMS, Channel.IN_APP):
            deliveries = {EMAIL: a_delivery(), channel: a_delivery(other)}
            yield a_state(deliveries, stop_on=stop_on, read_at=read, acknowledged_at=acknowledged)


def change_cases() -> Iterator[tuple[Delivery, DeliveryChange]]:
    """Every status before and after, with every lease and every demand on it; and every attempt."""
    for old, new, lease, in_flight in product(DeliveryStatus, DeliveryStatus, (None, AFTER), InFlight):
        change = DeliveryChange(attempt=1, status=new, at=NOW, in_flight=in_flight)
        yield a_delivery(old, attempt=1, lease=lease), change
    for old_attempt, attempt in product((0, 1, 2), (0, 1, 2)):
        change = DeliveryChange(attempt=attempt, status=DeliveryStatus.SENT, at=NOW)
        yield a_delivery(DeliveryStatus.QUEUED, attempt=old_attempt), change


def numbered(states: Iterator[NotificationState]) -> Iterator[NotificationState]:
    for number, state in enumerate(states):
        yield replace(state, id=NotificationId(f"01890a5d-ac96-774b-bcce-{number:012d}"))
