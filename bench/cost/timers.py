"""The executions of the state machine of timers, and what they entered."""

import time
from typing import TYPE_CHECKING, Final

from bench.cost.resources import resource_names
from infra.cli.stack import LocalStack
from infra.cli.waiting import eventually

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions.client import SFNClient

_ENDED_WITHIN: Final = 60
_JUST: Final = 1.0
"""Seconds after its beginning in which a bucket counts as just begun."""


class Timers:
    """The timers of a stack whose buckets span `width` seconds, from now on."""

    def __init__(self, stack: LocalStack, width: int) -> None:
        self._client: SFNClient = stack.cloud.client("stepfunctions")
        (self._machine,) = resource_names(stack, "AWS::StepFunctions::StateMachine").values()
        self._width = width
        self._known = set(self._executions())

    def await_bucket(self, ahead: int) -> None:
        """Wait until what comes due in `ahead` seconds falls into a bucket that has just begun."""
        eventually(lambda: (time.time() + ahead) % self._width < _JUST, "a bucket to begin", within=self._width + 1)

    def entered(self) -> list[int]:
        """Wait for the executions that were started since to end well; return how many states each has entered."""
        started = self._executions().keys() - self._known
        eventually(self._all_succeeded, "executions to succeed", within=_ENDED_WITHIN)
        return [self._entered(arn) for arn in started]

    def _all_succeeded(self) -> bool:
        return set(self._executions().values()) <= {"SUCCEEDED"}

    def _executions(self) -> dict[str, str]:
        pages = self._client.get_paginator("list_executions").paginate(stateMachineArn=self._machine)
        return {told["executionArn"]: told["status"] for page in pages for told in page["executions"]}

    def _entered(self, arn: str) -> int:
        pages = self._client.get_paginator("get_execution_history").paginate(executionArn=arn)
        return sum(event["type"].endswith("StateEntered") for page in pages for event in page["events"])
