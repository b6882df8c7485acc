"""How a time is written: the places of a format, with the names of days and months in the reader's language."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Final

from jinja2 import TemplateRuntimeError

_PLACE: Final = re.compile(r"%(-?[A-Za-z%]|.?)", re.DOTALL)
_FORM: Final = 100
"""Characters of a format."""
_MONTHS: Final = {
    "en": "January February March April May June July August September October November December",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "ar": "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "pt": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
}
_DAYS: Final = {
    "en": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
    "fr": "lundi mardi mercredi jeudi vendredi samedi dimanche",
    "es": "lunes martes miércoles jueves viernes sábado domingo",
    "ar": "الاثنين الثلاثاء الأربعاء الخميس الجمعة السبت الأحد",
    "de": "Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag",
    "it": "lunedì martedì mercoledì giovedì venerdì sabato domenica",
    "pt": "segunda-feira terça-feira quarta-feira quinta-feira sexta-feira sábado domingo",
}
"""The names of Unicode CLDR; a language that is not here reads them in English."""
_ABBREVIATED: Final = 3


def written(time: datetime, form: str, language: str) -> str:
    """Return a time in a format such as `%d %B %Y, %H:%M`; TemplateRuntimeError when the format has another place."""
    if len(form) > _FORM:
        raise TemplateRuntimeError(f"a date's format may have {_FORM} characters at most")
    return _PLACE.sub(lambda found: _filled(found[1], time, language), form)


def _filled(place: str, time: datetime, language: str) -> str:
    fill = _PLACES.get(place.removeprefix("-") if len(place) > 1 else place)
    if fill is None:
        raise TemplateRuntimeError(f"a date's format has no place %{place}")
    text = fill(time, language)
    return (text.lstrip("0") or "0") if place.startswith("-") else text


def _month(time: datetime, language: str) -> str:
    return _MONTHS.get(language, _MONTHS["en"]).split()[time.month - 1]


def _day(time: datetime, language: str) -> str:
    return _DAYS.get(language, _DAYS["en"]).split()[time.weekday()]


def _short(name: str, language: str) -> str:
    """Return an abbreviation where the language makes it of the first letters."""
    return name[:_ABBREVIATED] if language in ("en", "es", "it", "pt") or language not in _MONTHS else name


def _offset(time: datetime, _language: str) -> str:
    return time.strftime("%z")


_PLACES: Final[dict[str, Callable[[datetime, str], str]]] = {
    "Y": lambda time, _: f"{time.year:04}",
    "y": lambda time, _: f"{time.year % 100:02}",
    "m": lambda time, _: f"{time.month:02}",
    "d": lambda time, _: f"{time.day:02}",
    "e": lambda time, _: str(time.day),
    "H": lambda time, _: f"{time.hour:02}",
    "I": lambda time, _: f"{time.hour % 12 or 12:02}",
    "M": lambda time, _: f"{time.minute:02}",
    "S": lambda time, _: f"{time.second:02}",
    "p": lambda time, _: "AM" if time.hour < 12 else "PM",  # noqa: PLR2004 (noon)
    "j": lambda time, _: f"{time.timetuple().tm_yday:03}",
    "z": _offset,
    "B": _month,
    "b": lambda time, language: _short(_month(time, language), language),
    "A": _day,
    "a": lambda time, language: _short(_day(time, language), language),
    "%": lambda _time, _language: "%",
}
