"""One notification's way through the deployed functions, in batches of a given size, every call noted."""

import itertools
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final
from uuid import NAMESPACE_OID, uuid5

from bench.cost.calls import Call, CallLog
from bench.cost.resources import resource_names
from bench.cost.sources import QUEUE_SECONDS, Queue, Record, Stream, event_of, invoke, kind_of, switch_off
from bench.cost.units import stored_size
from bench.sends import Send, body_of
from chalicelib.domain.ids import TenantId
from chalicelib.domain.timer import SHARDS
from chalicelib.store import access_patterns as keys
from chalicelib.store.models import SweepItem
from infra.cli.stack import LocalStack
from infra.merge import read_stage

API: Final = "APIHandler"
AUTHORIZER: Final = "Authorize"
OUTBOX: Final = "Outbox"
DISPATCH: Final = "Dispatch"
PROJECT: Final = "Project"
SWEEP: Final = "Sweep"
DRAIN: Final = "Drain"
LANES: Final = {"email": "DeliverEmail", "sms": "DeliverSms", "push": "DeliverPush", "in_app": "DeliverInApp"}
SEND: Final = "/api/v1/services/notifications/send"
SERVICE: Final = "orders"
BATCH: Final = 10
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
    transitions: int = 0
    """Of the state machine of timers."""


class Rig:
    """A running stack whose functions are invoked by nobody else, but for the drain, which timers invoke."""

    def __init__(self, stack: LocalStack, log: CallLog) -> None:
        self.stack = stack
        self._log = log
        self._names = resource_names(stack, "AWS::Lambda::Function")
        self._cpu: dict[int, float] = {}
        self._orders = itertools.count(1)
        self.polled_queues = switch_off(stack.cloud)
        self._stream = Stream(stack.cloud, stack.outputs.table_name)
        self._api = stack.as_service(SERVICE)

    def follow(self, send: Send, size: int) -> Way:
        """Send `size` notifications, one call each, and take them along in batches of `size` until all is told."""
        invocations, requests = self.accept(send, size)
        invocations.append(self.dispatch(size))
        invocations += [self.deliver(channel, size) for channel in send.channels]
        told, states = self.project(send, size)
        kept = kept_of([*requests, *states]) / size
        queued, polled = copies_in(invocations), 1 + len(send.channels)
        return Way(send, size, (*invocations, *told), queued, polled, kept)

    def accept(self, send: Send, size: int) -> tuple[list[Invocation], list[Record]]:
        """Send `size` notifications and have them forwarded for decision; return also what the stream said of them."""
        posted = [self._post(send) for _ in range(size)]
        requests = self._stream.take(_is_request, size)
        return [*posted, self._hand_over(OUTBOX, requests)], requests

    def dispatch(self, size: int, within: float = QUEUE_SECONDS) -> Invocation:
        """Have `size` notifications decided, or released, that lie in the queue `within` so many seconds."""
        queue = Queue(self.stack.cloud, self.stack.outputs.dispatch_queue_url)
        return self._hand_over(DISPATCH, queue.take(size, within))

    def deliver(self, channel: str, size: int) -> Invocation:
        """Have `size` deliveries made on a channel."""
        lane = Queue(self.stack.cloud, self.stack.outputs.lanes[channel].queue)
        return self._hand_over(LANES[channel], lane.take(size))

    def project(self, send: Send, number: int, at_once: int = BATCH) -> tuple[list[Invocation], list[Record]]:
        """Have all changes of `number` notifications told; return also what the stream said of them.

        While ten are decided ten others are delivered: a batch of the stream holds changes of all kinds, of `at_once`
        notifications. One alone finds the stream idle at each change.
        """
        changes = 1 + sum(_CHANGES.get(channel, _CLAIM_AND_RESULT) for channel in send.channels)
        states = sorted(self._stream.take(_is_state, changes * number), key=_place)
        together = 1 if number == 1 else changes * at_once
        batches = [states[start : start + together] for start in range(0, len(states), together)]
        return [self._hand_over(PROJECT, batch) for batch in batches], states

    def authorize(self) -> Invocation:
        """Have the service's token judged."""
        token = f"Bearer {self.stack.service_token(SERVICE)}"
        event = {"type": "TOKEN", "authorizationToken": token, "methodArn": _METHOD}
        return self._invoke(AUTHORIZER, event, 1)

    def sweep(self, buckets: int, width: int) -> Invocation:
        """Have the sweeper look for what is stuck, at so many buckets of timers of `width` seconds among others."""
        _set_back(self.stack, buckets, width * 1_000)
        self._log.take(self._names[SWEEP])  # Its own schedule wakes it, too.
        return self._invoke(SWEEP, {}, 1)

    def drains(self) -> list[Invocation]:
        """Return what timers had the drain do since it was asked for last, in order."""
        found = []
        for calls in drains_in(self._log.take(self._names[DRAIN])):
            woken = sum(len(call.request["Entries"]) for call in calls if call.operation == "SendMessageBatch")
            found.append(Invocation(DRAIN, woken, calls, self._cpu_of(calls)))
        return found

    def _post(self, send: Send) -> Invocation:
        order = f"order {next(self._orders)}"
        headers = {"idempotency_key": order} if send.keyed else {}
        self._api.post(SEND, body_of(send, _somebody(order), order), **headers)
        return self._noted(API, 1)

    def _hand_over(self, function: str, records: Sequence[Record]) -> Invocation:
        return self._invoke(function, event_of(records), len(records))

    def _invoke(self, function: str, event: Mapping[str, Any], batch: int) -> Invocation:
        invoke(self.stack.cloud, self._names[function], event)
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


