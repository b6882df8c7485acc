"""What tells that a template reached something: an object among the data that notices every touch, and the events that
the interpreter reports of files, imports, programs and connections.
"""

import sys
from types import TracebackType
from typing import Any

_LOUD = (
    "open",
    "os.",
    "subprocess.",
    "socket.",
    "import",
    "shutil.",
    "ctypes.",
    "pty.",
    "glob.",
    "tempfile.",
    "urllib.",
)
_COMPILED = ("<template>", "<unknown>")
"""Templates, and numbers of theirs (`ast.literal_eval`)."""


_ASKING_FOR_THE_KIND = {"need", "_default", "_constant", "test_string", "test_mapping", "test_defined", "test_number"}
"""What calls `isinstance`, which looks there."""


class Watch:
    """Hears what happens while it is entered. `secret` is in the environment and in a file."""

    def __init__(self, secret: str) -> None:
        self.secret = secret
        self._heard: list[str] = []
        self._on = False

    def __enter__(self) -> None:
        self._on = True

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._on = False

    def hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Take note of an event of the interpreter (PEP 578)."""
        compiled = event == "compile" and arguments[1] not in _COMPILED
        if self._on and (compiled or event.startswith(_LOUD)):
            self.note(f"{event} {arguments!r}"[:200])

    def note(self, what: str) -> None:
        """Take note."""
        if self._on:
            self._heard.append(what)

    def take(self) -> tuple[str, ...]:
        """Return what was heard, once."""
        heard, self._heard = tuple(self._heard), []
        return heard


class Canary:
    """Looks like data and is none: whoever reads an attribute of it, or has it do anything, has left JSON behind."""

    def __init__(self, watch: Watch) -> None:
        object.__setattr__(self, "_watch", watch)

    def __getattribute__(self, name: str) -> Any:
        if not (name == "__class__" and sys._getframe(1).f_code.co_name in _ASKING_FOR_THE_KIND):
            object.__getattribute__(self, "_watch").note(f"attribute {name}")
        return object.__getattribute__(self, name)

    def __getitem__(self, name: object) -> str:
        _sing(self, f"item {name}")
        return "reached"

    def __bool__(self) -> bool:
        return True

    def __call__(self, *arguments: object, **named: object) -> str:
        _sing(self, "called")
        return "reached"

    def __str__(self) -> str:
        _sing(self, "printed")
        return "reached"

    __repr__ = __str__

    def __html__(self) -> str:
        _sing(self, "printed as HTML")
        return "reached"

    def __format__(self, form: str) -> str:
        _sing(self, "formatted")
        return "reached"

    def __len__(self) -> int:
        _sing(self, "measured")
        return 1

    def __iter__(self) -> Any:
        _sing(self, "looped over")
        return iter(())

    def __add__(self, other: object) -> str:
        _sing(self, "added")
        return "reached"

    __radd__ = __mul__ = __rmul__ = __mod__ = __rmod__ = __add__


def _sing(canary: Canary, what: str) -> None:
    object.__getattribute__(canary, "_watch").note(what)
