"""Publishing: from one conditional update on, sends are filled from another version."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from msgspec.structs import replace

from chalicelib.domain.errors import ConflictError, Fault, InvalidInputError
from chalicelib.domain.ids import TemplateKey, TenantId
from chalicelib.domain.template import Locale, Template, TemplateVersion
from chalicelib.domain.tenant import Tenant
from chalicelib.services.audited_change import Action, Actor, AuditedChanges, expect_version
from chalicelib.services.digest_layout import EXAMPLES
from chalicelib.services.digest_request import TEMPLATE as DIGESTS
from chalicelib.services.manage_templates import ManageTemplates, template_change, unknown_version, with_uses
from chalicelib.services.ports import About, Rendering, TemplateError, Templates
from chalicelib.services.template_drafts import Draft, sources_of


@dataclass(frozen=True, slots=True)
class PublishTemplate:
    """The use case: choose the version that sends are filled from."""

    templates: Templates
    manage: ManageTemplates
    rendering: Callable[[], Rendering]
    audited: AuditedChanges

    def publish(
        self, tenant: TenantId, key: TemplateKey, number: int | None, by: Actor, version: int | None
    ) -> Template:
        """Publish a version, the latest one unless a number says otherwise.

        Raises
        ------
        NotFoundError, ConflictError
            There is no such template, or it was changed meanwhile.
        InvalidInputError
            There is no such version, it fails its own sample data, or it is to say digests and cannot be filled with
            what they bring; the faults say where.
        """
        owner, template = self.manage.tenant(tenant), self.manage.get(tenant, key)
        expect_version(template.version, version)
        chosen = self._version(tenant, key, number or template.latest, "/number")
        if template.published == chosen.number:
            return template
        self._check(owner, chosen)
        if key == DIGESTS:
            self._check_for_digests(owner, chosen)
        others = tuple(each for each in template.history if each != chosen.number)
        return self._switch(tenant, template, chosen, (*others, chosen.number), Action.PUBLISH_TEMPLATE, by)

    def roll_back(
        self, tenant: TenantId, key: TemplateKey, number: int | None, by: Actor, version: int | None
    ) -> Template:
        """Publish again what was published before, without asking whether it would do today.

        A further rollback goes further back; what was abandoned comes last.

        Raises
        ------
        NotFoundError, ConflictError
            There is no such template, nothing was published before, or it was changed meanwhile.
        InvalidInputError
            The version was never published.
        """
        template = self.manage.get(tenant, key)
        expect_version(template.version, version)
        before = template.history[:-1]
        if not before:
            raise ConflictError("No other version was published before")
        wanted = number or before[-1]
        if wanted not in before:
            detail = "Only a version that was published before can be rolled back to"
            raise InvalidInputError(faults=[Fault(pointer="/to", code="not_published_before", detail=detail)])
        chosen = self._version(tenant, key, wanted, "/to")
        others = tuple(each for each in before if each != wanted)
        history = (template.history[-1], *others, wanted)
        return self._switch(tenant, template, chosen, history, Action.ROLL_BACK_TEMPLATE, by)

    def _switch(
        self,
        tenant: TenantId,
        template: Template,
        chosen: TemplateVersion,
        history: tuple[int, ...],
        action: Action,
        by: Actor,
    ) -> Template:
        at_once = chosen.number == template.latest
        latest = chosen if at_once else self._version(tenant, template.key, template.latest, "")
        switched = with_uses(replace(template, published=chosen.number, history=history), latest, chosen)
        with self.audited.change(template_change(tenant, action, template, switched), by):
            return self.templates.update(tenant, switched)

    def _version(self, tenant: TenantId, key: TemplateKey, number: int, pointer: str) -> TemplateVersion:
        found = self.templates.version(tenant, key, number)
        if found is None:
            raise unknown_version(pointer)
        return found

    def _check(self, tenant: Tenant, version: TemplateVersion) -> None:
        rendering = self.rendering()
        rendering.ready(sources_of(tenant, Draft.of(version), version.fragments))
        faults = [
            replace(fault, pointer=f"/sample{fault.pointer}")
            for fault in rendering.data_faults(version, version.sample)
        ]
        faults = faults or [*self._unfilled(rendering, tenant, version, version.sample)]
        if faults:
            raise InvalidInputError(faults=faults)

    def _check_for_digests(self, tenant: Tenant, version: TemplateVersion) -> None:
        rendering = self.rendering()
        for data in EXAMPLES:
            faults = [
                Fault(pointer="/schema", code="not_for_digests", detail=f"{fault.pointer}: {fault.detail}")
                for fault in rendering.data_faults(version, data)
            ]
            faults = faults or [*self._unfilled(rendering, tenant, version, data)]
            if faults:
                detail = "Digests are filled from this template, with their own data: category, count and items"
                raise InvalidInputError(detail, faults=faults)

    def _unfilled(
        self, rendering: Rendering, tenant: Tenant, version: TemplateVersion, data: Mapping[str, Any]
    ) -> Iterator[Fault]:
        for locale in version.ready:
            about = about_nobody(tenant, locale)
            for channel in version.channels:
                try:
                    rendering.fill(tenant.id, version, channel, [locale], data, about)
                except TemplateError as error:
                    pointer = f"/localizations/{locale}/{channel}"
                    yield Fault(pointer=pointer, code="sample_fails", detail=error.detail)


def about_nobody(tenant: Tenant, locale: Locale) -> About:
    """Return what a template may say of a recipient of whom nothing is known but the language."""
    return About(
        recipient={"userId": "sample", "userType": "customer", "locale": locale, "attributes": {}},
        tenant={"id": tenant.id, "name": tenant.name},
        unsubscribe_url="https://unsubscribe.example.com/sample",
        url_schemes=tenant.settings.url_schemes,
    )
