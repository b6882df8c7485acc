"""What is collected to be told together: one row per user and category, replaced by who saw the last version."""

import pytest
from msgspec.structs import replace

from chalicelib.domain.digest import MOST_ENTRIES, DigestKey, DigestWindow
from chalicelib.domain.ids import NotificationId, UserId, UserType, derived_id
from chalicelib.domain.value import Millis
from chalicelib.services.ports import StaleVersionError
from tests.build import ACME, NOW
from tests.store.stores import Store

TTL = NOW // 1_000 + 86_400
NEWS = DigestKey(user_type=UserType("customer"), user_id=UserId("u1"), category="news")


def ids(prefix: str, count: int) -> tuple[NotificationId, ...]:
    return tuple(NotificationId(derived_id(prefix, str(number))) for number in range(count))


OPEN = DigestWindow(entries=ids("a", 1), opened_at=NOW, closes_at=Millis(NOW + 60_000))
FULL = replace(OPEN, entries=ids("a", MOST_ENTRIES), sealed=ids("b", MOST_ENTRIES))


def test_where_nothing_was_collected_there_is_an_empty_window(store: Store) -> None:
    assert store.digests.get(ACME, NEWS) == DigestWindow()


@pytest.mark.parametrize("window", [OPEN, FULL, replace(OPEN, entries=(), sealed=ids("b", 2)), DigestWindow()])
def test_what_is_put_is_found_one_version_on(store: Store, window: DigestWindow) -> None:
    assert store.digests.put(ACME, NEWS, window, TTL) == store.digests.get(ACME, NEWS) == replace(window, version=1)


def test_who_did_not_see_the_last_version_is_refused(store: Store) -> None:
    store.digests.put(ACME, NEWS, OPEN, TTL)
    seen = store.digests.get(ACME, NEWS)
    store.digests.put(ACME, NEWS, seen.closed(), TTL)
    for stale in (OPEN, seen, replace(seen, version=7)):
        with pytest.raises(StaleVersionError):
            store.digests.put(ACME, NEWS, stale, TTL)
    assert store.digests.get(ACME, NEWS) == replace(seen.closed(), version=2)


@pytest.mark.parametrize(
    "other",
    [
        replace(NEWS, category="new"),
        replace(NEWS, category="news#1"),
        replace(NEWS, user_id=UserId("u2")),
        replace(NEWS, user_type=UserType("vendor")),
    ],
)
def test_each_user_and_category_has_a_row_of_its_own(store: Store, other: DigestKey) -> None:
    store.digests.put(ACME, NEWS, OPEN, TTL)
    assert store.digests.get(ACME, other) == DigestWindow()
    store.digests.put(ACME, other, FULL, TTL)
    assert store.digests.get(ACME, NEWS).entries == OPEN.entries
