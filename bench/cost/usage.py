"""What AWS charges for, of each part of a notification's way: counted, not yet priced."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from inspect import signature
from math import ceil
from typing import Any, Final

from bench.cost.calls import Call
from bench.cost.prices import Charge, Latency
from bench.cost.rig import API, AUTHORIZER, DISPATCH, DRAIN, LANES, SWEEP, Invocation, Way
from bench.cost.units import read_units, requests_of, write_units
from chalicelib.domain.timer import SHARDS
from chalicelib.domain.words import Channel
from chalicelib.services.drain import Drain
from chalicelib.services.sweep_timers import SweepTimers
from chalicelib.workers.deliver import BULKHEAD
from chalicelib.workers.dispatch import CONCURRENT_DECISIONS
from infra.merge import Function


class Part(StrEnum):
    """A line of the bill."""

    API_GATEWAY = "API Gateway"
    API_FUNCTION = "Lambda, API and authorizer"
    WORKERS = "Lambda, workers"
    WRITES = "table and indexes, writes"
    READS = "table, reads"
    TOPIC = "topic"
    QUEUES = "queues"
    EVENTS = "events"
    KEYS = "keys"
    TIMERS = "state transitions"
    LOGS = "logs"


@dataclass(frozen=True)
class Use:
    """So much of what is charged for, for a part."""

    part: Part
    charge: Charge
    amount: float


class Usage:
    """What is used, added up."""

    def __init__(self, uses: Iterable[Use] = ()) -> None:
        self._amounts: defaultdict[tuple[Part, Charge], float] = defaultdict(float)
        self.add(uses)

    def add(self, uses: Iterable[Use], times: float = 1) -> None:
        """Add uses, so many times."""
        for use in uses:
            self._amounts[use.part, use.charge] += use.amount * times

    def __iter__(self) -> Iterator[Use]:
        return (Use(part, charge, amount) for (part, charge), amount in self._amounts.items())

    def by_part(self, prices: Mapping[Charge, float]) -> dict[Part, float]:
        """Return the dollars of each part, in the order of parts."""
        dollars = dict.fromkeys(Part, 0.0)
        for use in self:
            dollars[use.part] += use.amount * prices[use.charge]
        return {part: amount for part, amount in dollars.items() if amount}


LOGGED: Final = 1_000
"""Bytes of log a notification is taken to cost at least."""
_WHOLE_CPU_MB: Final = 1_769
"""Memory at which a function has one CPU; it has less in proportion.
https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
"""


def _concurrency(use_case: type[Drain | SweepTimers]) -> int:
    return int(signature(use_case).parameters["concurrency"].default)


_AT_ONCE: Final = {
    DISPATCH: CONCURRENT_DECISIONS,
    DRAIN: _concurrency(Drain),
    SWEEP: _concurrency(SweepTimers),
    **{function: BULKHEAD[Channel(channel)] for channel, function in LANES.items()},
}
_WITH_VENDOR: Final = frozenset(function for channel, function in LANES.items() if channel != Channel.IN_APP)
_WRITES: Final = frozenset({"PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems"})


@dataclass(frozen=True)
class Terms:
    """What a function's time depends on beside what it does: its memory, and how long others take."""

    functions: Mapping[str, Function]
    latency: Latency


def usage_of(ways: Iterable[Way], terms: Terms, cpu: Mapping[tuple[str, int], float]) -> Usage:
    """Return what one notification uses, by the ways that some took, without its log. `cpu` is that of an invocation of
    a function with a batch of so many, in seconds.
    """
    total, notifications = Usage(), 0
    for way in ways:
        notifications += way.notifications
        total.add(_around(way))
        for invocation in way.invocations:
            total.add(uses_of_invocation(invocation, terms, cpu[invocation.function, invocation.batch]))
    one = Usage()
    one.add(total, 1 / notifications)
    return one


def log_usage(seen: float) -> Use:
    """Return what the log of a notification uses that was seen to write so many bytes."""
    return Use(Part.LOGS, Charge.LOG_GB, max(LOGGED, seen) / 1e9)


