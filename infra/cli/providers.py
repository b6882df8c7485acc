"""How providers look in a terminal."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from rich.table import Table
from rich.text import Text

from infra.cli.console import console, headline, indented, table

Told = Mapping[str, Any]

ACCEPTED: Final = "accepted"
_MEANINGS: Final = {
    ACCEPTED: ("✓", "green", "the vendor took it"),
    "retriable": ("✗", "yellow", "not now: later it may work"),
    "permanent": ("✗", "red", "the vendor refuses this message or this address"),
    "misconfigured": ("✗", "red", "the vendor refuses these settings"),
    "unknown": ("?", "yellow", "nobody can tell whether the vendor took it"),
}


def print_providers(providers: Iterable[Told]) -> None:
    """Print providers as the API tells of them."""
    headline("Providers")
    console.print(indented(provider_rows(providers)))


def print_test(id: str, tried: Told) -> None:
    """Print what became of a test."""
    console.print(line_of_test(id, tried))


def provider_rows(providers: Iterable[Told]) -> Table:
    """Return a row for each provider: by channel, in the order in which they are tried."""
    rows = table("channel", "provider", "vendor", "priority", "weight", "credentials", right=("priority", "weight"))
    shown = sorted(providers, key=lambda one: (one["channel"], one["priority"], one["id"]))
    channel = ""
    for one in shown:
        name = one["id"] if one["enabled"] else f"{one['id']} (disabled)"
        first = one["channel"] if one["channel"] != channel else ""
        channel = one["channel"]
        credentials = ", ".join(one["credentialsSet"]) or "none"
        rows.add_row(first, name, one["vendor"], str(one["priority"]), str(one["weight"]), credentials)
    return rows


def line_of_test(id: str, tried: Told) -> Text:
    """Return what became of a test in one line: what was done, what the vendor said, and what that means."""
    sign, style, meaning = _MEANINGS[tried["outcome"]]
    done = "was asked" if tried["probed"] else "was sent a test message"
    if tried["probed"] and tried["outcome"] == ACCEPTED:
        meaning = "these settings work"
    said = tried.get("code") or tried.get("vendorId")
    words = f"{id} {done}: {meaning}{f' ({said})' if said else ''}."
    return Text.assemble((f"{sign} ", style), words)
