"""What a stack costs in a month in which nobody sends anything."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from bench.cost.calls import Call
from bench.cost.prices import Charge, Prices
from bench.cost.rig import Invocation
from bench.cost.usage import Terms, Usage, Use, uses_of_call, uses_of_invocation

_MINUTES: Final = 730 * 60
_POLLERS: Final = 5
_POLLS_A_MINUTE: Final = 3
"""Lambda looks into each queue by five connections at least, each of which waits for 20 s, and each look is a request.
https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
https://repost.aws/knowledge-center/sqs-high-charges
"""
SWEEP_SECONDS: Final = 300
_TIMERS: Final = "DUE#"
"""How the keys of what comes due begin."""


@dataclass(frozen=True)
class Idle:
    """A line of the month's bill, in dollars."""

    what: str
    dollars: float


def idle_month(sweep: Invocation, cpu: float, polled_queues: int, terms: Terms, prices: Prices) -> Iterator[Idle]:
    """Yield the lines of an idle month's bill. `sweep` is what one run of the sweeper does, `cpu` what it takes."""
    polls = polled_queues * _POLLERS * _POLLS_A_MINUTE * _MINUTES
    yield Idle(f"looking into {polled_queues} empty queues", polls * prices.of[Charge.SQS_REQUEST])
    runs = _MINUTES * 60 / SWEEP_SECONDS
    reads = [call for call in sweep.calls if _is_of_timers(call)]
    timers = _dollars((use for call in reads for use in uses_of_call(call)), prices)
    yield Idle(f"looking for timers that were missed, {len(reads)} reads every 5 minutes", runs * timers)
    swept = _dollars(uses_of_invocation(sweep, terms, cpu), prices)
    yield Idle("sweeping every 5 minutes, but for those reads", runs * (swept - timers))
    yield Idle("the key", prices.of[Charge.KMS_KEY_MONTH])
    yield Idle("the secret of cursors", prices.of[Charge.SECRET_MONTH])


def _dollars(uses: Iterable[Use], prices: Prices) -> float:
    return sum(Usage(uses).by_part(prices.of).values())


def _is_of_timers(call: Call) -> bool:
    """Tell whether a call reads what has come due."""
    values = call.request.get("ExpressionAttributeValues", {}).values()
    return any(value.get("S", "").startswith(_TIMERS) for value in values)
