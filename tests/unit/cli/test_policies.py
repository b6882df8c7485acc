"""How on-call rotas look in a terminal: every one of them is there, and whoever it falls back to."""

from io import StringIO
from typing import Any

from rich.console import Console

from infra.cli.policies import rota_rows

ANN = {"userType": "support", "userId": "ann"}
BARE = {"timeZone": "UTC", "shifts": [], "fallback": [], "holidays": [], "holidayPeople": []}
WEEK = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


def shown(*rotas: dict[str, Any]) -> list[list[str]]:
    """Return the words of each line below the heading."""
    text = StringIO()
    Console(file=text, width=200).print(rota_rows(rotas))
    return [line.split() for line in text.getvalue().splitlines()[1:]]


def test_a_rota_that_only_falls_back_to_another_is_there() -> None:
    assert shown(BARE | {"id": "night", "fallbackRota": "day"}) == [["night", "UTC", "fallback", "rota", "day"]]


def test_each_rota_is_named_once_whatever_it_has() -> None:
    shift = {"people": [ANN], "days": WEEK, "start": "00:00", "end": "24:00"}
    holidays = {"holidays": ["2026-12-25"], "holidayPeople": [ANN]}
    assert shown(
        BARE | {"id": "day", "shifts": [shift], "fallback": [ANN], "fallbackRota": "night"} | holidays,
        BARE | {"id": "feast", "fallbackRota": "day"} | holidays,
    ) == [
        ["day", "UTC", "every", "day", "00:00-24:00", "support/ann"],
        ["2026-12-25", "holiday", "support/ann"],
        ["fallback", "support/ann,", "rota", "night"],
        ["feast", "UTC", "2026-12-25", "holiday", "support/ann"],
        ["fallback", "rota", "day"],
    ]
