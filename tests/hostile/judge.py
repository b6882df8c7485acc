"""Has hostile templates run elsewhere, and judges how they ended."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec

from tests.hostile.case import Case, Ending

ROOT = Path(__file__).parents[2]
SECRET = "canary-4f9c1b7e"
SECONDS = 1.0
MEMORY = 64 * 1024 * 1024


def endings_of(cases: Sequence[Case], folder: Path) -> list[Ending]:
    """Return how each case ends. The process works in a folder with a secret in a file; another is its environment."""
    (folder / "secret.txt").write_text(SECRET)
    environment = {**os.environ, "HERALD_CANARY": SECRET, "PYTHONPATH": str(ROOT)}
    ran = subprocess.run(
        [sys.executable, "-m", "tests.hostile.runner"],
        input=msgspec.json.encode(list(cases)),
        env=environment,
        cwd=folder,
        capture_output=True,
        timeout=300,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr.decode()[-2_000:]
    return msgspec.json.decode(ran.stdout, type=list[Ending])


def verdict(case: Case, ending: Ending) -> list[str]:
    """Return what is wrong with how a case ended."""
    wrong = [f"reached {what}" for what in ending.reached]
    if ending.crash:
        wrong.append(f"crashed with {ending.crash}")
    if ending.seconds > SECONDS:
        wrong.append(f"took {ending.seconds:.2f} s")
    if ending.grown > MEMORY:
        wrong.append(f"took {ending.grown / 1024 / 1024:.0f} MB")
    told = [*ending.said, *ending.errors]
    wrong += [f"told {text[:100]!r}" for text in told if SECRET in text or "reached" in text or "<class" in text]
    wrong += [
        f"shows {bad}"
        for bad in ("<script", 'href="javascript', "<iframe", "' onerror", '" onerror')
        if bad in ending.html.lower()
    ]
    if case.refused and not ending.faults:
        wrong.append(f"was not refused: {told}")
    if case.fails and not ending.errors:
        wrong.append(f"did not fail: {told} {ending.faults}")
    if case.placed:
        wrong += [f"no place: {fault}" for fault in ending.faults if fault[0].startswith("/loc") and not fault[2]]
    return wrong
