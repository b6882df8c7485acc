"""Keeping connections open in a warm worker, without being fooled by one that died while the worker was frozen."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Final

LONGEST_IDLE: Final = 4.0
"""Seconds: shorter than the keep-alive of any server met so far (Node's default, 5, is the shortest)."""


class Pool:
    """Lets go of a client's pooled connections once they lay idle.

    Between invocations a Lambda function stands still and learns of no connection being closed. The next request on
    such a connection would break in a way that cannot be told from one that the vendor took, and be reported as unknown
    (https://github.com/psf/requests/issues/4506). `close` drops the client's connections and leaves it usable.
    """

    def __init__(self, close: Callable[[], None], clock: Callable[[], float] = time.monotonic) -> None:
        self._close = close
        self._clock = clock
        self._lock = Lock()
        self._users = 0
        self._last_used = clock()

    @contextmanager
    def connection(self) -> Iterator[None]:
        """Use the client inside; connections idle for too long are gone before. Any number of threads may."""
        with self._lock:
            if self._users == 0 and self._clock() - self._last_used > LONGEST_IDLE:
                self._close()
            self._users += 1
        try:
            yield
        finally:
            with self._lock:
                self._users -= 1
                self._last_used = self._clock()
