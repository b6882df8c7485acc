"""Lambda hands out a batch of a queue or stream again, at once or later, although it went well.

A wrapped handler is AWS's own way to put something around a function: its configuration names `handle` below as the
handler, and the real one in the environment. https://docs.aws.amazon.com/lambda/latest/dg/lambda-event-filtering-retry-errors.html
"""

import os
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

from tests.aws_semantics.dice import Dice
from tests.aws_semantics.record import Record
from tests.aws_semantics.setting import Setting
from tests.aws_semantics.switch import RECORD_VARIABLE

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

VARIABLE: Final = "HERALD_REDELIVERY"
"""seed:share:module.handler"""
_HANDLER: Final = f"{__name__}.handle"

Event = Mapping[str, Any]


class Context(Protocol):
    """What Lambda tells a running function of itself."""

    def get_remaining_time_in_millis(self) -> int:
        """Return how long the function may still run."""


Handler = Callable[[Event, Any], Any]


@dataclass(frozen=True, slots=True)
class Redelivery:
    """A handler that gets the share `setting.amount` of its batches, or of the last few before, a second time."""

    handler: Handler
    setting: Setting
    _seen: deque[Event] = field(default_factory=lambda: deque(maxlen=4))

    def __call__(self, event: Event, context: Context) -> Any:
        """Return what the handler answers to the first delivery; the repetition's answer interests nobody."""
        before = context.get_remaining_time_in_millis()
        answer = self.handler(event, context)
        left = context.get_remaining_time_in_millis()
        self._seen.append(event)
        # On AWS a repetition has the function's whole time; here it must not be what makes the first one fail.
        if self.setting.hits("Invoke") and before - left < left // 2:
            again = self._seen[int(self.setting.dice.throw("which") * len(self._seen))]
            self.setting.note("Invoke", f"{len(again['Records'])} records again")
            self.handler(again, context)
        return answer


def redeliver(client: "LambdaClient", functions: Iterable[str], seed: str, share: float) -> None:
    """Have deployed functions get the share of their batches again, until they are deployed anew."""
    for function in functions:
        configuration = client.get_function_configuration(FunctionName=function)
        if configuration["Handler"] != _HANDLER:
            variables = configuration.get("Environment", {}).get("Variables", {})
            variables = {**variables, VARIABLE: f"{seed}:{share}:{configuration['Handler']}"}
            client.update_function_configuration(
                FunctionName=function, Handler=_HANDLER, Environment={"Variables": variables}
            )


def handle(event: Event, context: Context) -> Any:
    """Handle an event as the function's real handler does, sometimes twice."""
    return _redelivery()(event, context)


@cache
def _redelivery() -> Redelivery:
    seed, share, name = os.environ[VARIABLE].split(":")
    module, _, handler = name.rpartition(".")
    path = os.environ.get(RECORD_VARIABLE)
    setting = Setting(
        name="redelivery",
        amount=float(share),
        dice=Dice(seed, "redelivery"),
        record=Record(Path(path) if path else None),
    )
    return Redelivery(getattr(import_module(module), handler), setting)
