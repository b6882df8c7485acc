"""What owners do to their notifications, and how many wait to be read."""

from collections.abc import Callable

import pytest

from chalicelib.domain.delivery import DeliveryStatus
from chalicelib.domain.ids import NotificationId, UserId, UserType
from chalicelib.domain.recipient import Recipient
from chalicelib.domain.state import NotificationState
from chalicelib.domain.value import Millis
from chalicelib.domain.words import Channel, StopOn
from chalicelib.services.ports import NotificationRef, Page, RefusedChangeError
from tests.build import ACME, ID, NOW, a_delivery, a_recipient, a_state
from tests.store.stores import Store

REF = NotificationRef(ACME, ID)
TTL = NOW // 1_000 + 86_400
LATER = Millis(NOW + 1_000)
OWNER = a_recipient()
IN_APP = Channel.IN_APP

Mark = Callable[[Store, NotificationRef, Recipient], NotificationState]
MARKS: dict[str, Mark] = {
    "read": lambda store, ref, owner: store.states.read(ref, owner, LATER),
    "unread": lambda store, ref, owner: store.states.unread(ref, owner),
    "archive": lambda store, ref, owner: store.states.archive(ref, owner, LATER),
    "delete": lambda store, ref, owner: store.states.delete(ref, owner, LATER),
}


def test_an_in_app_delivery_arrives_and_waits_to_be_read(store: Store) -> None:
    store.states.put(in_app(), TTL)
    delivered = store.states.deliver_in_app(REF, NOW)
    arrived = a_delivery(DeliveryStatus.DELIVERED, providers=(), delivered_at=NOW)
    assert delivered == a_state({IN_APP: arrived}, version=2)
    assert store.states.get(ACME, ID) == delivered
    assert unread(store) == [ID]


def test_an_in_app_delivery_is_made_once(store: Store) -> None:
    delivered = arrived(store)
    with pytest.raises(RefusedChangeError) as refused:
        store.states.deliver_in_app(REF, LATER)
    assert refused.value.state == delivered
    assert unread(store) == [ID]


@pytest.mark.parametrize(
    "stopped",
    [{"cancelled_at": NOW}, {"expires_at": NOW}, {"read_at": NOW, "stop_on": StopOn.READ}],
    ids=["cancelled", "expired", "read"],
)
def test_what_is_stopped_does_not_arrive(store: Store, stopped: dict[str, object]) -> None:
    state = in_app(**stopped)
    store.states.put(state, TTL)
    with pytest.raises(RefusedChangeError) as refused:
        store.states.deliver_in_app(REF, NOW)
    assert refused.value.state == state
    assert unread(store) == []


@pytest.mark.parametrize("seen", [{"read_at": NOW}, {"archived_at": NOW}, {"deleted_at": NOW}])
def test_what_was_seen_before_it_arrives_does_not_wait_to_be_read(store: Store, seen: dict[str, object]) -> None:
    store.states.put(in_app(**seen), TTL)
    assert store.states.deliver_in_app(REF, NOW).deliveries[IN_APP].status is DeliveryStatus.DELIVERED
    assert unread(store) == []


def test_a_notification_without_an_in_app_delivery_does_not_arrive(store: Store) -> None:
    store.states.put(a_state(), TTL)
    with pytest.raises(RefusedChangeError):
        store.states.deliver_in_app(REF, NOW)
    assert unread(store) == []


def test_reading_counts_once_and_takes_it_off_the_unread(store: Store) -> None:
    arrived(store)
    read = store.states.read(REF, OWNER, NOW)
    assert (read.read_at, read.version) == (NOW, 3)
    assert store.states.read(REF, OWNER, LATER) == read
    assert store.states.get(ACME, ID) == read
    assert unread(store) == []


def test_unreading_brings_it_back(store: Store) -> None:
    arrived(store)
    store.states.read(REF, OWNER, NOW)
    again = store.states.unread(REF, OWNER)
    assert (again.read_at, again.version) == (None, 4)
    assert store.states.unread(REF, OWNER) == again
    assert unread(store) == [ID]


def test_archiving_counts_once_and_takes_it_off_the_unread(store: Store) -> None:
    arrived(store)
    archived = store.states.archive(REF, OWNER, NOW)
    assert (archived.archived_at, archived.version) == (NOW, 3)
    assert store.states.archive(REF, OWNER, LATER) == archived
    assert unread(store) == []


