"""The regular expressions of schemas: how they are compiled, and how much that makes of them."""

from contextlib import suppress
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from jsonschema_rs import RegexOptions

_MOST: Final = 200_000
"""Bytes of a compiled expression. The engine does not backtrack: at worst it takes as long over a text as the text has
characters, times the expression's bytes.
"""
_SIZES: Final = (1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 64_000, 128_000)


def engine(most: int = _MOST) -> "RegexOptions":
    """Return what compiles expressions of up to so many bytes."""
    from jsonschema_rs import RegexOptions

    return RegexOptions(size_limit=most, dfa_size_limit=_MOST)


def bytes_of(expression: str) -> int:
    """Return how many bytes an expression that can be compiled has then at most. Nobody tells, so sizes are tried."""
    from jsonschema_rs import Draft202012Validator, ValidationError

    for size in _SIZES:
        with suppress(ValidationError, ValueError):
            Draft202012Validator({"pattern": expression}, pattern_options=engine(size))
            return size
    return _MOST
