"""Cursors open for the tenant and query they were sealed for, unaltered, and never otherwise."""

import string

import pytest
from hypothesis import assume, given
from hypothesis import strategies as some

from chalicelib.domain.errors import InvalidCursorError
from chalicelib.domain.ids import TenantId
from chalicelib.store.cursors import Cursors
from tests.build import ACME

CURSORS = Cursors(b"k" * 32)
POSITION = "1800000000000#01890a5d-ac96-774b-bcce-b302099a8057"
QUERY = {"status": "sent", "channel": "email"}
ALPHABET = string.ascii_letters + string.digits + "-_=+/. é"
queries = some.dictionaries(some.text(max_size=5), some.text(max_size=5), max_size=3)


@given(position=some.text(), query=queries)
def test_a_sealed_position_opens_again(position: str, query: dict[str, str]) -> None:
    assert CURSORS.open(ACME, query, CURSORS.seal(ACME, query, position)) == position


def test_the_order_of_a_query_does_not_matter() -> None:
    reordered = dict(reversed(QUERY.items()))
    assert CURSORS.open(ACME, reordered, CURSORS.seal(ACME, QUERY, POSITION)) == POSITION


def test_a_cursor_needs_no_escaping_in_a_url() -> None:
    assert set(CURSORS.seal(ACME, QUERY, POSITION)) <= set(string.ascii_letters + string.digits + "-_")


def test_another_tenants_cursor_does_not_open() -> None:
    with pytest.raises(InvalidCursorError):
        CURSORS.open(TenantId("eve"), QUERY, CURSORS.seal(ACME, QUERY, POSITION))


@given(query=queries, other=queries)
def test_another_querys_cursor_does_not_open(query: dict[str, str], other: dict[str, str]) -> None:
    assume(query != other)
    with pytest.raises(InvalidCursorError):
        CURSORS.open(ACME, other, CURSORS.seal(ACME, query, POSITION))


def test_a_cursor_of_another_key_does_not_open() -> None:
    with pytest.raises(InvalidCursorError):
        Cursors(b"x" * 32).open(ACME, QUERY, CURSORS.seal(ACME, QUERY, POSITION))


@given(place=some.integers(min_value=0), letter=some.sampled_from(ALPHABET), position=some.text(max_size=4))
def test_a_cursor_with_one_letter_changed_does_not_open(place: int, letter: str, position: str) -> None:
    cursor = CURSORS.seal(ACME, QUERY, position)
    place %= len(cursor)
    altered = cursor[:place] + letter + cursor[place + 1 :]
    assume(altered != cursor)
    with pytest.raises(InvalidCursorError):
        CURSORS.open(ACME, QUERY, altered)


@given(cursor=some.text())
def test_any_text_does_not_open(cursor: str) -> None:
    with pytest.raises(InvalidCursorError):
        CURSORS.open(ACME, QUERY, cursor)


@pytest.mark.parametrize(
    "change", [lambda text: text[:-1], lambda text: text + "A", lambda text: text + "=", str.lower]
)
def test_a_cursor_that_was_cut_or_grew_does_not_open(change: object) -> None:
    assert callable(change)
    with pytest.raises(InvalidCursorError):
        CURSORS.open(ACME, QUERY, change(CURSORS.seal(ACME, QUERY, POSITION)))
