"""States change one conditional update at a time."""

from collections.abc import Callable

import pytest
from msgspec.structs import fields, replace

from chalicelib.domain.delivery import Attempt, AttemptOutcome, DeliveryStatus, Detail
from chalicelib.domain.ids import NotificationId, ProviderId, RotaId, UserId
from chalicelib.domain.state import Basis, DeliveryChange, InFlight, Move, NotificationState, Relay, Source
from chalicelib.domain.value import Millis
from chalicelib.domain.words import Channel, Reason, StopOn, Strategy
from chalicelib.services.ports import NotificationRef, RefusedChangeError
from tests.build import ACME, ID, NOW, a_delivery, a_recipient, a_state
from tests.store.stores import Store

REF = NotificationRef(ACME, ID)
TTL = NOW // 1_000 + 86_400
LEASE = Millis(NOW + 26_000)
EMAIL = Channel.EMAIL

FULL = a_state(
    {
        Channel.EMAIL: a_delivery(
            DeliveryStatus.FAILED,
            provider=1,
            tries=4,
            attempt=8,
            epoch=2,
            reason=Reason.RETRIES_EXHAUSTED,
            attempts=(
                Attempt(
                    number=7, provider=ProviderId("first"), at=NOW, outcome=AttemptOutcome.RETRIABLE, code="throttled"
                ),
                Attempt(
                    number=8, provider=ProviderId("second"), at=NOW, outcome=AttemptOutcome.ACCEPTED, vendor_id="v-8"
                ),
            ),
        ),
        Channel.SMS: a_delivery(DeliveryStatus.SENDING, attempt=1, tries=1, lease=LEASE),
        Channel.PUSH: a_delivery(DeliveryStatus.SENT, sent_at=NOW, delivered_at=Millis(NOW + 1), not_before=NOW),
        Channel.IN_APP: a_delivery(
            DeliveryStatus.SUPPRESSED,
            providers=(),
            reason=Reason.PREFERENCE_OFF,
            detail=Detail.CATEGORY,
            scheduled_for=NOW,
            held=Reason.QUIET_HOURS,
        ),
    },
    strategy=Strategy.ESCALATION,
    type="order.confirmed",
    reason=Reason.TENANT_SUSPENDED,
    version=7,
    basis=Basis(strategy=Source.PRIORITY, recipient=Source.BOTH),
    stop_on=StopOn.READ,
    relays=(Relay(rota=RotaId("ops"), channels=(Channel.SMS,), not_before=NOW, every=300_000, position=1),),
    digest="w-1",
    acknowledged_at=Millis(NOW + 7),
    expires_at=Millis(NOW + 2),
    read_at=Millis(NOW + 3),
    archived_at=Millis(NOW + 4),
    deleted_at=Millis(NOW + 5),
    cancelled_at=Millis(NOW + 6),
    opened_at=Millis(NOW + 8),
    clicked_at=Millis(NOW + 9),
)


@pytest.mark.parametrize("state", [a_state(), a_state({}), FULL], ids=["fresh", "without deliveries", "full"])
def test_a_stored_state_is_found_as_it_was(store: Store, state: NotificationState) -> None:
    assert store.states.put(state, TTL) == state
    assert store.states.get(ACME, ID) == state


def test_the_first_decision_is_kept(store: Store) -> None:
    first, second = a_state(category="system"), a_state(category="alert")
    store.states.put(first, TTL)
    assert store.states.put(second, TTL) == first
    assert store.states.get(ACME, ID) == first


def test_many_are_read_at_once_and_missing_ones_left_out(store: Store) -> None:
    ids = [NotificationId(f"01890a5d-ac96-774b-bcce-{number:012d}") for number in range(110)]
    for id in ids:
        store.states.put(a_state(id=id), TTL)
    assert store.states.get_many(ACME, [*ids, ID]) == {id: a_state(id=id) for id in ids}


