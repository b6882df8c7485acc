"""Every message names its group (the tenant), or fair queues cannot keep one tenant's flood from the others.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-fair-queues.html
"""

from collections.abc import Sequence
from typing import Any, Final

from tests.aws_semantics.events import Events
from tests.aws_semantics.setting import Setting

DEFAULT: Final = 1.0
"""On; there is nothing to measure."""

Params = dict[str, Any]


class Hook:
    """Stops a send to a queue, or a publish to a topic, without a MessageGroupId."""

    def __init__(self, setting: Setting) -> None:
        self._setting = setting

    def attach(self, events: Events) -> None:
        for operation in ("sqs.SendMessage", "sqs.SendMessageBatch", "sns.Publish", "sns.PublishBatch"):
            events.register(f"before-parameter-build.{operation}", self._check)

    def _check(self, params: Params, model: Any, **_: Any) -> None:
        nameless = [message for message in _messages(params) if not message.get("MessageGroupId")]
        if nameless:
            self._setting.violated(model.name, f"{len(nameless)} messages without MessageGroupId")


def _messages(params: Params) -> Sequence[Params]:
    if params.keys() & {"PhoneNumber", "TargetArn"}:
        return []  # a text message or a push: no queue stands behind it
    batch: Sequence[Params] | None = params.get("Entries", params.get("PublishBatchRequestEntries"))
    return [params] if batch is None else batch
