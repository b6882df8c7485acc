"""What Apprise says while it sends: it answers yes or no, and tells the reason only to its logger.

A plugin complains from where it caught the exception, so that a handler of its logger sees the exception itself. What
it says goes nowhere else: it quotes addresses with the secrets in them.
"""

import logging
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from threading import local
from typing import Final

_STATUS: Final = re.compile(r"error=(\d{3})\b")
"""How plugins name the HTTP status that they took for a failure."""


@dataclass
class Heard:
    """The first complaint of a call: the exception there was, or the status that was answered."""

    error: BaseException | None = None
    status: int | None = None


@contextmanager
def hearing() -> Iterator[Heard]:
    """Yield what Apprise complains of in this thread from now on."""
    ear = _ear()
    heard = ear.heard.now = Heard()
    try:
        yield heard
    finally:
        ear.heard.now = None


class _Ear(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.heard = local()

    def emit(self, record: logging.LogRecord) -> None:
        """Note what the record is about."""
        heard: Heard | None = getattr(self.heard, "now", None)
        if heard is None:
            return
        status = _STATUS.search(record.getMessage())
        heard.error = heard.error or sys.exc_info()[1]
        heard.status = heard.status or (int(status[1]) if status else None)


@cache
def _ear() -> _Ear:
    ear = _Ear()
    logger = logging.getLogger("apprise")
    logger.setLevel(logging.WARNING)
    logger.propagate = False
    logger.addHandler(ear)
    return ear
