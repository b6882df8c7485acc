"""Runs the rounds of rendering in a process of their own."""

import json
import subprocess
import sys
from pathlib import Path

from bench.budgets import RENDER, Result, Unit
from infra.package import ROOT


def measure_render(folder: Path) -> Result:
    """Return what filling the order confirmation on all channels costs in CPU, as a multiple of what bare Jinja takes
    for the same parts. `folder` takes files.
    """
    target = folder / "render.json"
    subprocess.run([sys.executable, "-m", "bench.render.rounds", str(target)], cwd=ROOT, check=True)
    took = json.loads(target.read_text())
    work = f"filling a template on 8 channels ({_ms(took['filled'])}), against bare Jinja2 ({_ms(took['rendered'])})"
    return Result(("render_ratio",), work, took["filled"] / took["rendered"], Unit.TIMES, RENDER)


def _ms(seconds: float) -> str:
    return f"{seconds * 1_000:.2f} ms"
