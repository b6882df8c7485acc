import json

from chalicelib.domain.delivery import Attempt, AttemptOutcome, DeliveryStatus
from chalicelib.domain.events import MAX_DETAIL, Occurrence, occurrences, pack
from chalicelib.domain.ids import ProviderId
from chalicelib.domain.state import NotificationState
from chalicelib.domain.tenant import EventMode
from chalicelib.domain.words import Channel
from tests.build import ACME, NOW, a_delivery, a_state


def sent(version: int = 3) -> NotificationState:
    attempt = Attempt(
        number=1, provider=ProviderId("first"), at=NOW, outcome=AttemptOutcome.ACCEPTED, vendor_id="vendor-1"
    )
    return a_state({Channel.EMAIL: a_delivery(DeliveryStatus.SENT, attempt=1, attempts=(attempt,))}, version=version)


def a_sent_occurrence() -> Occurrence:
    return occurrences(a_state(), sent(), NOW)[0][1]


def test_a_new_state_tells_what_was_queued() -> None:
    assert [event for event, _ in occurrences(None, a_state(), NOW)] == ["notification.queued"]


def test_a_change_of_status_tells_channel_provider_and_vendor_id() -> None:
    [(event, told)] = occurrences(a_state(), sent(), NOW)

    assert (event, told.channel, told.provider, told.vendor_id) == ("notification.sent", "email", "first", "vendor-1")
    assert (told.sequence, told.occurred_at) == (3, "2027-01-15T08:00:00.000Z")


def test_a_claim_tells_nothing() -> None:
    claimed = a_state({Channel.EMAIL: a_delivery(DeliveryStatus.SENDING, attempt=1, lease=NOW)})

    assert occurrences(a_state(), claimed, NOW) == []


def test_reading_is_told_once() -> None:
    read = a_state(read_at=NOW)

    assert [event for event, _ in occurrences(a_state(), read, NOW)] == ["notification.read"]
    assert occurrences(read, a_state(read_at=NOW, version=9), NOW) == []


def test_the_same_change_has_the_same_id_and_another_has_another() -> None:
    assert occurrences(a_state(), sent(), NOW) == occurrences(a_state(), sent(), NOW)
    queued = occurrences(None, a_state(), NOW)[0][1]
    assert queued.event_id != a_sent_occurrence().event_id


def test_many_occurrences_share_an_event_up_to_its_size() -> None:
    happened = [a_sent_occurrence()] * 500

    events = list(pack(ACME, "notification.sent", happened, EventMode.PACKED))

    assert 1 < len(events) < 10
    assert all(len(event.detail.encode()) <= MAX_DETAIL + 400 for event in events)
    assert sum(len(json.loads(event.detail)["data"]["notifications"]) for event in events) == 500


def test_a_tenant_may_want_one_event_each() -> None:
    assert len(list(pack(ACME, "notification.sent", [a_sent_occurrence()] * 3, EventMode.SINGLE))) == 3
