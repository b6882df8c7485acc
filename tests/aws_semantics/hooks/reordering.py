"""Standard queues keep no order: batches are shuffled, and the share `amount` of what is sent comes a second late.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/standard-queues.html
"""

from typing import Any, Final

from tests.aws_semantics.events import Events
from tests.aws_semantics.setting import Setting

DEFAULT: Final = 0.1
_LATE: Final = 1
"""Seconds."""
_BATCHES: Final = {"sqs.SendMessageBatch": "Entries", "sns.PublishBatch": "PublishBatchRequestEntries"}

Params = dict[str, Any]


class Hook:
    """Changes the order of batches, and delays messages that are sent without a delay."""

    def __init__(self, setting: Setting) -> None:
        self._setting = setting

    def attach(self, events: Events) -> None:
        events.register("before-parameter-build.sqs.SendMessage", self._delay_one)
        events.register("before-parameter-build.sqs.SendMessageBatch", self._delay_some)
        for operation in _BATCHES:
            events.register(f"before-parameter-build.{operation}", self._shuffle)

    def _delay_one(self, params: Params, model: Any, **_: Any) -> None:
        params.update(self._delayed(params, model.name))

    def _delay_some(self, params: Params, model: Any, **_: Any) -> None:
        params["Entries"] = [self._delayed(entry, model.name) for entry in params["Entries"]]

    def _shuffle(self, params: Params, event_name: str, **_: Any) -> None:
        operation = event_name.partition(".")[2]
        entries = params[_BATCHES[operation]]
        if len(entries) > 1:
            self._setting.note(operation, f"shuffled {len(entries)}")
            params[_BATCHES[operation]] = sorted(entries, key=lambda _: self._setting.dice.throw(f"{operation} order"))

    def _delayed(self, message: Params, operation: str) -> Params:
        if "DelaySeconds" in message or not self._setting.hits(operation):
            return message
        self._setting.note(operation, f"{_LATE} s late")
        return {**message, "DelaySeconds": _LATE}
