"""The categories that a tenant has of its own."""

from chalicelib.domain.category import Category
from chalicelib.domain.ids import TenantId
from chalicelib.store import access_patterns as keys
from chalicelib.store.documents import Documents
from chalicelib.store.table import Table


class CategoryRows:
    """`ports.Categories` in the table."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._documents = Documents(table, Category)

    def create(self, tenant: TenantId, category: Category) -> None:
        """Store a new category; raises ExistsError."""
        self._documents.create(keys.category(tenant, category.key), category)

    def get(self, tenant: TenantId, key: str) -> Category | None:
        """Return a category."""
        return self._documents.get(keys.category(tenant, key))

    def list(self, tenant: TenantId) -> tuple[Category, ...]:
        """Return all categories that a tenant stored, in order of key."""
        return tuple(map(self._documents.read, self._table.query(keys.all_categories(tenant))))

    def update(self, tenant: TenantId, category: Category) -> Category:
        """Replace a category; see `ports.Categories.update`."""
        return self._documents.update(keys.category(tenant, category.key), category)

    def delete(self, tenant: TenantId, key: str) -> bool:
        """Remove a category; False when there was none."""
        return self._documents.delete(keys.category(tenant, key))
