"""Many calls at once, none forgotten."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")


def concurrently(call: Callable[[T], R], items: Sequence[T], workers: int) -> list[R]:
    """Return `call` of each item, in their order, with at most `workers` calls at a time.

    Every call is made, also after one has failed; then the first failure is raised. A call sees the caller's context
    variables (the tenant it acts for).
    """
    if len(items) <= 1:
        return [call(item) for item in items]
    with ThreadPoolExecutor(max_workers=min(workers, len(items))) as pool:
        futures = [pool.submit(copy_context().run, call, item) for item in items]
    return [future.result() for future in futures]
