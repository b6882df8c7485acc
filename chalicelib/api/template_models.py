"""Templates as they come in."""

from typing import Annotated, Final, Self

from pydantic import Field, StringConstraints, model_validator

from chalicelib.api.fields import ChannelName, Name
from chalicelib.api.localization_models import LocalizationBody
from chalicelib.api.models import Body, Line, Query, fault
from chalicelib.api.recipient_models import RecipientBody
from chalicelib.api.template_body import Data
from chalicelib.api.tenant_models import Version
from chalicelib.domain.ids import TEMPLATE_KEY, FragmentKey
from chalicelib.domain.template import Locale
from chalicelib.services.preview_template import Wanted
from chalicelib.services.template_drafts import Draft

MAX_BODY: Final = 2 * 1024 * 1024
"""Bytes of a template in all its languages."""

KeyText = Annotated[str, StringConstraints(pattern=f"^{TEMPLATE_KEY}$")]
"""What a template, layout, partial or category may be called."""
LocaleText = Annotated[str, StringConstraints(min_length=1, max_length=35)]
Number = Annotated[int, Field(ge=1, le=1_000_000)]
"""The number of a version."""


class PutLocalization(LocalizationBody):
    """What a template says in one language from its next version on."""

    version: Version | None = None


class DraftBody(Body):
    """A version of a template. Without `channels`, what is sent without any goes out on those it has parts for.

    `schema` is the JSON Schema of its data, `sample` data that satisfies it. It gets copies of its layout and partials
    as they are now.
    """

    category: Name
    type: Name | None = None
    channels: Annotated[list[ChannelName], Field(max_length=8)] = Field(default_factory=list)
    layout: KeyText | None = None
    schema_: Annotated[Data, Field(alias="schema")] = Field(default_factory=dict)
    sample: Data = Field(default_factory=dict)
    localizations: dict[LocaleText, LocalizationBody]
    note: Line | None = None

    def draft(self) -> Draft:
        """Return the draft."""
        return Draft(
            category=self.category,
            localizations={Locale(locale): said.parts() for locale, said in self.localizations.items()},
            channels=tuple(dict.fromkeys(self.channels)),
            type=self.type,
            layout=None if self.layout is None else FragmentKey(self.layout),
            schema=self.schema_,
            sample=self.sample,
            note=self.note,
        )


class CreateTemplate(DraftBody):
    """A new template and its first version."""

    key: KeyText
    name: Line


class AddVersion(DraftBody):
    """One more version of a template. `version` is that of the template's record, as it was seen last."""

    version: Version | None = None


class ChangeTemplate(Body):
    """Another name for a template."""

    name: Line
    version: Version | None = None


class PublishBody(Body):
    """Which version is to be published: the latest, unless a `number` is given."""

    number: Number | None = None
    version: Version | None = None


class RollBackBody(Body):
    """Which version is to be published again: the one that was before, unless a number is given in `to`."""

    to: Number | None = None
    version: Version | None = None


class PreviewBody(Body):
    """What is to be previewed: a version by `number`, the latest without one, or a `source`, which is not stored.

    Without `channels`, those of the version; without `data`, its sample.
    """

    number: Number | None = None
    source: DraftBody | None = None
    channels: Annotated[list[ChannelName], Field(max_length=8)] = Field(default_factory=list)
    locale: LocaleText | None = None
    data: Data | None = None

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if self.number is not None and self.source is not None:
            raise fault("either_or", "Give a number or a source, not both")
        return self

    def wanted(self) -> Wanted:
        """Return what is to be previewed."""
        return Wanted(
            number=self.number,
            draft=None if self.source is None else self.source.draft(),
            channels=tuple(dict.fromkeys(self.channels)),
            locale=None if self.locale is None else Locale(self.locale),
            data=self.data,
        )


class TestSendBody(Body):
    """Whom to send a version to, the latest without a `number`, published or not. Without `data`, its sample."""

    recipient: RecipientBody
    number: Number | None = None
    channels: Annotated[list[ChannelName], Field(max_length=8)] = Field(default_factory=list)
    data: Data | None = None


class SeenQuery(Query):
    """The version of the template's record as it was seen last."""

    version: Version | None = None


class DiffQuery(Query):
    """Which versions to compare, by number."""

    from_: Annotated[Number, Field(alias="from")]
    to: Number
