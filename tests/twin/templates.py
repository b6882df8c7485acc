"""Templates in memory, and what they share."""

from collections.abc import Collection
from dataclasses import dataclass

from msgspec.structs import replace

from chalicelib.domain.category import Category
from chalicelib.domain.fragment import Fragment, FragmentKind
from chalicelib.domain.ids import FragmentKey, TemplateKey, TenantId
from chalicelib.domain.template import Template, TemplateVersion, VersionSummary
from chalicelib.services.ports import ExistsError, Page, StaleVersionError
from tests.twin.rows import Rows, page_of, store_new, store_next


@dataclass
class TwinTemplates:
    """`ports.Templates` in memory."""

    rows: Rows

    def create(self, tenant: TenantId, template: Template, first: TemplateVersion) -> None:
        with self.rows.step():
            former = self.former(tenant, template.key)
            left = None if former is None else former.version + 1
            if left not in (None, template.version) or (tenant, first.key, first.number) in self.rows.versions:
                raise ExistsError
            store_new(self.rows, self.rows.templates, (tenant, template.key), template)
            self.rows.former_templates.pop((tenant, template.key), None)
            self.rows.versions[tenant, first.key, first.number] = first

    def get(self, tenant: TenantId, key: TemplateKey) -> Template | None:
        return self.rows.templates.get((tenant, key))

    def former(self, tenant: TenantId, key: TemplateKey) -> Template | None:
        return self.rows.former_templates.get((tenant, key))

    def list(self, tenant: TenantId, limit: int, after: str | None) -> Page[Template]:
        page = page_of(sorted(key for owner, key in self.rows.templates if owner == tenant), limit, after)
        return Page(tuple(self.rows.templates[tenant, key] for key in page.items), page.next)

    def version(self, tenant: TenantId, key: TemplateKey, number: int) -> TemplateVersion | None:
        return self.rows.versions.get((tenant, key, number))

    def summaries(self, tenant: TenantId, key: TemplateKey, numbers: Collection[int]) -> tuple[VersionSummary, ...]:
        found = (self.version(tenant, key, number) for number in sorted(set(numbers), reverse=True))
        return tuple(_summary(version) for version in found if version is not None)

    def update(self, tenant: TenantId, template: Template, added: TemplateVersion | None = None) -> Template:
        with self.rows.step():
            if added is not None and (tenant, added.key, added.number) in self.rows.versions:
                raise StaleVersionError
            updated = store_next(self.rows, self.rows.templates, (tenant, template.key), template)
            if added is not None:
                self.rows.versions[tenant, added.key, added.number] = added
            return updated

    def delete(self, tenant: TenantId, key: TemplateKey) -> bool:
        with self.rows.step():
            found = self.rows.templates.pop((tenant, key), None)
            if found is not None:
                self.rows.former_templates[tenant, key] = replace(found, version=found.version + 1)
            return found is not None


@dataclass
class TwinFragments:
    """`ports.Fragments` in memory."""

    rows: Rows

    def create(self, tenant: TenantId, fragment: Fragment) -> None:
        store_new(self.rows, self.rows.fragments, (tenant, fragment.kind, fragment.key), fragment)

    def get(self, tenant: TenantId, kind: FragmentKind, key: FragmentKey) -> Fragment | None:
        return self.rows.fragments.get((tenant, kind, key))

    def list(self, tenant: TenantId, kind: FragmentKind, limit: int, after: str | None) -> Page[Fragment]:
        own = sorted(key for owner, each, key in self.rows.fragments if (owner, each) == (tenant, kind))
        page = page_of(own, limit, after)
        return Page(tuple(self.rows.fragments[tenant, kind, key] for key in page.items), page.next)

    def update(self, tenant: TenantId, fragment: Fragment) -> Fragment:
        return store_next(self.rows, self.rows.fragments, (tenant, fragment.kind, fragment.key), fragment)

    def delete(self, tenant: TenantId, kind: FragmentKind, key: FragmentKey) -> bool:
        return self.rows.fragments.pop((tenant, kind, key), None) is not None


@dataclass
class TwinCategories:
    """`ports.Categories` in memory."""

    rows: Rows

    def create(self, tenant: TenantId, category: Category) -> None:
        store_new(self.rows, self.rows.categories, (tenant, category.key), category)

    def get(self, tenant: TenantId, key: str) -> Category | None:
        return self.rows.categories.get((tenant, key))

    def list(self, tenant: TenantId) -> tuple[Category, ...]:
        own = {key: category for (owner, key), category in self.rows.categories.items() if owner == tenant}
        return tuple(own[key] for key in sorted(own))

    def update(self, tenant: TenantId, category: Category) -> Category:
        return store_next(self.rows, self.rows.categories, (tenant, category.key), category)

    def delete(self, tenant: TenantId, key: str) -> bool:
        return self.rows.categories.pop((tenant, key), None) is not None


def _summary(version: TemplateVersion) -> VersionSummary:
    return VersionSummary(
        number=version.number,
        category=version.category,
        channels=version.channels,
        languages=tuple(version.localizations),
        created_at=version.created_at,
        created_by=version.created_by,
        type=version.type,
        layout=version.layout,
        note=version.note,
    )
