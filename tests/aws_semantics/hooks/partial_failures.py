"""Of the entries of PublishBatch, SendMessageBatch and PutEvents the share `amount` fails, while the call succeeds.

https://docs.aws.amazon.com/sns/latest/api/API_PublishBatch.html
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html
https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
"""

from typing import Any, Final

from tests.aws_semantics.events import Events
from tests.aws_semantics.setting import Setting
from tests.aws_semantics.withholding import Division, Params, Parsed, Withholding

DEFAULT: Final = 0.02
_CODE: Final = "InternalFailure"
_MESSAGE: Final = "Internal failure, try again."


class Hook:
    """Keeps entries from topic, queues and bus."""

    def __init__(self, setting: Setting) -> None:
        self._setting = setting

    def attach(self, events: Events) -> None:
        Withholding("sns.PublishBatch", self._divide_publish).attach(events)
        Withholding("sqs.SendMessageBatch", self._divide_send).attach(events)
        Withholding("eventbridge.PutEvents", self._divide_events).attach(events)

    def _divide_publish(self, operation: str, params: Params) -> Division | None:
        return self._divide_named(operation, params, "PublishBatchRequestEntries")

    def _divide_send(self, operation: str, params: Params) -> Division | None:
        return self._divide_named(operation, params, "Entries")

    def _divide_named(self, operation: str, params: Params, field: str) -> Division | None:
        """Divide a batch whose entries have ids, by which the answer names those that failed."""
        fails = self._throw(operation, params[field])
        failed = [entry["Id"] for entry, it_fails in zip(params[field], fails, strict=True) if it_fails]

        def tell(parsed: Parsed) -> None:
            parsed.setdefault("Successful", [])
            parsed.setdefault("Failed", []).extend(
                {"Id": id, "SenderFault": False, "Code": _CODE, "Message": _MESSAGE} for id in failed
            )

        return Division(_without(params, field, fails), tell) if failed else None

    def _divide_events(self, operation: str, params: Params) -> Division | None:
        """Divide a batch whose answer has an entry for each of its own, in their order."""
        fails = self._throw(operation, params["Entries"])

        def tell(parsed: Parsed) -> None:
            answered = iter(parsed.get("Entries", []))
            refused = {"ErrorCode": _CODE, "ErrorMessage": _MESSAGE}
            parsed["Entries"] = [{**refused} if it_fails else next(answered) for it_fails in fails]
            parsed["FailedEntryCount"] = sum("ErrorCode" in entry for entry in parsed["Entries"])

        return Division(_without(params, "Entries", fails), tell) if any(fails) else None

    def _throw(self, operation: str, entries: list[Any]) -> list[bool]:
        fails = [self._setting.hits(operation) for _ in entries]
        if any(fails):
            self._setting.note(operation, f"{sum(fails)} of {len(fails)} entries")
        return fails


def _without(params: Params, field: str, fails: list[bool]) -> Params | None:
    left = [entry for entry, it_fails in zip(params[field], fails, strict=True) if not it_fails]
    return {field: left} if left else None
