"""Service accounts, found by client id. They may act for several tenants, so the platform owns their rows."""

from chalicelib.domain.ids import ClientId
from chalicelib.domain.tenant import ServiceAccount
from chalicelib.services.ports import Page
from chalicelib.store import access_patterns as keys
from chalicelib.store.documents import Documents
from chalicelib.store.paging import page_in_order
from chalicelib.store.table import Table


class ServiceAccountRows:
    """`ports.ServiceAccounts` in the table."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._documents = Documents(table, ServiceAccount)

    def create(self, account: ServiceAccount) -> None:
        """Store a new account; raises ExistsError."""
        self._documents.create(keys.service_account(account.client_id), account)

    def get(self, client: ClientId) -> ServiceAccount | None:
        """Return an account."""
        return self._documents.get(keys.service_account(client))

    def update(self, account: ServiceAccount) -> ServiceAccount:
        """Replace an account; see `ports.ServiceAccounts.update`."""
        return self._documents.update(keys.service_account(account.client_id), account)

    def delete(self, client: ClientId) -> bool:
        """Remove an account; False when there was none."""
        return self._documents.delete(keys.service_account(client))

    def list(self, limit: int, after: str | None) -> Page[ServiceAccount]:
        """Return all accounts in order of client id."""
        return page_in_order(self._table, keys.all_service_accounts(), limit, after, self._documents.read)
