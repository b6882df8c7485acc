"""The audit log, a partition per month."""

from datetime import UTC, datetime
from itertools import chain
from typing import Final

from chalicelib.domain.audit import AuditEntry
from chalicelib.domain.ids import TenantId
from chalicelib.services.ports import Between, Page
from chalicelib.store import access_patterns as keys
from chalicelib.store.access_patterns import Rows
from chalicelib.store.models import AuditItem
from chalicelib.store.packing import pack, unpack
from chalicelib.store.paging import page_of
from chalicelib.store.table import Raw, Table

KEPT_FOR: Final = 400 * 86_400
"""Seconds: a year, and a month to look back on it."""
MONTHS_PER_PAGE: Final = 12
"""How many months of the log one call looks at."""


class AuditRows:
    """`ports.AuditLog` in the table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def add(self, entry: AuditEntry) -> None:
        """Store an entry."""
        item = AuditItem(
            keys.audit(entry.tenant, _name(_month(entry.at))),
            keys.moment(entry.at, entry.id),
            ttl=entry.at // 1_000 + KEPT_FOR,
            body=pack(entry, without=("tenant",)),
        )
        self._table.put(item)

    def list(self, tenant: TenantId, span: Between, limit: int, after: str | None) -> Page[AuditEntry]:
        """Return entries of `span`, newest first.

        Looks at no more than `MONTHS_PER_PAGE` months: a page may be short, even empty, and still not be the last.
        """
        low, high = keys.stamp(span.start), after or keys.stamp(span.end)
        newest, oldest = _month(keys.last_instant(high)), _month(int(low))
        cut = max(oldest, newest - MONTHS_PER_PAGE + 1)
        months = (
            self._table.query(Rows(keys.audit(tenant, _name(month)), low, high), newest_first=True, page=limit + 1)
            for month in range(newest, cut - 1, -1)
        )

        def entry(row: Raw) -> AuditEntry:
            return unpack(AuditItem.from_raw_data(row).body, AuditEntry, tenant=tenant)

        page = page_of(chain.from_iterable(months), limit, entry, lambda row: row["SK"]["S"])
        if page.next is None and cut > oldest:
            return Page(page.items, keys.stamp(_start(cut)))
        return page


def _month(at: int) -> int:
    """Return the month that a time lies in, counted from the year 0."""
    day = datetime.fromtimestamp(at / 1_000, UTC)
    return day.year * 12 + day.month - 1


def _name(month: int) -> str:
    return f"{month // 12:04d}-{month % 12 + 1:02d}"


def _start(month: int) -> int:
    return int(datetime(month // 12, month % 12 + 1, 1, tzinfo=UTC).timestamp() * 1_000)
