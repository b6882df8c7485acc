"""AWS batch calls take ten entries and may refuse some of them: this sends many and tells which were refused."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice
from typing import Any, Final, TypeVar

BATCH: Final = 10

T = TypeVar("T")
E = TypeVar("E")


def send_in_batches(
    items: Sequence[T],
    entry_of: Callable[[T, str], E],
    call: Callable[[list[E]], Mapping[str, Any]],
) -> list[T]:
    """Send `items` ten at a time; return those that the service refused.

    `entry_of` makes the entry of an item under an id, `call` makes one batch call and returns the answer, whose
    `Failed` names the refused entries.
    """
    refused: list[T] = []
    for batch in _chunks(items):
        entries = [entry_of(item, str(position)) for position, item in enumerate(batch)]
        answer = call(entries)
        refused += [batch[int(failure["Id"])] for failure in answer.get("Failed", [])]
    return refused


def _chunks(items: Iterable[T]) -> Iterable[list[T]]:
    iterator = iter(items)
    while chunk := list(islice(iterator, BATCH)):
        yield chunk
