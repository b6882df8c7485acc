"""`make bench`: measures, prints, writes latest.json; exits with 1 when something is over its budget."""

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench.accept.measure import measure_accept
from bench.budgets import ESCALATION as ESCALATION_BUDGET
from bench.budgets import HISTORY, STEP_FUNCTIONS, TRANSITIONS, Result, Unit
from bench.budgets import SINGLE as SINGLE_BUDGET
from bench.budgets import THREE_CHANNELS as THREE_CHANNELS_BUDGET
from bench.cold_start import measure_cold_starts
from bench.cost.escalations import AT_LEAST
from bench.cost.measure import Cost, Costs, measure_costs
from bench.cost.usage import Part
from bench.package_size import importable_content, measure_size
from bench.render.measure import measure_render
from bench.report import print_report, write_latest
from bench.sends import ESCALATION, SINGLE, THREE_CHANNELS
from chalicelib.domain.timer import SHARDS
from infra.cli.console import shown
from infra.state_machines import most_events, states_of


def main() -> int:
    """Measure everything in a folder of its own that is gone afterwards; return the exit code."""
    with TemporaryDirectory(prefix="herald-bench-") as name:
        folder = Path(name)
        results, costs = _measure(folder)
    print_report(results, costs)
    write_latest(results)
    return 0 if all(result.is_ok for result in results) else 1


def _measure(folder: Path) -> tuple[list[Result], Costs]:
    with shown("Package") as note:
        size, package = measure_size(folder / "package")
        content = importable_content(folder / "importable")
        template = json.loads(package.template.read_text())
        note.text = f"{size.value:.0f} MB unzipped, {package.zipped_mb:.0f} MB zipped"
    with shown("Cold starts") as note:
        cold_starts = measure_cold_starts(content, template)
        note.text = f"{len(cold_starts)} modules of functions imported"
    with shown("Accepting"):
        accept = measure_accept(folder, template)
    with shown("Rendering"):
        render = measure_render(folder)
    with shown("Costs") as note:
        costs = measure_costs(folder / "stack")
        note.text = "every AWS call of some hundred notifications counted"
    timers = [*timer_results(costs.busy[ESCALATION]), history_of_a_million(template)]
    return [*cost_results(costs), *timers, *cold_starts, accept, render, size], costs


def cost_results(costs: Costs) -> Iterator[Result]:
    """Yield the costs as results: those of a busy system have budgets, what a quiet one costs is told."""
    budgets = {SINGLE: SINGLE_BUDGET, THREE_CHANNELS: THREE_CHANNELS_BUDGET, ESCALATION: ESCALATION_BUDGET}
    for send, cost in costs.busy.items():
        key = ("cost_per_million", send.key)
        yield Result(key, send.name, cost.total, Unit.DOLLARS, budgets.get(send))
    for send, cost in costs.quiet.items():
        key = ("quiet_cost_per_million", send.key)
        yield Result(key, f"quiet system: {send.name}", cost.total, Unit.DOLLARS)


def timer_results(escalation: Cost) -> Iterator[Result]:
    """Yield what an escalation has the state machine of timers do."""
    dollars = escalation.parts[Part.TIMERS]
    yield Result(
        ("escalation_transitions_cost_per_million",),
        f"of that Step Functions, {AT_LEAST} or more due together",
        dollars,
        Unit.DOLLARS,
        STEP_FUNCTIONS,
    )
    work = "state transitions of an escalation, per recipient"
    yield Result(("escalation_transitions_per_recipient",), work, escalation.transitions, Unit.EACH, TRANSITIONS)


def history_of_a_million(template: Mapping[str, Any]) -> Result:
    """Return how many events an execution has at the most that wakes a million: if each attempt of its states is made.

    Whether these are enough for so many is for the tests of the state machine.
    """
    events = most_events(states_of(template), SHARDS)
    return Result(
        ("timer_history_events",), "events of an execution for 1,000,000 timers", events, Unit.EVENTS, HISTORY
    )


if __name__ == "__main__":
    sys.exit(main())
