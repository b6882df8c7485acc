"""One call for all threads that need it at the same time."""

from collections.abc import Callable
from concurrent.futures import Future
from threading import Lock
from typing import Generic, TypeVar

T = TypeVar("T")


class SharedCall(Generic[T]):
    """Makes a call for whoever comes: who does while it is being made waits for it and shares what it comes to, a
    failure too. So nobody waits for longer than one call takes; one after another, each would wait for all before.
    """

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._lock = Lock()
        self._running: Future[T] | None = None

    def __call__(self) -> T:
        """Return what the call returns, or raise what it raises."""
        with self._lock:
            is_first = self._running is None
            running = self._running = self._running or Future()
        if is_first:
            self._run(running)
        return running.result()

    def _run(self, running: "Future[T]") -> None:
        try:
            running.set_result(self._make())
        except BaseException as error:  # noqa: BLE001 (raised again, to everybody who waits)
            running.set_exception(error)
        finally:
            with self._lock:
                self._running = None
