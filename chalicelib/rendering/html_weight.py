"""How much HTML from outside comes to when it is read: what is bold where a paragraph ends is bold in the next one too,
so readers repeat it there, and 20 KB can make a million elements.

https://html.spec.whatwg.org/multipage/parsing.html#the-list-of-active-formatting-elements. It is estimated before
anybody builds a tree: each tag counts for itself and for all formatting elements that may be open behind it.
"""

import re
from bisect import insort
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Final

from chalicelib.rendering import limits

_FORMATTING: Final = frozenset(
    {"a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"}
)
_CELLS: Final = frozenset({"table", "caption", "td", "th"})
"""An end tag in one of them does not end what is open around it."""
_ELEMENT: Final = 20
"""What an element weighs beside its characters."""
_SPACE: Final = r" \t\n\f\r"
_VALUE: Final = rf"""(?:"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z)|[^"'>{_SPACE}][^>{_SPACE}]*+)"""
_ATTRIBUTE: Final = rf"[^/>{_SPACE}][^/>={_SPACE}]*+(?:[{_SPACE}]*+=[{_SPACE}]*+{_VALUE}?+)?+"
_TOKEN: Final = re.compile(
    r"<!--(?:-?>|.*?(?:--!?>|\Z))"
    r"|<(?:[!?]|/(?![a-z]))[^>]*+"
    rf"|<(?P<end>/?)(?P<name>[a-z][^/>{_SPACE}]*+)(?:[/{_SPACE}]++|{_ATTRIBUTE})*+(?:>|\Z)",
    re.ASCII | re.IGNORECASE | re.DOTALL,
)
_STYLE_END: Final = re.compile(rf"</style(?=[/>{_SPACE}])", re.ASCII | re.IGNORECASE)
_READ_OTHERWISE: Final = re.compile(
    r"<(?P<end>/?)(?P<name>applet|frameset|iframe|marquee|math|noembed|noframes|noscript|object|plaintext|script|select"
    rf"|svg|template|textarea|title|xmp)(?=[/>{_SPACE}])",
    re.ASCII | re.IGNORECASE,
)


class HtmlError(ValueError):
    """HTML comes to more than it may."""


def simplified(html: str) -> str:
    """Return HTML without the tags that change how readers take what follows: scripts are styles instead, for neither
    is kept, and of the others, which are not kept either, the content stays.
    """
    return _READ_OTHERWISE.sub(_renamed, html)


def weight_of(html: str, most: int = limits.HTML) -> int:
    """Return about how many characters simplified HTML comes to, each element counted as `_ELEMENT` more. Where end
    tags stand inside other elements, readers make up to twice as much of it.

    Raises
    ------
    HtmlError
        These are more than `most`, or it has more tags than HTML may have.
    """
    if html.count("<") > limits.TAGS:
        raise HtmlError(f"HTML may have {limits.TAGS} tags at most")
    weight, opened = len(html), _Open()
    for is_end, name, length in _tags(html):
        if is_end:
            opened.end(name)
        else:
            opened.begin(name, _ELEMENT + length)
        weight += _ELEMENT + opened.weight
        if weight > most:
            break
    if weight > most:
        raise HtmlError("The HTML is too long, or too many elements such as <b> in it are open at once")
    return weight


class _Open:
    """The formatting elements that may be open: at least as many as there are, and at least as long ones."""

    def __init__(self) -> None:
        self.weight = 0
        self._weights: defaultdict[str, list[int]] = defaultdict(list)
        self._cells: list[tuple[str, Counter[str]]] = [("", Counter())]

    def begin(self, name: str, weight: int) -> None:
        if name in _CELLS:
            self._cells.append((name, Counter()))
        elif name in _FORMATTING:
            if name == "a":
                self.end(name)  # links are not nested
            insort(self._weights[name], weight)
            self._cells[-1][1][name] += 1
            self.weight += weight

    def end(self, name: str) -> None:
        cell, counts = self._cells[-1]
        if counts[name]:
            # Which one it is differs where others are closed in between; so it is taken for the lightest.
            counts[name] -= 1
            self.weight -= self._weights[name].pop(0)
        elif name == "table" and any(each == name for each, _ in self._cells):
            while self._leave() != name:
                pass
        elif name == cell:
            self._leave()

    def _leave(self) -> str:
        cell, counts = self._cells.pop()
        self._cells[-1][1].update(counts)
        return cell


def _tags(html: str) -> Iterator[tuple[bool, str, int]]:
    """Yield each tag as readers cut them: whether it ends something, its name in small letters, its length."""
    at = 0
    while found := _TOKEN.search(html, at):
        at = found.end()
        name = found["name"]
        if name is None:
            continue
        if not found["end"] and name.lower() == "style":
            end = _STYLE_END.search(html, at)
            at = end.start() if end else len(html)
        yield bool(found["end"]), name.lower(), at - found.start()


def _renamed(tag: re.Match[str]) -> str:
    name = tag["name"].lower()
    return f"<{tag['end']}{'style' if name == 'script' else f'x-{name}'}"
