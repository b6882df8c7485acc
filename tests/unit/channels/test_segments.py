"""Segments are counted as the networks count them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.channels.graphemes import grapheme_ends
from chalicelib.channels.segments import (
    GSM_7,
    GSM_BASIC,
    GSM_EXTENSION,
    UCS_2,
    count_segments,
    encoding_of,
    fitting_prefix,
)

TABLE = [
    # what, text, segments
    ("one character", "a", 1),
    ("a full GSM message", "a" * 160, 1),
    ("one more", "a" * 161, 2),
    ("two full parts", "a" * 306, 2),
    ("one more again", "a" * 307, 3),
    ("ten full parts", "a" * 1_530, 10),
    ("the euro sign takes two septets", "€" * 80, 1),
    ("and one septet too many", "€" * 80 + "a", 2),
    ("76 escaped characters fill a part of 153 septets, the odd septet stays empty", "€" * 152, 2),
    ("no escape is divided between parts", "a" * 152 + "€" + "a" * 151, 2),
    ("no escape is divided between parts, hence a third", "a" * 152 + "€" + "a" * 152, 3),
    ("a full UCS-2 message", "д" * 70, 1),
    ("one more letter", "д" * 71, 2),
    ("two full parts of letters", "д" * 134, 2),
    ("and a third", "д" * 135, 3),
    ("one letter outside of GSM turns the whole text into UCS-2", "a" * 70 + "д", 2),
    ("an emoji is a surrogate pair: two units", "😀" * 35, 1),
    ("36 emoji are 72 units", "😀" * 36, 2),
    ("33 emoji to a part of 67 units: no pair is divided", "😀" * 66, 2),
    ("hence a third", "😀" * 67, 3),
    ("a line feed is in the alphabet", "a\n" * 80, 1),
    ("c with cedilla is there in capitals only", "Ç" * 160, 1),
    ("its small form is not", "ç" * 160, 3),
    ("a backquote is not", "`" * 71, 2),
]


@pytest.mark.parametrize(("what", "text", "segments"), TABLE, ids=[row[0] for row in TABLE])
def test_segments(what: str, text: str, segments: int) -> None:
    assert count_segments(text) == segments


def test_the_alphabet_has_127_characters_beside_the_escape_and_10_more_behind_it() -> None:
    assert len(GSM_BASIC) == 127
    assert len(GSM_EXTENSION) == 10
    assert not GSM_BASIC & GSM_EXTENSION


@pytest.mark.parametrize(("text", "encoding"), [("Hello {name}", GSM_7), ("ΔΦΓ", GSM_7), ("αβγ", UCS_2), ("“", UCS_2)])
def test_the_encoding_follows_from_the_characters(text: str, encoding: object) -> None:
    assert encoding_of(text) is encoding


PIECES = st.sampled_from(["a", "€", "[", "д", "😀", "👩‍👩‍👧", "e\u0301", "🇫🇷", "\n"]) | st.characters(
    exclude_categories=["Cs"]
)
TEXTS = st.builds(
    lambda pieces, repeat: "".join(pieces) * repeat, st.lists(PIECES, min_size=1, max_size=20), st.integers(1, 60)
)


@given(TEXTS, st.integers(min_value=1, max_value=4))
def test_a_fitting_prefix_fits_divides_no_grapheme_and_could_not_be_longer(text: str, most: int) -> None:
    prefix = fitting_prefix(text, most)
    ends = [0, *grapheme_ends(text)]
    assert text.startswith(prefix)
    assert len(prefix) in ends
    assert count_segments(prefix) <= most
    if prefix != text:
        following = ends[ends.index(len(prefix)) + 1]
        assert count_segments(text[:following]) > most


@given(TEXTS)
def test_a_longer_text_never_takes_fewer_segments(text: str) -> None:
    counts = [count_segments(text[:end]) for end in range(0, len(text), max(1, len(text) // 20))]
    assert counts == sorted(counts)
