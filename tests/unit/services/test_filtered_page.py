"""A filtered page is exact, bounded, and leads to the end."""

from collections.abc import Sequence

import pytest

from chalicelib.services.filtered_page import MOST_BYTES, READS_PER_CALL, filtered_page
from chalicelib.services.ports import Page


class Numbers:
    """A listing of the numbers below `end`, whose cursor is the next number."""

    def __init__(self, end: int) -> None:
        self.end = end
        self.reads: list[int] = []

    def read(self, limit: int, after: str | None) -> Page[int]:
        self.reads.append(limit)
        start = int(after or 0)
        stop = min(start + limit, self.end)
        return Page(tuple(range(start, stop)), str(stop) if stop < self.end else None)


def follow(listing: Numbers, of: int, limit: int) -> list[Page[int]]:
    def admit(numbers: Sequence[int]) -> list[int | None]:
        return [number if number % of == 0 else None for number in numbers]

    pages = [filtered_page(listing.read, admit, limit, None)]
    while (after := pages[-1].next) is not None:
        pages.append(filtered_page(listing.read, admit, limit, after))
    return pages


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 20, 100])
@pytest.mark.parametrize("of", [1, 2, 3, 10, 101, 5_000])
@pytest.mark.parametrize("end", [0, 1, 20, 99, 101, 2_000])
def test_following_the_cursors_tells_everything_admitted_once_and_in_order(limit: int, of: int, end: int) -> None:
    pages = follow(Numbers(end), of, limit)

    assert [number for page in pages for number in page.items] == list(range(0, end, of))
    assert all(len(page.items) <= limit for page in pages)


def test_a_call_that_admits_nothing_gives_up_after_a_few_reads_with_a_cursor_further_on() -> None:
    listing = Numbers(100_000)

    page: Page[int] = filtered_page(listing.read, lambda numbers: [None for _ in numbers], 20, None)

    assert page == Page((), next="420")
    assert len(listing.reads) == READS_PER_CALL


def test_a_listing_that_gives_up_early_is_not_pressed_further() -> None:
    sparse: Page[int] = Page((7,), next="far")

    page = filtered_page(lambda size, after: sparse, lambda numbers: numbers, 20, None)

    assert page == sparse


def test_without_a_filter_one_read_of_the_asked_size_is_enough() -> None:
    listing = Numbers(100)

    page = filtered_page(listing.read, lambda numbers: numbers, 20, None)

    assert page == Page(tuple(range(20)), next="20")
    assert listing.reads == [20]


def test_zero_is_admitted_like_any_other_item() -> None:
    assert filtered_page(Numbers(1).read, lambda numbers: numbers, 5, None) == Page((0,))


def test_a_page_ends_where_it_gets_too_heavy_and_the_next_goes_on_there() -> None:
    weights = {0: MOST_BYTES * 2, 1: MOST_BYTES // 2, 2: MOST_BYTES // 2, 3: 1, 4: 0}
    pages: list[tuple[int, ...]] = []
    after: str | None = None
    while not pages or after is not None:
        page = filtered_page(Numbers(5).read, lambda numbers: numbers, 3, after, weights.__getitem__)
        pages.append(page.items)
        after = page.next

    assert pages == [(0,), (1, 2), (3, 4)]


def test_a_page_that_gets_too_heavy_with_a_later_read_goes_on_at_that_read() -> None:
    def admit(numbers: Sequence[int]) -> list[int | None]:
        return [number if number in (0, 2, 3) else None for number in numbers]

    page = filtered_page(Numbers(4).read, admit, 2, None, lambda number: MOST_BYTES if number == 2 else 1)

    assert page == Page((0,), next="2")
