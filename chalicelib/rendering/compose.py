"""One source from a part, its layout and its partials. Everything stays traceable to where it was written."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from chalicelib.domain.errors import Fault
from chalicelib.domain.ids import FragmentKey
from chalicelib.rendering import limits
from chalicelib.rendering.environment import Sandbox
from chalicelib.rendering.grammar import parse
from chalicelib.rendering.pieces import Kind, Piece, pieces_of
from chalicelib.rendering.positions import line_and_column
from chalicelib.rendering.refusal import RefusalError

# White space that a `-` of the replaced tag takes away must go all the same.
_BEFORE: Final = "{#- #}"
_AFTER: Final = "{# -#}"


@dataclass(frozen=True)
class Written:
    """A source as somebody wrote it, and where: `/fragments/footer`. Its lines end with a line feed."""

    pointer: str
    text: str

    @classmethod
    def at(cls, pointer: str, text: str) -> "Written":
        """Return a source with its line ends made line feeds, as Jinja has them."""
        return cls(pointer, text.replace("\r\n", "\n").replace("\r", "\n"))

    def fault(self, refusal: RefusalError) -> Fault:
        """Return what is wrong with this source as a fault."""
        line, column = line_and_column(self.text, refusal.index)
        return Fault(pointer=self.pointer, code=refusal.code, detail=refusal.detail, line=line, column=column)


class CompositionError(Exception):
    """Sources cannot be put together; `fault` says why."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.detail)
        self.fault = fault


@dataclass
class Composed:
    """A source put together, and where each stretch of it comes from."""

    includes: int = 0
    _size: int = 0
    _stretches: list[str] = field(default_factory=list)
    _starts: list[int] = field(default_factory=list)
    _origins: list[tuple[Written, int]] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The source."""
        return "".join(self._stretches)

    def add(self, text: str, origin: Written, index: int) -> None:
        """Add a stretch that was written at an index of `origin`."""
        self._starts.append(self._size)
        self._origins.append((origin, index))
        self._stretches.append(text)
        self._size += len(text)
        if self._size > limits.SOURCE:
            detail = f"With layout and partials this has more than {limits.SOURCE} characters"
            raise CompositionError(origin.fault(RefusalError("too_large", detail, index)))

    def origin(self, at: int) -> tuple[Written, int]:
        """Return where a character was written: the source, and its index there."""
        stretch = max(0, bisect_right(self._starts, at) - 1)
        written, index = self._origins[stretch]
        return written, min(index + at - self._starts[stretch], len(written.text))

    def changed(self, pieces: Iterable[Piece]) -> "Composed":
        """Return this source with its pieces changed, each still from where it was written."""
        changed = Composed()
        for piece in pieces:
            changed.add(piece.text, *self.origin(piece.at))
        return changed

    def fault(self, refusal: RefusalError) -> Fault:
        """Return what is wrong with this source as a fault of the one that was written."""
        written, index = self.origin(refusal.index)
        return written.fault(RefusalError(refusal.code, refusal.detail, index))


class Composer:
    """Puts sources together with the layout and the partials that they use, each checked for itself."""

    def __init__(self, fragments: Mapping[FragmentKey, str], sandbox: Sandbox) -> None:
        self._fragments = fragments
        self._sandbox = sandbox
        self._checked: dict[Written, list[Piece]] = {}

    def composed(self, part: Written, layout: FragmentKey | None = None) -> Composed:
        """Return a part, inside a layout where there is one.

        Raises
        ------
        CompositionError
            A source cannot be parsed or uses forbidden syntax; `unknown_fragment`, `include_cycle`, `too_deep`,
            `too_large`; `content_missing`: a layout without `{{ content }}`, or with several.
        """
        composed = Composed()
        composed.add("", part, 0)
        if layout is None:
            self._add(composed, part, None, ())
        else:
            frame = self._fragment(layout, Written("/layout", layout), 0)
            places = [piece for piece in self._pieces(frame) if _is_content(piece)]
            if len(places) != 1:
                at = places[1].at if places else 0
                detail = "A layout has one place `{{ content }}`"
                raise CompositionError(frame.fault(RefusalError("content_missing", detail, at)))
            self._add(composed, frame, part, ())
        return composed

    def _add(self, composed: Composed, source: Written, content: Written | None, via: tuple[str, ...]) -> None:
        for piece in self._pieces(source):
            inner: Written | None = None
            following = via
            if piece.kind is Kind.STATEMENT and piece.words[:1] == ("include",):
                key = piece.words[1][1:-1]
                composed.includes += 1
                self._check_way(source, piece, key, via, composed.includes)
                inner, following = self._fragment(FragmentKey(key), source, piece.at), (*via, key)
            elif content and _is_content(piece):
                inner = content
            if inner is None:
                composed.add(piece.text, source, piece.at)
                continue
            composed.add(_BEFORE if piece.text[2] == "-" else "", source, piece.at)
            self._add(composed, inner, None, following)
            composed.add(_AFTER if piece.text.rstrip()[-3] == "-" else "", source, piece.at)

    def _check_way(self, source: Written, piece: Piece, key: str, via: tuple[str, ...], count: int) -> None:
        if key in via:
            way = " → ".join((*via, key))
            raise CompositionError(
                source.fault(RefusalError("include_cycle", f"Partials in a circle: {way}", piece.at))
            )
        if len(via) >= limits.NESTED_INCLUDES:
            detail = f"Partials may be nested {limits.NESTED_INCLUDES} deep at most"
            raise CompositionError(source.fault(RefusalError("too_deep", detail, piece.at)))
        if count > limits.INCLUDES:
            detail = f"A part may use {limits.INCLUDES} partials at most, those of partials included"
            raise CompositionError(source.fault(RefusalError("too_large", detail, piece.at)))

    def _fragment(self, key: FragmentKey, user: Written, at: int) -> Written:
        text = self._fragments.get(key)
        if text is None:
            raise CompositionError(user.fault(RefusalError("unknown_fragment", f"There is no fragment {key}", at)))
        return Written.at(f"/fragments/{key}", text)

    def _pieces(self, source: Written) -> list[Piece]:
        if source not in self._checked:
            try:
                parse(source.text, self._sandbox, written=True)
            except RefusalError as refusal:
                raise CompositionError(source.fault(refusal)) from refusal
            self._checked[source] = pieces_of(source.text, self._sandbox.lexer)
        return self._checked[source]


def _is_content(piece: Piece) -> bool:
    return piece.kind is Kind.EXPRESSION and piece.words == ("content",)
