"""What is remembered of requests that came with an `Idempotency-Key`."""

from typing import Final

from chalicelib.domain.ids import TenantId
from chalicelib.domain.request import IdempotencyRecord
from chalicelib.domain.value import Millis
from chalicelib.store import access_patterns as keys
from chalicelib.store.models import IdempotencyItem
from chalicelib.store.packing import pack, unpack
from chalicelib.store.table import ConditionFailedError, Table

HOLDS_FOR: Final = 86_400_000
"""Milliseconds."""
_KEPT_FOR: Final = 2 * 86_400
"""Seconds: twice as long, for removal by ttl may come early by a clock's error, never late enough to matter."""


class IdempotencyRows:
    """`ports.IdempotencyRecords` in the table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def begin(self, tenant: TenantId, record: IdempotencyRecord, now: Millis) -> IdempotencyRecord:
        """Store the record unless one holds; see `ports.IdempotencyRecords.begin`."""
        item = IdempotencyItem(
            *keys.idempotency(tenant, record.route, record.key),
            ttl=now // 1_000 + _KEPT_FOR,
            accepted_at=record.accepted_at,
            body=pack(record),
        )
        lapsed = IdempotencyItem.accepted_at <= now - HOLDS_FOR
        try:
            self._table.put(item, IdempotencyItem.pk.does_not_exist() | lapsed)
        except ConditionFailedError as failed:
            return unpack(IdempotencyItem.from_raw_data(failed.stored).body, IdempotencyRecord)
        return record

    def find(self, tenant: TenantId, route: str, key: str, now: Millis) -> IdempotencyRecord | None:
        """Return the record that holds; see `ports.IdempotencyRecords.find`."""
        item = self._table.get(IdempotencyItem, keys.idempotency(tenant, route, key))
        if item is None or item.accepted_at <= now - HOLDS_FOR:
            return None
        return unpack(item.body, IdempotencyRecord)
