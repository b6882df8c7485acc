"""The audit log and the sweeper's cursor."""

from datetime import UTC, datetime

import pytest

from chalicelib.domain.audit import AuditEntry
from chalicelib.domain.ids import TenantId
from chalicelib.domain.value import Millis
from chalicelib.services.ports import Between, Page
from tests.build import ACME, NOW
from tests.store.stores import Store


def at(year: int, month: int, day: int = 1) -> Millis:
    return Millis(int(datetime(year, month, day, tzinfo=UTC).timestamp() * 1_000))


def an_entry(when: Millis, number: int, tenant: TenantId = ACME) -> AuditEntry:
    return AuditEntry(
        id=f"01890a5d-ac96-774b-bcce-{number:012d}",
        tenant=tenant,
        at=when,
        actor="user:staff/s1",
        action="provider.update",
        target="provider/primary",
        before={"enabled": True},
        after={"enabled": False, "settings": {"port": 25}},
    )


def follow(store: Store, span: Between, limit: int) -> list[AuditEntry]:
    page = store.audit.list(ACME, span, limit, None)
    entries = list(page.items)
    while page.next is not None:
        page = store.audit.list(ACME, span, limit, page.next)
        assert len(page.items) <= limit
        entries += page.items
    return entries


@pytest.mark.parametrize("limit", [1, 2, 10])
def test_entries_are_listed_newest_first_across_months(store: Store, limit: int) -> None:
    entries = [
        an_entry(at(2027, 1, 1), 3),
        an_entry(at(2026, 12, 31), 2),
        an_entry(at(2026, 12, 31), 1),
        an_entry(at(2026, 2, 3), 5),
        an_entry(at(2024, 6, 1), 0),
    ]
    for entry in reversed(entries):
        store.audit.add(entry)
    assert follow(store, Between(at(2024, 1), at(2027, 2)), limit) == entries


def test_a_listing_begins_and_ends_with_its_span(store: Store) -> None:
    entries = [an_entry(Millis(NOW - number), number) for number in range(5)]
    for entry in entries:
        store.audit.add(entry)
    assert follow(store, Between(Millis(NOW - 3), NOW), 10) == entries[1:4]
    assert follow(store, Between(NOW, NOW), 10) == []


def test_the_platform_has_a_log_of_its_own(store: Store) -> None:
    entry = an_entry(NOW, 0, tenant=TenantId.platform())
    store.audit.add(entry)
    span = Between(NOW, Millis(NOW + 1))
    assert store.audit.list(TenantId.platform(), span, 10, None) == Page((entry,))
    assert store.audit.list(ACME, span, 10, None) == Page(())


def test_the_sweepers_cursor_only_moves_on(store: Store) -> None:
    assert store.sweeps.get(ACME) is None
    store.sweeps.advance(ACME, NOW)
    store.sweeps.advance(ACME, Millis(NOW - 1))
    assert store.sweeps.get(ACME) == NOW
    store.sweeps.advance(ACME, Millis(NOW + 1))
    assert store.sweeps.get(ACME) == NOW + 1
