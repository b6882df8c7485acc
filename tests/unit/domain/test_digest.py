import pytest
from hypothesis import example, given
from hypothesis import strategies as some
from msgspec.structs import replace

from chalicelib.domain.digest import (
    MOST_ENTRIES,
    DigestKey,
    DigestRule,
    DigestWindow,
    WindowMode,
    digest_id,
)
from chalicelib.domain.errors import InvalidIdError
from chalicelib.domain.ids import NotificationId, TenantId, UserId, UserType
from chalicelib.domain.value import Millis
from chalicelib.domain.words import Channel
from tests.build import ACME, NOW
from tests.collecting import id_of

MINUTE = 60_000
A, B, C = id_of("a"), id_of("b"), id_of("c")
FIXED = DigestRule(window=60, channels=(Channel.EMAIL,))
SLIDING = replace(FIXED, mode=WindowMode.SLIDING)
OPEN = DigestWindow(entries=(A,), opened_at=NOW, closes_at=Millis(NOW + MINUTE), version=1)
FULL = replace(OPEN, entries=tuple(id_of(str(number)) for number in range(MOST_ENTRIES)))
texts = some.text(min_size=1, max_size=12)


@given(one=some.tuples(texts, texts, texts), other=some.tuples(texts, texts, texts))
@example(one=("a/b", "c", "d"), other=("a", "b/c", "d"))
@example(one=("a", "b", "c/d"), other=("a", "b/c", "d"))
@example(one=("a", "%2F", "c"), other=("a", "/", "c"))
def test_a_keys_text_is_its_own_and_leads_back_to_it(one: tuple[str, str, str], other: tuple[str, str, str]) -> None:
    key, another = (
        DigestKey(user_type=UserType(user_type), user_id=UserId(user_id), category=category)
        for user_type, user_id, category in (one, other)
    )
    assert DigestKey.parse(key.id) == key
    assert (key.id == another.id) == (one == other)


@pytest.mark.parametrize("text", ["", "customer", "customer/u1"])
def test_other_text_is_no_digests(text: str) -> None:
    with pytest.raises(InvalidIdError):
        DigestKey.parse(text)


@pytest.mark.parametrize("rule", [FIXED, SLIDING])
def test_the_first_to_join_opens_a_window_for_as_long_as_the_rule_says(rule: DigestRule) -> None:
    window = DigestWindow(version=3).joined(A, rule, NOW)
    assert window == replace(OPEN, version=3)
    assert window.holding(A) == A


@pytest.mark.parametrize(
    ("rule", "opened", "joins", "closes"),
    [
        (FIXED, 0, 59_000, MINUTE),
        (FIXED, 0, 61_000, MINUTE),  # the timer is a little late
        (SLIDING, 0, 30_000, 90_000),
        (SLIDING, 0, 8 * MINUTE, 9 * MINUTE),
        (SLIDING, 0, 9 * MINUTE + 1, 10 * MINUTE),
        (SLIDING, 0, 11 * MINUTE, 10 * MINUTE),
        (SLIDING, 0, -5_000, MINUTE),  # by the clock of another function
        (replace(SLIDING, window=10), 0, 20_000, MINUTE),  # the tenant shortened it: what was promised holds
        (None, 0, 30_000, MINUTE),
    ],
)
def test_a_window_closes_when_its_length_is_over_or_nothing_came_for_so_long(
    rule: DigestRule | None, opened: int, joins: int, closes: int
) -> None:
    window = OPEN.joined(B, rule, Millis(NOW + joins))
    assert window.entries == (A, B)
    assert (window.opened_at - NOW, window.closes_at - NOW) == (opened, closes)


def test_without_a_rule_a_window_closes_as_it_opens() -> None:
    assert DigestWindow().joined(A, None, NOW) == DigestWindow(entries=(A,), opened_at=NOW, closes_at=NOW)


def test_a_full_window_is_sealed_by_the_next_that_joins() -> None:
    window = FULL.joined(C, FIXED, Millis(NOW + 5))
    assert window == replace(
        FULL, entries=(C,), sealed=FULL.entries, opened_at=NOW + 5, closes_at=Millis(NOW + 5 + MINUTE)
    )
    assert not replace(FULL, entries=FULL.entries[1:]).joined(C, FIXED, NOW).sealed


def test_a_window_has_the_name_of_its_first_entry_open_or_sealed() -> None:
    sealed = OPEN.joined(B, FIXED, NOW).closed()
    both = sealed.joined(C, FIXED, NOW)
    assert sealed.entries == ()
    assert [both.holding(id) for id in (A, B, C)] == [A, A, C]
    assert both.told() == replace(both, sealed=())
    assert both.told().holding(A) is None


def test_the_digest_of_a_window_has_one_id_that_no_other_has() -> None:
    assert digest_id(ACME, A) == digest_id(ACME, A)
    assert len({digest_id(ACME, A), digest_id(ACME, B), digest_id(TenantId("eve"), A), NotificationId(A)}) == 4
