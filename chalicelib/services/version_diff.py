"""How two versions of a template differ, as unified diffs."""

from collections.abc import Iterator
from difflib import unified_diff
from typing import Any, Final

import msgspec

from chalicelib.domain.template import Part, Parts, TemplateVersion
from chalicelib.domain.wire import to_json, to_plain

MOST_LINES: Final = 2_000
"""Texts with more lines are not compared line by line, for that can take the square of their number."""
_FIELDS: Final = ("category", "type", "channels", "layout", "schema", "sample")


class Change(msgspec.Struct, frozen=True):
    """A difference: where, as a JSON pointer into a version as the API shows it, and a unified diff of it."""

    pointer: str
    diff: str


def changes_between(before: TemplateVersion, after: TemplateVersion) -> list[Change]:
    """Return what changed from one version to another: what they say by language and part, and all else that an author
    says, as indented JSON.
    """
    names = (str(before.number), str(after.number))
    changes = [Change(pointer, _diff(old, new, *names)) for pointer, old, new in _pairs(before, after) if old != new]
    return sorted(changes, key=lambda change: change.pointer)


def _pairs(before: TemplateVersion, after: TemplateVersion) -> Iterator[tuple[str, str, str]]:
    nothing: Parts = {}
    for locale in {*before.localizations, *after.localizations}:
        old, new = before.localizations.get(locale, nothing), after.localizations.get(locale, nothing)
        for part in {*old, *new}:
            yield f"/localizations/{locale}/{pointer_of(part)}", old.get(part, ""), new.get(part, "")
    for key in {*before.fragments, *after.fragments}:
        yield f"/fragments/{key}", before.fragments.get(key, ""), after.fragments.get(key, "")
    for field in _FIELDS:
        yield f"/{field}", _indented(getattr(before, field)), _indented(getattr(after, field))


def pointer_of(part: Part) -> str:
    """Return where a part stands in a localization as the API shows it."""
    return "actionUrl" if part is Part.ACTION_URL else part.replace(".", "/")


def _indented(value: Any) -> str:
    if value in (None, {}):
        return ""
    return msgspec.json.format(to_json(to_plain(value)), indent=2).decode()


def _diff(old: str, new: str, before: str, after: str) -> str:
    lines, others = old.splitlines(), new.splitlines()
    if len(lines) + len(others) > MOST_LINES:
        changed = [f"-{line}" for line in lines] + [f"+{line}" for line in others]
        return "\n".join((f"--- {before}", f"+++ {after}", *changed))
    return "\n".join(unified_diff(lines, others, before, after, lineterm=""))
