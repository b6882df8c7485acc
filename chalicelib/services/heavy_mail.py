"""Mails with files, one at a time: while 10 MB are encoded they are 70, and a worker has memory for one such mail."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock, local


class TooLateError(Exception):
    """There is no time left for what waited for its turn; it comes again."""


class HeavyMail:
    """Lets one thread of a worker at a time have the files of a mail."""

    def __init__(self) -> None:
        self._turn = Lock()
        self._own = local()

    @contextmanager
    def scope(self, in_time: Callable[[], bool]) -> Iterator[None]:
        """Let what runs inside take the turn, once; at the end it is given back. `in_time` tells whether there is time
        left to make a delivery.
        """
        self._own.in_time, self._own.taken = in_time, False
        try:
            yield
        finally:
            if self._own.taken:
                self._own.taken = False
                self._turn.release()

    def take_turn(self) -> None:
        """Wait until no other mail has files in memory; raises TooLateError. Inside of a `scope` only."""
        if self._own.taken:
            return
        self._turn.acquire()
        self._own.taken = True
        if not self._own.in_time():
            raise TooLateError
