"""How explanations and simulations look in a terminal."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from chalicelib.domain.delivery import DeliveryStatus
from infra.cli.console import console, headline, indented
from infra.cli.deliveries import shown_status

Told = Mapping[str, Any]

_INDENT: Final = 2
_CLOCK: Final = len("09:00:00.000")


def print_explanation(told: Told) -> None:
    """Print what the API tells of a notification."""
    headline(f"Notification {told['id']}")
    console.print(Padding(Text(told["summary"]), (0, 0, 0, _INDENT)))
    headline("Channels")
    console.print(indented(channel_rows(told["channels"])))
    for relay in told["relays"]:
        headline(f"On duty: {relay['rota']}")
        console.print(Padding(Text(relay["text"]), (0, 0, 0, _INDENT)))
    headline("Why")
    console.print(indented(fact_rows(told["facts"])))
    headline("Course of events")
    console.print(indented(moment_rows(told["timeline"])))


def print_simulation(told: Told) -> None:
    """Print what the API tells of a send that was not made."""
    for notification in told["notifications"]:
        who = notification["recipient"]
        headline(f"{who['userType']}/{who['userId']}: {notification['status']}, {notification['strategy']}")
        console.print(indented(channel_rows(notification["channels"])))
        for line in notes(notification):
            console.print(Padding(Text(line, "dim"), (0, 0, 0, _INDENT)))
    totals = told["totals"]
    console.print()
    counted = ", ".join(f"{count} {status}" for status, count in totals["deliveries"].items()) or "nothing"
    console.print(f"Nothing was sent. It would be: {counted}; estimated price {totals['price']}.", soft_wrap=True)


def channel_rows(channels: Iterable[Told]) -> Table:
    """Return a row for each channel: its status and its sentence, and, of a simulation, provider and price."""
    rows = _grid(3)
    for channel in channels:
        beyond = f" Costs {channel['price']}." if channel.get("priceMillionths") else ""
        rows.add_row(channel["channel"], shown_status(DeliveryStatus(channel["status"])), channel["text"] + beyond)
    return rows


def fact_rows(facts: Iterable[Told]) -> Table:
    """Return a row for each fact."""
    rows = _grid(2)
    for fact in facts:
        rows.add_row(Text(fact["name"], "dim"), fact["text"])
    return rows


def moment_rows(moments: Iterable[Told]) -> Table:
    """Return a row for each moment, with the day where it is another one than before."""
    rows = _grid(2)
    day = ""
    for moment in moments:
        date, _, clock = moment["at"].removesuffix("Z").partition("T")
        if date != day:
            rows.add_row(Text(date, "dim"), "")
            day = date
        rows.add_row(Text(clock[:_CLOCK], "dim"), moment["text"])
    return rows


def notes(notification: Told) -> Iterator[str]:
    """Yield what else there is to say of one recipient."""
    yield f"Decided at {_when(notification['startsAt'])}."
    if notification.get("digestClosesAt"):
        yield f"The digest is told at {_when(notification['digestClosesAt'])}."
    for asked in notification["onDuty"]:
        yield f"On duty, unless it was acknowledged: {asked['userType']}/{asked['userId']} at {_when(asked['at'])}."


def _when(time: str) -> str:
    return f"{datetime.fromisoformat(time):%Y-%m-%d %H:%M:%S} UTC"


def _grid(columns: int) -> Table:
    """Return a table without lines, whose last column wraps."""
    made = Table.grid(padding=(0, 2, 0, 0))
    for number in range(columns):
        made.add_column(no_wrap=number < columns - 1)
    return made
