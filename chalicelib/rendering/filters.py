"""The filters that templates have for texts and lists. Each reads JSON values only, and counts what it reads and makes.

Where Jinja has a filter of the same name it does the same, as far as it can be bounded.
"""

import html
import re
from collections.abc import Callable
from itertools import pairwise
from typing import Any, Final
from urllib.parse import quote

from jinja2 import TemplateRuntimeError, Undefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from chalicelib.rendering import limits
from chalicelib.rendering.grammar import EACH
from chalicelib.rendering.links import Link, is_harmless_style, is_link
from chalicelib.rendering.numbers import NUMBERS
from chalicelib.rendering.run import OverLimitError, kind_of, need, run_of
from chalicelib.rendering.text import text_from
from chalicelib.rendering.values import count_of, list_of, number_of, printed, text_of

_TAG: Final = re.compile(r"<[^<>]*>")
_BREAK: Final = re.compile(r"\r\n|\r|\n")
_MEASURED: Final = frozenset({str, Markup, list, dict})


def _of_text(change: Callable[[str], str]) -> Callable[[Context, Any], str]:
    @pass_context
    def filtered(context: Context, value: Any) -> str:
        return run_of(context).read(change(text_of(context, value)))

    return filtered


def _default(value: Any, default: Any = "", boolean: Any = False) -> Any:  # noqa: FBT002 (as authors know it)
    missing = isinstance(value, Undefined) or value is None or (boolean and not value)
    return default if missing else value


def _length(value: Any) -> int:
    if type(need(value)) not in _MEASURED:
        raise TemplateRuntimeError(f"{kind_of(value)} has no length")
    return len(value)


@pass_context
def _first(context: Context, value: Any) -> Any:
    items = _sequence(value)
    return items[0] if items else context.environment.undefined("there is no first item")


@pass_context
def _last(context: Context, value: Any) -> Any:
    items = _sequence(value)
    return items[-1] if items else context.environment.undefined("there is no last item")


def _sequence(value: Any) -> Any:
    if type(need(value)) is list:
        return value
    if type(value) in (str, Markup):
        return str(value)
    raise TemplateRuntimeError(f"{kind_of(value)} has no first or last item")


@pass_context
def _join(context: Context, value: Any, d: Any = "", attribute: Any = None) -> str:
    between = text_of(context, d)
    texts = [text_of(context, item) for item in list_of(context, value, attribute)]
    if sum(map(len, texts)) + len(between) * len(texts) > limits.TEXT:
        raise OverLimitError(f"a text has more than {limits.TEXT} characters")
    return run_of(context).read(between.join(texts))


@pass_context
def _replace(context: Context, value: Any, old: Any, new: Any) -> str:
    text, found, placed = text_of(context, value), text_of(context, old), text_of(context, new)
    if not found:
        raise TemplateRuntimeError("`replace` needs a text to look for")
    if len(text) + text.count(found) * (len(placed) - len(found)) > limits.TEXT:
        raise OverLimitError(f"a text has more than {limits.TEXT} characters")
    return run_of(context).read(text.replace(found, placed))


@pass_context
def _truncate(context: Context, value: Any, length: Any = 255, killwords: Any = False, end: Any = "…") -> str:  # noqa: FBT002
    text, most, mark = text_of(context, value), count_of(length, limits.TEXT), text_of(context, end)
    if len(text) <= most:
        return text
    cut = text[: max(0, most - len(mark))]
    return (cut if killwords else cut.rsplit(" ", 1)[0]).rstrip() + mark


@pass_context
def _sort(context: Context, value: Any, reverse: Any = False, attribute: Any = None) -> list[Any]:  # noqa: FBT002
    items, keys = list_of(context, value), list_of(context, value, attribute)
    if {type(key) for key in keys} - {int, float} and {type(key) for key in keys} != {str}:
        raise TemplateRuntimeError("only numbers, or only texts, can be sorted")
    run_of(context).read("".join(key for key in keys if type(key) is str))
    order = sorted(range(len(items)), key=keys.__getitem__, reverse=bool(reverse))
    return [items[at] for at in order]