def drains_in(calls: Sequence[Call]) -> list[tuple[Call, ...]]:
    """Return the calls of each invocation of the drain, which asks every shard once: they come one after the other."""
    begins = [position for position, call in enumerate(calls) if call.operation == "Query"][::SHARDS]
    return [tuple(calls[begin:end]) for begin, end in pairwise([*begins, len(calls)])]


def copies_in(invocations: Sequence[Invocation]) -> int:
    """Return how many messages the topic puts into queues for what invocations publish: one for each channel."""
    calls = [call for each in invocations for call in each.calls if call.operation == "PublishBatch"]
    entries = [entry for call in calls for entry in call.request["PublishBatchRequestEntries"]]
    return sum(len(json.loads(entry["MessageAttributes"]["channels"]["StringValue"])) for entry in entries)


def kept_of(records: Sequence[Record]) -> int:
    """Return the bytes that the rows take that some records tell of, as they are in the end."""
    rows = {json.dumps(record["dynamodb"]["Keys"]): record["dynamodb"]["NewImage"] for record in records}
    return sum(stored_size(row, _INDEXES) for row in rows.values())


def _set_back(stack: LocalStack, buckets: int, width: int) -> None:
    """Set the cursor of the sweeper of timers back; `width` is in milliseconds."""
    overdue = int(time.time() * 1_000) - 2 * 1_000 * read_stage(stack.outputs.stage).values["timer_grace"] - width
    row = SweepItem(*keys.sweep(TenantId.platform()), until=overdue // width * width - buckets * width)
    stack.cloud.client("dynamodb").put_item(TableName=stack.outputs.table_name, Item=row.serialize())


def _somebody(order: str) -> str:
    """Return the id of somebody who has not been notified before: caps count per user."""
    return str(uuid5(NAMESPACE_OID, order))


_METHOD: Final = "arn:aws:execute-api:us-east-1:000000000000:api/local/POST" + SEND


def _is_request(record: Record) -> bool:
    return kind_of(record) == "R" and record["eventName"] == "INSERT"


def _place(record: Record) -> str:
    return json.dumps(record["dynamodb"]["Keys"])


def _is_state(record: Record) -> bool:
    return kind_of(record) == "N" and record["eventName"] in ("INSERT", "MODIFY")
