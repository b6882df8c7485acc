"""AWS batch calls take ten entries and may refuse some of them: this sends many and tells which were refused."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice
from typing import Any, Final, TypeVar

BATCH: Final = 10
ROUNDS: Final = 3
"""How often an entry is offered: what is refused for a moment's trouble should not cost a visibility timeout."""

T = TypeVar("T")
E = TypeVar("E")


def send_in_batches(
    items: Sequence[T],
    entry_of: Callable[[T, str], E],
    call: Callable[[list[E]], Mapping[str, Any]],
) -> list[T]:
    """Send `items` ten at a time, the refused ones again; return those that the service kept refusing.

    `entry_of` makes the entry of an item under an id, `call` makes one batch call and returns the answer, whose
    `Failed` names the refused entries.
    """
    left = list(items)
    for _ in range(ROUNDS):
        left = [item for batch in _chunks(left) for item in _refused(batch, entry_of, call)]
    return left


def _refused(batch: list[T], entry_of: Callable[[T, str], E], call: Callable[[list[E]], Mapping[str, Any]]) -> list[T]:
    answer = call([entry_of(item, str(position)) for position, item in enumerate(batch)])
    return [batch[int(failure["Id"])] for failure in answer.get("Failed", [])]


def _chunks(items: Iterable[T]) -> Iterable[list[T]]:
    iterator = iter(items)
    while chunk := list(islice(iterator, BATCH)):
        yield chunk
