"""HTML made ready: values in links and styles checked by filters, and style sheets moved into `style` attributes.

css-inline reads and writes whole documents and knows nothing of Jinja; while it works, every tag of Jinja is a mark
that HTML leaves alone where it stands: a comment in text (also between the rows of a table), a word elsewhere.
"""

import re
from collections.abc import Collection
from typing import Final

from chalicelib.rendering import limits
from chalicelib.rendering.attribute_values import Place
from chalicelib.rendering.pieces import Kind, Piece
from chalicelib.rendering.places import Scanner
from chalicelib.rendering.refusal import RefusalError

SCHEMES: Final = frozenset({"https", "http", "mailto", "tel", "cid"})
"""Of links that an author writes."""
_FILTERS: Final = {Place.LINK: "link", Place.STYLE: "style"}
_OF_MARKED: Final = dict.fromkeys((Place.VALUE, Place.TITLE, Place.COMMENT), "plain")
"""Where data that is HTML would be out of place: the quotation marks in it would end an attribute."""
_CONDITIONAL: Final = re.compile(r"<!--\s*\[", re.IGNORECASE)
_EXPRESSION: Final = re.compile(r"(\{\{[-+]?)(.*?)([-+]?\}\}\s*)\Z", re.DOTALL)
_SHEET: Final = re.compile(r"<style[^<]*", re.IGNORECASE)
_STYLE_SHEET: Final = re.compile(r"<style[\s>]", re.IGNORECASE)
_TBODY: Final = re.compile(r"</?tbody>")
_END: Final = re.compile(r"</([a-z0-9]+)")
_CLASS: Final = re.compile(r"[^>]*?\b(class|style)\s*=", re.IGNORECASE)
_IMPLIED: Final = frozenset(
    {"html", "head", "body", "p", "li", "dt", "dd", "thead", "tbody", "tfoot", "tr", "td", "th", "caption", "colgroup"}
) | {"option", "style"}
"""Elements that may end without saying so: whatever writes HTML anew says it."""


def guarded(pieces: list[Piece], schemes: Collection[str], *, marked: bool = False) -> list[tuple[Piece, Place]]:
    """Return the pieces of HTML, each with its place, values in links and styles going through a filter; where data may
    be `marked` as HTML, also those that only text can stand for.

    Raises
    ------
    RefusalError
        `unsafe_html`, `unsafe_place`: something in it runs, or could be made to by data.
    """
    allowed = SCHEMES | frozenset(schemes)
    filters = _FILTERS | _OF_MARKED if marked else _FILTERS
    placed = list(Scanner(allowed).placed(pieces))
    shown = [place for _, place in placed]
    if any(piece.kind is Kind.TEXT and _CONDITIONAL.search(piece.text) for piece in pieces):
        # Outlook reads what is in conditional comments; for it, tags of Jinja stand where they would without them.
        shown = [place for _, place in Scanner(allowed, outlook=True).placed(pieces)]
    return [
        (_filtered(piece, filters.get(other if place is Place.COMMENT else place) or filters.get(place)), place)
        for (piece, place), other in zip(placed, shown, strict=True)
    ]


def text_of(placed: list[tuple[Piece, Place]]) -> str:
    """Return the source that pieces make."""
    return "".join(piece.text for piece, _ in placed)


def inlined(placed: list[tuple[Piece, Place]]) -> str:
    """Return the source with its style sheets inlined; unchanged where it has none.

    Raises
    ------
    RefusalError
        `not_inlined`: a tag of Jinja would be lost or moved, as in an element that its branches open twice; or the
        HTML cannot be read.
    """
    source = text_of(placed)
    if not _STYLE_SHEET.search(source):
        return source
    if sum(map(len, _SHEET.findall(source))) * source.count("<") > limits.STYLING:
        raise RefusalError("too_large", "The style sheets are too long for so many elements", source.find("<style"))
    marks = Marks(source)
    marked = "".join(marks.put(piece, place) for piece, place in placed)
    html = _inline(marked)
    if "<tbody" not in marked.lower():
        # It writes those that readers of HTML add by themselves; one of them would stand inside a loop over rows.
        html = _TBODY.sub("", html)
    marks.check_kept(marked, html)
    return marks.restored(html)


