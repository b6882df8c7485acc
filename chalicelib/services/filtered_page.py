"""A page of what a filter admits, over a listing that can only be read in its own order.

The work of one call is bounded: a filter that admits little answers short pages, also empty ones, each with a cursor
that is further on. Whoever follows the cursors reaches the end.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Final, TypeVar

from chalicelib.services.ports import Page

K = TypeVar("K")
V = TypeVar("V")

READS_PER_CALL: Final = 5
READ_SIZE: Final = 100


def filtered_page(
    read: Callable[[int, str | None], Page[K]],
    admit: Callable[[Sequence[K]], Mapping[K, V]],
    limit: int,
    after: str | None,
) -> Page[V]:
    """Return up to `limit` admitted items that follow `after`.

    `read` returns a page of the listing (its limit and where it begins), `admit` those of its keys that are wanted,
    with what they stand for. Nothing is skipped and nothing told twice: when a page holds more than there is room
    for, it is read once more, cut where the room ends, to learn the place from which to go on.
    """
    found: list[V] = []
    size = limit
    for _ in range(READS_PER_CALL):
        page = read(size, after)
        admitted = admit(page.items)
        positions = [position for position, key in enumerate(page.items) if key in admitted]
        room = limit - len(found)
        found += [admitted[page.items[position]] for position in positions[:room]]
        if len(positions) > room:
            return Page(tuple(found), read(positions[room - 1] + 1, after).next)
        after = page.next
        if after is None or len(found) == limit:
            break
        size = READ_SIZE
    return Page(tuple(found), after)
