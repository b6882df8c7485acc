"""Templates in memory, and a rendering that puts data into `{name}` places: all that use cases need to be tested."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from chalicelib.domain.content import Content
from chalicelib.domain.errors import Fault
from chalicelib.domain.ids import TemplateKey, TenantId
from chalicelib.domain.template import Locale, Part, Parts, TemplateVersion
from chalicelib.domain.words import Channel
from chalicelib.services.fill_template import FillTemplate
from chalicelib.services.ports import About, Sources, TemplateError
from chalicelib.services.say import Say
from tests.build import NOW

GREETING = TemplateKey("greeting")


@dataclass
class KeptTemplates:
    """`ports.TemplateLookup` in memory: the versions of templates, the last one of each published."""

    versions: dict[tuple[TenantId, TemplateKey], list[TemplateVersion]] = field(default_factory=dict)
    withdrawn: set[tuple[TenantId, TemplateKey]] = field(default_factory=set)

    def add(self, tenant: TenantId, version: TemplateVersion) -> None:
        self.versions.setdefault((tenant, version.key), []).append(version)

    def withdraw(self, tenant: TenantId, key: TemplateKey) -> None:
        """Do what deleting a template does: its versions stay."""
        self.withdrawn.add((tenant, key))

    def published(self, tenant: TenantId, key: TemplateKey) -> TemplateVersion | None:
        there = () if (tenant, key) in self.withdrawn else self.versions.get((tenant, key), ())
        return there[-1] if there else None

    def version(self, tenant: TenantId, key: TemplateKey, number: int) -> TemplateVersion | None:
        return next((each for each in self.versions.get((tenant, key), []) if each.number == number), None)


class PlaceRendering:
    """`ports.Rendering` for sources with places such as `{name}`; the schema lists the names that data needs."""

    def ready(self, sources: Sources) -> dict[Locale, Parts]:
        return {locale: dict(parts) for locale, parts in sources.localizations.items()}

    def data_faults(self, version: TemplateVersion, data: Mapping[str, Any]) -> tuple[Fault, ...]:
        missing = [name for name in version.schema.get("required", []) if name not in data]
        return tuple(Fault(pointer=f"/{name}", code="required", detail="The template needs it") for name in missing)

    def fill(
        self,
        tenant: TenantId,
        version: TemplateVersion,
        channel: Channel,
        languages: Sequence[Locale],
        data: Mapping[str, Any],
        about: About,
    ) -> Content:
        parts = next(version.ready[each] for each in languages if each in version.ready)
        places = dict(data) | {"recipient": about.recipient["userId"], "tenant": about.tenant["name"]}
        try:
            filled = {part: source.format(**places) for part, source in parts.items() if part.channel is channel}
        except KeyError as error:
            raise TemplateError(str(error)) from error
        subject = filled.get(Part.EMAIL_SUBJECT) or filled.get(Part.IN_APP_TITLE)
        if channel is Channel.EMAIL:
            return Content(subject=subject, body=filled[Part.EMAIL_TEXT], html=filled.get(Part.EMAIL_HTML))
        return Content(subject=subject, body=filled.get(Part.SMS_TEXT) or filled.get(Part.IN_APP_BODY, ""))


def a_version(number: int = 1, **changes: Any) -> TemplateVersion:
    """Return a version of a greeting in English and French."""
    english = {
        Part.EMAIL_SUBJECT: "Hello {name}",
        Part.EMAIL_TEXT: "Welcome, {name}.",
        Part.SMS_TEXT: "{tenant}: welcome, {name}",
        Part.IN_APP_BODY: "Welcome, {name}!",
    }
    french = english | {Part.SMS_TEXT: "{tenant}: bienvenue, {name}"}
    localizations = {Locale("en"): english, Locale("fr"): french}
    known: dict[str, Any] = {
        "key": GREETING,
        "number": number,
        "category": "marketing",
        "type": "user.greeted",
        "channels": (Channel.SMS, Channel.IN_APP),
        "localizations": localizations,
        "ready": localizations,
        "schema": {"required": ["name"]},
        "created_at": NOW,
        "created_by": "user:admin/amy",
    }
    return TemplateVersion(**known | changes)


def say_from(templates: KeptTemplates) -> Say:
    """Return the use case that says what requests say."""
    return Say(templates, PlaceRendering)


def fill_from(templates: KeptTemplates) -> FillTemplate:
    """Return the use case that pins orders to versions."""
    return FillTemplate(templates, PlaceRendering)