@pass_context
def _unique(context: Context, value: Any) -> list[Any]:
    items = list_of(context, value)
    if any(type(item) in (list, dict) for item in items):
        raise TemplateRuntimeError("only numbers and texts can be told apart")
    known: dict[Any, Any] = {}
    for item in items:
        # Python finds numbers by their remainders, which a thousand large ones may share.
        is_large = type(item) is int and abs(item) > limits.NUMBER
        known.setdefault((hex(item),) if is_large else item, item)
    return list(known.values())


@pass_context
def _sum(context: Context, value: Any, attribute: Any = None, start: Any = 0) -> int | float:
    return sum((number_of(item) for item in list_of(context, value, attribute)), number_of(start))


@pass_context
def _escape(context: Context, value: Any) -> str:
    if type(value) is Markup:
        return value
    return Markup(run_of(context).read(str(escape(text_of(context, value)))))  # noqa: S704 (just escaped)


@pass_context
def _nl2br(context: Context, value: Any) -> str:
    text = text_of(context, value)
    if not context.eval_ctx.autoescape:
        return text
    return Markup(run_of(context).read(_BREAK.sub("<br>\n", str(escape(text)))))  # noqa: S704 (just escaped)


@pass_context
def _link(context: Context, value: Any) -> str:
    text = _unescaped(context, value).strip()
    if not is_link(text, run_of(context).schemes, Link.IN_HTML):
        raise TemplateRuntimeError("a link needs the scheme https, or another that is allowed")
    return text


@pass_context
def _style(context: Context, value: Any) -> str:
    text = _unescaped(context, value)
    if not is_harmless_style(text):
        raise TemplateRuntimeError("a style takes letters, digits and the characters `# % . , + -` only")
    return text


def _unescaped(context: Context, value: Any) -> str:
    """Return a text as it was before it was escaped: what is printed of it will be."""
    return text_of(context, value.unescape() if type(value) is Markup else value)


@pass_context
def _plain(context: Context, value: Any) -> Any:
    if type(value) is not Markup:
        return value
    return run_of(context).read(text_from(text_of(context, value)))


@pass_context
def _each(context: Context, value: Any, nodes: int) -> list[Any]:
    """Return what a loop goes through: a list, or the keys of an object."""
    if type(need(value)) is dict:
        value = list(value)
    if type(value) is not list:
        raise TemplateRuntimeError(f"{kind_of(value)} cannot be looped over")
    return run_of(context).loop(value, nodes)


def _title(text: str) -> str:
    # str.title() would make O'Reilly's of o'reilly's.
    starts = [0, *(at for at, (before, _) in enumerate(pairwise(text), 1) if before in " \t\n-([{<")]
    letters = list(text.lower())
    for at in starts:
        if at < len(letters):
            letters[at] = letters[at].upper()
    return "".join(letters)


def _striptags(text: str) -> str:
    return " ".join(html.unescape(_TAG.sub(" ", _without_comments(text))).split())


def _without_comments(text: str) -> str:
    kept, done = [], 0
    while (begins := text.find("<!--", done)) >= 0 and (ends := text.find("-->", begins)) >= 0:
        kept.append(text[done:begins])
        done = ends + len("-->")
    return "".join(kept) + text[done:]


FILTERS: Final[dict[str, Callable[..., Any]]] = {
    "upper": _of_text(str.upper),
    "lower": _of_text(str.lower),
    "title": _of_text(_title),
    "capitalize": _of_text(str.capitalize),
    "trim": _of_text(str.strip),
    "striptags": _of_text(_striptags),
    "urlencode": _of_text(lambda text: quote(text, safe="")),
    "default": _default,
    "d": _default,
    "length": _length,
    "count": _length,
    "first": _first,
    "last": _last,
    "join": _join,
    "replace": _replace,
    "truncate": _truncate,
    "sort": _sort,
    "unique": _unique,
    "sum": _sum,
    "escape": _escape,
    "e": _escape,
    "nl2br": _nl2br,
    "link": _link,
    "plain": _plain,
    "style": _style,
    EACH: _each,
    **NUMBERS,
}


__all__ = ["FILTERS", "printed"]
