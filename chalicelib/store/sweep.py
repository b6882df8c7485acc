"""How far the sweeper has come in each tenant."""

from chalicelib.domain.ids import TenantId
from chalicelib.domain.value import Millis
from chalicelib.store import access_patterns as keys
from chalicelib.store.models import SweepItem
from chalicelib.store.table import ConditionFailedError, Table


class SweepRows:
    """`ports.SweepCursors` in the table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def get(self, tenant: TenantId) -> Millis | None:
        """Return the time up to which every notification is settled."""
        item = self._table.get(SweepItem, keys.sweep(tenant))
        return Millis(int(item.until)) if item else None

    def advance(self, tenant: TenantId, to: Millis) -> None:
        """Move the cursor on; never back."""
        item = SweepItem(*keys.sweep(tenant), until=to)
        try:
            self._table.put(item, SweepItem.pk.does_not_exist() | (SweepItem.until < to))
        except ConditionFailedError:
            return  # It is further on already.
