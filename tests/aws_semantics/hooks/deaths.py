"""A process dies right before or after a call, as it was ordered to: no handler runs, nothing is flushed.

Orders are JSON files in the folder that HERALD_DEATHS names. The first process that meets an order takes it and dies:

    {"function": "DeliverEmail", "operation": "UpdateItem", "when": "after", "contains": ["01890a5d-…"]}
"""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.aws_semantics.events import Events
from tests.aws_semantics.setting import Setting

DEFAULT: Final = 1
VARIABLE: Final = "HERALD_DEATHS"
_KILLED: Final = 137


@dataclass(frozen=True, slots=True)
class Order:
    """Whom death is to meet, and when. `contains`: texts that the request must hold."""

    function: str
    operation: str
    when: str
    contains: tuple[str, ...]

    def write(self, folder: Path, name: str) -> Path:
        """Put the order into the folder; the file is gone when it was carried out."""
        path = folder / f"{name}.json"
        told = {"function": self.function, "operation": self.operation, "when": self.when, "contains": self.contains}
        draft = path.with_suffix(".draft")
        draft.write_text(json.dumps(told))
        return draft.rename(path)


class Hook:
    """Looks for an order at every call."""

    def __init__(self, setting: Setting) -> None:
        self._setting = setting
        folder = os.environ.get(VARIABLE)
        self._folder = Path(folder) if folder else None

    def attach(self, events: Events) -> None:
        if self._folder is not None:
            events.register_last("before-parameter-build", self._before)
            events.register_last("after-call", self._after)

    def _before(self, params: Any, model: Any, context: Any, **_: Any) -> None:
        context["request"] = json.dumps(params, default=str)
        self._obey("before", model.name, context)

    def _after(self, model: Any, context: Any, **_: Any) -> None:
        self._obey("after", model.name, context)

    def _obey(self, when: str, operation: str, context: Any) -> None:
        function = os.environ.get("AWS_LAMBDA_FUNCTION_NAME", "")
        for path in self._folder.glob("*.json") if self._folder else ():
            order = Order(**json.loads(path.read_text()))
            meets = order.function in function and (order.operation, order.when) == (operation, when)
            if meets and all(text in context["request"] for text in order.contains):
                path.unlink()
                self._setting.note(operation, f"died {when} it")
                os._exit(_KILLED)
