"""Templates and their versions."""

from collections.abc import Collection, Iterable
from typing import Final

from msgspec.structs import replace
from pynamodb.expressions.condition import Condition

from chalicelib.domain.ids import TemplateKey, TenantId
from chalicelib.domain.template import Locale, Parts, Template, TemplateVersion, VersionSummary
from chalicelib.domain.value import Value
from chalicelib.services.ports import ExistsError, Page, StaleVersionError
from chalicelib.store import access_patterns as keys
from chalicelib.store.models import Item, ListedTemplateItem, LocalizationItem, TemplateItem, TemplateVersionItem
from chalicelib.store.packing import pack, unpack
from chalicelib.store.paging import page_in_order, suffix
from chalicelib.store.table import ConditionFailedError, Table

_SAID: Final = ("localizations", "ready")
"""The fields of a version that lie in rows of their own, one for each language."""


class _Said(Value, frozen=True):
    """What a version says in a language: as it was written, and ready to be filled."""

    written: Parts
    ready: Parts


class TemplateRows:
    """`ports.Templates` in the table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def create(self, tenant: TenantId, template: Template, first: TemplateVersion) -> None:
        """Store a new template and a version of it; see `ports.Templates.create`."""
        former = TemplateItem.deleted.exists() & (TemplateItem.version == template.version - 1)
        entry = ListedTemplateItem(*keys.listed_template(tenant, template.key))
        try:
            self._store(tenant, template, TemplateItem.pk.does_not_exist() | former, first, entry)
        except ConditionFailedError as failed:
            raise ExistsError from failed

    def get(self, tenant: TenantId, key: TemplateKey) -> Template | None:
        """Return a template."""
        item = self._item(tenant, key)
        return None if item is None or item.deleted else _template(item)

    def former(self, tenant: TenantId, key: TemplateKey) -> Template | None:
        """Return a template that was deleted."""
        item = self._item(tenant, key)
        return None if item is None or not item.deleted else _template(item)

    def list(self, tenant: TenantId, limit: int, after: str | None) -> Page[Template]:
        """Return the templates of a tenant in order of key; one that is deleted meanwhile is left out."""
        rows = keys.all_listed_templates(tenant)
        page = page_in_order(self._table, rows, limit, after, lambda row: TemplateKey(suffix(row, rows)))
        found = self._table.get_many(TemplateItem, [keys.template(tenant, key) for key in page.items])
        templates = {template.key: template for template in (_template(item) for item in found if not item.deleted)}
        return Page(tuple(templates[key] for key in page.items if key in templates), page.next)

    def version(self, tenant: TenantId, key: TemplateKey, number: int) -> TemplateVersion | None:
        """Return a version. One that is just being written, of which only a part can be seen, is not there yet."""
        head: TemplateVersionItem | None = None
        said: dict[Locale, _Said] = {}
        for row in self._table.query(keys.whole_template_version(tenant, key, number)):
            if row["k"]["S"] == "H":
                head = TemplateVersionItem.from_raw_data(row)
            else:
                item = LocalizationItem.from_raw_data(row)
                said[keys.locale_in(item.sk)] = unpack(item.body, _Said)
        if head is None or {*_languages(head)} != said.keys():
            return None
        localizations = {locale: each.written for locale, each in said.items()}
        ready = {locale: each.ready for locale, each in said.items()}
        return replace(unpack(head.body, TemplateVersion, **_NOTHING_SAID), localizations=localizations, ready=ready)

    def summaries(self, tenant: TenantId, key: TemplateKey, numbers: Collection[int]) -> tuple[VersionSummary, ...]:
        """Return those of the versions that exist, by falling number."""
        wanted = [keys.template_version(tenant, key, number) for number in numbers]
        found = self._table.get_many(TemplateVersionItem, wanted)
        summaries = [unpack(item.body, VersionSummary, languages=_languages(item)) for item in found]
        return tuple(sorted(summaries, key=lambda summary: summary.number, reverse=True))

    def update(self, tenant: TenantId, template: Template, added: TemplateVersion | None = None) -> Template:
        """Replace a template, and store one more version; see `ports.Templates.update`."""
        updated = replace(template, version=template.version + 1)
        seen = (TemplateItem.version == template.version) & TemplateItem.deleted.does_not_exist()
        try:
            if added is None:
                self._table.put(_item(tenant, updated), seen)
            else:
                self._store(tenant, updated, seen, added)
        except ConditionFailedError as failed:
            # When the answer to a put got lost, its client asked again and met what it had written.
            if failed.stored and _template(TemplateItem.from_raw_data(failed.stored)) == updated:
                return updated
            raise StaleVersionError from failed
        return updated

    def delete(self, tenant: TenantId, key: TemplateKey) -> bool:
        """Remove a template from the list and mark what stays of it; False when there was none."""
        mark = [TemplateItem.deleted.set(True), TemplateItem.version.set(TemplateItem.version + 1)]
        there = TemplateItem.pk.exists() & TemplateItem.deleted.does_not_exist()
        entry = keys.listed_template(tenant, key)
        try:
            self._table.transact(updates=[(keys.template(tenant, key), mark, there)], deletes=[entry])
        except ConditionFailedError:
            return False
        return True

    def _item(self, tenant: TenantId, key: TemplateKey) -> TemplateItem | None:
        return self._table.get(TemplateItem, keys.template(tenant, key))

    def _store(
        self, tenant: TenantId, template: Template, seen: Condition, added: TemplateVersion, *further: Item
    ) -> None:
        # In a transaction, which the table knows again by its token when the answer got lost.
        new = TemplateItem.pk.does_not_exist()
        rows: Iterable[tuple[Item, Condition | None]] = ((row, new) for row in _rows_of(tenant, added))
        self._table.transact(puts=[(_item(tenant, template), seen), *rows, *((row, None) for row in further)])


_NOTHING_SAID: Final[dict[str, dict[Locale, Parts]]] = {field: {} for field in _SAID}


def _item(tenant: TenantId, template: Template) -> TemplateItem:
    return TemplateItem(*keys.template(tenant, template.key), version=template.version, body=pack(template))


def _template(item: TemplateItem) -> Template:
    # The mark of a deletion counts as a change, which the body does not know of.
    return replace(unpack(item.body, Template), version=int(item.version))


def _rows_of(tenant: TenantId, version: TemplateVersion) -> Iterable[Item]:
    place = keys.template_version(tenant, version.key, version.number)
    yield TemplateVersionItem(*place, body=pack(version, without=_SAID), languages=",".join(version.localizations))
    for locale, written in version.localizations.items():
        key = keys.template_localization(tenant, version.key, version.number, locale)
        yield LocalizationItem(*key, body=pack(_Said(written=written, ready=version.ready[locale])))


def _languages(item: TemplateVersionItem) -> tuple[Locale, ...]:
    return tuple(map(Locale, item.languages.split(",")))
