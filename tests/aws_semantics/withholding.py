"""Keeping parts of a batch from the service and telling the caller that the service left them undone."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from tests.aws_semantics.answers import ERROR, Answer, answer
from tests.aws_semantics.events import Events

Params = dict[str, Any]
Parsed = dict[str, Any]

_WITHHELD: Final = "herald-withheld"


@dataclass(frozen=True, slots=True)
class Division:
    """A batch in two: the parameters that are left, None when nothing is, and what the answer must tell of the rest.

    `tell` changes the answer to what is left into the answer to all; it is given an empty one when nothing is left.
    """

    left: Params | None
    tell: Callable[[Parsed], None]


@dataclass(frozen=True, slots=True)
class Withholding:
    """Divides the calls of an operation (`sqs.SendMessageBatch`) by `divide`; None lets a call pass whole."""

    operation: str
    divide: Callable[[str, Params], Division | None]

    def attach(self, events: Events) -> None:
        """Listen to the events of a session."""
        events.register(f"before-parameter-build.{self.operation}", self._withhold)
        events.register(f"before-call.{self.operation}", self._answer_alone)
        events.register(f"after-call.{self.operation}", self._tell)

    def _withhold(self, params: Params, context: dict[str, Any], **_: Any) -> None:
        division = self.divide(self.operation, params)
        context[_WITHHELD] = division
        if division and division.left is not None:
            params.update(division.left)

    def _answer_alone(self, context: dict[str, Any], **_: Any) -> Answer | None:
        division: Division | None = context[_WITHHELD]
        return answer({}) if division and division.left is None else None

    def _tell(self, http_response: Any, parsed: Parsed, context: dict[str, Any], **_: Any) -> None:
        division: Division | None = context[_WITHHELD]
        if division and http_response.status_code < ERROR:
            division.tell(parsed)
