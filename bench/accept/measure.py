"""Runs the rounds against the table that answers at once."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.budgets import ACCEPT, Result, Unit
from bench.environment import function_environment
from infra.package import ROOT


def measure_accept(folder: Path, template: Mapping[str, Any]) -> Result:
    """Return what one send costs in CPU, as a multiple of one bare write of its item. `folder` takes files; the
    environment is the one that `template` gives to functions.
    """
    target = folder / "accept.json"
    with _table() as port, (folder / "accept.log").open("wb") as log:
        command = [sys.executable, "-m", "bench.accept.rounds", str(target)]
        subprocess.run(command, env=_environment(template, port), stdout=log, check=True)
    took = json.loads(target.read_text())
    work = f"accepting a send ({_ms(took['send'])}), against put_item ({_ms(took['put'])})"
    return Result(("accept_cpu_ratio",), work, took["send"] / took["put"], Unit.TIMES, ACCEPT)


@contextmanager
def _table() -> Iterator[int]:
    """Run the table; give its port."""
    process = subprocess.Popen([sys.executable, "-m", "bench.accept.table"], stdout=subprocess.PIPE, text=True)
    try:
        if process.stdout is None:
            raise RuntimeError("the table has no output")
        yield int(process.stdout.readline())
    finally:
        process.terminate()
        process.communicate()


def _environment(template: Mapping[str, Any], port: int) -> dict[str, str]:
    table = f"http://127.0.0.1:{port}"
    return {**function_environment(template), "AWS_ENDPOINT_URL_DYNAMODB": table, "PYTHONPATH": str(ROOT)}


def _ms(seconds: float) -> str:
    return f"{seconds * 1_000:.2f} ms"
