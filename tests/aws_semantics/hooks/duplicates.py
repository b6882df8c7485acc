"""Queues and topics deliver at least once: the share `amount` of what is sent is there twice.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/standard-queues-at-least-once-delivery.html
"""

from typing import Any, Final

from tests.aws_semantics.answers import Answer, is_success
from tests.aws_semantics.events import Events
from tests.aws_semantics.operations import SENDS
from tests.aws_semantics.setting import Setting

DEFAULT: Final = 0.1


class Hook:
    """Has botocore send a call again that went well."""

    def __init__(self, setting: Setting) -> None:
        self._setting = setting

    def attach(self, events: Events) -> None:
        for operation in SENDS:
            events.register_first(f"needs-retry.{operation}", self._send_again)

    def _send_again(self, response: Answer | None, attempts: int, operation: Any, **_: Any) -> float | None:
        if attempts > 1 or not is_success(response) or not self._setting.hits(operation.name):
            return None
        self._setting.note(operation.name)
        return 0.0  # seconds to wait before
