"""Managing the categories of a tenant's notifications."""

from collections.abc import Callable
from dataclasses import dataclass

from chalicelib.domain.category import BUILT_IN, Category
from chalicelib.domain.errors import ConflictError, NotFoundError
from chalicelib.domain.ids import TenantId
from chalicelib.services.audited_change import Action, Actor, AuditedChanges, Change, expect_version
from chalicelib.services.manage_fragments import all_templates
from chalicelib.services.ports import Categories, StaleVersionError, Templates, TenantLookup


@dataclass(frozen=True, slots=True)
class ManageCategories:
    """The use case: create, look up, change and remove categories. A missing one raises NotFoundError.

    Every tenant has those that are BUILT_IN, and may store one of the same key with another name. When that is removed
    the built-in one is there again.
    """

    categories: Categories
    templates: Templates
    tenants: TenantLookup
    audited: AuditedChanges

    def create(self, tenant: TenantId, category: Category, by: Actor) -> Category:
        """Store a new category; ConflictError when the tenant has stored one of this key."""
        if self.tenants.get(tenant) is None:
            raise NotFoundError("No such tenant")
        if self.categories.get(tenant, category.key) is not None:
            raise ConflictError(f"There is a category {category.key}")
        with self.audited.change(_change(tenant, Action.CREATE_CATEGORY, None, category), by):
            self.categories.create(tenant, category)
        return category

    def get(self, tenant: TenantId, key: str) -> Category:
        """Return a category: a stored one, or the built-in one itself."""
        found = self.categories.get(tenant, key) or next((each for each in BUILT_IN if each.key == key), None)
        if found is None:
            raise NotFoundError
        return found

    def list(self, tenant: TenantId) -> tuple[Category, ...]:
        """Return all categories of a tenant, in order of key."""
        known = {category.key: category for category in (*BUILT_IN, *self.categories.list(tenant))}
        return tuple(known[key] for key in sorted(known))

    def update(
        self, tenant: TenantId, key: str, revise: Callable[[Category], Category], by: Actor, version: int | None
    ) -> Category:
        """Store what `revise` makes of a stored category; the caller saw `version`, if they say so. ConflictError."""
        stored = self._stored(tenant, key)
        expect_version(stored.version, version)
        revised = revise(stored)
        if revised == stored:
            return stored
        with self.audited.change(_change(tenant, Action.UPDATE_CATEGORY, stored, revised), by):
            return self.categories.update(tenant, revised)

    def delete(self, tenant: TenantId, key: str, by: Actor) -> None:
        """Remove a stored category; ConflictError while the latest version of a template is of it."""
        stored = self._stored(tenant, key)
        if not is_built_in(key):
            user = next((each for each in all_templates(self.templates, tenant) if each.category == key), None)
            if user is not None:
                raise ConflictError(f"The template {user.key} is of this category")
        with self.audited.change(_change(tenant, Action.DELETE_CATEGORY, stored, None), by):
            if not self.categories.delete(tenant, key):
                raise StaleVersionError

    def _stored(self, tenant: TenantId, key: str) -> Category:
        found = self.categories.get(tenant, key)
        if found is not None:
            return found
        if is_built_in(key):
            raise ConflictError(f"The category {key} is built in: create one of this key to replace it")
        raise NotFoundError


def is_built_in(key: str) -> bool:
    """Tell whether every tenant has a category of this key."""
    return any(category.key == key for category in BUILT_IN)


def _change(tenant: TenantId, action: Action, before: Category | None, after: Category | None) -> Change:
    keys = [category.key for category in (before, after) if category is not None]
    return Change(action, f"template-category/{keys[0]}", (tenant,), before=before, after=after)
