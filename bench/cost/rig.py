"""One notification's way through the deployed functions, in batches of a given size, every call noted."""

import itertools
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import NAMESPACE_OID, uuid5

from bench.cost.calls import Call, CallLog
from bench.cost.resources import resource_names
from bench.cost.sources import Queue, Record, Stream, event_of, invoke, kind_of, switch_off
from bench.cost.units import stored_size
from bench.sends import Send, body_of
from infra.cli.stack import LocalStack

API: Final = "APIHandler"
AUTHORIZER: Final = "Authorize"
OUTBOX: Final = "Outbox"
DISPATCH: Final = "Dispatch"
PROJECT: Final = "Project"
SWEEP: Final = "Sweep"
LANES: Final = {"email": "DeliverEmail", "sms": "DeliverSms", "push": "DeliverPush", "in_app": "DeliverInApp"}
SEND: Final = "/api/v1/services/notifications/send"
SERVICE: Final = "orders"
_CLAIM_AND_RESULT: Final = 2
_CHANGES: Final = {"in_app": 1}
"""How often a delivery changes its notification's state, where it is not by a claim and by a result."""
_INDEXES: Final = ("GSI1", "GSI2")


@dataclass(frozen=True)
class Invocation:
    """One invocation of a function. `batch` is how many messages or records it got, `cpu` what it took in seconds,
    None where it is not known: for the first of a process.
    """

    function: str
    batch: int
    calls: tuple[Call, ...]
    cpu: float | None


@dataclass(frozen=True)
class Way:
    """What `notifications` of one kind led to."""

    send: Send
    notifications: int
    invocations: tuple[Invocation, ...]
    queued: int
    """Messages that the topic put into queues."""
    polled: int
    """Batches that were taken out of queues."""
    kept: float
    """Bytes that the table keeps of each notification."""


class Rig:
    """A running stack whose functions are invoked by nobody else."""

    def __init__(self, stack: LocalStack, log: CallLog) -> None:
        self._stack = stack
        self._log = log
        self._names = resource_names(stack, "AWS::Lambda::Function")
        self._cpu: dict[int, float] = {}
        self._orders = itertools.count(1)
        self.polled_queues = switch_off(stack.cloud)
        self._stream = Stream(stack.cloud, stack.outputs.table_name)
        self._api = stack.as_service(SERVICE)

    def follow(self, send: Send, size: int) -> Way:
        """Send `size` notifications, one call each, and take them along in batches of `size` until all is told."""
        invocations = [self._post(send) for _ in range(size)]
        requests = self._stream.take(_is_request, size)
        invocations.append(self._hand_over(OUTBOX, requests))
        dispatch = Queue(self._stack.cloud, self._stack.outputs.dispatch_queue_url)
        invocations.append(self._hand_over(DISPATCH, dispatch.take(size)))
        for channel in send.channels:
            lane = Queue(self._stack.cloud, self._stack.outputs.lanes[channel].queue)
            invocations.append(self._hand_over(LANES[channel], lane.take(size)))
        changes = 1 + sum(_CHANGES.get(channel, _CLAIM_AND_RESULT) for channel in send.channels)
        states = self._stream.take(_is_state, changes * size)
        # While ten are decided ten others are delivered: a batch of the stream holds changes of all kinds. One alone
        # finds the stream idle at each change.
        invocations += [
            self._hand_over(PROJECT, batch) for batch in ([states] if size > 1 else [[one] for one in states])
        ]
        lanes = len(send.channels)
        kept = _kept([*requests, *states]) / size
        return Way(send, size, tuple(invocations), queued=size * lanes, polled=1 + lanes, kept=kept)

    def authorize(self) -> Invocation:
        """Have the service's token judged."""
        token = f"Bearer {self._stack.service_token(SERVICE)}"
        event = {"type": "TOKEN", "authorizationToken": token, "methodArn": _METHOD}
        return self._invoke(AUTHORIZER, event, 1)

    def sweep(self) -> Invocation:
        """Have the sweeper look for what is stuck."""
        return self._invoke(SWEEP, {}, 1)

    def _post(self, send: Send) -> Invocation:
        order = f"order {next(self._orders)}"
        headers = {"idempotency_key": order} if send.keyed else {}
        self._api.post(SEND, body_of(send, _somebody(order), order), **headers)
        return self._noted(API, 1)

    def _hand_over(self, function: str, records: Sequence[Record]) -> Invocation:
        return self._invoke(function, event_of(records), len(records))

    def _invoke(self, function: str, event: Mapping[str, Any], batch: int) -> Invocation:
        invoke(self._stack.cloud, self._names[function], event)
        return self._noted(function, batch)

    def _noted(self, function: str, batch: int) -> Invocation:
        calls = self._log.take(self._names[function])
        return Invocation(function, batch, calls, self._cpu_of(calls))

    def _cpu_of(self, calls: Sequence[Call]) -> float | None:
        """Return the CPU from the last call of the process's invocation before to the last of this one."""
        if not calls or len({call.process for call in calls}) > 1:
            return None
        last = max(calls, key=lambda call: call.cpu)
        before = self._cpu.get(last.process)
        self._cpu[last.process] = last.cpu
        return None if before is None else last.cpu - before


def _somebody(order: str) -> str:
    """Return the id of somebody who has not been notified before: caps count per user."""
    return str(uuid5(NAMESPACE_OID, order))


_METHOD: Final = "arn:aws:execute-api:us-east-1:000000000000:api/local/POST" + SEND


def _is_request(record: Record) -> bool:
    return kind_of(record) == "R" and record["eventName"] == "INSERT"


def _kept(records: Sequence[Record]) -> int:
    """Return the bytes that the rows take that some records tell of, as they are in the end."""
    rows = {json.dumps(record["dynamodb"]["Keys"]): record["dynamodb"]["NewImage"] for record in records}
    return sum(stored_size(row, _INDEXES) for row in rows.values())


def _is_state(record: Record) -> bool:
    return kind_of(record) == "N" and record["eventName"] in ("INSERT", "MODIFY")
