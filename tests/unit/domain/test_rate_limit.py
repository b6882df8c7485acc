"""Windows of rates: what is left, when there is more, and who has to wait for how long."""

import pytest

from chalicelib.domain.rate_limit import SECOND, Rate, Window, book, frees_at, give_back, left, take
from chalicelib.domain.value import Millis

MINUTELY = Rate(12)
SLOT = MINUTELY.slot
NOW = Millis(1_000_000 * SLOT)


def at(slots: float) -> Millis:
    """Return the time so many slots from now."""
    return Millis(NOW + round(slots * SLOT))


def test_no_more_is_taken_than_there_is() -> None:
    window, taken = take(Window(), MINUTELY, NOW, 5)
    assert (taken, left(window, MINUTELY, NOW)) == (5, 7)
    window, taken = take(window, MINUTELY, at(1), 20)
    assert (taken, left(window, MINUTELY, at(1))) == (7, 0)
    assert take(window, MINUTELY, at(2), 1) == (window.at(window.latest + 1), 0)


@pytest.mark.parametrize(("later", "there_are"), [(0, 0), (10, 0), (10.99, 0), (11, 5), (11.5, 5), (12, 12), (999, 12)])
def test_what_was_taken_counts_for_a_minute_wherever_in_its_slot_it_is_spent(later: float, there_are: int) -> None:
    window, _ = take(Window(), MINUTELY, NOW, 5)
    window, _ = take(window, MINUTELY, at(1), 7)
    assert left(window, MINUTELY, at(later)) == there_are


def test_there_is_more_when_the_oldest_counts_no_more() -> None:
    window, _ = take(Window(), MINUTELY, at(0.5), 5)
    window, _ = take(window, MINUTELY, at(4), 7)
    assert frees_at(window, MINUTELY) == at(11)
    assert left(window, MINUTELY, Millis(at(11) - 1)) == 0
    assert left(window, MINUTELY, at(11)) == 5


def test_a_clock_that_is_behind_takes_of_the_newest_slot() -> None:
    window, _ = take(Window(), MINUTELY, at(3), 5)
    window, taken = take(window, MINUTELY, NOW, 20)
    assert (taken, window.latest, window.counts) == (7, NOW // SLOT + 3, (12, *window.counts[1:]))


@pytest.mark.parametrize(("later", "count", "there_are"), [(0, 3, 10), (4, 3, 10), (4, 99, 12), (10, 5, 12), (0, 0, 7)])
def test_what_lapsed_unspent_is_given_back(later: float, count: int, there_are: int) -> None:
    window, _ = take(Window(), MINUTELY, NOW, 5)
    window = give_back(window.at(MINUTELY.slot_at(at(later))), NOW // SLOT, count)
    assert left(window, MINUTELY, at(later)) == there_are


@pytest.mark.parametrize("slot", [-20, -11, 1, 20])
def test_of_slots_that_are_not_counted_nothing_is_given_back(slot: int) -> None:
    window, _ = take(Window(), MINUTELY, NOW, 5)
    assert give_back(window, NOW // SLOT + slot, 3) == window


def test_those_who_wait_come_back_one_by_one_at_the_rate() -> None:
    rate = Rate(4, SECOND)
    window, first = book(Window(), rate, NOW, 10)
    assert first == NOW + 1_000
    window, second = book(window, rate, Millis(NOW + 10), 10)
    assert second == first + 2_500
    _, much_later = book(window, rate, Millis(NOW + 60_000), 10)
    assert much_later == NOW + 61_000


@pytest.mark.parametrize(("rate", "tokens"), [(Rate(1), 1), (Rate(5), 1), (Rate(100), 16), (Rate(10, SECOND, 2), 5)])
def test_a_lease_is_a_part_of_the_limit(rate: Rate, tokens: int) -> None:
    assert rate.largest_lease == tokens
