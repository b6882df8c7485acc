"""Attributes of HTML tags, read as browsers read them (https://html.spec.whatwg.org/#attribute-name-state)."""

import re
from collections.abc import Iterator
from html import unescape
from html.entities import html5
from typing import Final

_ATTRIBUTE: Final = re.compile(
    r"[\s/]*+(?P<name>[^\s>/=]++)(?:\s*+=\s*+(?P<value>\"[^\"]*+\"|'[^']*+'|[^\s\"'>][^\s>]*+))?+"
)
_REFERENCE: Final = re.compile(r"&(?:#(?:[0-9]++|[xX][0-9a-fA-F]++);?|[A-Za-z0-9]++(?:;|(?!=)))")
"""A name that `=` follows begins another parameter: `&copy=1` in an address is what it says."""


def attributes(html: str, position: int) -> Iterator[re.Match[str]]:
    """Yield the attributes of a tag from a position behind its name on, with `name` and `value` as they are written."""
    while (found := _ATTRIBUTE.match(html, position)) is not None:
        yield found
        position = found.end()


def value_of(written: str | None) -> str:
    """Return what a value says that is written like this, in quotes or without.

    Names of characters end with `;` or before what no name goes on with
    (https://html.spec.whatwg.org/#named-character-reference-state): `?lang=en&region=eu` has no `®` in it.
    """
    value = written or ""
    return _REFERENCE.sub(_character, value[1:-1] if value.startswith(('"', "'")) else value)


def _character(reference: re.Match[str]) -> str:
    name = reference[0][1:]
    return unescape(reference[0]) if name.startswith("#") or name in html5 else reference[0]
