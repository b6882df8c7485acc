"""Templates: how they are stored, and how they are filled."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Protocol

import msgspec

from chalicelib.domain.category import Category
from chalicelib.domain.content import Content
from chalicelib.domain.errors import Fault
from chalicelib.domain.fragment import Fragment, FragmentKind
from chalicelib.domain.ids import FragmentKey, TemplateKey, TenantId
from chalicelib.domain.template import Locale, Parts, Template, TemplateVersion, VersionSummary
from chalicelib.domain.words import Channel
from chalicelib.services.ports.notifications import Page


class TemplateLookup(Protocol):
    """All that sending needs of templates; which version is published may be a minute old. What only authors read (the
    sources as they were written, the sample) may be left out.
    """

    def published(self, tenant: TenantId, key: TemplateKey) -> TemplateVersion | None:
        """Return the published version of a template; None where there is no such template or none is published."""

    def version(self, tenant: TenantId, key: TemplateKey, number: int) -> TemplateVersion | None:
        """Return a version of a template."""


class Templates(Protocol):
    """The templates of a tenant and their versions. A version is stored once and stays, also when its template goes:
    what was accepted is filled from it.
    """

    def create(self, tenant: TenantId, template: Template, first: TemplateVersion) -> None:
        """Store a new template and a version of it, together. It goes on from what is left of a `former` one of its
        key: one `version` and one number on. ExistsError when there is a template of this key, or another one is left.
        """

    def get(self, tenant: TenantId, key: TemplateKey) -> Template | None:
        """Return a template by a consistent read."""

    def former(self, tenant: TenantId, key: TemplateKey) -> Template | None:
        """Return a template that was deleted, as it was at the end."""

    def list(self, tenant: TenantId, limit: int, after: str | None) -> Page[Template]:
        """Return the templates of a tenant in order of key."""

    def version(self, tenant: TenantId, key: TemplateKey, number: int) -> TemplateVersion | None:
        """Return a version."""

    def summaries(self, tenant: TenantId, key: TemplateKey, numbers: Collection[int]) -> tuple[VersionSummary, ...]:
        """Return those of the versions that exist, by falling number."""

    def update(self, tenant: TenantId, template: Template, added: TemplateVersion | None = None) -> Template:
        """Replace a template of the same `version`, and store one more version of it, together; returns it one on.
        StaleVersionError.
        """

    def delete(self, tenant: TenantId, key: TemplateKey) -> bool:
        """Remove a template; False when there was none."""


class Fragments(Protocol):
    """The layouts and partials of a tenant."""

    def create(self, tenant: TenantId, fragment: Fragment) -> None:
        """Store a new fragment; ExistsError when the tenant has one of this kind and key."""

    def get(self, tenant: TenantId, kind: FragmentKind, key: FragmentKey) -> Fragment | None:
        """Return a fragment by a consistent read."""

    def list(self, tenant: TenantId, kind: FragmentKind, limit: int, after: str | None) -> Page[Fragment]:
        """Return the fragments of a kind in order of key."""

    def update(self, tenant: TenantId, fragment: Fragment) -> Fragment:
        """Replace a fragment of the same version; returns it one version on. StaleVersionError."""

    def delete(self, tenant: TenantId, kind: FragmentKind, key: FragmentKey) -> bool:
        """Remove a fragment; False when there was none."""


class Categories(Protocol):
    """The categories that a tenant has beside those that all have."""

    def create(self, tenant: TenantId, category: Category) -> None:
        """Store a new category; ExistsError when the tenant has one of this key."""

    def get(self, tenant: TenantId, key: str) -> Category | None:
        """Return a category by a consistent read."""

    def list(self, tenant: TenantId) -> tuple[Category, ...]:
        """Return all categories that a tenant stored, in order of key."""

    def update(self, tenant: TenantId, category: Category) -> Category:
        """Replace a category of the same version; returns it one version on. StaleVersionError."""

    def delete(self, tenant: TenantId, key: str) -> bool:
        """Remove a category; False when there was none."""


class Sources(msgspec.Struct, frozen=True):
    """What an author wrote: sources by language, the layout and partials they use, the JSON Schema of the data and data
    that satisfies it.
    """

    localizations: Mapping[Locale, Parts]
    layout: FragmentKey | None
    fragments: Mapping[FragmentKey, str]
    schema: Mapping[str, Any]
    sample: Mapping[str, Any]
    url_schemes: tuple[str, ...] = ("https",)


class About(msgspec.Struct, frozen=True):
    """What every template may say beside its data: whom it is for and who sends it."""

    recipient: Mapping[str, Any]
    tenant: Mapping[str, Any]
    unsubscribe_url: str | None = None
    url_schemes: tuple[str, ...] = ("https",)


class TemplateError(Exception):
    """A template that could not be filled; `detail` says what is wrong with it."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class Rendering(Protocol):
    """Reads templates and fills them. Authors are not trusted: whatever they write, it is refused or it ends."""

    def ready(self, sources: Sources) -> dict[Locale, Parts]:
        """Return sources that can be filled at once: checked, without layout and partials, with their CSS inlined.

        Raises
        ------
        InvalidInputError
            They cannot be used. Pointers are of an object with the members of Sources, as the API names them
            (`/localizations/fr/email/html`); faults have line and column.
        """

    def data_faults(self, version: TemplateVersion, data: Mapping[str, Any]) -> tuple[Fault, ...]:
        """Return what is wrong with data by a version's schema; pointers are into the data."""

    def fill(
        self,
        tenant: TenantId,
        version: TemplateVersion,
        channel: Channel,
        languages: Sequence[Locale],
        data: Mapping[str, Any],
        about: About,
    ) -> Content:
        """Return what a version says on a channel, in the first of the languages that it has.

        Raises
        ------
        TemplateError
            It says nothing on the channel, or cannot be filled with the data.
        """