def uses_of_invocation(invocation: Invocation, terms: Terms, cpu: float) -> Iterator[Use]:
    """Yield what an invocation uses itself, and by its calls."""
    function = terms.functions[invocation.function]
    part = Part.API_FUNCTION if invocation.function in (API, AUTHORIZER) else Part.WORKERS
    seconds = duration(invocation, function.memory, cpu, terms.latency)
    yield Use(part, Charge.LAMBDA_REQUEST, 1)
    yield Use(part, Charge.LAMBDA_GB_SECOND, seconds * function.memory / 1_024)
    for call in invocation.calls:
        yield from uses_of_call(call)


def _around(way: Way) -> Iterator[Use]:
    """Yield what is charged for around the functions."""
    yield Use(Part.API_GATEWAY, Charge.API_REQUEST, way.notifications)
    # A message that the topic puts into a queue is a request; Lambda takes a batch by one and deletes it by another.
    yield from _requests(way.queued + 2 * way.polled)
    yield Use(Part.TIMERS, Charge.TRANSITION, way.transitions)


def duration(invocation: Invocation, memory: int, cpu: float, latency: Latency) -> float:
    """Return the seconds that AWS would bill, by the millisecond: CPU at the share that the memory brings, and waiting.

    The parts of it (messages of a batch, shards) are handled some at a time, each waiting for the table, and for its
    vendor if it has one; what is done for the batch as a whole comes on top.
    """
    of_table = sum(call.service == "dynamodb" for call in invocation.calls)
    others = (len(invocation.calls) - of_table) * latency.other
    parts = _parts(invocation, of_table)
    rounds = ceil(parts / _AT_ONCE.get(invocation.function, 1))
    table = of_table / parts * latency.table if parts else 0
    vendor = latency.vendor if invocation.function in _WITH_VENDOR else 0
    if invocation.function == DRAIN:
        others = rounds * others / parts
    waiting = rounds * (table + vendor) + others
    return ceil(1_000 * (waiting + cpu / min(1, memory / _WHOLE_CPU_MB))) / 1_000


def _parts(invocation: Invocation, of_table: int) -> int:
    """Return how many things an invocation does beside each other: a drain its shards, a sweep its reads."""
    return {DRAIN: SHARDS, SWEEP: of_table}.get(invocation.function, invocation.batch)


def uses_of_call(call: Call) -> Iterator[Use]:
    """Yield what a call uses; raises ValueError for one that nobody has thought of."""
    match call.service:
        case "dynamodb" if call.operation in _WRITES:
            yield Use(Part.WRITES, Charge.WRITE_UNIT, write_units(call))
        case "dynamodb":
            yield Use(Part.READS, Charge.READ_UNIT, read_units(call))
        case "sns":
            yield Use(Part.TOPIC, Charge.SNS_REQUEST, requests_of(_payload(call, "Message")))
        case "sqs":
            yield from _requests(requests_of(_payload(call, "MessageBody")))
        case "events":
            events = sum(requests_of(len(entry["Detail"].encode())) for entry in call.request["Entries"])
            yield Use(Part.EVENTS, Charge.EVENT, events)
        case "stepfunctions" if call.operation == "StartExecution":
            return  # Transitions are what costs: `Way.transitions`.
        case "kms":
            yield Use(Part.KEYS, Charge.KMS_REQUEST, 1)
        case _:
            raise ValueError(f"nobody prices {call.service}.{call.operation}")


def _requests(number: float) -> Iterator[Use]:
    """Yield requests to queues: all of their messages have a group."""
    yield Use(Part.QUEUES, Charge.SQS_REQUEST, number)
    yield Use(Part.QUEUES, Charge.SQS_FAIR, number)


def _payload(call: Call, body: str) -> int:
    """Return the bytes of a call's messages, their attributes included."""
    request = call.request
    messages = request.get("Entries") or request.get("PublishBatchRequestEntries") or [request]
    return sum(len(message[body].encode()) + _attributes(message.get("MessageAttributes", {})) for message in messages)


def _attributes(attributes: Mapping[str, Any]) -> int:
    return sum(
        len(name) + len(value["DataType"]) + len(value["StringValue"].encode()) for name, value in attributes.items()
    )
