"""Managing a tenant's templates: every save makes one more version, which sends do not see before it is published."""

from collections.abc import Callable
from dataclasses import dataclass

from msgspec.structs import replace

from chalicelib.domain.errors import ConflictError, Fault, InvalidInputError, NotFoundError
from chalicelib.domain.ids import TemplateKey, TenantId
from chalicelib.domain.template import Locale, Parts, Template, TemplateVersion, VersionSummary
from chalicelib.domain.tenant import Tenant
from chalicelib.services.audited_change import Action, Actor, AuditedChanges, Change, expect_version
from chalicelib.services.ports import Page, StaleVersionError, Templates, TenantLookup
from chalicelib.services.template_drafts import Draft, Drafting, locale_faults

Revise = Callable[[dict[Locale, Parts]], dict[Locale, Parts]]


@dataclass(frozen=True, slots=True)
class ManageTemplates:
    """The use case: create, look up, change and remove templates. A missing one raises NotFoundError.

    Whoever changes one may say which `version` of its record they saw; ConflictError when it is no longer that.
    """

    templates: Templates
    tenants: TenantLookup
    drafting: Drafting
    audited: AuditedChanges

    def create(
        self, tenant: TenantId, key: TemplateKey, name: str, draft: Draft, by: Actor
    ) -> tuple[Template, TemplateVersion]:
        """Store a new template and its first version, a draft. Where one of its key was deleted, numbers go on.

        Raises
        ------
        InvalidInputError
            The version cannot be used; the faults say why.
        ConflictError
            The tenant has a template of this key.
        """
        owner = self.tenant(tenant)
        if self.templates.get(tenant, key) is not None:
            raise ConflictError(f"There is a template {key}")
        former = self.templates.former(tenant, key)
        number, version = (1, 1) if former is None else (former.latest + 1, former.version + 1)
        first = self.drafting(owner, key, number, draft, by)
        bare = Template(key=key, name=name, category=draft.category, created_at=by.now, version=version)
        template = with_uses(replace(bare, latest=number), first, None)
        with self.audited.change(template_change(tenant, Action.CREATE_TEMPLATE, None, template), by):
            self.templates.create(tenant, template, first)
        return template, first

    def get(self, tenant: TenantId, key: TemplateKey) -> Template:
        """Return a template."""
        found = self.templates.get(tenant, key)
        if found is None:
            raise NotFoundError
        return found

    def list(self, tenant: TenantId, limit: int, after: str | None) -> Page[Template]:
        """Return the templates of a tenant in order of key."""
        return self.templates.list(tenant, limit, after)

    def version(self, tenant: TenantId, key: TemplateKey, number: int) -> tuple[Template, TemplateVersion]:
        """Return a template and one of its versions."""
        template = self.get(tenant, key)
        found = self.templates.version(tenant, key, number)
        if found is None:
            raise NotFoundError("The template has no such version")
        return template, found

    def versions(
        self, tenant: TenantId, key: TemplateKey, limit: int, after: str | None
    ) -> tuple[Template, Page[VersionSummary]]:
        """Return a template, and its versions from the last one on."""
        template = self.get(tenant, key)
        start = min(template.latest, int(after)) if after else template.latest
        end = max(start - limit, 0)
        found = self.templates.summaries(tenant, key, range(start, end, -1))
        return template, Page(found, str(end) if end else None)

    def rename(self, tenant: TenantId, key: TemplateKey, name: str, by: Actor, version: int | None) -> Template:
        """Give a template another name."""
        template = self.get(tenant, key)
        expect_version(template.version, version)
        renamed = replace(template, name=name)
        if renamed == template:
            return template
        with self.audited.change(template_change(tenant, Action.UPDATE_TEMPLATE, template, renamed), by):
            return self.templates.update(tenant, renamed)

    def add_version(
        self, tenant: TenantId, key: TemplateKey, draft: Draft, by: Actor, version: int | None
    ) -> tuple[Template, TemplateVersion]:
        """Store one more version of a template, a draft; raises as `create` does."""
        owner, template = self.tenant(tenant), self.get(tenant, key)
        expect_version(template.version, version)
        added = self.drafting(owner, key, template.latest + 1, draft, by)
        published = template.published and self.templates.version(tenant, key, template.published)
        grown = with_uses(replace(template, latest=added.number, category=added.category), added, published or None)
        with self.audited.change(template_change(tenant, Action.ADD_VERSION, template, grown), by):
            return self.templates.update(tenant, grown, added), added

    def put_localization(
        self, tenant: TenantId, key: TemplateKey, locale: Locale, parts: Parts, by: Actor, version: int | None
    ) -> tuple[Template, TemplateVersion]:
        """Store one more version, which differs from the last one in what it says in a language."""
        faults = [*locale_faults([locale])]
        if faults:
            raise InvalidInputError(faults=faults)
        return self._revise(tenant, key, lambda said: said | {locale: parts}, by, version)

    def delete_localization(
        self, tenant: TenantId, key: TemplateKey, locale: Locale, by: Actor, version: int | None
    ) -> tuple[Template, TemplateVersion]:
        """Store one more version, which does without a language; ConflictError when it is the only one."""

        def without(said: dict[Locale, Parts]) -> dict[Locale, Parts]:
            if locale not in said:
                raise NotFoundError("The template does not speak this language")
            if len(said) == 1:
                raise ConflictError("It is the only language of the template")
            return {other: parts for other, parts in said.items() if other != locale}

        return self._revise(tenant, key, without, by, version)

    def delete(self, tenant: TenantId, key: TemplateKey, by: Actor) -> None:
        """Remove a template, published or not: sends from it are refused from then on. What was accepted before is
        still filled from its versions.
        """
        template = self.get(tenant, key)
        with self.audited.change(template_change(tenant, Action.DELETE_TEMPLATE, template, None), by):
            if not self.templates.delete(tenant, key):
                raise StaleVersionError

    def tenant(self, id: TenantId) -> Tenant:
        """Return the tenant; raises NotFoundError."""
        tenant = self.tenants.get(id)
        if tenant is None:
            raise NotFoundError("No such tenant")
        return tenant

    def _revise(
        self, tenant: TenantId, key: TemplateKey, revise: Revise, by: Actor, version: int | None
    ) -> tuple[Template, TemplateVersion]:
        template = self.get(tenant, key)
        expect_version(template.version, version)
        _, last = self.version(tenant, key, template.latest)
        draft = replace(Draft.of(last), localizations=revise(last.localizations))
        return self.add_version(tenant, key, draft, by, template.version)


def with_uses(template: Template, latest: TemplateVersion, published: TemplateVersion | None) -> Template:
    """Return a template that says which fragments its latest and its published version have copies of."""
    versions = [version for version in (latest, published) if version is not None]
    layouts = {version.layout for version in versions if version.layout is not None}
    partials = {key for version in versions for key in version.fragments if key != version.layout}
    return replace(template, layouts=tuple(sorted(layouts)), partials=tuple(sorted(partials)))


def unknown_version(pointer: str) -> InvalidInputError:
    """Return the error of a body that names a version which does not exist."""
    detail = "The template has no such version"
    return InvalidInputError(faults=[Fault(pointer=pointer, code="unknown_version", detail=detail)])


def template_change(tenant: TenantId, action: Action, before: Template | None, after: Template | None) -> Change:
    """Return what the log tells of a change: not what the template says, but which versions are in use."""
    keys = [template.key for template in (before, after) if template is not None]
    return Change(action, f"template/{keys[0]}", (tenant,), before=before, after=after)
