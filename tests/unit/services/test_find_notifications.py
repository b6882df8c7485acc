"""Support finds every notification of a tenant, and none of another's."""

import pytest

from chalicelib.domain.errors import NotFoundError
from chalicelib.domain.ids import NotificationId, UserId
from chalicelib.domain.status import NotificationStatus
from chalicelib.domain.value import Millis
from chalicelib.domain.words import Channel
from chalicelib.services.find_notifications import FindNotifications, Search
from chalicelib.services.ports import Between
from tests.build import ACME, ID, NOW, a_recipient
from tests.callers import GLOBEX
from tests.twin import TwinRequests, TwinStates
from tests.world import OWNER, World

DAY = Between(Millis(NOW - 1_000), Millis(NOW + 1_000))
IDS = {
    name: NotificationId(f"01890a5d-ac96-774b-bcce-{number:012x}")
    for number, name in enumerate(["undecided", "queued", "text", "read", "deleted"])
}


@pytest.fixture
def find() -> FindNotifications:
    world = World()
    world.accepted(id=IDS["undecided"], type="order.shipped")
    world.decided(id=IDS["queued"], accepted_at=Millis(NOW + 1))
    world.decided(id=IDS["text"], channels=(Channel.SMS,), recipient=a_recipient(user_id=UserId("u2")))
    world.decided(id=IDS["read"], accepted_at=Millis(NOW + 2))
    world.inbox().read(OWNER, IDS["read"], NOW)
    world.decided(id=IDS["deleted"], accepted_at=Millis(NOW + 3))
    world.inbox().delete(OWNER, IDS["deleted"], NOW)
    return FindNotifications(TwinRequests(world.rows), TwinStates(world.rows))


@pytest.mark.parametrize(
    ("search", "found"),
    [
        (Search(DAY), ["deleted", "read", "queued", "text", "undecided"]),
        (Search(Between(NOW, Millis(NOW + 2))), ["queued", "text", "undecided"]),
        (Search(DAY, status=NotificationStatus.ACCEPTED), ["undecided"]),
        (Search(DAY, status=NotificationStatus.READ), ["read"]),
        (Search(DAY, channel=Channel.SMS), ["text"]),
        (Search(DAY, channel=Channel.EMAIL), ["deleted", "read", "queued", "undecided"]),
        (Search(DAY, type="order.shipped"), ["undecided"]),
        (Search(DAY, recipient=(OWNER.user_type, UserId("u2"))), ["text"]),
        (Search(DAY, recipient=(OWNER.user_type, UserId("u2")), channel=Channel.EMAIL), []),
    ],
)
def test_what_a_search_finds(find: FindNotifications, search: Search, found: list[str]) -> None:
    page = find.list(ACME, search, 20, None)

    assert [each.request.id for each in page.items] == [IDS[name] for name in found]


def test_another_tenant_finds_nothing(find: FindNotifications) -> None:
    assert find.list(GLOBEX, Search(DAY), 20, None).items == ()
    assert find.list(GLOBEX, Search(DAY, recipient=(OWNER.user_type, OWNER.user_id)), 20, None).items == ()


def test_one_is_found_before_it_is_decided_and_after_its_owner_deleted_it(find: FindNotifications) -> None:
    assert find.get(ACME, IDS["undecided"]).state is None
    state = find.get(ACME, IDS["deleted"]).state
    assert state is not None
    assert state.deleted_at == NOW


def test_what_is_foreign_answers_like_what_is_missing(find: FindNotifications) -> None:
    with pytest.raises(NotFoundError) as foreign:
        find.get(GLOBEX, IDS["queued"])
    with pytest.raises(NotFoundError) as missing:
        find.get(ACME, ID)

    assert foreign.value.detail == missing.value.detail
