"""HTML from outside, made harmless: what a mail or an inbox may show, and nothing that runs or covers the page."""

import re
from collections.abc import Collection
from typing import Final

from chalicelib.rendering import limits
from chalicelib.rendering.html_weight import HtmlError, simplified, weight_of

_STYLES: Final = frozenset(
    f"{side}{suffix}" for side in ("margin", "padding") for suffix in ("", "-top", "-right", "-bottom", "-left")
) | {
    "background-color",
    "border",
    "border-bottom",
    "border-collapse",
    "border-color",
    "border-left",
    "border-radius",
    "border-right",
    "border-spacing",
    "border-style",
    "border-top",
    "border-width",
    "color",
    "direction",
    "display",
    "font-family",
    "font-size",
    "font-style",
    "font-weight",
    "height",
    "letter-spacing",
    "line-height",
    "max-width",
    "min-width",
    "text-align",
    "text-decoration",
    "text-transform",
    "vertical-align",
    "white-space",
    "width",
}
"""Mails are styled inline. None of these loads anything or moves an element over another."""
_FUNCTIONS: Final = frozenset({"calc", "hsl", "hsla", "rgb", "rgba"})
"""What a style may call: colors and lengths, not `url` and what old readers run."""
_CALLED: Final = re.compile(r"(?<![^\s:,;()])([^\s:,;()]*)\(")
"""A name is tried from its beginning only: from each of its letters, 100,000 of them would take minutes."""
_LAYOUT: Final = frozenset({"style", "dir", "lang", "title", "align", "valign", "bgcolor", "width", "height"})
_TABLE: Final = frozenset({"border", "cellpadding", "cellspacing", "role"})
_SCHEMES: Final = frozenset({"https", "http", "mailto", "tel"})


class Sanitizer:
    """Makes all HTML of a message harmless: without whatever could run, load or deceive; links may have the tenant's
    `schemes` too. HtmlError when all of it together comes to more than it may.
    """

    def __init__(self, schemes: Collection[str] = ()) -> None:
        self._schemes = schemes
        self._weight = limits.HTML
        self._characters = limits.OUTPUT

    def __call__(self, html: str) -> str:
        """Return HTML made harmless."""
        html = simplified(html)
        self._weight -= weight_of(html, self._weight)
        harmless = _clean(html, self._schemes)
        self._characters -= len(harmless)
        if self._characters < 0:
            raise HtmlError(f"Sanitized, all HTML may have {limits.OUTPUT} characters")
        return harmless


def sanitize(html: str, schemes: Collection[str] = ()) -> str:
    """Return `html` made harmless, when it is all of a message's; raises HtmlError."""
    return Sanitizer(schemes)(html)


def _clean(html: str, schemes: Collection[str]) -> str:
    import nh3

    # `cite` is an address that nh3 takes for a text.
    attributes = {tag: set(names) - {"cite"} for tag, names in nh3.ALLOWED_ATTRIBUTES.items()}
    attributes["*"] = set(_LAYOUT)
    attributes["table"] = attributes.get("table", set()) | _TABLE
    return nh3.clean(
        html,
        attributes=attributes,
        attribute_filter=_harmless,
        filter_style_properties=set(_STYLES),
        url_schemes={*_SCHEMES, *schemes},
    )


def _harmless(_tag: str, attribute: str, value: str) -> str | None:
    calls = _CALLED.findall(value) if attribute == "style" else ()
    return value if _FUNCTIONS.issuperset(name.lower() for name in calls) else None