def test_what_is_archived_does_not_come_back_by_unreading(store: Store) -> None:
    arrived(store)
    store.states.read(REF, OWNER, NOW)
    store.states.archive(REF, OWNER, NOW)
    assert store.states.unread(REF, OWNER).read_at is None
    assert unread(store) == []


def test_what_has_not_arrived_does_not_come_back_by_unreading(store: Store) -> None:
    store.states.put(in_app(), TTL)
    store.states.read(REF, OWNER, NOW)
    store.states.unread(REF, OWNER)
    assert unread(store) == []


def test_a_notification_on_other_channels_is_marked_like_any(store: Store) -> None:
    store.states.put(a_state(), TTL)
    assert store.states.read(REF, OWNER, NOW) == a_state(read_at=NOW, version=2)
    assert store.states.archive(REF, OWNER, NOW) == a_state(read_at=NOW, archived_at=NOW, version=3)
    assert store.states.unread(REF, OWNER) == a_state(archived_at=NOW, version=4)
    assert store.states.delete(REF, OWNER, NOW) == a_state(archived_at=NOW, deleted_at=NOW, version=5)
    assert unread(store) == []


@pytest.mark.parametrize("mark", MARKS.values(), ids=MARKS)
def test_what_is_deleted_is_gone_for_its_owner(store: Store, mark: Mark) -> None:
    arrived(store)
    deleted = store.states.delete(REF, OWNER, NOW)
    assert (deleted.deleted_at, deleted.version) == (NOW, 3)
    with pytest.raises(RefusedChangeError):
        mark(store, REF, OWNER)
    assert store.states.get(ACME, ID) == deleted
    assert unread(store) == []


@pytest.mark.parametrize("mark", MARKS.values(), ids=MARKS)
@pytest.mark.parametrize("other", [{"user_id": UserId("u2")}, {"user_type": UserType("vendor")}])
def test_nobody_marks_what_is_not_theirs(store: Store, mark: Mark, other: dict[str, str]) -> None:
    delivered = arrived(store)
    with pytest.raises(RefusedChangeError):
        mark(store, REF, a_recipient(**other))
    assert store.states.get(ACME, ID) == delivered
    assert unread(store) == [ID]


@pytest.mark.parametrize("mark", MARKS.values(), ids=MARKS)
def test_nobody_marks_what_is_not_decided(store: Store, mark: Mark) -> None:
    with pytest.raises(RefusedChangeError) as refused:
        mark(store, REF, OWNER)
    assert refused.value.state is None


def test_the_unread_are_listed_oldest_first_page_by_page(store: Store) -> None:
    ids = [NotificationId(f"01890a5d-ac96-774b-bcce-{number:012d}") for number in range(7)]
    for age, id in enumerate(ids):
        store.states.put(in_app(id=id, accepted_at=Millis(NOW - age // 2)), TTL)
        store.states.deliver_in_app(NotificationRef(ACME, id), NOW)
    oldest_first = sorted(ids, key=lambda id: (-(ids.index(id) // 2), id))
    pages: list[Page[NotificationId]] = []
    while not pages or pages[-1].next is not None:
        pages.append(store.states.list_unread(ACME, *WHO, 3, pages[-1].next if pages else None))
    assert [id for page in pages for id in page.items] == oldest_first
    assert [len(page.items) for page in pages] == [3, 3, 1]
    assert store.states.count_unread(ACME, *WHO) == 7


def test_users_have_their_own_unread(store: Store) -> None:
    arrived(store)
    assert store.states.count_unread(ACME, UserType("customer"), UserId("u2")) == 0
    assert store.states.list_unread(ACME, UserType("vendor"), UserId("u1"), 10, None) == Page(())


WHO = (OWNER.user_type, OWNER.user_id)


def in_app(**changes: object) -> NotificationState:
    return a_state({IN_APP: a_delivery(providers=())}, **changes)


def arrived(store: Store) -> NotificationState:
    store.states.put(in_app(), TTL)
    return store.states.deliver_in_app(REF, NOW)


def unread(store: Store) -> list[NotificationId]:
    listed = list(store.states.list_unread(ACME, *WHO, 10, None).items)
    assert store.states.count_unread(ACME, *WHO) == len(listed)
    return listed