def test_a_claim_begins_an_attempt_under_a_lease(store: Store) -> None:
    store.states.put(a_state({EMAIL: a_delivery(not_before=NOW)}), TTL)
    claimed = store.states.claim(REF, EMAIL, NOW, LEASE)
    wanted = a_delivery(DeliveryStatus.SENDING, lease=LEASE, attempt=1, tries=1)
    assert claimed == a_state({EMAIL: wanted}, version=2)
    assert store.states.get(ACME, ID) == claimed


def test_a_claim_can_move_to_another_provider_where_tries_start_anew(store: Store) -> None:
    store.states.put(a_state({EMAIL: a_delivery(DeliveryStatus.SENDING, attempt=2, tries=2)}), TTL)
    claimed = store.states.claim(REF, EMAIL, NOW, LEASE, Move(attempt=2, provider=1))
    wanted = a_delivery(DeliveryStatus.SENDING, lease=LEASE, attempt=3, tries=1, provider=1)
    assert claimed == a_state({EMAIL: wanted}, version=2)
    assert store.states.get(ACME, ID) == claimed


@pytest.mark.parametrize(("attempt", "expected"), [(0, 1), (1, 0), (2, 1)])
def test_nobody_moves_what_others_have_moved_on(store: Store, attempt: int, expected: int) -> None:
    status = DeliveryStatus.SENDING if attempt else DeliveryStatus.QUEUED
    state = a_state({EMAIL: a_delivery(status, attempt=attempt, tries=attempt)})
    store.states.put(state, TTL)
    with pytest.raises(RefusedChangeError) as refused:
        store.states.claim(REF, EMAIL, NOW, LEASE, Move(attempt=expected, provider=1))
    assert refused.value.state == state


def test_a_claim_concerns_one_channel(store: Store) -> None:
    store.states.put(a_state({EMAIL: a_delivery(), Channel.SMS: a_delivery()}), TTL)
    store.states.claim(REF, EMAIL, NOW, LEASE)
    assert store.states.claim(REF, Channel.SMS, NOW, LEASE).version == 3


def test_a_second_claim_is_refused_and_told_what_is_stored(store: Store) -> None:
    store.states.put(a_state(), TTL)
    claimed = store.states.claim(REF, EMAIL, NOW, LEASE)
    with pytest.raises(RefusedChangeError) as refused:
        store.states.claim(REF, EMAIL, NOW, LEASE)
    assert refused.value.state == claimed


def test_a_claim_of_a_channel_that_was_not_decided_is_refused(store: Store) -> None:
    store.states.put(a_state(), TTL)
    with pytest.raises(RefusedChangeError) as refused:
        store.states.claim(REF, Channel.SMS, NOW, LEASE)
    assert refused.value.state == a_state()


def test_a_sent_message_is_recorded_with_its_attempt(store: Store) -> None:
    store.states.put(a_state(), TTL)
    store.states.claim(REF, EMAIL, NOW, LEASE)
    record = an_attempt(1, vendor_id="v-1")
    change = DeliveryChange(attempt=1, status=DeliveryStatus.SENT, at=Millis(NOW + 9), record=record)
    sent = a_delivery(DeliveryStatus.SENT, attempt=1, tries=1, sent_at=Millis(NOW + 9), attempts=(record,))
    assert store.states.change(REF, EMAIL, change) == a_state({EMAIL: sent}, version=3)
    assert store.states.get(ACME, ID) == a_state({EMAIL: sent}, version=3)


def test_a_retry_waits_without_a_lease_and_is_claimed_when_due(store: Store) -> None:
    store.states.put(a_state(), TTL)
    store.states.claim(REF, EMAIL, NOW, LEASE)
    store.states.change(REF, EMAIL, a_retry(1, provider=1, tries=0, not_before=Millis(NOW + 500)))
    with pytest.raises(RefusedChangeError):
        store.states.claim(REF, EMAIL, Millis(NOW + 499), LEASE)
    claimed = store.states.claim(REF, EMAIL, Millis(NOW + 500), LEASE).deliveries[EMAIL]
    assert (claimed.provider, claimed.tries, claimed.attempt, claimed.not_before) == (1, 1, 2, None)


