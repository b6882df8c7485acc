"""A source cut into what is said and what Jinja reads: text, and tags with their braces."""

from dataclasses import dataclass
from enum import Enum
from typing import Final

from jinja2.lexer import Lexer


class Kind(Enum):
    """What a piece is."""

    TEXT = "text"
    EXPRESSION = "expression"
    STATEMENT = "statement"
    """Also comments, and the tags around raw text."""
    TAKEN = "taken"
    """White space that the `-` of the next tag takes away."""


@dataclass(frozen=True)
class Piece:
    """A part of a source, as it is written. `at` is the index of its first character; `words` are the tokens of a tag,
    without white space and braces.
    """

    kind: Kind
    text: str
    at: int
    words: tuple[str, ...] = ()


_ENDS: Final = {
    "variable_begin": "variable_end",
    "block_begin": "block_end",
    "comment_begin": "comment_end",
}
_WHOLE: Final = frozenset({"raw_begin", "raw_end"})


def pieces_of(source: str, lexer: Lexer) -> list[Piece]:
    """Return the pieces of a source that can be parsed; put together they are the source again."""
    found: list[Piece] = []
    tokens = [(position - 1, kind, text) for position, kind, text in lexer.tokeniter(source, None)]
    index = done = 0
    while index < len(tokens):
        at, kind, _ = tokens[index]
        if at > done:
            found.append(Piece(Kind.TAKEN, source[done:at], done))
        last = index
        if kind in _ENDS:
            while tokens[last][1] != _ENDS[kind]:
                last += 1
        done = tokens[last][0] + len(tokens[last][2])
        words = tuple(word for _, each, word in tokens[index + 1 : last] if each != "whitespace")
        found.append(Piece(_kind(kind), source[at:done], at, words))
        index = last + 1
    return found if done == len(source) else [*found, Piece(Kind.TEXT, source[done:], done)]


def _kind(token: str) -> Kind:
    if token == "variable_begin":  # noqa: S105 (a token of a source)
        return Kind.EXPRESSION
    return Kind.STATEMENT if token in _ENDS or token in _WHOLE else Kind.TEXT
