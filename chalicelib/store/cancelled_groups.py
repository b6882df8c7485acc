"""Groups of notifications that are cancelled together: a tombstone each, and who belongs to it."""

from collections.abc import Collection, Iterator, Sequence

from chalicelib.domain.groups import CancelGroup
from chalicelib.domain.ids import NotificationId, TenantId
from chalicelib.domain.value import Millis
from chalicelib.store import access_patterns as keys
from chalicelib.store.models import CancelledGroupItem, GroupMembersItem
from chalicelib.store.packing import pack_ids, unpack_ids
from chalicelib.store.table import ConditionFailedError, Table


class CancelledGroupRows:
    """`ports.CancelledGroups` in the table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def add(self, tenant: TenantId, group: CancelGroup, ids: Sequence[NotificationId], request: str, ttl: int) -> None:
        """Record that the notifications accepted by `request` belong to a group."""
        key = keys.group_members(tenant, group.kind, group.name, request)
        self._table.put(GroupMembersItem(*key, ttl=ttl, ids=pack_ids(ids)))

    def members(self, tenant: TenantId, group: CancelGroup) -> Iterator[NotificationId]:
        """Yield those recorded as belonging to a group."""
        for row in self._table.query(keys.all_group_members(tenant, group.kind, group.name)):
            yield from unpack_ids(GroupMembersItem.from_raw_data(row).ids)

    def cancel(self, tenant: TenantId, group: CancelGroup, at: Millis, ttl: int) -> Millis:
        """Write the tombstone, unless there is one as late; return what is stored."""
        item = CancelledGroupItem(*keys.cancelled_group(tenant, group.kind, group.name), ttl=ttl, cancelled_at=at)
        is_later = CancelledGroupItem.cancelled_at < at
        try:
            self._table.put(item, CancelledGroupItem.pk.does_not_exist() | is_later)
        except ConditionFailedError as failed:
            return Millis(int(CancelledGroupItem.from_raw_data(failed.stored).cancelled_at))
        return at

    def cancelled(self, tenant: TenantId, groups: Collection[CancelGroup]) -> dict[CancelGroup, Millis]:
        """Return the tombstones of those of the groups that have one."""
        by_key = {keys.cancelled_group(tenant, group.kind, group.name): group for group in groups}
        found = self._table.get_many(CancelledGroupItem, by_key)
        return {by_key[item.key]: Millis(int(item.cancelled_at)) for item in found}