def test_attempts_are_kept_in_their_order(store: Store) -> None:
    store.states.put(a_state(), TTL)
    for number in (1, 2, 3):
        store.states.claim(REF, EMAIL, NOW, LEASE)
        store.states.change(REF, EMAIL, a_retry(number, provider=0, tries=number, not_before=NOW))
    state = store.states.get(ACME, ID)
    assert state is not None
    assert [attempt.number for attempt in state.deliveries[EMAIL].attempts] == [1, 2, 3]


def test_nothing_of_an_attempt_gets_lost(store: Store) -> None:
    record = Attempt(
        number=1,
        provider=ProviderId("first"),
        at=NOW,
        outcome=AttemptOutcome.RETRIABLE,
        vendor_id="v-1",
        code="busy",
        segments=2,
        epoch=1,
        trials=3,
        over=True,
    )
    assert all(getattr(record, field.name) != field.default for field in fields(Attempt))
    store.states.put(a_state(), TTL)
    store.states.claim(REF, EMAIL, NOW, LEASE)
    store.states.change(REF, EMAIL, replace(a_retry(1, provider=0, tries=0, not_before=NOW), record=record))
    state = store.states.get(ACME, ID)
    assert state is not None
    assert state.deliveries[EMAIL].attempts == (record,)


def test_an_attempt_may_take_the_place_of_another(store: Store) -> None:
    store.states.put(a_state(), TTL)
    for number, instead_of in ((1, None), (2, None), (3, 1)):
        store.states.claim(REF, EMAIL, NOW, LEASE)
        retry = a_retry(number, provider=0, tries=0, not_before=NOW)
        record = replace(an_attempt(number), trials=number)
        store.states.change(REF, EMAIL, replace(retry, record=record, instead_of=instead_of))
    state = store.states.get(ACME, ID)
    assert state is not None
    assert [(attempt.number, attempt.trials) for attempt in state.deliveries[EMAIL].attempts] == [(1, 1), (3, 3)]
    assert state.deliveries[EMAIL].calls == 4


def test_a_report_after_an_unknown_outcome_clears_its_reason(store: Store) -> None:
    store.states.put(a_state({EMAIL: a_delivery(DeliveryStatus.UNKNOWN, reason=Reason.OUTCOME_UNKNOWN)}), TTL)
    change = DeliveryChange(attempt=0, status=DeliveryStatus.DELIVERED, at=NOW)
    delivered = store.states.change(REF, EMAIL, change).deliveries[EMAIL]
    assert delivered == a_delivery(DeliveryStatus.DELIVERED, delivered_at=NOW)


@pytest.mark.parametrize(
    ("detail", "kept"), [(Detail.HOUR, Detail.HOUR), (None, Detail.INSTEAD_OF_SMS)], ids=["another", "none"]
)
def test_the_detail_of_a_change_takes_the_place_of_the_plans_and_without_one_that_stays(
    store: Store, detail: Detail | None, kept: Detail
) -> None:
    store.states.put(a_state({EMAIL: a_delivery(detail=Detail.INSTEAD_OF_SMS)}), TTL)
    change = DeliveryChange(
        attempt=0, status=DeliveryStatus.SUPPRESSED, at=NOW, reason=Reason.FREQUENCY_CAPPED, detail=detail
    )
    ended = a_delivery(DeliveryStatus.SUPPRESSED, reason=Reason.FREQUENCY_CAPPED, detail=kept)
    assert store.states.change(REF, EMAIL, change) == a_state({EMAIL: ended}, version=2)
    assert store.states.get(ACME, ID) == a_state({EMAIL: ended}, version=2)


