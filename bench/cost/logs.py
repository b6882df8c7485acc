"""How much the functions of a stack write to their logs."""

import time
from typing import TYPE_CHECKING

from bench.cost.resources import resource_names
from infra.cli.stack import LocalStack

if TYPE_CHECKING:
    from mypy_boto3_logs.client import CloudWatchLogsClient


class LogMeter:
    """Reads how many bytes all functions have written since it was made, Lambda's own lines among them."""

    def __init__(self, stack: LocalStack) -> None:
        self._logs: CloudWatchLogsClient = stack.cloud.client("logs")
        self._groups = resource_names(stack, "AWS::Logs::LogGroup").values()
        self._since = time.time_ns() // 1_000_000

    def read(self) -> int:
        """Return the bytes."""
        return sum(self._written_to(group) for group in self._groups)

    def _written_to(self, group: str) -> int:
        pages = self._logs.get_paginator("filter_log_events").paginate(logGroupName=group, startTime=self._since)
        return sum(len(event["message"].encode()) for page in pages for event in page["events"])
