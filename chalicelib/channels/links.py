"""The links and the end of an HTML document, found without taking it apart: all else stays as it is, byte for byte."""

import re
from collections.abc import Callable, Iterator
from html import escape
from typing import Final

from chalicelib.html_attributes import attributes, value_of

_OPENING: Final = re.compile(r"<!--|<(?P<raw>style|script|title|textarea)\b|<(?:a|area)(?=[\s/])", re.IGNORECASE)
_BODY_END: Final = re.compile(r"</body\s*+>", re.IGNORECASE)


def rewrite_links(html: str, link: Callable[[str], str | None]) -> str:
    """Return the document with the address of each link replaced by what `link` makes of it; None leaves it.

    Comments, of which some mail programs read more than others, and what is no markup are left alone. Takes time
    proportional to the document, whatever is in it.
    """
    parts: list[str] = []
    done = 0
    for start, end in _addresses(html):
        replaced = link(value_of(html[start:end]).strip())
        if replaced is not None:
            parts += (html[done:start], f'"{escape(replaced)}"')
            done = end
    return "".join((*parts, html[done:]))


def with_image(html: str, url: str) -> str:
    """Return the document with an image at its end that nobody sees."""
    image = f'<img src="{escape(url)}" width="1" height="1" alt="" style="display:block;border:0;opacity:0">'
    ends = [found.start() for found in _BODY_END.finditer(html)]
    at = ends[-1] if ends else len(html)
    return html[:at] + image + html[at:]


def _addresses(html: str) -> Iterator[tuple[int, int]]:
    """Yield where the values of `href` stand, quotes included."""
    position = 0
    while (opening := _OPENING.search(html, position)) is not None:
        position = opening.end()
        if (raw := opening["raw"]) is not None:
            position = _after(html, f"</{raw}", position)
        elif opening[0] == "<!--":
            position = _after(html, "-->", position)
        else:
            for attribute in attributes(html, position):
                position = attribute.end()
                if attribute["name"].lower() == "href" and attribute["value"] is not None:
                    yield attribute.span("value")


def _after(html: str, end: str, position: int) -> int:
    found = re.compile(re.escape(end), re.IGNORECASE).search(html, position)
    return len(html) if found is None else found.end()
