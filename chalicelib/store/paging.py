"""Pages of a listing. A position is where the next page begins, its first row included."""

from collections.abc import Callable, Iterable
from itertools import islice
from typing import TypeVar

from chalicelib.services.ports import Page
from chalicelib.store.access_patterns import Rows
from chalicelib.store.table import Raw, Table

T = TypeVar("T")


def page_of(rows: Iterable[Raw], limit: int, item: Callable[[Raw], T], position: Callable[[Raw], str]) -> Page[T]:
    """Return the first `limit` rows as items, and the position of the row that follows them."""
    found = list(islice(rows, limit + 1))
    following = position(found[limit]) if len(found) > limit else None
    return Page(tuple(item(row) for row in found[:limit]), following)


def page_in_order(table: Table, rows: Rows, limit: int, after: str | None, item: Callable[[Raw], T]) -> Page[T]:
    """Return a page of rows whose sort keys share a prefix, `rows.low`; what follows it is their position."""
    left = rows if after is None else rows._replace(low=rows.low + after)
    return page_of(table.query(left, page=limit + 1), limit, item, lambda row: suffix(row, rows))


def suffix(row: Raw, rows: Rows) -> str:
    """Return what follows the prefix in a row's sort key."""
    return str(row["SK"]["S"]).removeprefix(rows.low)
