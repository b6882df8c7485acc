"""What a stack's functions complained about, read from their log groups, the same way on AWS and on MiniStack."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from infra.cloud import Cloud

if TYPE_CHECKING:
    from mypy_boto3_cloudformation.client import CloudFormationClient
    from mypy_boto3_logs.client import CloudWatchLogsClient

_GRAVE: Final = frozenset({"WARNING", "ERROR", "CRITICAL"})
_SIGNS: Final = ("Traceback", "[ERROR]", "Task timed out", "Runtime.")


@dataclass(frozen=True)
class Complaint:
    """A line of a function's log that tells of trouble. `at` is in milliseconds since the epoch."""

    function: str
    at: int
    text: str


def read_complaints(cloud: Cloud, stack: str, since: int = 0) -> list[Complaint]:
    """Return what the functions of a stack complained about since a time (milliseconds), oldest first."""
    logs: CloudWatchLogsClient = cloud.client("logs")
    found = []
    for function, group in _log_groups(cloud, stack):
        pages = logs.get_paginator("filter_log_events").paginate(logGroupName=group, startTime=since)
        events = (event for page in pages for event in page["events"])
        found += [
            Complaint(function, event["timestamp"], text)
            for event in events
            if (text := complaint_in(event["message"])) is not None
        ]
    return sorted(found, key=lambda complaint: complaint.at)


def complaint_in(line: str) -> str | None:
    """Return what a line of a function's log complains about, None when it does not."""
    try:
        entry: Any = json.loads(line)
    except json.JSONDecodeError:
        return line.strip() if any(sign in line for sign in _SIGNS) else None
    if not isinstance(entry, dict) or entry.get("level") not in _GRAVE:
        return None
    return ": ".join(part for part in (str(entry.get("message", "")), _cause(entry)) if part)


def _cause(entry: Mapping[str, Any]) -> str:
    """Return the line of a trace that names the exception; its message may go on below."""
    lines = str(entry.get("exception", "")).strip().splitlines()
    name = str(entry.get("exception_name", ""))
    named = (line for line in reversed(lines) if name in line.partition(":")[0] and not line.startswith(" "))
    return next(named, "")


def _log_groups(cloud: Cloud, stack: str) -> Iterator[tuple[str, str]]:
    cloudformation: CloudFormationClient = cloud.client("cloudformation")
    for page in cloudformation.get_paginator("list_stack_resources").paginate(StackName=stack):
        for resource in page["StackResourceSummaries"]:
            if resource["ResourceType"] == "AWS::Logs::LogGroup":
                yield resource["LogicalResourceId"].removesuffix("Logs"), resource["PhysicalResourceId"]
