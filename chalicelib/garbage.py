"""When Python looks for garbage that only a collection finds.

Nearly all that an import makes stays, so looking for garbage among it is wasted: with Python's own thresholds it takes
30 ms of a cold start. What was made until then is never looked at again.
"""

import gc
from typing import Final

_STARTING: Final = 200_000
_STARTED: Final = 20_000
"""New objects after which a collection begins."""


def hardly_collect() -> None:
    """Call when a function begins to start."""
    gc.set_threshold(_STARTING, 10, 10)


def collect_what_comes() -> None:
    """Call when it has started."""
    gc.freeze()
    gc.set_threshold(_STARTED, 10, 10)
