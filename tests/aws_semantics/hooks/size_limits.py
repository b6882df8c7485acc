"""What is too large for AWS is refused as AWS refuses it. `amount` scales the limits; 1 is AWS's.

SQS and EventBridge take 1 MB by now, SNS does not; Herald holds all messages to what fits everywhere.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
https://docs.aws.amazon.com/sns/latest/api/API_PublishBatch.html
https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from tests.aws_semantics import request_sizes as sizes
from tests.aws_semantics.answers import Answer, refusal
from tests.aws_semantics.dynamodb_requests import KEYED
from tests.aws_semantics.events import Events
from tests.aws_semantics.setting import Setting

DEFAULT: Final = 1.0
_KB: Final = 1_024
_HISTORY: Final = 25_000
"""Events of a Standard execution."""
_REFUSAL: Final = "herald-refusal"

Params = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Limit:
    """What no part of a request may exceed, in KB, and the error of the one that does."""

    measure: Callable[[Params], Iterator[int]]
    most: int
    code: str
    message: str
    status: int = 400


_ITEM: Final = Limit(sizes.items, 400, "ValidationException", "Item size has exceeded the maximum allowed size")
_ENVIRONMENT: Final = Limit(
    sizes.environment, 4, "InvalidParameterValueException", "Environment variables exceed the 4KB limit"
)
_KEYS: Final = (
    Limit(sizes.partition_keys, 2, "ValidationException", "Size of hashkey has exceeded the maximum size limit"),
    Limit(sizes.sort_keys, 1, "ValidationException", "Aggregated size of all range keys has exceeded the size limit"),
)
LIMITS: Final[Mapping[str, tuple[Limit, ...]]] = {
    **{f"dynamodb.{operation}": _KEYS for operation in KEYED},
    "dynamodb.PutItem": (_ITEM, *_KEYS),
    "dynamodb.TransactWriteItems": (_ITEM, *_KEYS),
    "dynamodb.BatchWriteItem": (_ITEM, *_KEYS),
    "sqs.SendMessage": (
        Limit(sizes.message, 256, "InvalidParameterValue", "Message must be shorter than 262144 bytes"),
    ),
    "sqs.SendMessageBatch": (
        Limit(sizes.batch, 256, "AWS.SimpleQueueService.BatchRequestTooLong", "Batch requests cannot be longer"),
    ),
    "sns.Publish": (Limit(sizes.message, 256, "InvalidParameter", "Invalid parameter: Message too long"),),
    "sns.PublishBatch": (Limit(sizes.batch, 256, "BatchRequestTooLong", "The messages together are too long"),),
    "eventbridge.PutEvents": (
        Limit(sizes.events, 256, "ValidationException", "Total size of the entries over the limit"),
    ),
    "lambda.Invoke": (Limit(sizes.payload, 6 * _KB, "RequestTooLargeException", "Request must be smaller", 413),),
    "lambda.CreateFunction": (_ENVIRONMENT,),
    "lambda.UpdateFunctionConfiguration": (_ENVIRONMENT,),
}


class Hook:
    """Answers too large requests instead of the service."""

    def __init__(self, setting: Setting) -> None:
        self._setting = setting

    def attach(self, events: Events) -> None:
        for operation in LIMITS:
            events.register(f"before-parameter-build.{operation}", self._measure)
            events.register(f"before-call.{operation}", _refuse)
        events.register("after-call.sfn.GetExecutionHistory", self._count)

    def _measure(self, params: Params, context: dict[str, Any], event_name: str, **_: Any) -> None:
        operation = event_name.partition(".")[2]
        for limit in LIMITS[operation]:
            size = max(limit.measure(params), default=0)
            if size > limit.most * _KB * self._setting.amount:
                self._setting.note(operation, f"{size} bytes")
                context[_REFUSAL] = refusal(limit.code, limit.message, limit.status)
                return

    def _count(self, parsed: Params, model: Any, **_: Any) -> None:
        longest = max((event["id"] for event in parsed.get("events", [])), default=0)
        if longest > _HISTORY * self._setting.amount:
            self._setting.violated(model.name, f"an execution with {longest} events")


def _refuse(context: Mapping[str, Any], **_: Any) -> Answer | None:
    return context.get(_REFUSAL)
