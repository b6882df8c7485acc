"""The AWS calls that functions made, as bench/preload wrote them down."""

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

VARIABLE: Final = "HERALD_BENCH_CALLS"
PRELOAD: Final = Path(__file__).parent.parent / "preload"


@dataclass(frozen=True)
class Call:
    """One call of an AWS service. `cpu` is what its process had used until then, in seconds."""

    function: str
    process: int
    service: str
    operation: str
    request: Mapping[str, Any]
    response: Mapping[str, Any]
    cpu: float


class CallLog:
    """The file that all functions of a stack write their calls to, read on from where it was read to."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._read = 0
        self._unread: defaultdict[str, list[Call]] = defaultdict(list)

    @property
    def environment(self) -> dict[str, str]:
        """What the stack needs in its environment."""
        return {VARIABLE: str(self._file.absolute()), "PYTHONPATH": str(PRELOAD)}

    def take(self, function: str) -> tuple[Call, ...]:
        """Return the calls of a function that were not taken before, in their order."""
        if self._file.exists():
            with self._file.open("rb") as file:
                file.seek(self._read)
                for line in file:
                    call = Call(**json.loads(line))
                    self._unread[call.function].append(call)
                self._read = file.tell()
        return tuple(self._unread.pop(function, ()))