class Marks:
    """The tags of Jinja that marks stand for, in their order."""

    def __init__(self, source: str) -> None:
        self._word = "jinja"
        while self._word in source.lower():
            self._word += "x"
        self._tags: list[Piece] = []
        self._branches = 0

    def put(self, piece: Piece, place: Place) -> str:
        """Return what stands for a piece: itself, or a mark."""
        if place is Place.TAG:
            self._follow(piece)
        if piece.kind in (Kind.TEXT, Kind.TAKEN):
            return piece.text
        mark = f"{self._word}{len(self._tags)}z"
        self._tags.append(_unquoted(piece))
        if place is Place.TEXT:
            return f"<!--{mark}-->"
        return f" {mark} " if place is Place.TAG else mark

    def restored(self, text: str) -> str:
        """Return a text with the tags where their marks are, in which nothing else begins a tag: `&#123;{` reads `{{`
        by now, and what was raw text is as any other.
        """
        literal = re.sub(rf"\{{(?=[{{%#]|{self._pattern.pattern})", "{{ '{' }}", text)
        return self._pattern.sub(lambda match: self._tags[_number(match)].text, literal)

    def without_their_lines(self, text: str) -> str:
        """Return a text without the line ends behind statements that stand in lines of their own."""

        def joined(match: re.Match[str]) -> str:
            tags = [self._tags[_number(mark)] for mark in self._pattern.finditer(match[1])]
            alone = all(tag.kind is Kind.STATEMENT for tag in tags)
            return match[1].rstrip() if alone else match[0]

        return re.sub(rf"^((?:{self._pattern_of_comments}[ ]*)+)\n", joined, text, flags=re.MULTILINE)

    def stands_for_a_tag(self, comment: str) -> bool:
        """Tell whether a comment is a mark."""
        return bool(self._pattern.fullmatch(f"<!--{comment}-->"))

    def check_kept(self, before: str, after: str) -> None:
        """Check that all marks are where they were, with the same elements ending between them; RefusalError
        (`not_inlined`) otherwise.
        """
        found = [_number(match) for match in self._pattern.finditer(after)]
        wrong = next((at for at, each in enumerate(found) if each != at), len(found))
        if wrong == len(found) == len(self._tags):
            ends = zip(self._ends(before), self._ends(after), strict=True)
            wrong = next((at for at, (old, new) in enumerate(ends) if old != new), wrong + 1)
        if wrong <= len(self._tags):
            at = self._tags[min(wrong, len(self._tags) - 1)].at if self._tags else 0
            detail = "The style sheet cannot be inlined: elements here do not end in the branch that they begin in"
            raise RefusalError("not_inlined", detail, at)

    @property
    def _pattern(self) -> re.Pattern[str]:
        return re.compile(rf'<!--{self._word}(?P<comment>\d+)z-->|{self._word}(?P<word>\d+)z(?:="")?')

    @property
    def _pattern_of_comments(self) -> str:
        return rf"<!--{self._word}\d+z-->"

    def _ends(self, html: str) -> list[list[str]]:
        """Return which elements end before the first mark, between the first and the second, and so on."""
        between = self._pattern.split(html)[:: self._pattern.groups + 1]
        return [[name for name in _END.findall(each.lower()) if name not in _IMPLIED] for each in between]

    def _follow(self, piece: Piece) -> None:
        """Follow the branches between attributes; RefusalError (`not_inlined`) for a class in one of them, for classes
        are written before all other attributes.
        """
        word = piece.words[0] if piece.words else ""
        if piece.kind is Kind.STATEMENT:
            self._branches += (word in ("if", "for")) - (word in ("endif", "endfor"))
        elif self._branches and _CLASS.match(piece.text):
            detail = 'With a style sheet, say inside the class what it depends on: class="{% if … %}…{% endif %}"'
            raise RefusalError("not_inlined", detail, piece.at)


def _unquoted(piece: Piece) -> Piece:
    """Return a comment for a tag around raw text, which takes away the same white space."""
    if piece.words or not piece.text.startswith("{%"):
        return piece
    before, after = ("-" if sign == "-" else "" for sign in (piece.text[2], piece.text.rstrip()[-3]))
    return Piece(piece.kind, f"{{#{before} {after}#}}", piece.at)


def _number(match: re.Match[str]) -> int:
    return int(match["comment"] or match["word"])


def _inline(html: str) -> str:
    from css_inline import CSSInliner, InlineError

    # What it does not find here it would fetch, from files too: there is nothing it may load.
    inliner = CSSInliner(keep_at_rules=True, load_remote_stylesheets=False, cache=None)
    try:
        return inliner.inline(html)
    except InlineError as error:
        raise RefusalError("not_inlined", f"The style sheet cannot be inlined: {str(error)[:200]}") from error


def _filtered(piece: Piece, name: str | None) -> Piece:
    found = _EXPRESSION.match(piece.text) if name else None
    if found is None:
        return piece
    begin, expression, end = found.groups()
    return Piece(piece.kind, f"{begin} ({expression})|{name} {end}", piece.at, piece.words)
