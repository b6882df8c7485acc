"""The filters for numbers and times: how they are reckoned and how they are written in the reader's language."""

import math
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from jinja2 import TemplateRuntimeError, pass_context
from jinja2.runtime import Context

from chalicelib.rendering import limits
from chalicelib.rendering.calendar import written
from chalicelib.rendering.run import need
from chalicelib.rendering.values import count_of, number_in, number_of, text_of

_PRECISION: Final = 10
_SEPARATORS: Final = {
    "fr": ("\u202f", ","),
    "es": (".", ","),
    "de": (".", ","),
    "it": (".", ","),
    "pt": (".", ","),
    "nl": (".", ","),
    "pl": ("\u00a0", ","),
    "ru": ("\u00a0", ","),
    "tr": (".", ","),
    "sv": ("\u00a0", ","),
}
"""Between thousands, and before decimals, by language; others write as English does. (Unicode CLDR, `numbers`.)"""
_ISO: Final = re.compile(r"\d{4}-\d\d-\d\d([T ][\d:.,+Z-]{1,30})?\Z")


@pass_context
def _int(context: Context, value: Any, default: Any = 0) -> Any:
    number = _number(context, value)
    return default if number is None else int(number)


@pass_context
def _float(context: Context, value: Any, default: Any = 0.0) -> Any:
    number = _number(context, value)
    return default if number is None else float(number)


def _number(context: Context, value: Any) -> int | float | None:
    if type(need(value)) in (int, float, bool):
        return number_of(value * 1)
    return number_in(text_of(context, value).strip())


def _round(value: Any, precision: Any = 0, method: Any = "common") -> float:
    scale: int = 10 ** count_of(precision, _PRECISION)
    number = number_of(value)
    if method == "common":
        rounded: float = round(float(number), count_of(precision, _PRECISION))
        return rounded
    if method not in ("ceil", "floor"):
        raise TemplateRuntimeError("`round` knows the methods common, ceil and floor")
    whole: int = math.ceil(number * scale) if method == "ceil" else math.floor(number * scale)
    return whole / scale


def _abs(value: Any) -> int | float:
    return abs(number_of(value))


@pass_context
def _written_number(context: Context, value: Any, decimals: Any = 0) -> str:
    number = _number(context, value)
    if number is None:
        raise TemplateRuntimeError("this is no number")
    text = f"{number:,.{count_of(decimals, _PRECISION)}f}"
    thousands, point = _SEPARATORS.get(_language(context), (",", "."))
    return text.replace(",", "\0").replace(".", point).replace("\0", thousands)


@pass_context
def _date(context: Context, value: Any, form: Any = "%Y-%m-%d") -> str:
    return written(_time(context, value), text_of(context, form), _language(context))


def _time(context: Context, value: Any) -> datetime:
    text = text_of(context, value).strip()
    if not _ISO.match(text):
        raise TemplateRuntimeError("this is no date in ISO 8601, such as 2026-12-01 or 2026-12-01T09:00:00Z")
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise TemplateRuntimeError("there is no such date or time") from None


def _language(context: Context) -> str:
    locale = context.parent.get("locale")
    return str(locale)[: limits.DIGITS].replace("_", "-").split("-")[0].lower()


NUMBERS: Final[dict[str, Callable[..., Any]]] = {
    "int": _int,
    "float": _float,
    "round": _round,
    "abs": _abs,
    "number": _written_number,
    "date": _date,
}
