"""Tenants, and the platform's registry of them."""

from chalicelib.domain.ids import TenantId
from chalicelib.domain.tenant import Tenant
from chalicelib.services.ports import ExistsError, Page
from chalicelib.store import access_patterns as keys
from chalicelib.store.documents import Documents
from chalicelib.store.models import DocumentItem, RegisteredItem
from chalicelib.store.paging import page_in_order, suffix
from chalicelib.store.table import ConditionFailedError, Table


class TenantRows:
    """`ports.Tenants` in the table."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._documents = Documents(table, Tenant)

    def create(self, tenant: Tenant) -> None:
        """Store a new tenant and register it, together; raises ExistsError."""
        document = self._documents.item(keys.tenant(tenant.id), tenant)
        entry = RegisteredItem(*keys.registered(tenant.id))
        try:
            self._table.transact(puts=[(document, DocumentItem.pk.does_not_exist()), (entry, None)])
        except ConditionFailedError as failed:
            raise ExistsError from failed

    def get(self, tenant: TenantId) -> Tenant | None:
        """Return a tenant."""
        return self._documents.get(keys.tenant(tenant))

    def update(self, tenant: Tenant) -> Tenant:
        """Replace a tenant; see `ports.Tenants.update`."""
        return self._documents.update(keys.tenant(tenant.id), tenant)

    def list(self, limit: int, after: str | None) -> Page[TenantId]:
        """Return the ids of all tenants in order."""
        rows = keys.all_registered()
        return page_in_order(self._table, rows, limit, after, lambda row: TenantId(suffix(row, rows)))
