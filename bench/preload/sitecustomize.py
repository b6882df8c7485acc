"""Notes every AWS call of a process that has this folder on PYTHONPATH and HERALD_BENCH_CALLS in its environment.

Python imports this at its start (https://docs.python.org/3/library/site.html), so the Lambda workers of an emulator,
which inherit its environment, need nothing else; the emulator itself is left alone. HERALD_BENCH_CALLS names the file:
one JSON object a line, read by bench/cost/calls.py. `cpu` is what the process has used so far without the noting.
"""

import json
import os
import sys
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from botocore.session import Session

VARIABLE = "HERALD_BENCH_CALLS"


class Notes:
    """Appends to the file; short lines, each in one write, so that processes do not tear each other's."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._noting = 0.0

    def ask(self, **told: Any) -> None:
        """Have the table say what a call consumes, and keep what was asked."""
        if "ReturnConsumedCapacity" in told["model"].input_shape.members:
            told["params"]["ReturnConsumedCapacity"] = "INDEXES"
        told["context"]["herald_bench"] = told["params"]

    def note(self, **told: Any) -> None:
        """Write a call down."""
        began = time.thread_time()
        model = told["model"]
        line = {
            "function": os.environ.get("AWS_LAMBDA_FUNCTION_NAME", ""),
            "process": os.getpid(),
            "service": model.service_model.service_name,
            "operation": model.name,
            "request": told["context"]["herald_bench"],
            "response": {name: value for name, value in told["parsed"].items() if name != "ResponseMetadata"},
            "cpu": time.process_time() - self._noting,
        }
        with open(self._file, "ab", buffering=0) as file:  # noqa: PTH123 (nothing more is loaded than is needed)
            file.write(json.dumps(line, default=repr).encode() + b"\n")
        self._noting += time.thread_time() - began


def _attach(session: "Session") -> None:
    session.register("before-parameter-build", _notes.ask)
    session.register("after-call", _notes.note)


if VARIABLE in os.environ and "ministack" not in sys.orig_argv:
    import botocore

    _notes = Notes(os.environ[VARIABLE])
    botocore.register_initializer(_attach)
