"""The layouts and partials of a tenant."""

from chalicelib.domain.fragment import Fragment, FragmentKind
from chalicelib.domain.ids import FragmentKey, TenantId
from chalicelib.services.ports import Page
from chalicelib.store import access_patterns as keys
from chalicelib.store.documents import Documents
from chalicelib.store.paging import page_in_order
from chalicelib.store.table import Table


class FragmentRows:
    """`ports.Fragments` in the table."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._documents = Documents(table, Fragment)

    def create(self, tenant: TenantId, fragment: Fragment) -> None:
        """Store a new fragment; raises ExistsError."""
        self._documents.create(keys.fragment(tenant, fragment.kind, fragment.key), fragment)

    def get(self, tenant: TenantId, kind: FragmentKind, key: FragmentKey) -> Fragment | None:
        """Return a fragment."""
        return self._documents.get(keys.fragment(tenant, kind, key))

    def list(self, tenant: TenantId, kind: FragmentKind, limit: int, after: str | None) -> Page[Fragment]:
        """Return the fragments of a kind in order of key."""
        return page_in_order(self._table, keys.all_fragments(tenant, kind), limit, after, self._documents.read)

    def update(self, tenant: TenantId, fragment: Fragment) -> Fragment:
        """Replace a fragment; see `ports.Fragments.update`."""
        return self._documents.update(keys.fragment(tenant, fragment.kind, fragment.key), fragment)

    def delete(self, tenant: TenantId, kind: FragmentKind, key: FragmentKey) -> bool:
        """Remove a fragment; False when there was none."""
        return self._documents.delete(keys.fragment(tenant, kind, key))
