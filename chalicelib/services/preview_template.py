"""Trying a template out: what it says, without sending it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from msgspec.structs import replace

from chalicelib.domain.content import Content
from chalicelib.domain.errors import Fault, InvalidInputError
from chalicelib.domain.ids import TemplateKey, TenantId
from chalicelib.domain.template import Locale, TemplateVersion, languages
from chalicelib.domain.tenant import Tenant
from chalicelib.domain.words import Channel
from chalicelib.services.audited_change import Actor
from chalicelib.services.manage_templates import ManageTemplates, unknown_version
from chalicelib.services.ports import Rendering, TemplateError, Templates
from chalicelib.services.publish_template import about_nobody
from chalicelib.services.template_drafts import Draft, Drafting, locale_faults

UNSTORED = 0
"""The number of a version that is only previewed."""


class Wanted(msgspec.Struct, frozen=True):
    """What is to be previewed: a version by its number, the latest without one, or a draft that is not stored.
    Without channels, those of the version; without data, its sample.
    """

    number: int | None = None
    draft: Draft | None = None
    channels: tuple[Channel, ...] = ()
    locale: Locale | None = None
    data: dict[str, Any] | None = None

    @property
    def place(self) -> str:
        """Where the body has what the previewed version says, as a JSON pointer."""
        return "" if self.draft is None else "/source"


class Preview(msgspec.Struct, frozen=True):
    """What a template says by channel, and the language it says it in."""

    locale: Locale
    contents: dict[Channel, Content]


@dataclass(frozen=True, slots=True)
class PreviewTemplate:
    """The use case: say what a template would say. Nothing is stored."""

    templates: Templates
    manage: ManageTemplates
    drafting: Drafting
    rendering: Callable[[], Rendering]

    def __call__(self, tenant: TenantId, key: TemplateKey, wanted: Wanted, by: Actor) -> Preview:
        """Return what it says.

        Raises
        ------
        NotFoundError
            There is no such template; drafts need none.
        InvalidInputError
            The draft, the version, the locale or the data will not do, or something cannot be said.
        """
        owner = self.manage.tenant(tenant)
        version = self._version(owner, key, wanted, by)
        locale = _spoken(version, wanted.locale, owner)
        data = version.sample if wanted.data is None else wanted.data
        at = f"{wanted.place}/sample" if wanted.data is None else "/data"
        _refuse([_below(at, fault) for fault in self.rendering().data_faults(version, data)])
        return Preview(locale, self._contents(owner, version, wanted, locale, data))

    def _version(self, tenant: Tenant, key: TemplateKey, wanted: Wanted, by: Actor) -> TemplateVersion:
        if wanted.draft is not None:
            try:
                return self.drafting(tenant, key, UNSTORED, wanted.draft, by)
            except InvalidInputError as error:
                raise InvalidInputError(faults=[_below(wanted.place, fault) for fault in error.faults]) from error
        number = wanted.number or self.manage.get(tenant.id, key).latest
        return stored_version(self.manage, tenant.id, key, number)

    def _contents(
        self,
        tenant: Tenant,
        version: TemplateVersion,
        wanted: Wanted,
        locale: Locale,
        data: Mapping[str, Any],
    ) -> dict[Channel, Content]:
        contents: dict[Channel, Content] = {}
        faults: list[Fault] = []
        for channel in wanted.channels or version.channels:
            try:
                about = about_nobody(tenant, locale)
                contents[channel] = self.rendering().fill(tenant.id, version, channel, [locale], data, about)
            except TemplateError as error:
                pointer = f"{wanted.place}/localizations/{locale}/{channel}"
                faults.append(Fault(pointer=pointer, code="template_error", detail=error.detail))
        _refuse(faults)
        return contents


def stored_version(manage: ManageTemplates, tenant: TenantId, key: TemplateKey, number: int) -> TemplateVersion:
    """Return a version that a body names as `number`; InvalidInputError when an existing template does not have it."""
    manage.get(tenant, key)
    found = manage.templates.version(tenant, key, number)
    if found is None:
        raise unknown_version("/number")
    return found


def _spoken(version: TemplateVersion, wanted: Locale | None, tenant: Tenant) -> Locale:
    faults = [] if wanted is None else [*locale_faults([wanted])]
    _refuse([replace(fault, pointer="/locale") for fault in faults])
    spoken = languages(wanted, tenant.configuration.locale)
    others: tuple[Locale, ...] = tuple(version.ready) if wanted is None else ()
    for locale in (*spoken, *others):
        if locale in version.ready:
            return locale
    detail = f"The template speaks none of {', '.join(spoken)}"
    raise InvalidInputError(faults=[Fault(pointer="/locale", code="unknown_locale", detail=detail)])


def _below(at: str, fault: Fault) -> Fault:
    return replace(fault, pointer=f"{at}{fault.pointer}")


def _refuse(faults: list[Fault]) -> None:
    if faults:
        raise InvalidInputError(faults=faults)
