"""Cold starts: how much CPU it takes to import each function from its package, against `import boto3` in the same run.

Each import runs in a fresh interpreter that sees the package and Python's own library, nothing else. Other programs on
this machine only ever add to what is measured, so the least of several rounds counts.
"""

import json
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from bench.budgets import API, API_COLD_START, WORKER_COLD_START, Result, Unit
from bench.environment import function_environment

ROUNDS: Final = 8
BASELINE: Final = "boto3"
VENDOR_SDKS: Final = ("aws_encryption_sdk", "firebase_admin", "sendgrid", "twilio")
"""Each of these costs more to import than all the rest: only the call that needs it may load it."""

_IMPORT: Final = """
import json, sys, time
sys.path.insert(0, sys.argv[1])
began = time.process_time()
__import__(sys.argv[2])
took = time.process_time() - began
print(json.dumps({"seconds": took, "sdks": sorted(set(sys.argv[3:]) & sys.modules.keys())}))
"""


class SdkLoadedError(Exception):
    """A function loads a vendor's SDK before anybody asks for that vendor."""


@dataclass(frozen=True)
class Import:
    """What importing a module took, in seconds of CPU, and the vendors' SDKs that came with it."""

    seconds: float
    sdks: tuple[str, ...]


def measure_cold_starts(content: Path, template: Mapping[str, Any], rounds: int = ROUNDS) -> list[Result]:
    """Return what each function of `template` costs to import from `content`; SdkLoadedError when one loads an SDK."""
    modules = handler_modules(template)
    environment = function_environment(template)
    found: dict[str, list[Import]] = {module: [] for module in (BASELINE, *modules)}
    for _ in range(rounds):
        for module, imports in found.items():
            imports.append(import_once(content, module, environment))
    least = {module: min(made.seconds for made in imports) for module, imports in found.items()}
    for module, imports in found.items():
        if imports[0].sdks:
            raise SdkLoadedError(f"{module} loads {', '.join(imports[0].sdks)}")
    return [_result(name, least[module] / least[BASELINE]) for module, name in modules.items()]


def handler_modules(template: Mapping[str, Any]) -> dict[str, str]:
    """Return the modules that the functions of a template are in, each with the name it is known by, API first."""
    resources: Iterable[Mapping[str, Any]] = template["Resources"].values()
    handlers = {
        resource["Properties"]["Handler"].rpartition(".")[0]
        for resource in resources
        if resource["Type"] == "AWS::Serverless::Function"
    }
    names = {module: API if module == "app" else module.rpartition(".")[2] for module in handlers}
    return dict(sorted(names.items(), key=lambda named: (named[1] != API, named[1])))


def import_once(content: Path, module: str, environment: Mapping[str, str]) -> Import:
    """Import a module of a package in a fresh interpreter, as Lambda does."""
    command = [sys.executable, "-S", "-c", _IMPORT, str(content), module, *VENDOR_SDKS]
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    told = json.loads(ran.stdout)
    return Import(told["seconds"], tuple(told["sdks"]))


def _result(name: str, ratio: float) -> Result:
    budget = API_COLD_START if name == API else WORKER_COLD_START
    return Result(("cold_start_ratio", name), f"cold start of {name}, against boto3", ratio, Unit.TIMES, budget)
