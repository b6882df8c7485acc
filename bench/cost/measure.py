"""Runs the ways on a stack of its own and prices what they used."""

import statistics
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from bench.cost.calls import CallLog
from bench.cost.escalations import WIDTH, follow_escalations, hurry
from bench.cost.idle import SWEEP_SECONDS, Idle, idle_month
from bench.cost.logs import LogMeter
from bench.cost.prices import Charge, Prices
from bench.cost.rig import BATCH, Invocation, Rig, Way
from bench.cost.timers import Timers
from bench.cost.usage import Part, Terms, Usage, log_usage, usage_of, uses_of_invocation
from bench.package_size import STAGE
from bench.sends import ESCALATION, SINGLE, SINGLE_KEYED, THREE_CHANNELS, Send
from infra.cli.booting import Options
from infra.cli.stack import LocalStack
from infra.merge import read_stage

ROUNDS: Final = 5
MILLION: Final = 1_000_000
KEPT_MONTHS: Final = 3
"""About the 90 days that a tenant's notifications are kept by default."""
_BUSY: Final = {"CacheSeconds": "3600", "SweepGrace": "86400", "TimerWidth": str(WIDTH)}
"""A busy worker reads a tenant once for very many messages."""
_MINUTE: Final = int(read_stage(STAGE).values["timer_width"])
_QUIET: Final = {"CacheSeconds": "0.5", "SweepGrace": "86400", "TimerWidth": str(_MINUTE)}
"""A quiet one has forgotten the tenant when the next message comes; here as there."""


@dataclass(frozen=True)
class Cost:
    """Dollars of a million notifications, part by part, and of keeping them; bytes of log that each wrote, as seen."""

    parts: Mapping[Part, float]
    keeping: float
    logged: float
    transitions: float = 0
    """Of the state machine of timers, for each of them."""

    @property
    def total(self) -> float:
        """What a million costs, but for keeping them."""
        return sum(self.parts.values())


@dataclass(frozen=True)
class Costs:
    """What was found: of sends in a busy and in a quiet system, and of a month without any."""

    busy: Mapping[Send, Cost]
    quiet: Mapping[Send, Cost]
    idle: tuple[Idle, ...]


@dataclass(frozen=True)
class Meter:
    """A running stack, and what its usage is priced by."""

    stack: LocalStack
    log: CallLog
    prices: Prices
    terms: Terms

    @classmethod
    def on(cls, stack: LocalStack, log: CallLog) -> Self:
        """Return the meter that prices what a stack does as if it were the production stage."""
        prices = Prices.read()
        functions = {function.id: function for function in read_stage(STAGE).functions}
        return cls(stack, log, prices, Terms(functions, prices.latency))

    def busy(self, rig: Rig, send: Send) -> Cost:
        """Return the cost of a send in batches of `BATCH`, everything warm; the first one warms."""
        logs = LogMeter(self.stack)
        ways = [rig.follow(send, BATCH) for _ in range(1 + ROUNDS)]
        return self._cost(ways[1:], cpu_of(ways), Usage(), logs.read() / (len(ways) * BATCH))

    def escalation(self, rig: Rig) -> Cost:
        """Return the cost of an escalation, everything warm, which many share their timers' buckets with."""
        logs = LogMeter(self.stack)
        way = follow_escalations(rig, Timers(self.stack, WIDTH))
        return self._cost([way], cpu_of([way]), Usage(), logs.read() / way.notifications)

    def quiet(self, rig: Rig, send: Send) -> Cost:
        """Return the cost of a send that comes alone: nothing is remembered but code and connections."""
        logs = LogMeter(self.stack)
        ways = [rig.follow(send, 1) for _ in range(1 + ROUNDS)]
        judged = [rig.authorize() for _ in range(1 + ROUNDS)]
        authorizing = Usage(uses_of_invocation(judged[-1], self.terms, median_cpu(judged)))
        return self._cost(ways[1:], cpu_of(ways), authorizing, logs.read() / len(ways))

    def idle(self, rig: Rig) -> tuple[Idle, ...]:
        """Return the bill of an idle month."""
        sweeps = [rig.sweep(SWEEP_SECONDS // _MINUTE, _MINUTE) for _ in range(1 + ROUNDS)]
        lines = idle_month(sweeps[-1], median_cpu(sweeps), rig.polled_queues, self.terms, self.prices)
        return tuple(lines)

    def _cost(self, ways: list[Way], cpu: Mapping[tuple[str, int], float], beside: Usage, logged: float) -> Cost:
        usage = usage_of(ways, self.terms, cpu)
        usage.add(beside)
        usage.add([log_usage(logged)])
        parts = {part: dollars * MILLION for part, dollars in usage.by_part(self.prices.of).items()}
        month = self.prices.of[Charge.TABLE_GB_MONTH] + self.prices.of[Charge.BACKUP_GB_MONTH]
        keeping = ways[-1].kept * MILLION / 1e9 * month * KEPT_MONTHS
        return Cost(parts, keeping, logged, transitions=ways[-1].transitions / ways[-1].notifications)


def measure_costs(folder: Path) -> Costs:
    """Count and price what notifications lead to, on a stack in `folder`."""
    log = CallLog(folder / "calls.jsonl")
    with LocalStack.running(folder, Options(environment=log.environment, parameters=_BUSY)) as stack:
        meter, rig = Meter.on(stack, log), Rig(stack, log)
        hurry(stack)  # now: a busy worker looks at policies once
        busy = {send: meter.busy(rig, send) for send in (SINGLE, THREE_CHANNELS, SINGLE_KEYED)}
        busy[ESCALATION] = meter.escalation(rig)
        stack.start(Options(parameters=_QUIET))
        rig = Rig(stack, log)
        quiet = {send: meter.quiet(rig, send) for send in (SINGLE, THREE_CHANNELS)}
        return Costs(busy, quiet, meter.idle(rig))


def cpu_of(ways: Iterable[Way]) -> dict[tuple[str, int], float]:
    """Return the median CPU of a function's invocations with batches of a size, in seconds."""
    found: defaultdict[tuple[str, int], list[float]] = defaultdict(list)
    for way in ways:
        for invocation in way.invocations:
            if invocation.cpu is not None:
                found[invocation.function, invocation.batch].append(invocation.cpu)
    return {key: statistics.median(times) for key, times in found.items()}


def median_cpu(invocations: Iterable[Invocation]) -> float:
    """Return the median CPU of invocations of one function, in seconds."""
    return statistics.median(invocation.cpu for invocation in invocations if invocation.cpu is not None)
