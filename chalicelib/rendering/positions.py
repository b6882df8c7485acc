"""Where in a source something stands: Jinja counts lines only, so its lexer is told to count characters instead."""

from collections.abc import Iterator

from jinja2 import TemplateSyntaxError
from jinja2.lexer import Lexer

from chalicelib.rendering import limits

_UNENDED = frozenset({"comment_begin", "raw_begin"})
_NUMBERS = frozenset({"integer", "float"})


class PositionLexer(Lexer):
    """A lexer whose line numbers are positions: 1 + the index of a token's first character in the source.

    All that Jinja derives from them (nodes, errors, the places in compiled code) then has exact positions too. Lines of
    sources end with line feeds.
    """

    def tokeniter(
        self, source: str, name: str | None, filename: str | None = None, state: str | None = None
    ) -> Iterator[tuple[int, str, str]]:
        """Yield the position, kind and text of each token."""
        at, kind = 0, ""
        try:
            for _, kind, text in super().tokeniter(source, name, filename, state):
                # Nothing but white space, which a `-` took away, lies between two tokens.
                at = source.find(text, at)
                if kind in _NUMBERS and len(text) > limits.DIGITS:
                    raise TemplateSyntaxError("a number with too many digits", at + 1)  # noqa: TRY301 (below)
                yield at + 1, kind, text
                at += len(text)
            if kind in _UNENDED:
                # Jinja overlooks what nothing follows at all.
                raise TemplateSyntaxError("Missing end of a comment or of raw text", at + 1)  # noqa: TRY301
        except TemplateSyntaxError as error:
            # The lexer's own errors know the line; they are about what follows the last token.
            error.lineno = at + 1
            raise


def line_and_column(source: str, index: int) -> tuple[int, int]:
    """Return the line and column of a character, both counted from 1."""
    begins = source.rfind("\n", 0, index) + 1
    return source.count("\n", 0, index) + 1, index - begins + 1
