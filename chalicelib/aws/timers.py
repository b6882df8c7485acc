"""The state machine whose executions drain buckets (`services.ports.Executions`)."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import msgspec

from chalicelib.aws.clients import client
from chalicelib.domain.timer import SHARDS

LEEWAY: Final = 1_000
"""Milliseconds that a bucket is drained after its time: no clock of ours is to say that it has not come yet."""


@dataclass(frozen=True, slots=True)
class StateMachine:
    """`services.ports.Executions` on Step Functions. `grace`, in milliseconds, lies between the two drains."""

    arn: str
    grace: int

    def start(self, bucket: int, attempt: int = 0) -> None:
        """Start the execution of a bucket, named after it, so that there is one however many ask for it."""
        machine = client("stepfunctions")
        name = str(bucket // 1_000) if attempt == 0 else f"{bucket // 1_000}-{attempt}"
        try:
            machine.start_execution(stateMachineArn=self.arn, name=name, input=self._input(bucket))
        except machine.exceptions.ExecutionAlreadyExists:
            return

    def _input(self, bucket: int) -> str:
        first = bucket + LEEWAY
        told = {"bucket": bucket, "at": _iso(first), "again": _iso(first + self.grace), "shards": [*range(SHARDS)]}
        return msgspec.json.encode(told).decode()


def _iso(at: int) -> str:
    return datetime.fromtimestamp(at / 1_000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
