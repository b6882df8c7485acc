"""Giving a new tenant its first templates."""

from collections.abc import Callable
from dataclasses import dataclass, field

from chalicelib.domain.fragment import Fragment, FragmentKind
from chalicelib.domain.ids import TemplateKey
from chalicelib.domain.template import Locale, Parts, Template, TemplateVersion
from chalicelib.domain.tenant import Tenant
from chalicelib.domain.value import Millis
from chalicelib.services.built_in_templates import (
    LAYOUT,
    UNSUBSCRIBE,
    BuiltIn,
    built_in_fragments,
    built_in_templates,
)
from chalicelib.services.concurrently import concurrently
from chalicelib.services.manage_templates import with_uses
from chalicelib.services.ports import ExistsError, Fragments, Rendering, Templates
from chalicelib.services.template_drafts import sources_of

CREATED_BY = "herald"
_CONCURRENT_WRITES = 8


@dataclass(frozen=True, slots=True)
class SeedTemplates:
    """The use case: store the built-in templates, each published, with the layout and the partial they share. What is
    there already stays: who dies half way may begin anew.

    `rendering` is asked for by the first tenant; what it made ready serves all.
    """

    templates: Templates
    fragments: Fragments
    rendering: Callable[[], Rendering]
    _ready: dict[TemplateKey, dict[Locale, Parts]] = field(default_factory=dict)

    def __call__(self, tenant: Tenant, now: Millis) -> None:
        """Store what the tenant lacks of them."""
        kinds = {LAYOUT: FragmentKind.LAYOUT, UNSUBSCRIBE: FragmentKind.PARTIAL}
        for key, source in built_in_fragments().items():
            self._share(tenant, Fragment(kind=kinds[key], key=key, source=source, created_at=now))
        concurrently(lambda each: self._create(tenant, each, now), built_in_templates(), _CONCURRENT_WRITES)

    def _share(self, tenant: Tenant, fragment: Fragment) -> None:
        try:
            self.fragments.create(tenant.id, fragment)
        except ExistsError:
            return

    def _create(self, tenant: Tenant, each: BuiltIn, now: Millis) -> None:
        first = self._version(tenant, each, now)
        template = Template(
            key=each.key,
            name=each.name,
            category=each.draft.category,
            created_at=now,
            latest=first.number,
            published=first.number,
            history=(first.number,),
        )
        try:
            self.templates.create(tenant.id, with_uses(template, first, first), first)
        except ExistsError:
            return

    def _version(self, tenant: Tenant, each: BuiltIn, now: Millis) -> TemplateVersion:
        draft = each.draft
        return TemplateVersion(
            key=each.key,
            number=1,
            category=draft.category,
            channels=draft.channels,
            localizations=draft.localizations,
            ready=self._made_ready(tenant, each),
            created_at=now,
            created_by=CREATED_BY,
            type=draft.type,
            layout=draft.layout,
            fragments=built_in_fragments(),
            schema=draft.schema,
            sample=draft.sample,
        )

    def _made_ready(self, tenant: Tenant, each: BuiltIn) -> dict[Locale, Parts]:
        if each.key not in self._ready:
            self._ready[each.key] = self.rendering().ready(sources_of(tenant, each.draft, built_in_fragments()))
        return self._ready[each.key]
