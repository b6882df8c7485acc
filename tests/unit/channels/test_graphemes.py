"""What a reader sees as one character is never cut in two."""

import unicodedata

import pytest
import regex  # type: ignore[import-untyped]
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.channels.graphemes import grapheme_ends, has_controls, shorten

FAMILY = "👩‍👩‍👧‍👦"
FLAGS = "🇫🇷🇩🇪"

TRICKY = st.sampled_from(
    [
        "a",
        " ",
        "é",
        "e\u0301",
        FAMILY,
        "👍🏽",
        "🇫🇷",
        "🇩",
        "\u200d",
        "\u0301",
        "1️⃣",
        "क्षि",
        "한",
        "\u1112\u1161",
        "\r\n",
        "🏴󠁧󠁢󠁥󠁮󠁧󠁿",
    ]
)
ASSIGNED = st.characters(exclude_categories=["Cs", "Cn", "Co"])


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("", []),
        ("ab", [1, 2]),
        ("e\u0301a", [2, 3]),
        (FAMILY, [len(FAMILY)]),
        (FLAGS, [2, 4]),
        ("👍🏽!", [2, 3]),
        ("1️⃣2", [3, 4]),
        ("\u1112\u1161\u11ab", [3]),
        ("क्षि", [4]),
        ("กำ", [2]),
        ("a\r\nb", [1, 3, 4]),
    ],
)
def test_characters_end_where_a_reader_sees_them_end(text: str, ends: list[int]) -> None:
    assert grapheme_ends(text) == ends


@given(st.lists(TRICKY | ASSIGNED, max_size=30).map("".join))
def test_every_end_is_one_by_the_unicode_standard(text: str) -> None:
    # The regex package follows a newer Unicode than Python's own tables: what those do not know cannot be compared.
    if any(unicodedata.category(character) == "Cn" for character in text):
        return
    by_standard = {match.end() for match in regex.finditer(r"\X", text)}
    assert set(grapheme_ends(text)) <= by_standard


@given(st.text(), st.integers(min_value=1, max_value=40))
def test_a_shortened_text_is_a_beginning_within_the_limit(text: str, limit: int) -> None:
    short = shorten(text, limit)
    assert len(short) <= limit
    assert short == text or (short[-1] == "…" and text.startswith(short[:-1]))


def test_shortening_leaves_no_half_character() -> None:
    assert shorten("ab" + FAMILY + "cd", 6) == "ab…"


@pytest.mark.parametrize("control", ["\n", "\r", "\x00", "\x1b", "\x7f", "\x85", "\u2028", "\u2029", "\t"])
def test_controls_are_seen(control: str) -> None:
    assert has_controls(f"a{control}b")


def test_letters_of_all_scripts_are_not_controls() -> None:
    assert not has_controls("Grüße, مرحبا, 你好 " + FAMILY)
