"""Waiting for what happens elsewhere: look, pause, look again, until it is there or the time is up."""

import time
from collections.abc import Callable
from typing import TypeVar

from infra.cli.errors import CommandError

T = TypeVar("T")


class NotInTimeError(CommandError):
    """What was waited for did not happen in time."""


def eventually(look: Callable[[], T | None], what: str, within: float, every: float = 0.1) -> T:
    """Return the first thing that `look` finds (anything but None and False); look again each `every` seconds.

    Raises
    ------
    NotInTimeError
        It found nothing `within` that many seconds; the message names `what` was waited for.
    """
    deadline = time.monotonic() + within
    while True:
        found = look()
        if found is not None and found is not False:
            return found
        if time.monotonic() > deadline:
            raise NotInTimeError(f"Waited {within:.0f} s for {what}, in vain.")
        time.sleep(every)
