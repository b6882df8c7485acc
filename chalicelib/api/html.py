"""HTML from outside, made harmless: what a mail or an inbox may show, and nothing that runs or covers the page."""

from collections.abc import Collection
from typing import Final

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
_LAYOUT: Final = frozenset({"style", "dir", "lang", "title", "align", "valign", "bgcolor", "width", "height"})
_TABLE: Final = frozenset({"border", "cellpadding", "cellspacing", "role"})
_SCHEMES: Final = frozenset({"https", "http", "mailto", "tel"})


def sanitize(html: str, schemes: Collection[str] = ()) -> str:
    """Return `html` without whatever could run, load or deceive; links may have the tenant's `schemes` too."""
    import nh3

    attributes = {tag: set(names) for tag, names in nh3.ALLOWED_ATTRIBUTES.items()}
    attributes["*"] = set(_LAYOUT)
    attributes["table"] = attributes.get("table", set()) | _TABLE
    return nh3.clean(
        html, attributes=attributes, filter_style_properties=set(_STYLES), url_schemes={*_SCHEMES, *schemes}
    )
