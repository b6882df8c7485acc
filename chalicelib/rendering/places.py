"""Where in HTML each tag of Jinja stands: what data may bring differs between text, a link and a style.

It reads HTML as browsers do as far as this matters, straight through, whichever branch of an `if` that is. Places that
escaping does not make safe are refused: names of tags and attributes, values without quotation marks, scripts, styles.
"""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

from chalicelib.rendering import limits
from chalicelib.rendering.attribute_values import AttributeValue, Place, runs, unsafe
from chalicelib.rendering.pieces import Kind, Piece
from chalicelib.rendering.refusal import RefusalError

_FORBIDDEN_TAGS: Final = frozenset(
    {"script", "iframe", "frame", "frameset", "object", "embed", "applet", "base", "link", "form", "input", "button"}
) | {"textarea", "select", "svg", "math", "template", "noscript", "xmp", "noembed", "noframes", "plaintext", "listing"}
_FORBIDDEN_ATTRIBUTES: Final = frozenset({"formaction", "srcdoc", "ping", "xlink:href"})
_RAW: Final = frozenset({"style", "title"})
_IMPLIED: Final = frozenset(
    {"html", "head", "body", "p", "li", "dt", "dd", "thead", "tbody", "tfoot", "tr", "td", "th", "caption", "colgroup"}
)
"""Elements that end where the next one of them begins."""
_VOID: Final = frozenset({"area", "br", "col", "hr", "img", "meta", "source", "track", "wbr"})
# What is white space in ASCII, and nothing else, is it in HTML.
_TAG: Final = re.compile(r"<(/?)([A-Za-z][^\s/>]*)|<!--|<[!?]|</(?=.)", re.ASCII | re.DOTALL)
_ATTRIBUTE: Final = re.compile(r"[\s/]*(?:(>)|([^\s/>=]+)(\s*=\s*)?)", re.ASCII)
_NO_NAME: Final = re.compile(r"[\s/=]*", re.ASCII)
_BARE_END: Final = re.compile(r"[\s>]", re.ASCII)
_EMPTY_COMMENT: Final = re.compile("-?>")
_COMMENT_END: Final = re.compile("--!?>")
_CUT_END: Final = re.compile("-?!?>")
"""The rest of what ends a comment, or begins and ends it at once, when a tag of Jinja stands in the middle of that."""
_BOGUS_END: Final = re.compile(">")
"""https://html.spec.whatwg.org/multipage/parsing.html#bogus-comment-state: `<!…>`, `<?…>` and `</ …>`."""
_UNKNOWN_SECTION: Final = re.compile(r"\[(?!(?:cdata|if|else|endif)(?![\w.-]))", re.IGNORECASE)
"""What Python's reader of HTML (text.py) fails on; browsers take it for a comment."""
_AFTER_NAME: Final = " \n\t\f>/\"'"


