"""`make bench`: measures, prints, writes latest.json; exits with 1 when something is over its budget."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.accept.measure import measure_accept
from bench.budgets import SINGLE as SINGLE_BUDGET
from bench.budgets import THREE_CHANNELS as THREE_CHANNELS_BUDGET
from bench.budgets import Result, Unit
from bench.cold_start import measure_cold_starts
from bench.cost.measure import Costs, measure_costs
from bench.package_size import importable_content, measure_size
from bench.report import print_report, write_latest
from bench.sends import SINGLE, THREE_CHANNELS
from infra.cli.console import shown


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
    with shown("Costs") as note:
        costs = measure_costs(folder / "stack")
        note.text = "every AWS call of some hundred notifications counted"
    return [*cost_results(costs), *cold_starts, accept, size], costs


def cost_results(costs: Costs) -> Iterator[Result]:
    """Yield the costs as results: those of a busy system have budgets, what a quiet one costs is told."""
    budgets = {SINGLE: SINGLE_BUDGET, THREE_CHANNELS: THREE_CHANNELS_BUDGET}
    for send, cost in costs.busy.items():
        key = ("cost_per_million", send.key)
        yield Result(key, send.name, cost.total, Unit.DOLLARS, budgets.get(send))
    for send, cost in costs.quiet.items():
        key = ("quiet_cost_per_million", send.key)
        yield Result(key, f"quiet system: {send.name}", cost.total, Unit.DOLLARS)


if __name__ == "__main__":
    sys.exit(main())
