"""Where in HTML each tag of Jinja stands: what data may bring differs between text, a link and a style.

It reads HTML as browsers do as far as this matters, straight through, whichever branch of an `if` that is. Places that
escaping does not make safe are refused: names of tags and attributes, values without quotation marks, scripts, styles.
"""

import html
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Final

from chalicelib.rendering import limits
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


_LINKS: Final = frozenset({"href", "src", "action", "background", "cite", "poster", "data", "srcset", "longdesc"})
_FORBIDDEN_TAGS: Final = frozenset(
    {
        "script",
        "iframe",
        "frame",
        "frameset",
        "object",
        "embed",
        "applet",
        "base",
        "link",
        "form",
        "input",
        "button",
        "textarea",
        "select",
        "svg",
        "math",
        "template",
        "noscript",
        "xmp",
        "noembed",
        "noframes",
        "plaintext",
        "listing",
    }
)
_FORBIDDEN_ATTRIBUTES: Final = frozenset({"formaction", "srcdoc", "ping", "xlink:href"})
_RAW: Final = frozenset({"style", "title"})
_IMPLIED: Final = frozenset(
    {"html", "head", "body", "p", "li", "dt", "dd", "thead", "tbody", "tfoot", "tr", "td", "th", "caption", "colgroup"}
)
"""Elements that end where the next one of them begins."""
_VOID: Final = frozenset({"area", "br", "col", "hr", "img", "meta", "source", "track", "wbr"})
_TAG: Final = re.compile(r"<(/?)([A-Za-z][^\s/>]*)|<!--|<[!?]")
_ATTRIBUTE: Final = re.compile(r"[\s/]*(?:(>)|([^\s/>=]+)(\s*=\s*)?)")
_SCHEME: Final = re.compile(r"[\x00-\x20]*([A-Za-z][A-Za-z0-9+.-]*):")
_AFTER_NAME: Final = " \n\t\f>/\"'"
_RUNS: Final = re.compile(r"expression\s*\(|javascript:|vbscript:|behavior\s*:|@import", re.IGNORECASE)


@dataclass
class _Choice:
    """An `if` or a loop inside a value: whether it began open, and whether a branch of it ended so."""

    began_open: bool
    ended_open: bool = False
    has_else: bool = False


@dataclass
class _Value:
    """An attribute's value as far as it was read. It is open as long as nothing says where it leads; `text` is what was
    written since the last tag of Jinja.
    """

    name: str
    quote: str
    text: str = ""
    is_open: bool = True
    choices: list[_Choice] = field(default_factory=list)


