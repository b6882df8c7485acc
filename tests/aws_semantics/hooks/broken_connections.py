"""Of the calls that change something, the share `amount` takes effect, and then the caller sees a broken connection.

That is what is left when botocore's own retries fail too, so nothing below the caller repeats the call.
"""

from typing import Any, Final

from botocore.exceptions import ConnectionClosedError

from tests.aws_semantics.answers import ERROR
from tests.aws_semantics.events import Events
from tests.aws_semantics.operations import EFFECTS
from tests.aws_semantics.setting import Setting

DEFAULT: Final = 0.0


class Hook:
    """Raises instead of handing the answer on."""

    def __init__(self, setting: Setting) -> None:
        self._setting = setting

    def attach(self, events: Events) -> None:
        for operation in EFFECTS:
            events.register_last(f"after-call.{operation}", self._break)

    def _break(self, http_response: Any, model: Any, **_: Any) -> None:
        if http_response.status_code < ERROR and self._setting.hits(model.name):
            self._setting.note(model.name)
            raise ConnectionClosedError(endpoint_url=http_response.url)
