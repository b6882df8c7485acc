"""How many parts a text message is sent and billed in.

In the GSM 7-bit alphabet (3GPP TS 23.038 §6.2.1) a message has 160 septets, characters of the extension table take two;
any other character turns the whole text into UCS-2 with 70 code units. A longer text travels in parts, each of which
gives room to a concatenation header (3GPP TS 23.040 §9.2.3.24): 153 septets or 67 code units. Neither an escaped
character nor a surrogate pair is divided between parts.
"""

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from chalicelib.channels.graphemes import grapheme_ends

GSM_BASIC: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_EXTENSION: Final = frozenset("\f^{}\\[~]|€")
_GSM: Final = GSM_BASIC | GSM_EXTENSION


@dataclass(frozen=True, slots=True)
class Encoding:
    """How a text is encoded: units in a message of one part, units in each of several, units of a character."""

    single: int
    part: int
    units: Callable[[str], int]


GSM_7: Final = Encoding(single=160, part=153, units=lambda character: 2 if character in GSM_EXTENSION else 1)
UCS_2: Final = Encoding(single=70, part=67, units=lambda character: 2 if character > "\uffff" else 1)


def encoding_of(text: str) -> Encoding:
    """Return the encoding that `text` is sent in."""
    return GSM_7 if set(text) <= _GSM else UCS_2


def count_segments(text: str) -> int:
    """Return the number of parts that `text` is sent in."""
    encoding = encoding_of(text)
    sizes = [encoding.units(character) for character in text]
    if sum(sizes) <= encoding.single:
        return 1
    parts, room = 1, encoding.part
    for size in sizes:
        if size > room:
            parts, room = parts + 1, encoding.part
        room -= size
    return parts


def fitting_prefix(text: str, segments: int) -> str:
    """Return the longest beginning of `text` that is sent in at most `segments` parts, cut between graphemes."""
    ends = grapheme_ends(text)
    fitting = bisect_right(ends, segments, key=lambda end: count_segments(text[:end]))
    return text[: ends[fitting - 1]] if fitting else ""
