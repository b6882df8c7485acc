"""The suppression list of a tenant: one row per address, which both a look-up and a listing find."""

from collections.abc import Iterator

from chalicelib.domain.ids import TenantId
from chalicelib.domain.suppression import Suppression, address_hash
from chalicelib.domain.words import Channel
from chalicelib.services.ports import Page
from chalicelib.store import access_patterns as keys
from chalicelib.store.models import SuppressionItem
from chalicelib.store.packing import pack, unpack
from chalicelib.store.paging import page_of
from chalicelib.store.table import Raw, Table


class SuppressionRows:
    """`ports.Suppressions` in the table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def put(self, tenant: TenantId, suppression: Suppression) -> None:
        """Put an address on the list, or replace what is said of it there."""
        key = _key(tenant, suppression.channel, suppression.address)
        self._table.put(SuppressionItem(*key, body=pack(suppression)))

    def get(self, tenant: TenantId, channel: Channel, address: str) -> Suppression | None:
        """Return what the list says of an address."""
        item = self._table.get(SuppressionItem, _key(tenant, channel, address))
        return unpack(item.body, Suppression) if item else None

    def delete(self, tenant: TenantId, channel: Channel, address: str) -> bool:
        """Take an address off the list; False when it was not on it."""
        return self._table.delete(_key(tenant, channel, address))

    def list(self, tenant: TenantId, channel: Channel, limit: int, after: str | None) -> Page[Suppression]:
        """Return the addresses on the list of a channel, in the order of their hashes: that of the shards, too."""
        return page_of(self._rows(tenant, channel, limit, after or ""), limit, _read, lambda row: str(row["SK"]["S"]))

    def _rows(self, tenant: TenantId, channel: Channel, limit: int, after: str) -> Iterator[Raw]:
        for rows in keys.all_suppressions(tenant, channel, after):
            yield from self._table.query(rows, page=limit + 1)


def _key(tenant: TenantId, channel: Channel, address: str) -> keys.Key:
    return keys.suppression(tenant, channel, address_hash(channel, address))


def _read(row: Raw) -> Suppression:
    return unpack(SuppressionItem.from_raw_data(row).body, Suppression)
