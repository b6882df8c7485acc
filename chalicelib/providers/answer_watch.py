"""Answers that take too long: an HTTP client's read timeout counts anew with every byte."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from threading import Timer
from typing import Final

LONGEST: Final = 30.0
"""Seconds for an answer, where the caller names none."""


class Watch:
    """Breaks a connection off whose answer takes too long."""

    def __init__(self, limit: float | None) -> None:
        self.over = False
        self._limit = limit or LONGEST
        self._timers: list[Timer] = []

    def start(self, connection: socket.socket | None) -> None:
        """Give the answer on `connection` its time from now."""
        if connection is None:
            return
        timer = Timer(self._limit, self._break_off, [connection])
        timer.daemon = True
        timer.start()
        self._timers.append(timer)

    def stop(self) -> None:
        """Leave the connections alone."""
        for timer in self._timers:
            timer.cancel()

    def _break_off(self, connection: socket.socket) -> None:
        self.over = True
        with suppress(OSError):
            # Not a TLS socket's own shutdown: the thread that reads would go on as if there were no TLS.
            socket.socket.shutdown(connection, socket.SHUT_RDWR)


watching: ContextVar[Watch | None] = ContextVar("watching", default=None)


@contextmanager
def watch_answers(limit: float | None) -> Iterator[Watch]:
    """Watch over the answers that this thread waits for inside."""
    watch = Watch(limit)
    token = watching.set(watch)
    try:
        yield watch
    finally:
        watch.stop()
        watching.reset(token)
