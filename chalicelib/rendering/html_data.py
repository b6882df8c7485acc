"""Data that is HTML, where the schema says so: made harmless, and shown as it is in HTML, as its text elsewhere."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from chalicelib.domain.errors import Fault
from chalicelib.rendering import limits
from chalicelib.rendering.html_weight import HtmlError, simplified, weight_of
from chalicelib.rendering.sanitize import Sanitizer
from chalicelib.rendering.schema_rules import below
from chalicelib.rendering.shapes import Shape
from chalicelib.rendering.text import text_from

_DEPTH = 12


@dataclass(frozen=True)
class Marked:
    """Where data has HTML: here, under keys, in the items of a list."""

    here: bool = False
    members: Mapping[str, "Marked"] = field(default_factory=dict)
    items: "Marked | None" = None

    def __bool__(self) -> bool:
        return self.here or bool(self.members) or self.items is not None


def marked(schema: Mapping[str, Any]) -> Marked:
    """Return where data of a schema has HTML (`"contentMediaType": "text/html"`)."""
    return _marked(Shape.of(schema), _DEPTH)


def as_html(data: Any, where: Marked, schemes: tuple[str, ...]) -> Any:
    """Return data whose HTML is sanitized and not escaped any more."""
    from markupsafe import Markup

    sanitize = Sanitizer(schemes)
    return _changed(data, where, lambda html: Markup(sanitize(_bounded(html))))  # noqa: S704 (just sanitized)


def as_text(data: Any, where: Marked) -> Any:
    """Return data with the text of its HTML."""
    # Python's own reader takes long over tags that never end; of what was made harmless all do.
    sanitize = Sanitizer()
    return _changed(data, where, lambda html: text_from(sanitize(_bounded(html))))


def html_fault(data: Any, where: Marked) -> Fault | None:
    """Return what is wrong with the HTML of data, with a pointer into the data: the first of it that is too much."""
    left = limits.HTML
    for pointer, html in _texts(data, where, ""):
        try:
            left -= weight_of(simplified(_bounded(html)), left)
        except HtmlError as error:
            return Fault(pointer=pointer, code="too_large", detail=str(error))
    return None


def _bounded(html: str) -> str:
    if len(html) > limits.TEXT:
        raise HtmlError(f"A text may have {limits.TEXT} characters")
    return html


def _texts(value: Any, where: Marked, pointer: str) -> Iterator[tuple[str, str]]:
    """Yield the HTML of data, each with the pointer to it."""
    if isinstance(value, str) and where.here:
        yield pointer, value
    elif isinstance(value, list) and where.items:
        for index, item in enumerate(value):
            yield from _texts(item, where.items, f"{pointer}/{index}")
    elif isinstance(value, dict):
        for name, each in where.members.items():
            yield from _texts(value.get(name), each, below(pointer, name))


def _marked(shape: Shape, depth: int) -> Marked:
    if not shape.schemas or depth == 0:
        return Marked()
    below = {name: _marked(shape.member(name) or Shape({}), depth - 1) for name in shape.declared}
    items = _marked(shape.item(), depth - 1)
    return Marked(shape.is_html, {name: each for name, each in below.items() if each}, items or None)


def _changed(value: Any, where: Marked, change: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return change(value) if where.here else value
    if isinstance(value, list) and where.items:
        return [_changed(item, where.items, change) for item in value]
    if isinstance(value, dict) and where.members:
        changed = {name: _changed(value[name], each, change) for name, each in where.members.items() if name in value}
        return {**value, **changed}
    return value
