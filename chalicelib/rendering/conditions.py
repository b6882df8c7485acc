"""What conditions ask of values: the tests that templates have (`is odd`), and comparisons, which go through one too.

Jinja's own have Python do it, for which `%` formats texts and `==` may take as long as the data is large. Here numbers
are reckoned with, and what is read is counted.
"""

import operator
from collections.abc import Callable
from typing import Any, Final

from jinja2 import TemplateRuntimeError, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from chalicelib.rendering.grammar import COMPARED
from chalicelib.rendering.run import Run, kind_of, need, run_of
from chalicelib.rendering.values import number_of, text_of

_TEXTS: Final = frozenset({str, Markup})
_MANY: Final = frozenset({list, tuple, dict})


def _is_divisible(value: Any, num: Any) -> bool:
    return bool(number_of(value) % number_of(num) == 0)


@pass_context
def _is_lower(context: Context, value: Any) -> bool:
    return text_of(context, value).islower()


@pass_context
def _is_upper(context: Context, value: Any) -> bool:
    return text_of(context, value).isupper()


@pass_context
def _compared(context: Context, value: Any, *steps: Any) -> bool:
    """Tell whether all comparisons in a row hold: `a < b <= c` comes as a, "lt", b, "lteq", c."""
    for name, other in zip(steps[::2], steps[1::2], strict=True):
        if not _holds(name, run_of(context), need(value), need(other)):
            return False
        value = other
    return True


def _comparison(name: str) -> Callable[[Context, Any, Any], bool]:
    @pass_context
    def holds(context: Context, value: Any, other: Any) -> bool:
        return _holds(name, run_of(context), need(value), need(other))

    return holds


def _holds(name: str, run: Run, value: Any, other: Any) -> bool:
    if name in ("in", "notin"):
        return _is_in(run, value, other) is (name == "in")
    if type(value) in _TEXTS and type(other) in _TEXTS:
        run.count(min(len(value), len(other)))
    elif type(value) in _MANY and type(other) in _MANY:
        _count(run, value)
    try:
        return bool(_OPERATORS[name](value, other))
    except TypeError:
        raise TemplateRuntimeError(f"{kind_of(value)} and {kind_of(other)} have no order") from None


def _is_in(run: Run, value: Any, other: Any) -> bool:
    if type(other) in _TEXTS and type(value) in _TEXTS:
        return value in run.read(other)
    if type(other) not in _MANY or (type(other) is dict and type(value) in _MANY):
        raise TemplateRuntimeError(f"{kind_of(value)} cannot be looked for in {kind_of(other)}")
    if type(value) in _MANY:
        _count(run, other)
    else:
        run.count(len(other))
    return value in other


def _count(run: Run, value: Any) -> None:
    """Count what comparing all of a value may read."""
    run.count(len(value))
    for item in value.values() if type(value) is dict else value:
        if type(item) in _TEXTS:
            run.count(len(item))
        elif type(item) in _MANY:
            _count(run, item)


_OPERATORS: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "lt": operator.lt,
    "lteq": operator.le,
    "gt": operator.gt,
    "gteq": operator.ge,
}
TESTS: Final[dict[str, Callable[..., bool]]] = {
    "mapping": lambda value: type(need(value)) is dict,
    "number": lambda value: type(need(value)) in (int, float),
    "odd": lambda value: bool(number_of(value) % 2 == 1),
    "even": lambda value: _is_divisible(value, 2),
    "divisibleby": _is_divisible,
    "lower": _is_lower,
    "upper": _is_upper,
    "eq": _comparison("eq"),
    "equalto": _comparison("eq"),
    "ne": _comparison("ne"),
    "lt": _comparison("lt"),
    "lessthan": _comparison("lt"),
    "le": _comparison("lteq"),
    "gt": _comparison("gt"),
    "greaterthan": _comparison("gt"),
    "ge": _comparison("gteq"),
    "in": _comparison("in"),
    COMPARED: _compared,
}