def test_making_the_same_change_twice_makes_it_once(store: Store) -> None:
    store.states.put(a_state(), TTL)
    store.states.claim(REF, EMAIL, NOW, LEASE)
    change = a_retry(1, provider=0, tries=1, not_before=NOW)
    changed = store.states.change(REF, EMAIL, change)
    assert store.states.change(REF, EMAIL, change) == changed
    assert store.states.get(ACME, ID) == changed


def test_a_change_of_another_attempt_is_refused_and_told_what_is_stored(store: Store) -> None:
    store.states.put(a_state(), TTL)
    claimed = store.states.claim(REF, EMAIL, NOW, LEASE)
    with pytest.raises(RefusedChangeError) as refused:
        store.states.change(REF, EMAIL, a_retry(2, provider=0, tries=1, not_before=NOW))
    assert refused.value.state == claimed


def test_a_change_of_a_channel_that_was_not_decided_is_refused(store: Store) -> None:
    store.states.put(a_state(), TTL)
    with pytest.raises(RefusedChangeError):
        store.states.change(REF, Channel.SMS, DeliveryChange(attempt=0, status=DeliveryStatus.SENT, at=NOW))
    assert store.states.get(ACME, ID) == a_state()


def test_a_failed_delivery_is_reopened_once_for_each_epoch(store: Store) -> None:
    failed = a_delivery(
        DeliveryStatus.FAILED, provider=1, tries=4, attempt=8, reason=Reason.RETRIES_EXHAUSTED, not_before=NOW
    )
    store.states.put(a_state({EMAIL: failed}), TTL)
    with pytest.raises(RefusedChangeError):
        store.states.reopen(REF, EMAIL, 2)
    reopened = store.states.reopen(REF, EMAIL, 1)
    assert reopened == a_state({EMAIL: a_delivery(attempt=8, epoch=1)}, version=2)
    with pytest.raises(RefusedChangeError) as refused:
        store.states.reopen(REF, EMAIL, 1)
    assert refused.value.state == reopened
    store.states.claim(REF, EMAIL, NOW, LEASE)
    store.states.change(REF, EMAIL, DeliveryChange(attempt=9, status=DeliveryStatus.FAILED, at=NOW))
    assert store.states.reopen(REF, EMAIL, 2).deliveries[EMAIL].epoch == 2


@pytest.mark.parametrize("status", [status for status in DeliveryStatus if status is not DeliveryStatus.FAILED])
def test_only_failed_deliveries_are_reopened(store: Store, status: DeliveryStatus) -> None:
    store.states.put(a_state({EMAIL: a_delivery(status)}), TTL)
    with pytest.raises(RefusedChangeError):
        store.states.reopen(REF, EMAIL, 1)


def test_cancelling_counts_once_and_stops_claims(store: Store) -> None:
    store.states.put(a_state(), TTL)
    cancelled = store.states.cancel(REF, NOW)
    assert cancelled == a_state(cancelled_at=NOW, version=2)
    assert store.states.cancel(REF, Millis(NOW + 1)) == cancelled
    with pytest.raises(RefusedChangeError) as refused:
        store.states.claim(REF, EMAIL, NOW, LEASE)
    assert refused.value.state == cancelled


def test_where_there_is_no_state_every_change_is_refused(store: Store) -> None:
    changes: tuple[Callable[[], object], ...] = (
        lambda: store.states.claim(REF, EMAIL, NOW, LEASE),
        lambda: store.states.change(REF, EMAIL, DeliveryChange(attempt=0, status=DeliveryStatus.SENT, at=NOW)),
        lambda: store.states.reopen(REF, EMAIL, 1),
        lambda: store.states.cancel(REF, NOW),
        lambda: store.states.deliver_in_app(REF, NOW),
    )
    for change in changes:
        with pytest.raises(RefusedChangeError) as refused:
            change()
        assert refused.value.state is None
    assert store.states.get(ACME, ID) is None


