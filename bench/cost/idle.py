"""What a stack costs in a month in which nobody sends anything."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from bench.cost.prices import Charge, Prices
from bench.cost.rig import Invocation
from bench.cost.usage import Terms, Usage, uses_of_invocation

_MINUTES: Final = 730 * 60
_POLLERS: Final = 5
_POLLS_A_MINUTE: Final = 3
"""Lambda looks into each queue by five connections at least, each of which waits for 20 s, and each look is a request.
https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
https://repost.aws/knowledge-center/sqs-high-charges
"""
_SWEEP_MINUTES: Final = 5


@dataclass(frozen=True)
class Idle:
    """A line of the month's bill, in dollars."""

    what: str
    dollars: float


def idle_month(sweep: Invocation, cpu: float, polled_queues: int, terms: Terms, prices: Prices) -> Iterator[Idle]:
    """Yield the lines of an idle month's bill. `sweep` is what one run of the sweeper does, `cpu` what it takes."""
    polls = polled_queues * _POLLERS * _POLLS_A_MINUTE * _MINUTES
    yield Idle(f"looking into {polled_queues} empty queues", polls * prices.of[Charge.SQS_REQUEST])
    swept = Usage(uses_of_invocation(sweep, terms, cpu))
    runs = _MINUTES / _SWEEP_MINUTES
    yield Idle("sweeping every 5 minutes", runs * sum(swept.by_part(prices.of).values()))
    yield Idle("the key", prices.of[Charge.KMS_KEY_MONTH])
    yield Idle("the secret of cursors", prices.of[Charge.SECRET_MONTH])
