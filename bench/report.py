"""What a person reads, and latest.json."""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from rich.table import Table
from rich.text import Text

from bench.budgets import Result, Unit
from bench.cost.measure import Cost, Costs
from bench.sends import ESCALATION, SINGLE, THREE_CHANNELS
from infra.cli.console import console, headline, indented, table

_TOLD: Final = {"single": SINGLE, "three channels": THREE_CHANNELS, "escalation": ESCALATION}
LATEST: Final = Path(__file__).parent / "latest.json"


def print_report(results: Sequence[Result], costs: Costs) -> None:
    """Print the results with their budgets, what the costs consist of, and the bill of an idle month."""
    headline("Budgets (dollars are for a million notifications)")
    console.print(indented(_results(results)))
    headline("What a million costs, part by part, in batches of ten")
    console.print(indented(_parts({name: costs.busy[send] for name, send in _TOLD.items()})))
    headline("Beside the budgets")
    console.print(indented(_beside(costs)))


def write_latest(results: Iterable[Result], file: Path = LATEST) -> None:
    """Write the results as JSON, each where its key says."""
    tree: dict[str, Any] = {}
    for result in results:
        place = tree
        for part in result.key[:-1]:
            place = place.setdefault(part, {})
        place[result.key[-1]] = round(result.value, 3)
    file.write_text(json.dumps(tree, indent=2) + "\n")


def shown(value: float, unit: Unit) -> str:
    """Return a measurement as a person reads it."""
    match unit:
        case Unit.DOLLARS:
            return f"${value:.2f}"
        case Unit.TIMES:
            return f"{value:.2f} x"
        case Unit.MEGABYTES:
            return f"{value:.0f} MB"
        case Unit.EACH:
            return f"{value:.3f}"
        case Unit.EVENTS:
            return f"{value:,.0f}"


def _results(results: Iterable[Result]) -> Table:
    rows = table("work", "budget", "aim", "result", "ok", right=("budget", "aim", "result"))
    for result in results:
        budget = result.budget
        most = shown(budget.most, result.unit) if budget else ""
        aim = shown(budget.aim, result.unit) if budget and budget.aim is not None else ""
        rows.add_row(result.work, most, aim, shown(result.value, result.unit), _verdict(result))
    return rows


def _verdict(result: Result) -> Text:
    if result.budget is None:
        return Text("")
    return Text("yes", "green") if result.is_ok else Text("NO", "bold red")


def _parts(costs: Mapping[str, Cost]) -> Table:
    rows = table("part", *costs, right=tuple(costs))
    parts = dict.fromkeys(part for cost in costs.values() for part in cost.parts)
    for part in parts:
        rows.add_row(part, *(shown(cost.parts.get(part, 0), Unit.DOLLARS) for cost in costs.values()))
    return rows


def _beside(costs: Costs) -> Table:
    rows = table("what", "", right=("",))
    for line in costs.idle:
        rows.add_row(f"a month in which nobody sends: {line.what}", shown(line.dollars, Unit.DOLLARS))
    rows.add_row("a month in which nobody sends", shown(sum(line.dollars for line in costs.idle), Unit.DOLLARS))
    for name, send in _TOLD.items():
        cost = costs.busy[send]
        rows.add_row(f"a million kept for 90 days, with backups: {name}", shown(cost.keeping, Unit.DOLLARS))
        rows.add_row(f"log written of each, of which 1000 bytes are priced at least: {name}", f"{cost.logged:.0f} B")
    woken = (len(ESCALATION.channels) - 1) / costs.busy[ESCALATION].transitions
    rows.add_row("timers that were woken for each state transition", f"{woken:.1f}")
    return rows
