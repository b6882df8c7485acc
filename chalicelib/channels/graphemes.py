"""Cutting text without cutting what a reader sees as one character (Unicode Standard Annex #29).

The rules here join somewhat more than the annex does; so a cut may come a little early, never in a wrong place.
"""

import re
import unicodedata
from typing import Final

_ELLIPSIS: Final = "…"
_JOINER: Final = "\u200d"
_VIRAMA: Final = 9
"""The combining class of signs that tie two Indic consonants together."""
_EXTENDING_CATEGORIES: Final = frozenset({"Mn", "Me", "Mc"})
_EXTENDING: Final = re.compile(r"[\u0E33\u0EB3\u200C\u200D\uFF9E\uFF9F\U0001F3FB-\U0001F3FF\U000E0020-\U000E007F]")
"""Vowel signs, joiners, sound marks, skin tones, tags: no marks by category, yet part of what precedes."""
_PREPENDED: Final = re.compile(
    r"[\u0600-\u0605\u06DD\u070F\u0890\u0891\u08E2\u0D4E\u1CF5\u1CF6\U000110BD\U000110CD\U000111C2\U000111C3"
    r"\U0001193F\U00011941\U00011A3A\U00011A84-\U00011A89\U00011D46\U00011F02]"
)
"""Signs that belong to what follows."""
_JAMO: Final = re.compile(r"[\u1100-\u11FF\uA960-\uA97C\uAC00-\uD7A3\uD7B0-\uD7FB]")
"""Hangul letters and syllables: two in a row may be one syllable."""
_FLAG_LETTER: Final = re.compile(r"[\U0001F1E6-\U0001F1FF]")


def grapheme_ends(text: str) -> list[int]:
    """Return the index behind each character that a reader sees."""
    return [at for at in range(1, len(text)) if not _joined(text, at)] + ([len(text)] if text else [])


def shorten(text: str, limit: int) -> str:
    """Return `text` if it has at most `limit` code points, else its beginning and an ellipsis within the limit."""
    if len(text) <= limit:
        return text
    end = max((end for end in grapheme_ends(text[:limit]) if end < limit), default=0)
    return text[:end].rstrip() + _ELLIPSIS


def has_controls(text: str) -> bool:
    """Tell whether `text` has control characters or line separators, which no header may carry."""
    return any(unicodedata.category(character) in ("Cc", "Zl", "Zp") for character in text)


def _joined(text: str, at: int) -> bool:
    before, after = text[at - 1], text[at]
    if before.isascii() and after.isascii():
        return before == "\r" and after == "\n"
    if _FLAG_LETTER.match(before) and _FLAG_LETTER.match(after):
        return _flag_letters_before(text, at) % 2 == 1
    return _extends(after) or _attracts(before) or bool(_JAMO.match(before) and _JAMO.match(after))


def _extends(character: str) -> bool:
    return unicodedata.category(character) in _EXTENDING_CATEGORIES or bool(_EXTENDING.match(character))


def _attracts(character: str) -> bool:
    """Tell whether `character` takes the next one with it."""
    tied = character == _JOINER or unicodedata.combining(character) == _VIRAMA
    return tied or bool(_PREPENDED.match(character))


def _flag_letters_before(text: str, at: int) -> int:
    start = at
    while start > 0 and _FLAG_LETTER.match(text[start - 1]):
        start -= 1
    return at - start
