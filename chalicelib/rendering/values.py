"""Values of JSON as filters and prints take them; whatever is not what they need is a TemplateRuntimeError."""

import math
from typing import Any, Final

from jinja2 import TemplateRuntimeError
from jinja2.runtime import Context
from markupsafe import Markup

from chalicelib.rendering import limits
from chalicelib.rendering.run import OverLimitError, kind_of, need, run_of

_PRINTED: Final = {None: "", True: "true", False: "false"}


def printed(value: Any) -> Any:
    """Return what a place prints of a value: texts and numbers as they are, nothing of null, no lists and objects."""
    kind = type(value)
    if kind is str or kind is Markup:
        if len(value) > limits.TEXT:
            raise OverLimitError(f"a text has more than {limits.TEXT} characters")
        return value
    if (kind is int and abs(value) < 10**limits.DIGITS) or kind is float:
        return value
    if value is None or kind is bool:
        return _PRINTED[value]
    raise TemplateRuntimeError(f"{kind_of(need(value))} cannot be printed")


def text_of(context: Context, value: Any) -> str:
    """Return the text that a filter reads."""
    return run_of(context).read(str(printed(value)))


def number_of(value: Any) -> int | float:
    """Return a number that a filter or an operator reckons with."""
    if type(need(value)) not in (int, float) or not abs(value) <= limits.NUMBER:
        raise TemplateRuntimeError(f"{kind_of(value)} is no number that can be reckoned with")
    number: int | float = value
    return number


def count_of(value: Any, most: int) -> int:
    """Return a whole number from 0 to `most`."""
    number = number_of(value)
    if number != int(number) or not 0 <= number <= most:
        raise TemplateRuntimeError(f"a whole number from 0 to {most} is needed here")
    return int(number)


def list_of(context: Context, value: Any, attribute: Any = None) -> list[Any]:
    """Return the items of a list, or what each has under a key."""
    if type(need(value)) is not list:
        raise TemplateRuntimeError(f"{kind_of(value)} is no list")
    items = run_of(context).loop(value, 1)
    return items if attribute is None else [_member(item, attribute) for item in items]


def number_in(text: str) -> float | None:
    """Return the number that a text is, None when it is none."""
    if len(text) > limits.DIGITS:
        return None
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) and abs(number) <= limits.NUMBER else None


def _member(item: Any, key: Any) -> Any:
    if type(item) is not dict or type(key) is not str or key not in item:
        raise TemplateRuntimeError(f"an item of the list has no {str(key)[:64]!r}")
    return item[key]