class Scanner:
    """Follows the pieces of one source. `schemes` are those that links may have; with `outlook`, what is in conditional
    comments (`<!--[if mso]>…<![endif]-->`) is read as Outlook does: as if it were in none.
    """

    def __init__(self, schemes: frozenset[str], *, outlook: bool = False) -> None:
        self._schemes = schemes
        self._outlook = outlook
        self._in: Place = Place.TEXT
        self._raw = ""
        self._element = ""
        self._seen: set[str] = set()
        self._open: Counter[str] = Counter()
        self._began = 0
        self._value: AttributeValue | None = None
        self._comment_end = _COMMENT_END
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
        if piece.kind is Kind.TAKEN:
            return self._in if self._value is None else Place.VALUE
        if self._raw == "style":
            raise unsafe("A style sheet cannot depend on data", piece.at)
        if self._in is Place.COMMENT and self._comment_end is _BOGUS_END:
            raise unsafe("Nothing here may depend on data", piece.at)
        if self._value is not None:
            return self._value.place(piece)
        if self._in is Place.TAG and piece.kind is Kind.EXPRESSION:
            raise unsafe("A value stands in an attribute, in quotation marks", piece.at)
        return self._in

    def _read(self, piece: Piece) -> None:
        text, at = piece.text, 0
        if self._in_name and text[:1] not in _AFTER_NAME:
            raise unsafe("The names of tags and attributes may not depend on data", piece.at)
        if self._in is Place.COMMENT and _CUT_END.match(text):
            raise unsafe("Where a comment ends may not depend on data", piece.at)
        while at < len(text):
            if self._value is not None:
                at = self._read_value(self._value, text, at, piece)
            elif self._in is Place.TAG:
                at = self._read_tag(text, at, piece)
            elif self._in is Place.COMMENT:
                at = self._read_comment(text, at)
            elif self._raw:
                at = self._read_raw(text, at, piece)
            else:
                at = self._read_text(text, at, piece)
        self._in_name = self._in is Place.TAG and self._value is None and text[-1] not in _AFTER_NAME

    def _read_text(self, text: str, at: int, piece: Piece) -> int:
        found = _TAG.search(text, at)
        if found is None:
            if text.endswith(("<", "</")):
                raise unsafe("The name of a tag may not depend on data", piece.at + len(text) - 1)
            return len(text)
        self._began = piece.at + found.start()
        if found[2] is None:
            return self._begin_comment(text, found)
        self._in, self._seen = Place.TAG, set()
        name = found[2].lower()
        self._element = name if not found[1] else ""
        if name in _FORBIDDEN_TAGS:
            raise RefusalError("unsafe_html", f"Templates have no <{name}>", self._began)
        self._nest(name, ends=bool(found[1]))
        return found.end()

    def _begin_comment(self, text: str, found: re.Match[str]) -> int:
        if found[0] == "<!" and _UNKNOWN_SECTION.match(text, found.end()):
            raise RefusalError("unsafe_html", "Templates have no `<![` but of CDATA and for Outlook", self._began)
        self._in = Place.COMMENT
        is_real = found[0] == "<!--" and not (self._outlook and text[found.end() :].lstrip().startswith("["))
        self._comment_end = _COMMENT_END if is_real else _BOGUS_END
        empty = _EMPTY_COMMENT.match(text, found.end()) if is_real else None
        if empty is None:
            return found.end()
        self._in = Place.TEXT
        return empty.end()

    def _read_tag(self, text: str, at: int, piece: Piece) -> int:
        found = _ATTRIBUTE.match(text, at)
        if found is None:
            return _NO_NAME.match(text, at).end()  # type: ignore[union-attr]  # it always matches
        if found[1]:
            self._raw = self._element if self._element in _RAW else ""
            self._in = Place.TITLE if self._raw else Place.TEXT
            return found.end()
        name = found[2].lower()
        self._check_attribute(name, piece.at + found.start(2))
        if found[3] is None:
            return found.end()
        quote = text[found.end() : found.end() + 1]
        self._value = AttributeValue(name, quote if quote and quote in "\"'" else "")
        return found.end() + len(self._value.quote)

    def _check_attribute(self, name: str, at: int) -> None:
        if name.startswith("on") or name in _FORBIDDEN_ATTRIBUTES:
            raise RefusalError("unsafe_html", f"Templates have no attribute {name}", at)
        if name in self._seen:
            detail = f"The attribute {name} stands here twice: put what depends on data inside its value"
            raise RefusalError("unsafe_html", detail, at)
        self._seen.add(name)

    def _read_value(self, value: AttributeValue, text: str, at: int, piece: Piece) -> int:
        end = text.find(value.quote, at) if value.quote else _end_of_bare(text, at)
        value.read(text[at : end if end >= 0 else len(text)], self._schemes, piece.at + at, ends=end >= 0)
        if end < 0:
            return len(text)
        self._value = None
        return end + len(value.quote)

    def _read_comment(self, text: str, at: int) -> int:
        found = self._comment_end.search(text, at)
        if found is None:
            return len(text)
        self._in = Place.TEXT
        return found.end()

    def _nest(self, name: str, *, ends: bool) -> None:
        if name in _IMPLIED or name in _VOID or not name:
            return
        self._open[name] = max(0, self._open[name] + (-1 if ends else 1))
        if self._open.total() > limits.NESTED_ELEMENTS:
            detail = f"Elements may be nested {limits.NESTED_ELEMENTS} deep at most"
            raise RefusalError("too_deep", detail, self._began)

    def _read_raw(self, text: str, at: int, piece: Piece) -> int:
        found = re.compile(rf"</{self._raw}(?=[\s/>])", re.IGNORECASE | re.ASCII).search(text, at)
        said = text[at : found.start() if found else len(text)]
        if self._raw == "style" and runs(said):
            raise RefusalError("unsafe_html", "This style sheet runs something", piece.at + at)
        if "<" in said:
            raise RefusalError("unsafe_html", f"A <{self._raw}> has no tags in it", piece.at + at)
        if found is None:
            return len(text)
        self._raw, self._in, self._element, self._seen = "", Place.TAG, "", set()
        return found.end()


def _end_of_bare(text: str, at: int) -> int:
    found = _BARE_END.search(text, at)
    return found.start() if found else -1