def test_every_change_is_one_version_on(store: Store) -> None:
    store.states.put(a_state({EMAIL: a_delivery(), Channel.IN_APP: a_delivery(providers=())}), TTL)
    versions = [
        store.states.claim(REF, EMAIL, NOW, LEASE).version,
        store.states.change(REF, EMAIL, a_retry(1, provider=0, tries=1, not_before=NOW)).version,
        store.states.deliver_in_app(REF, NOW).version,
        store.states.cancel(REF, NOW).version,
    ]
    assert versions == [2, 3, 4, 5]


def an_attempt(number: int, vendor_id: str | None = None) -> Attempt:
    outcome = AttemptOutcome.ACCEPTED if vendor_id else AttemptOutcome.RETRIABLE
    return Attempt(
        number=number,
        provider=ProviderId("first"),
        at=NOW,
        outcome=outcome,
        vendor_id=vendor_id,
        code=None if vendor_id else "busy",
    )


def a_retry(attempt: int, *, provider: int, tries: int, not_before: Millis) -> DeliveryChange:
    return DeliveryChange(
        attempt=attempt,
        status=DeliveryStatus.SENDING,
        at=NOW,
        in_flight=InFlight.YES,
        record=an_attempt(attempt),
        provider=provider,
        tries=tries,
        not_before=not_before,
    )


def test_acknowledging_counts_as_reading_and_the_first_time_counts(store: Store) -> None:
    store.states.put(a_state(), TTL)
    acknowledged = store.states.acknowledge(REF, None, Millis(NOW + 1))
    assert (acknowledged.acknowledged_at, acknowledged.read_at) == (NOW + 1, NOW + 1)
    assert store.states.acknowledge(REF, a_recipient(), Millis(NOW + 2)).acknowledged_at == NOW + 1


def test_nobody_acknowledges_what_is_anothers(store: Store) -> None:
    store.states.put(a_state(), TTL)
    with pytest.raises(RefusedChangeError):
        store.states.acknowledge(REF, a_recipient(user_id=UserId("u2")), NOW)
    assert store.states.get(ACME, ID) == a_state()


def test_relays_are_replaced_by_whoever_saw_the_last(store: Store) -> None:
    store.states.put(FULL, TTL)
    ended = (replace(FULL.relays[0], ended=True),)
    assert store.states.relay(REF, FULL.relays, ended).relays == ended
    assert store.states.relay(REF, FULL.relays, ended).relays == ended, "doing it again"
    with pytest.raises(RefusedChangeError):
        store.states.relay(REF, FULL.relays, (replace(FULL.relays[0], position=2),))


def test_a_notification_goes_into_one_digest(store: Store) -> None:
    store.states.put(a_state(), TTL)
    assert store.states.join_digest(REF, "w-1").digest == "w-1"
    assert store.states.join_digest(REF, "w-1").digest == "w-1", "doing it again"
    with pytest.raises(RefusedChangeError) as refused:
        store.states.join_digest(REF, "w-2")
    assert refused.value.state is not None
    assert refused.value.state.digest == "w-1"


def test_what_became_of_a_mail_is_kept_from_the_first_time(store: Store) -> None:
    store.states.put(a_state(), TTL)
    opened = store.states.mark_opened(REF, NOW)
    clicked = store.states.mark_clicked(REF, Millis(NOW + 1))
    assert (opened.opened_at, opened.clicked_at, opened.version) == (NOW, None, 2)
    assert (clicked.opened_at, clicked.clicked_at, clicked.version) == (NOW, NOW + 1, 3)
    for mark in (store.states.mark_opened, store.states.mark_clicked):
        assert mark(REF, Millis(NOW + 9)) == clicked, "the first time counts"


def test_of_what_does_not_exist_nothing_is_kept(store: Store) -> None:
    for mark in (store.states.mark_opened, store.states.mark_clicked):
        with pytest.raises(RefusedChangeError) as refused:
            mark(REF, NOW)
        assert refused.value.state is None
    assert store.states.get(ACME, ID) is None
