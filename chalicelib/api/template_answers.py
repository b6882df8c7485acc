"""Templates as they are shown."""

from typing import Annotated, Any, Self

from pydantic import Field

from chalicelib.api.models import Answer, Time
from chalicelib.domain.template import Part, Parts, Template, TemplateStatus, TemplateVersion, VersionSummary
from chalicelib.domain.wire import to_plain
from chalicelib.domain.words import Channel
from chalicelib.services.preview_template import Preview

Nested = dict[str, Any]


class TemplateAnswer(Answer):
    """A template. `latest` and `published` are numbers of versions. `history` are those that were published, in the
    order in which rollbacks go back through them from the last, the present one. `version` is that of this record.
    """

    key: str
    name: str
    category: str
    latest: int
    published: int | None
    history: list[int]
    layouts: list[str]
    partials: list[str]
    created_at: Time
    version: int


class TemplatePage(Answer):
    """A page of templates, in order of key."""

    items: list[TemplateAnswer]
    next_cursor: str | None


class VersionEntry(Answer):
    """A version of a template, without what it says."""

    number: int
    status: TemplateStatus
    category: str
    type: str | None
    channels: list[Channel]
    layout: str | None
    languages: list[str]
    note: str | None
    created_at: Time
    created_by: str

    @classmethod
    def of(cls, template: Template, summary: VersionSummary) -> Self:
        """Return what is told of a version."""
        told = to_plain(summary) | {"status": template.status_of(summary.number)}
        fields = {name: told.get(field.alias or name) for name, field in cls.model_fields.items()}
        return cls(**fields)


class VersionPage(Answer):
    """A page of versions, the latest first. `version` is that of the template's record."""

    items: list[VersionEntry]
    next_cursor: str | None
    version: int


class VersionAnswer(Answer):
    """A version of a template, as its author wrote it; `fragments` are its copies of layout and partials, by key.
    `version` is that of the template's record: send it along with the next change.
    """

    key: str
    number: int
    status: TemplateStatus
    category: str
    type: str | None
    channels: list[Channel]
    layout: str | None
    fragments: dict[str, str]
    schema_: Annotated[dict[str, Any], Field(alias="schema")]
    sample: dict[str, Any]
    localizations: dict[str, Nested]
    note: str | None
    created_at: Time
    created_by: str
    version: int

    @classmethod
    def of(cls, template: Template, version: TemplateVersion) -> Self:
        """Return what is told of a version."""
        return cls(
            key=version.key,
            number=version.number,
            status=template.status_of(version.number),
            category=version.category,
            type=version.type,
            channels=list(version.channels),
            layout=version.layout,
            fragments={str(key): source for key, source in version.fragments.items()},
            schema_=version.schema,
            sample=version.sample,
            localizations={locale: nested(parts) for locale, parts in version.localizations.items()},
            note=version.note,
            created_at=version.created_at,
            created_by=version.created_by,
            version=template.version,
        )


class PreviewAnswer(Answer):
    """What a template says by channel, and the language it says it in."""

    locale: str
    channels: dict[str, dict[str, Any]]

    @classmethod
    def of(cls, preview: Preview) -> Self:
        """Return what is told of a preview."""
        contents = {channel.value: to_plain(content) for channel, content in preview.contents.items()}
        return cls(locale=preview.locale, channels=contents)


class ChangeAnswer(Answer):
    """A difference between two versions: where, as a JSON pointer into a version, and a unified diff of it. Where it is
    no text, its indented JSON is compared.
    """

    pointer: str
    diff: str


class DiffAnswer(Answer):
    """How one version differs from another."""

    from_: Annotated[int, Field(alias="from")]
    to: int
    changes: list[ChangeAnswer]


def nested(parts: Parts) -> Nested:
    """Return the sources of a language by channel and place."""
    shown: Nested = {}
    for part, source in parts.items():
        name, _, place = part.partition(".")
        if place:
            shown.setdefault(name, {})[place] = source
        elif part is Part.ACTION_URL:
            shown["actionUrl"] = source
    return shown
