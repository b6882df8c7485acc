"""Draining: wake what lies in a bucket whose time has come.

What is due is woken first, that is, handed to the dispatch queue, and its item removed last: whoever dies in between
leaves the item to the next drain, and what is woken twice finds nothing left to do. Nothing that is due is judged here,
so nothing in it can hold up its neighbors.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from chalicelib.domain.timer import SHARDS, Due
from chalicelib.services.concurrently import concurrently
from chalicelib.services.ports import DueItems, Queues

PAGE: Final = 200
RESERVE: Final = 5
"""A shard is left while this part, a fifth, of the time for it remains: 60 s of five minutes."""

Remaining = Callable[[], int]
"""Tells how many milliseconds remain."""


class FloodError(Exception):
    """A bucket holds more than one invocation is to wake: its shards want one each."""


class UnfinishedError(Exception):
    """Something is left that another invocation will find."""


@dataclass(frozen=True, slots=True)
class Drain:
    """The use case: wake a bucket. `page` is how many items are woken together."""

    dues: DueItems
    queues: Queues
    page: int = PAGE
    concurrency: int = 16

    def all_shards(self, bucket: int) -> int:
        """Wake a bucket whose shards hold no more than a page each; return how many were woken.

        Raises
        ------
        FloodError
            Some shard may hold more. A page of each was woken.
        UnfinishedError
            The queue did not take everything.
        """
        woken = concurrently(lambda shard: self._one_page(bucket, shard), range(SHARDS), self.concurrency)
        if max(woken) == self.page:
            raise FloodError(f"a shard of {bucket} holds more than a page")
        return sum(woken)

    def shard(self, bucket: int, shard: int, remaining: Remaining) -> int:
        """Wake one shard of a bucket, page by page; return how many were woken.

        Raises
        ------
        UnfinishedError
            The time is nearly over, or the queue did not take everything.
        """
        reserve = remaining() // RESERVE
        woken = 0
        while remaining() > reserve:
            count = self._one_page(bucket, shard)
            woken += count
            if count < self.page:
                return woken
        raise UnfinishedError(f"woke {woken} of shard {shard} of {bucket} and ran out of time")

    def _one_page(self, bucket: int, shard: int) -> int:
        dues = self.dues.page(bucket, shard, self.page)
        if dues:
            self._wake(bucket, dues)
        return len(dues)

    def _wake(self, bucket: int, dues: Sequence[Due]) -> None:
        refused = self.queues.wake(dues)
        self.dues.delete(bucket, [due for due in dues if due not in refused])
        if refused:
            raise UnfinishedError(f"the queue did not take {len(refused)} of {bucket}")
