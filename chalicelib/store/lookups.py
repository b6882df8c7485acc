"""The lookups that a tenant has of its own."""

from chalicelib.domain.ids import TenantId
from chalicelib.domain.lookup import Lookup, LookupType
from chalicelib.store import access_patterns as keys
from chalicelib.store.documents import Documents
from chalicelib.store.table import Table


class LookupRows:
    """`ports.Lookups` in the table."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._documents = Documents(table, Lookup)

    def create(self, tenant: TenantId, lookup: Lookup) -> None:
        """Store a new code; raises ExistsError."""
        self._documents.create(keys.lookup(tenant, lookup.type, lookup.code), lookup)

    def get(self, tenant: TenantId, type: LookupType, code: str) -> Lookup | None:
        """Return a code."""
        return self._documents.get(keys.lookup(tenant, type, code))

    def list(self, tenant: TenantId) -> tuple[Lookup, ...]:
        """Return all codes that a tenant stored, of all lists."""
        return tuple(map(self._documents.read, self._table.query(keys.all_lookups(tenant))))

    def update(self, tenant: TenantId, lookup: Lookup) -> Lookup:
        """Replace a code; see `ports.Lookups.update`."""
        return self._documents.update(keys.lookup(tenant, lookup.type, lookup.code), lookup)

    def delete(self, tenant: TenantId, type: LookupType, code: str) -> bool:
        """Remove a code; False when there was none."""
        return self._documents.delete(keys.lookup(tenant, type, code))
