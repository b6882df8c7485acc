"""Plain text from HTML: what a mail says to readers that show no HTML, and what becomes of HTML in a text message."""

import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Final

from chalicelib.html_attributes import attributes, value_of

_APART: Final = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "ul", "ol", "table"})
"""What an empty line stands around."""
_BLOCKS: Final = _APART | {
    "address",
    "article",
    "aside",
    "center",
    "dd",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figure",
    "footer",
    "form",
    "header",
    "hr",
    "li",
    "main",
    "nav",
    "pre",
    "section",
    "tbody",
    "tfoot",
    "thead",
    "tr",
}
_SILENT: Final = frozenset({"head", "style", "script", "title", "noscript", "template"})
_BEFORE: Final = {"br": "\n", "li": "\n- ", "td": " ", "th": " "}
_SPACES: Final = re.compile(r"[ \t\r\n\f\u00a0]+")
_LINES: Final = re.compile(r" *\n *")
_EMPTY: Final = re.compile(r"\n{3,}")


class _Reader(HTMLParser):
    """Collects text, and those comments that are to be kept."""

    def __init__(self, is_kept: Callable[[str], bool]) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._is_kept = is_kept
        self._silent = 0
        self._links: list[tuple[str, int]] = []

    def handle_starttag(self, tag: str, _attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self._silent += 1
        elif tag == "body":
            self._silent = 0
        elif tag in _BEFORE:
            self.found.append(_BEFORE[tag])
        elif tag == "img" and not self._silent:
            self.found.append(self._attribute(tag, "alt"))
        elif tag == "a":
            self._links.append((self._attribute(tag, "href"), len(self.found)))
        elif tag in _BLOCKS:
            self.found.append("\n\n" if tag in _APART else "\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag == "a" and self._links:
            link, since = self._links.pop()
            said = "".join(self.found[since:]).strip()
            if link and not link.startswith("#") and link.removeprefix("mailto:").removeprefix("tel:") != said:
                self.found.append(f" ({link})" if said else link)
        elif tag in _BLOCKS:
            self.found.append("\n\n" if tag in _APART else "\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.found.append(_SPACES.sub(" ", data))

    def handle_comment(self, data: str) -> None:
        if not self._silent and self._is_kept(data):
            self.found.append(f"<!--{data}-->")

    def parse_marked_section(self, i: int, report: bool = True) -> int:  # noqa: FBT001, FBT002 (as its caller has it)
        """Take `<![…` for what it is in HTML, a comment: HTMLParser breaks off at those that it does not know."""
        return self.parse_bogus_comment(i, report)

    def _attribute(self, tag: str, name: str) -> str:
        """Return what an attribute of the tag just begun says; HTMLParser would read `&region` as `®ion`."""
        written = attributes(self.get_starttag_text() or "", len(f"<{tag}"))
        return next((value_of(found["value"]) for found in written if found["name"].lower() == name), "")


def text_from(html: str, is_kept: Callable[[str], bool] = lambda _: False) -> str:
    """Return the text of HTML: blocks on lines of their own, items of lists with a dash, links as `text (address)`.

    Comments are left out, but for those that `is_kept` says stand for something.
    """
    reader = _Reader(is_kept)
    reader.feed(html)
    reader.close()
    text = re.sub(r" {2,}", " ", "".join(reader.found))
    return _EMPTY.sub("\n\n", _LINES.sub("\n", text)).strip()
