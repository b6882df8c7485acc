"""Of the calls that change something, the share `amount` takes effect and is then answered with 500.

botocore repeats such a call, as it does on AWS, so a conditional write may meet its own first effect. A transaction
does not: its token lets the table know it again, which emulators do not.
https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
"""

from typing import Any, Final

from tests.aws_semantics.answers import Answer, is_success, refusal
from tests.aws_semantics.events import Events
from tests.aws_semantics.operations import EFFECTS
from tests.aws_semantics.setting import Setting

DEFAULT: Final = 0.02
_STATUS: Final = 500


class Hook:
    """Turns answers into errors, before botocore judges whether to call again."""

    def __init__(self, setting: Setting) -> None:
        self._setting = setting

    def attach(self, events: Events) -> None:
        for operation in set(EFFECTS) - {"dynamodb.TransactWriteItems"}:
            events.register_first(f"needs-retry.{operation}", self._lose)

    def _lose(self, response: Answer | None, operation: Any, **_: Any) -> None:
        if response is None or not is_success(response) or not self._setting.hits(operation.name):
            return
        self._setting.note(operation.name)
        http, parsed = response
        error = refusal("InternalServerError", "The answer got lost", _STATUS)[1]
        http.status_code = _STATUS
        parsed.clear()
        parsed.update(error)
