"""Groups of notifications that are cancelled together: a tombstone each, and who belongs to it."""

from collections.abc import Iterator, Sequence
from uuid import UUID

from chalicelib.domain.groups import CancelGroup
from chalicelib.domain.ids import NotificationId, TenantId
from chalicelib.domain.value import Millis
from chalicelib.store import access_patterns as keys
from chalicelib.store.models import CancelledGroupItem, GroupMembersItem
from chalicelib.store.table import ConditionFailedError, Table

_ID = 16
"""Bytes of an id: a request of 100 recipients then takes two write units instead of four."""


class CancelledGroupRows:
    """`ports.CancelledGroups` in the table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def add(self, tenant: TenantId, group: CancelGroup, ids: Sequence[NotificationId], request: str, ttl: int) -> None:
        """Record that the notifications accepted by `request` belong to a group."""
        key = keys.group_members(tenant, group.kind, group.name, request)
        self._table.put(GroupMembersItem(*key, ttl=ttl, ids=b"".join(UUID(id).bytes for id in ids)))

    def members(self, tenant: TenantId, group: CancelGroup) -> Iterator[NotificationId]:
        """Yield those recorded as belonging to a group."""
        for row in self._table.query(keys.all_group_members(tenant, group.kind, group.name)):
            packed = GroupMembersItem.from_raw_data(row).ids
            for start in range(0, len(packed), _ID):
                yield NotificationId(str(UUID(bytes=packed[start : start + _ID])))

    def cancel(self, tenant: TenantId, group: CancelGroup, at: Millis, ttl: int) -> Millis:
        """Write the tombstone, unless there is one as late; return what is stored."""
        item = CancelledGroupItem(*keys.cancelled_group(tenant, group.kind, group.name), ttl=ttl, cancelled_at=at)
        is_later = CancelledGroupItem.cancelled_at < at
        try:
            self._table.put(item, CancelledGroupItem.pk.does_not_exist() | is_later)
        except ConditionFailedError as failed:
            return Millis(int(CancelledGroupItem.from_raw_data(failed.stored).cancelled_at))
        return at
