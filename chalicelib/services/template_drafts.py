"""From what an author wrote to a version of a template: with the fragments it uses, checked, ready to be filled."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from chalicelib.domain.category import BUILT_IN
from chalicelib.domain.errors import Fault, InvalidInputError
from chalicelib.domain.fragment import FragmentKind
from chalicelib.domain.ids import TEMPLATE_KEY, FragmentKey, TemplateKey
from chalicelib.domain.template import Locale, Parts, TemplateVersion
from chalicelib.domain.tenant import Tenant
from chalicelib.domain.wire import to_json
from chalicelib.domain.words import Channel
from chalicelib.services.audited_change import Actor
from chalicelib.services.input_rules import LOCALE
from chalicelib.services.ports import Categories, Fragments, Rendering, Sources

MOST_LANGUAGES: Final = 50
"""Each is a row of the transaction that stores a version, which may have 100."""
MOST_PARTIALS: Final = 30
MOST_BYTES: Final = 350_000
"""Of a row; the table takes 400 KB, names included."""
MOST_BYTES_TOGETHER: Final = 3_500_000
"""Of a version; a transaction may have 4 MB."""

_INCLUDE: Final = re.compile(r"""\{%[-+]?\s*include\s*(["'])(""" + TEMPLATE_KEY + r")\1")


class Draft(msgspec.Struct, frozen=True):
    """What an author says of a version. Without `channels` they follow from the parts."""

    category: str
    localizations: dict[Locale, Parts]
    channels: tuple[Channel, ...] = ()
    type: str | None = None
    layout: FragmentKey | None = None
    schema: dict[str, Any] = {}
    sample: dict[str, Any] = {}
    note: str | None = None

    @classmethod
    def of(cls, version: TemplateVersion) -> "Draft":
        """Return what the author of a version said; channels that follow from its parts are left to follow again."""
        derived = version.channels == channels_of(version.localizations)
        return cls(
            category=version.category,
            localizations=version.localizations,
            channels=() if derived else version.channels,
            type=version.type,
            layout=version.layout,
            schema=version.schema,
            sample=version.sample,
        )


@dataclass(frozen=True, slots=True)
class Drafting:
    """Makes versions of drafts. `rendering` is asked for by the first draft: it takes long to load."""

    rendering: Callable[[], Rendering]
    fragments: Fragments
    categories: Categories

    def __call__(self, tenant: Tenant, key: TemplateKey, number: int, draft: Draft, by: Actor) -> TemplateVersion:
        """Return the version.

        Raises
        ------
        InvalidInputError
            It cannot be used; pointers are into the draft as the API takes it.
        """
        _refuse([*self._faults(tenant, draft)])
        fragments = self._used(tenant, draft)
        channels = draft.channels or channels_of(draft.localizations)
        sources = sources_of(tenant, draft, fragments)
        version = TemplateVersion(
            key=key,
            number=number,
            category=draft.category,
            channels=channels,
            localizations=draft.localizations,
            ready=self.rendering().ready(sources),
            created_at=by.now,
            created_by=by.principal.name,
            type=draft.type,
            layout=draft.layout,
            fragments=fragments,
            schema=draft.schema,
            sample=draft.sample,
            note=draft.note,
        )
        _refuse([*size_faults(version)])
        return version

    def _faults(self, tenant: Tenant, draft: Draft) -> Iterator[Fault]:
        said = draft.localizations
        yield from locale_faults(said)
        if not said:
            yield Fault(pointer="/localizations", code="too_few", detail="A template says something in a language")
        elif silent := [locale for locale, parts in said.items() if not parts]:
            for locale in silent:
                yield Fault(pointer=pointer_to(locale), code="too_few", detail="Nothing is said in this language")
        elif not draft.channels and not channels_of(said):
            yield Fault(pointer="/localizations", code="no_channel", detail="Nothing of it is for a channel")
        if len(said) > MOST_LANGUAGES:
            yield Fault(pointer="/localizations", code="too_many", detail=f"There may be {MOST_LANGUAGES} languages")
        built_in = {category.key for category in BUILT_IN}
        if draft.category not in built_in and self.categories.get(tenant.id, draft.category) is None:
            yield Fault(pointer="/category", code="unknown_category", detail="The tenant has no such category")

    def _used(self, tenant: Tenant, draft: Draft) -> dict[FragmentKey, str]:
        """Return copies of the layout and of all partials that are included, however deep. What is missing is left out:
        whoever reads the sources says where.
        """
        found: dict[FragmentKey, str] = {}
        if draft.layout is not None:
            layout = self.fragments.get(tenant.id, FragmentKind.LAYOUT, draft.layout)
            if layout is None:
                _refuse([Fault(pointer="/layout", code="unknown_layout", detail="The tenant has no such layout")])
            else:
                found[draft.layout] = layout.source
        texts = [*found.values(), *(text for parts in draft.localizations.values() for text in parts.values())]
        wanted, seen = included(texts), set[FragmentKey]()
        while wanted:
            seen |= wanted
            self._check(draft, seen)
            partials = [self.fragments.get(tenant.id, FragmentKind.PARTIAL, key) for key in sorted(wanted)]
            added = {partial.key: partial.source for partial in partials if partial is not None}
            found |= added
            wanted = included(added.values()) - seen
        return found

    def _check(self, draft: Draft, partials: set[FragmentKey]) -> None:
        if draft.layout in partials:
            detail = "A partial of the layout's own key is included: rename one of them"
            _refuse([Fault(pointer="/layout", code="ambiguous_key", detail=detail)])
        if len(partials) > MOST_PARTIALS:
            detail = f"A template may include {MOST_PARTIALS} different partials"
            _refuse([Fault(pointer="/localizations", code="too_many_partials", detail=detail)])


def sources_of(tenant: Tenant, draft: Draft, fragments: Mapping[FragmentKey, str]) -> Sources:
    """Return a draft and the fragments it uses as rendering reads them."""
    return Sources(
        localizations=draft.localizations,
        layout=draft.layout,
        fragments=fragments,
        schema=draft.schema,
        sample=draft.sample,
        url_schemes=tenant.settings.url_schemes,
    )


def channels_of(localizations: Mapping[Locale, Parts]) -> tuple[Channel, ...]:
    """Return the channels that something is written for."""
    written = {part.channel for parts in localizations.values() for part in parts}
    return tuple(channel for channel in Channel if channel in written)


def included(texts: Iterable[str]) -> set[FragmentKey]:
    """Return the keys that sources include, and perhaps some that they only mention."""
    return {FragmentKey(match[2]) for text in texts for match in _INCLUDE.finditer(text)}


def locale_faults(locales: Iterable[str]) -> Iterator[Fault]:
    """Yield a fault for each text that is no language tag."""
    for locale in locales:
        if not LOCALE.match(locale):
            yield Fault(pointer=pointer_to(locale), code="unknown_locale", detail="Not a locale such as en or fr-CA")


def pointer_to(locale: str) -> str:
    """Return where a draft says something in a language."""
    return f"/localizations/{locale.replace('~', '~0').replace('/', '~1')}"


def size_faults(version: TemplateVersion) -> Iterator[Fault]:
    """Yield what is too large to be stored: made ready, a template has grown by its layout and its CSS."""
    together = 0
    for locale, parts in version.localizations.items():
        size = len(to_json((parts, version.ready[locale])))
        together += size
        if size > MOST_BYTES:
            detail = f"With its layout it has {size} bytes; it may have {MOST_BYTES}"
            yield Fault(pointer=f"/localizations/{locale}", code="too_large", detail=detail)
    beside = len(to_json((version.schema, version.sample, version.fragments)))
    if beside > MOST_BYTES:
        detail = f"Schema, sample, layout and partials have {beside} bytes; they may have {MOST_BYTES}"
        yield Fault(pointer="", code="too_large", detail=detail)
    if together + beside > MOST_BYTES_TOGETHER:
        detail = f"All languages together have {together + beside} bytes; they may have {MOST_BYTES_TOGETHER}"
        yield Fault(pointer="/localizations", code="too_large", detail=detail)


def _refuse(faults: list[Fault]) -> None:
    if faults:
        raise InvalidInputError(faults=faults)
