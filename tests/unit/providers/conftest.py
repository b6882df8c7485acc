"""What tests of several providers use."""

from concurrent.futures import Future
from threading import Semaphore
from typing import Any

import pytest


@pytest.fixture
def waiters(monkeypatch: pytest.MonkeyPatch) -> Semaphore:
    """Who waits for a call that another thread makes: to be acquired once for each."""
    waiting = Semaphore(0)

    class Counted(Future[Any]):
        def result(self, timeout: float | None = None) -> Any:
            waiting.release()
            return super().result(timeout)

    monkeypatch.setattr("chalicelib.providers.shared_call.Future", Counted)
    return waiting
