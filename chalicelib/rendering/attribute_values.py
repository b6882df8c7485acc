"""The value of one attribute of HTML, as far as it was read: what data may bring into it, and what it says itself."""

import html
import re
from collections.abc import Collection
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Final

from chalicelib.rendering.pieces import Kind, Piece
from chalicelib.rendering.refusal import RefusalError


class Place(Enum):
    """What a tag of Jinja stands in."""

    TEXT = auto()
    TITLE = auto()
    """Inside an element that has text only."""
    COMMENT = auto()
    TAG = auto()
    """Between the attributes of a tag."""
    VALUE = auto()
    LINK = auto()
    """At the beginning of an attribute that is a link: what stands here decides where it leads."""
    STYLE = auto()
    """In a `style` attribute."""


_LINKS: Final = frozenset(
    {"action", "archive", "background", "cite", "classid", "codebase", "data", "dynsrc", "href", "icon", "imagesrcset"}
) | {"longdesc", "lowsrc", "manifest", "poster", "profile", "src", "srcset", "usemap"}
_SCHEME: Final = re.compile(r"[\x00-\x20]*([A-Za-z][A-Za-z0-9+.-]*):")
_RUNS: Final = re.compile(r"expression\s*\(|javascript:|vbscript:|behavior\s*:", re.IGNORECASE)
_CSS_COMMENT: Final = re.compile(r"/\*(?:[^*]++|\*(?!/))*+(?:\*/|\Z)")
_CSS_ESCAPE: Final = re.compile(r"\\(?:([0-9a-fA-F]{1,6})[ \t\n\f]?|(.))", re.DOTALL)
"""https://www.w3.org/TR/css-syntax-3/#consume-escaped-code-point"""


def runs(style: str) -> bool:
    """Tell whether a style or a style sheet runs something, in whatever program for mails."""
    return bool(_RUNS.search(_CSS_ESCAPE.sub(_character, _CSS_COMMENT.sub("", style))))


def _character(found: re.Match[str]) -> str:
    code = int(found[1], 16) if found[1] else 0
    return chr(code) if 0 < code <= 0x10FFFF else found[2] or ""  # noqa: PLR2004 (the last of Unicode)


@dataclass
class _Choice:
    """An `if` or a loop inside a value: whether it began open, and whether a branch of it ended so."""

    began_open: bool
    ended_open: bool = False
    has_else: bool = False


@dataclass
class AttributeValue:
    """An attribute's value as far as it was read. It is open as long as nothing says where it leads; `text` is what was
    written since the last tag of Jinja, `whole` all that was written.
    """

    name: str
    quote: str
    text: str = ""
    whole: str = ""
    is_open: bool = True
    choices: list[_Choice] = field(default_factory=list)

    def place(self, piece: Piece) -> Place:
        """Return the place of a tag of Jinja that stands here; RefusalError (`unsafe_place`)."""
        if not self.quote:
            raise unsafe("An attribute's value needs quotation marks", piece.at)
        if self.name == "http-equiv":
            raise unsafe("What a page tells the browser may not depend on data", piece.at)
        if self.leads and self.text.strip():
            # `java{{ x }}`: where it leads is not said yet, and no longer for the data to say.
            raise unsafe("Say where this link leads before the data, or leave all of it to the data", piece.at)
        self.text = ""
        if piece.kind is not Kind.EXPRESSION:
            self._branch(piece.words[0] if piece.words else "")
            return Place.VALUE
        if self.name == "style":
            return Place.STYLE
        if not self.leads:
            return Place.VALUE
        self.is_open = False
        return Place.LINK

    def read(self, text: str, schemes: Collection[str], at: int, *, ends: bool) -> None:
        """Read on: check what the value says so far, and whether that settles where it leads; `unsafe_html`."""
        self.text += text
        self.whole += text
        written = html.unescape(self.text)
        if ends and self.name == "style" and runs(html.unescape(self.whole)):
            raise RefusalError("unsafe_html", "This style runs something", at)
        if self.name == "http-equiv" and "refresh" in written.lower():
            raise RefusalError("unsafe_html", "A page may not lead elsewhere by itself", at)
        if not self.leads or not written.strip():
            return
        scheme = _SCHEME.match("".join(written.split()))
        if scheme and scheme[1].lower() not in schemes:
            raise RefusalError("unsafe_html", f"A link may not have the scheme {scheme[1].lower()}", at)
        self.is_open = scheme is None and not written.lstrip().startswith(("/", "#", "?"))

    @property
    def leads(self) -> bool:
        """Whether it is a link that does not say yet where it leads."""
        return self.is_open and self.name.rpartition(":")[2] in _LINKS

    def _branch(self, word: str) -> None:
        """Follow a statement: each branch begins as the `if` did, and what follows is open where any of them left it
        open.
        """
        if word in ("if", "for"):
            self.choices.append(_Choice(self.is_open))
        elif word in ("elif", "else") and self.choices:
            choice = self.choices[-1]
            choice.ended_open |= self.is_open
            choice.has_else |= word == "else"
            self.is_open = choice.began_open
        elif word in ("endif", "endfor") and self.choices:
            choice = self.choices.pop()
            self.is_open |= choice.ended_open or (choice.began_open and not choice.has_else)


def unsafe(detail: str, at: int) -> RefusalError:
    """Return the refusal of a tag of Jinja in a place that data must not come to."""
    return RefusalError("unsafe_place", detail, at)
