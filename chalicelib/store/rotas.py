"""The on-call rotas of a tenant."""

from chalicelib.domain.ids import RotaId, TenantId
from chalicelib.domain.rota import Rota
from chalicelib.store import access_patterns as keys
from chalicelib.store.documents import Documents
from chalicelib.store.table import Table


class RotaRows:
    """`ports.Rotas` in the table."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._documents = Documents(table, Rota)

    def create(self, tenant: TenantId, rota: Rota) -> None:
        """Store a new rota; raises ExistsError."""
        self._documents.create(keys.rota(tenant, rota.id), rota)

    def get(self, tenant: TenantId, id: RotaId) -> Rota | None:
        """Return a rota."""
        return self._documents.get(keys.rota(tenant, id))

    def update(self, tenant: TenantId, rota: Rota) -> Rota:
        """Replace a rota; see `ports.Rotas.update`."""
        return self._documents.update(keys.rota(tenant, rota.id), rota)

    def delete(self, tenant: TenantId, id: RotaId) -> bool:
        """Remove a rota; False when there was none."""
        return self._documents.delete(keys.rota(tenant, id))

    def list(self, tenant: TenantId) -> tuple[Rota, ...]:
        """Return all rotas of a tenant, in order of id."""
        return tuple(map(self._documents.read, self._table.query(keys.all_rotas(tenant))))
