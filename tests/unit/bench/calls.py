"""Calls and invocations as the bench notes them."""

from typing import Any

from bench.cost.calls import Call
from bench.cost.rig import Invocation


def a_call(operation: str = "GetItem", service: str = "dynamodb", **told: Any) -> Call:
    fields: dict[str, Any] = {"function": "f", "process": 1, "request": {}, "response": {}, "cpu": 0.0}
    return Call(service=service, operation=operation, **(fields | told))


def an_invocation(function: str, batch: int, *calls: Call, cpu: float | None = 0.01) -> Invocation:
    return Invocation(function, batch, calls, cpu)
