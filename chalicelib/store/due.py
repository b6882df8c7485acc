"""What comes due, by bucket and shard."""

from collections.abc import Sequence
from itertools import islice
from typing import Final

from chalicelib.domain.timer import Due
from chalicelib.store import access_patterns as keys
from chalicelib.store.models import DueItem
from chalicelib.store.table import Table

KEPT: Final = 14 * 86_400
"""Seconds after its time until an item goes by itself that no drain removed: long enough for somebody to mend it."""


class DueRows:
    """`ports.DueItems` in the table. Putting is a tenant's; reading and removing whole shards is nobody's."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def put(self, bucket: int, due: Due) -> None:
        """Store a due item; storing it again changes nothing."""
        self._table.put(DueItem(*keys.due(bucket, due), ttl=bucket // 1_000 + KEPT))

    def page(self, bucket: int, shard: int, limit: int) -> tuple[Due, ...]:
        """Return up to `limit` items of a shard, by a consistent read."""
        found = islice(self._table.query(keys.all_due(bucket, shard), page=limit), limit)
        return tuple(keys.due_in(item["SK"]["S"]) for item in found)

    def delete(self, bucket: int, dues: Sequence[Due]) -> None:
        """Remove items; those that are gone do not matter."""
        self._table.delete_many([keys.due(bucket, due) for due in dues])
