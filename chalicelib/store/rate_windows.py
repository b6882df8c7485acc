"""What was taken of rates: one small row each, changed by whoever saw its last version, and gone when nobody comes."""

from msgspec.structs import replace

from chalicelib.domain.ids import TenantId
from chalicelib.domain.rate_limit import Window
from chalicelib.store import access_patterns as keys
from chalicelib.store.models import LAYOUT, RateWindowItem
from chalicelib.store.packing import pack, unpack
from chalicelib.store.table import ConditionFailedError, Raw, Table


class RateWindowRows:
    """`ports.RateWindows` in the table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def replace(self, tenant: TenantId, name: str, window: Window, ttl: int) -> Window | None:
        """Store a window, or return the one that stands there instead."""
        stored = replace(window, version=window.version + 1)
        actions = [
            RateWindowItem.version.set(stored.version),
            RateWindowItem.body.set(pack(stored)),
            RateWindowItem.kind.set(RateWindowItem),
            RateWindowItem.layout.set(LAYOUT),
            RateWindowItem.ttl.set(ttl),
        ]
        is_new, is_seen = RateWindowItem.pk.does_not_exist(), RateWindowItem.version == window.version
        try:
            self._table.update(keys.rate_window(tenant, name), actions, is_seen if window.version else is_new)
        except ConditionFailedError as failed:
            return _window(failed.stored)
        return None


def _window(row: Raw) -> Window:
    # A row that is gone is one that nobody ever wrote.
    return unpack(RateWindowItem.from_raw_data(row).body, Window) if row else Window()
