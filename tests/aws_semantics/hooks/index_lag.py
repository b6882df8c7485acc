"""An index does not show an item until up to `amount` seconds after it was put.

How old an item is, this process knows of its own puts; else the sort key of the index tells when it begins with a time
in milliseconds, as Herald's do. https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html
"""

import re
import time
from collections.abc import Mapping
from typing import Any, Final

from tests.aws_semantics.answers import ERROR
from tests.aws_semantics.dynamodb_requests import single_writes
from tests.aws_semantics.events import Events
from tests.aws_semantics.setting import Setting

DEFAULT: Final = 1.0
_STAMP: Final = re.compile(r"\d{13}(?=#|\Z)")
_REQUEST: Final = "herald-index-lag"
_PUTS: Final = ("PutItem", "TransactWriteItems")

Item = Mapping[str, Any]


class Hook:
    """Takes from the answers of index queries what was put a moment ago."""

    def __init__(self, setting: Setting) -> None:
        self._setting = setting
        self._put_at: dict[str, float] = {}

    def attach(self, events: Events) -> None:
        for operation in ("Query", *_PUTS):
            events.register(f"before-parameter-build.dynamodb.{operation}", _remember)
        events.register("after-call.dynamodb.Query", self._hide)
        for operation in _PUTS:
            events.register(f"after-call.dynamodb.{operation}", self._learn)

    def _learn(self, http_response: Any, context: dict[str, Any], **_: Any) -> None:
        if http_response.status_code < ERROR:
            items = [write["Item"] for write in single_writes(context[_REQUEST]) if "Item" in write]
            self._put_at.update({_identity(item): time.time() for item in items})

    def _hide(self, parsed: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
        index = context[_REQUEST].get("IndexName")
        items = parsed.get("Items", [])
        if index is None or not items:
            return
        shown = [item for item in items if self._shows(item, index)]
        if len(shown) < len(items):
            self._setting.note("Query", f"{len(items) - len(shown)} of {index} not there yet")
            parsed["Items"], parsed["Count"] = shown, len(shown)

    def _shows(self, item: Item, index: str) -> bool:
        identity = _identity(item)
        put_at = self._put_at.get(identity) or _stamp(item, index)
        age = time.time() - put_at
        return age < 0 or age >= self._setting.dice.weigh(identity) * self._setting.amount


def _remember(params: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
    context[_REQUEST] = params


def _identity(item: Item) -> str:
    return f"{item['PK']['S']}|{item['SK']['S']}"


def _stamp(item: Item, index: str) -> float:
    found = _STAMP.match(item.get(f"{index}SK", {}).get("S", ""))
    return int(found[0]) / 1_000 if found else 0.0
