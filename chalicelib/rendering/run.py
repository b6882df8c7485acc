"""One filling of one message: what its templates have used up so far, and what links they may have."""

from collections.abc import Collection
from typing import Any, Final

from jinja2 import TemplateRuntimeError, Undefined
from jinja2.runtime import Context

from chalicelib.rendering import limits

RUN: Final = "\0run"
"""Where a context keeps it: a name that nobody can write."""


class OverLimitError(TemplateRuntimeError):
    """A template does or makes more than it may."""


class Run:
    """What the filters and loops of a message share."""

    __slots__ = ("characters", "schemes", "steps")

    def __init__(self, schemes: Collection[str] = ()) -> None:
        self.schemes = schemes
        self.characters = 0
        self.steps = 0

    def read(self, text: str) -> str:
        """Return a text that a filter reads or makes; OverLimitError when it is too long, or too much by now."""
        self.characters += len(text)
        if len(text) > limits.TEXT:
            raise OverLimitError(f"a text has more than {limits.TEXT} characters")
        if self.characters > limits.FILTERED:
            raise OverLimitError(f"the filters read and make more than {limits.FILTERED} characters")
        return text

    def loop(self, items: list[Any], nodes: int) -> list[Any]:
        """Return the items of a loop that has `nodes` in its body."""
        if len(items) > limits.ITEMS:
            raise OverLimitError(f"a list has more than {limits.ITEMS} items")
        self.steps += len(items) * nodes
        if self.steps > limits.STEPS:
            raise OverLimitError("the loops take too many steps")
        return items


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