class Scanner:
    """Follows the pieces of one source. `schemes` are those that links may have."""

    def __init__(self, schemes: frozenset[str]) -> None:
        self._schemes = schemes
        self._in: Place = Place.TEXT
        self._raw = ""
        self._element = ""
        self._seen: set[str] = set()
        self._open: Counter[str] = Counter()
        self._began = 0
        self._value: _Value | None = None
        self._in_name = False

    def placed(self, pieces: list[Piece]) -> Iterator[tuple[Piece, Place]]:
        """Yield each piece with the place at which it begins; RefusalError (`unsafe_html`, `unsafe_place`)."""
        if sum(piece.text.count("<") for piece in pieces if piece.kind is Kind.TEXT) > limits.TAGS:
            raise RefusalError("too_large", f"HTML may have {limits.TAGS} tags at most")
        for piece in pieces:
            if piece.kind is Kind.TEXT:
                yield piece, self._in
                self._read(piece)
            else:
                yield piece, self._place(piece)
        if self._in is not Place.TEXT:
            raise RefusalError("unsafe_html", "This does not end: a tag, a comment, a title or a style", self._began)

    def _place(self, piece: Piece) -> Place:
        value = self._value
        is_expression = piece.kind is Kind.EXPRESSION
        if self._raw == "style":
            raise _unsafe("A style sheet cannot depend on data", piece.at)
        if value is None:
            if self._in is Place.TAG and is_expression:
                raise _unsafe("A value stands in an attribute, in quotation marks", piece.at)
            return self._in
        if not value.quote:
            raise _unsafe("An attribute's value needs quotation marks", piece.at)
        if value.name in _LINKS and value.is_open and value.text.strip():
            # `java{{ x }}`: where it leads is not said yet, and no longer for the data to say.
            raise _unsafe("Say where this link leads before the data, or leave all of it to the data", piece.at)
        value.text = ""
        if not is_expression:
            _branch(value, piece.words[0] if piece.words else "")
            return Place.VALUE
        return _of_value(value)

    def _read(self, piece: Piece) -> None:
        text, at = piece.text, 0
        if self._in_name and text[:1] not in _AFTER_NAME:
            raise _unsafe("The names of tags and attributes may not depend on data", piece.at)
        while at < len(text):
            if self._value is not None:
                at = self._read_value(self._value, text, at, piece)
            elif self._in is Place.TAG:
                at = self._read_tag(text, at, piece)
            elif self._in is Place.COMMENT:
                at = self._read_until("-->", text, at)
            elif self._raw:
                at = self._read_raw(text, at, piece)
            else:
                at = self._read_text(text, at, piece)
        self._in_name = self._in is Place.TAG and self._value is None and text[-1] not in _AFTER_NAME

    def _read_text(self, text: str, at: int, piece: Piece) -> int:
        found = _TAG.search(text, at)
        if found is None:
            if text.endswith(("<", "</")):
                raise _unsafe("The name of a tag may not depend on data", piece.at + len(text) - 1)
            return len(text)
        self._began = piece.at + found.start()
        if found[0] == "<!--":
            self._in = Place.COMMENT
        else:
            self._in, self._seen = Place.TAG, set()
            name = (found[2] or "").lower()
            self._element = name if not found[1] else ""
            if name in _FORBIDDEN_TAGS:
                raise RefusalError("unsafe_html", f"Templates have no <{name}>", self._began)
            self._nest(name, ends=bool(found[1]))
        return found.end()

    def _read_tag(self, text: str, at: int, piece: Piece) -> int:
        found = _ATTRIBUTE.match(text, at)
        if found is None:
            return len(text) if not text[at:].strip("/ \t\n=") else at + 1
        if found[1]:
            self._raw = self._element if self._element in _RAW else ""
            self._in = Place.TITLE if self._raw else Place.TEXT
            return found.end()
        name = found[2].lower()
        self._check_attribute(name, piece.at + found.start(2))
        if found[3] is None:
            return found.end()
        quote = text[found.end() : found.end() + 1]
        self._value = _Value(name, quote if quote and quote in "\"'" else "")
        return found.end() + len(self._value.quote)

    def _check_attribute(self, name: str, at: int) -> None:
        if name.startswith("on") or name in _FORBIDDEN_ATTRIBUTES:
            raise RefusalError("unsafe_html", f"Templates have no attribute {name}", at)
        if name in self._seen:
            detail = f"The attribute {name} stands here twice: put what depends on data inside its value"
            raise RefusalError("unsafe_html", detail, at)
        self._seen.add(name)

    def _read_value(self, value: _Value, text: str, at: int, piece: Piece) -> int:
        end = text.find(value.quote, at) if value.quote else _end_of_bare(text, at)
        inside = text[at : end if end >= 0 else len(text)]
        value.text += inside
        self._judge(value, piece.at + at)
        if end < 0:
            return len(text)
        self._value = None
        return end + len(value.quote)

    def _judge(self, value: _Value, at: int) -> None:
        """Check what a value says so far, and whether that settles where it leads."""
        written = html.unescape(value.text)
        if value.name == "style" and _RUNS.search(written):
            raise RefusalError("unsafe_html", "This style runs or loads something", at)
        if value.name == "http-equiv" and "refresh" in written.lower():
            raise RefusalError("unsafe_html", "A page may not lead elsewhere by itself", at)
        if value.name not in _LINKS or not value.is_open or not written.strip():
            return
        scheme = _SCHEME.match("".join(written.split()))
        if scheme and scheme[1].lower() not in self._schemes:
            raise RefusalError("unsafe_html", f"A link may not have the scheme {scheme[1].lower()}", at)
        value.is_open = scheme is None and not written.lstrip().startswith(("/", "#", "?"))

    def _read_until(self, end: str, text: str, at: int) -> int:
        found = text.find(end, at)
        if found < 0:
            return len(text)
        self._in = Place.TEXT
        return found + len(end)

    def _nest(self, name: str, *, ends: bool) -> None:
        if name in _IMPLIED or name in _VOID or not name:
            return
        self._open[name] = max(0, self._open[name] + (-1 if ends else 1))
        if self._open.total() > limits.NESTED_ELEMENTS:
            detail = f"Elements may be nested {limits.NESTED_ELEMENTS} deep at most"
            raise RefusalError("too_deep", detail, self._began)

    def _read_raw(self, text: str, at: int, piece: Piece) -> int:
        found = re.compile(rf"</{self._raw}(?=[\s/>])", re.IGNORECASE).search(text, at)
        if "<" in text[at : found.start() if found else len(text)]:
            raise RefusalError("unsafe_html", f"A <{self._raw}> has no tags in it", piece.at + at)
        if found is None:
            return len(text)
        self._raw, self._in, self._element, self._seen = "", Place.TAG, "", set()
        return found.end()


def _branch(value: _Value, word: str) -> None:
    """Follow a statement inside a value: each branch begins as the `if` did, and what follows is open where any of them
    left it open.
    """
    if word in ("if", "for"):
        value.choices.append(_Choice(value.is_open))
    elif word in ("elif", "else") and value.choices:
        choice = value.choices[-1]
        choice.ended_open |= value.is_open
        choice.has_else |= word == "else"
        value.is_open = choice.began_open
    elif word in ("endif", "endfor") and value.choices:
        choice = value.choices.pop()
        value.is_open |= choice.ended_open or (choice.began_open and not choice.has_else)


def _end_of_bare(text: str, at: int) -> int:
    found = re.compile(r"[\s>]").search(text, at)
    return found.start() if found else -1


def _of_value(value: _Value) -> Place:
    if value.name == "style":
        return Place.STYLE
    if value.name not in _LINKS or not value.is_open:
        return Place.VALUE
    value.is_open = False
    return Place.LINK


def _unsafe(detail: str, at: int) -> RefusalError:
    return RefusalError("unsafe_place", detail, at)
