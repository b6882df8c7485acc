"""Templates: what is said, per channel and language, with places that a send's data fills."""

from enum import StrEnum
from typing import Any, Final, NewType

import msgspec

from chalicelib.domain.ids import FragmentKey, TemplateKey
from chalicelib.domain.value import Millis, Value
from chalicelib.domain.words import Channel

Locale = NewType("Locale", str)
"""A language tag (BCP 47) such as `fr` or `fr-CA`."""
FALLBACK: Final = Locale("en")
"""The language everybody has to understand for want of a better one."""


class Part(StrEnum):
    """A piece of a template: what a channel says in one place."""

    ACTION_URL = "action_url"
    EMAIL_SUBJECT = "email.subject"
    EMAIL_TEXT = "email.text"
    EMAIL_HTML = "email.html"
    SMS_TEXT = "sms.text"
    PUSH_TITLE = "push.title"
    PUSH_BODY = "push.body"
    PUSH_IMAGE = "push.image"
    WHATSAPP_TEXT = "whatsapp.text"
    WHATSAPP_TEMPLATE = "whatsapp.template"
    """The name of a template that Meta approved."""
    WHATSAPP_LANGUAGE = "whatsapp.language"
    WHATSAPP_PARAMETERS = "whatsapp.parameters"
    """What fills the places of its body, one a line."""
    IN_APP_TITLE = "in_app.title"
    IN_APP_BODY = "in_app.body"
    CHAT_TITLE = "chat.title"
    CHAT_TEXT = "chat.text"
    ALERT_SUMMARY = "alert.summary"
    WEBHOOK_TITLE = "webhook.title"
    WEBHOOK_TEXT = "webhook.text"

    @property
    def channel(self) -> Channel | None:
        """The channel it belongs to; None for what all share."""
        name, _, place = self.partition(".")
        return Channel(name) if place else None


Parts = dict[Part, str]
"""The sources of a template in one language."""


class TemplateStatus(StrEnum):
    """What a version is to its template."""

    DRAFT = "draft"
    """Never published."""
    PUBLISHED = "published"
    """What sends are filled from."""
    ARCHIVED = "archived"
    """Published before; notifications accepted then are still filled from it."""


class TemplateVersion(Value, frozen=True):
    """One version of a template: written once, never changed.

    `localizations` are the sources as their author wrote them, `fragments` copies of the layout and partials they used
    then (by key), and `ready` what follows from both: sources without layout and partials, with their CSS inlined,
    checked, to be filled at once. A send without channels goes out on `channels`. `schema` is the JSON Schema of the
    data, `sample` data that satisfies it.
    """

    key: TemplateKey
    number: int
    category: str
    channels: tuple[Channel, ...]
    localizations: dict[Locale, Parts]
    ready: dict[Locale, Parts]
    created_at: Millis
    created_by: str
    type: str | None = None
    layout: FragmentKey | None = None
    fragments: dict[FragmentKey, str] = msgspec.field(default_factory=dict)
    schema: dict[str, Any] = msgspec.field(default_factory=dict)
    sample: dict[str, Any] = msgspec.field(default_factory=dict)
    note: str | None = None


class VersionSummary(Value, frozen=True):
    """A version of a template without what it says. `languages` are those it says it in."""

    number: int
    category: str
    channels: tuple[Channel, ...]
    languages: tuple[Locale, ...]
    created_at: Millis
    created_by: str
    type: str | None = None
    layout: FragmentKey | None = None
    note: str | None = None


class Template(Value, frozen=True):
    """A template of a tenant: which of its versions is published, and which were, in the order in which one can go back
    through them from the last, the present one.

    Versions are numbered from 1 to `latest`. `layouts` and `partials` are those that the latest or the published
    version has copies of. `version` counts the changes made to this record itself.
    """

    key: TemplateKey
    name: str
    category: str
    created_at: Millis
    latest: int = 0
    published: int | None = None
    history: tuple[int, ...] = ()
    layouts: tuple[FragmentKey, ...] = ()
    partials: tuple[FragmentKey, ...] = ()
    version: int = 1

    def status_of(self, number: int) -> TemplateStatus:
        """Return what a version is to this template."""
        if number == self.published:
            return TemplateStatus.PUBLISHED
        return TemplateStatus.ARCHIVED if number in self.history else TemplateStatus.DRAFT


class TemplateUse(Value, frozen=True):
    """What a request is filled from: a version of a template, and the data for it."""

    key: TemplateKey
    version: int
    data: dict[str, Any] = msgspec.field(default_factory=dict)


def languages(wanted: str | None, default: str) -> tuple[Locale, ...]:
    """Return the languages a recipient is addressed in, best first: theirs, the same without its region, the tenant's
    default likewise, English.
    """
    tags = [tag for tag in (wanted, default, FALLBACK) if tag]
    return tuple(dict.fromkeys(Locale(shorter) for tag in tags for shorter in _shortened(tag)))


def _shortened(tag: str) -> list[str]:
    """Return `zh-Hant-TW`, `zh-Hant`, `zh` of the first."""
    parts = tag.replace("_", "-").split("-")
    return ["-".join(parts[:length]) for length in range(len(parts), 0, -1)]
