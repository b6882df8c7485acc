"""One filling of one part: what it has used up so far, and what links it may have."""

import time
from collections.abc import Callable, Collection, Iterator
from typing import Any, Final

from jinja2 import TemplateRuntimeError, Undefined
from jinja2.runtime import Context

from chalicelib.rendering import limits

RUN: Final = "\0run"
"""Where a context keeps it: a name that nobody can write."""


class OverLimitError(TemplateRuntimeError):
    """A template does or makes more than it may."""


class Run:
    """What the filters, conditions and loops of a part share. `clock` counts seconds; they begin now."""

    __slots__ = ("_clock", "_ends", "characters", "schemes", "steps")

    def __init__(self, schemes: Collection[str] = (), clock: Callable[[], float] = time.monotonic) -> None:
        self.schemes = schemes
        self.characters = 0
        self.steps = 0
        self._clock = clock
        self._ends = clock() + limits.SECONDS

    def look(self) -> None:
        """Look at the clock; OverLimitError when it is too late."""
        if self._clock() > self._ends:
            raise OverLimitError("it takes too long")

    def read(self, text: str) -> str:
        """Return a text that a filter or a condition reads or makes; OverLimitError when it is too long, or too much by
        now.
        """
        if len(text) > limits.TEXT:
            raise OverLimitError(f"a text has more than {limits.TEXT} characters")
        self.count(len(text))
        return text

    def count(self, characters: int) -> None:
        """Count what is read or made; OverLimitError when it is too much by now."""
        self.characters += characters
        if self.characters > limits.FILTERED:
            raise OverLimitError(f"filters and conditions read and make more than {limits.FILTERED} characters")
        self.look()

    def loop(self, items: list[Any], nodes: int) -> "Watched":
        """Return the items of a loop that has `nodes` in its body."""
        if len(items) > limits.ITEMS:
            raise OverLimitError(f"a list has more than {limits.ITEMS} items")
        self.steps += len(items) * nodes
        if self.steps > limits.STEPS:
            raise OverLimitError("the loops take too many steps")
        return Watched(items, self)


class Watched(list[Any]):
    """The items of a loop: before each of them it looks at the clock."""

    __slots__ = ("_run",)

    def __init__(self, items: list[Any], run: Run) -> None:
        super().__init__(items)
        self._run = run

    def __iter__(self) -> Iterator[Any]:
        for item in super().__iter__():
            self._run.look()
            yield item


def run_of(context: Context) -> Run:
    """Return the run that a context belongs to."""
    run: Run = context.parent[RUN]
    return run


def need(value: Any) -> Any:
    """Return a value that is there; UndefinedError otherwise."""
    if isinstance(value, Undefined):
        value._fail_with_undefined_error()  # noqa: SLF001 (the way it says what is missing)
    return value


def kind_of(value: Any) -> str:
    """Return what authors call a value of this kind."""
    return _KINDS.get(type(value), "a text")


_KINDS: Final = {
    dict: "an object",
    list: "a list",
    tuple: "a list",
    int: "a number",
    float: "a number",
    bool: "a truth value",
    type(None): "null",
}
