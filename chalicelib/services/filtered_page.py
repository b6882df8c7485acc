"""A page of what a filter admits, over a listing that can only be read in its own order.

The work of one call is bounded: a filter that admits little answers short pages, also empty ones, each with a cursor
that is further on; so does a listing that itself answers a short page and goes on. Whoever follows the cursors reaches
the end.
"""

from collections.abc import Callable, Sequence
from typing import Final, TypeVar

from chalicelib.services.ports import Page

K = TypeVar("K")
V = TypeVar("V")

READS_PER_CALL: Final = 5
READ_SIZE: Final = 100
MOST_BYTES: Final = 2_500_000
"""What a page may weigh: quoted as JSON it has to fit into the 6 MB that a Lambda function may answer."""


def filtered_page(
    read: Callable[[int, str | None], Page[K]],
    admit: Callable[[Sequence[K]], Sequence[V | None]],
    limit: int,
    after: str | None,
    weigh: Callable[[V], int] = lambda _: 0,
) -> Page[V]:
    """Return up to `limit` admitted items that follow `after`, fewer if they weigh too much together.

    `read` returns a page of the listing (its limit and where it begins), `admit` what each of its keys stands for,
    None where that is not wanted, `weigh` the bytes of an item. Nothing is skipped and nothing told twice: when a page
    holds more than there is room for, it is read once more, cut there, to learn the place from which to go on.
    """
    found: list[V] = []
    weight, size = 0, limit
    for _ in range(READS_PER_CALL):
        page, taken = read(size, after), 0
        for place, item in enumerate(admit(page.items), start=1):
            if item is None:
                continue
            weight += weigh(item)
            if len(found) == limit or (found and weight > MOST_BYTES):
                return Page(tuple(found), read(taken, after).next if taken else after)
            found.append(item)
            taken = place
        after = page.next
        if after is None or len(found) == limit or len(page.items) < size:
            break
        size = READ_SIZE
    return Page(tuple(found), after)
