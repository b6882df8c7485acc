"""The providers a tenant configured."""

from chalicelib.domain.ids import ProviderId, TenantId
from chalicelib.domain.provider import ProviderConfig
from chalicelib.store import access_patterns as keys
from chalicelib.store.documents import Documents
from chalicelib.store.table import Table


class ProviderRows:
    """`ports.Providers` in the table."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._documents = Documents(table, ProviderConfig)

    def create(self, tenant: TenantId, provider: ProviderConfig) -> None:
        """Store a new provider; raises ExistsError."""
        self._documents.create(keys.provider(tenant, provider.id), provider)

    def get(self, tenant: TenantId, id: ProviderId) -> ProviderConfig | None:
        """Return a provider."""
        return self._documents.get(keys.provider(tenant, id))

    def update(self, tenant: TenantId, provider: ProviderConfig) -> ProviderConfig:
        """Replace a provider; see `ports.Providers.update`."""
        return self._documents.update(keys.provider(tenant, provider.id), provider)

    def delete(self, tenant: TenantId, id: ProviderId) -> bool:
        """Remove a provider; False when there was none."""
        return self._documents.delete(keys.provider(tenant, id))

    def list(self, tenant: TenantId) -> tuple[ProviderConfig, ...]:
        """Return all providers of a tenant, in order of id."""
        return tuple(map(self._documents.read, self._table.query(keys.all_providers(tenant))))
