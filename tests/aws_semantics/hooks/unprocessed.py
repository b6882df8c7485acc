"""BatchGetItem and BatchWriteItem leave the share `amount` of their parts unprocessed, for the caller to ask again.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html
"""

from collections.abc import Mapping
from typing import Any, Final

from tests.aws_semantics.events import Events
from tests.aws_semantics.setting import Setting
from tests.aws_semantics.withholding import Division, Params, Parsed, Withholding

DEFAULT: Final = 0.1


class Hook:
    """Keeps keys and writes from the table."""

    def __init__(self, setting: Setting) -> None:
        self._setting = setting

    def attach(self, events: Events) -> None:
        Withholding("dynamodb.BatchGetItem", self._divide_reads).attach(events)
        Withholding("dynamodb.BatchWriteItem", self._divide_writes).attach(events)

    def _divide_reads(self, operation: str, params: Params) -> Division | None:
        tables = params["RequestItems"]
        left, kept = self._divide(operation, {table: asked["Keys"] for table, asked in tables.items()})
        unprocessed = {table: {**tables[table], "Keys": keys} for table, keys in kept.items()}
        rest = {table: {**tables[table], "Keys": keys} for table, keys in left.items()}
        return _division(rest, "UnprocessedKeys", unprocessed, Responses={})

    def _divide_writes(self, operation: str, params: Params) -> Division | None:
        left, kept = self._divide(operation, params["RequestItems"])
        return _division(left, "UnprocessedItems", kept)

    def _divide(self, operation: str, tables: Mapping[str, list[Any]]) -> tuple[dict[str, Any], dict[str, Any]]:
        left: dict[str, list[Any]] = {}
        kept: dict[str, list[Any]] = {}
        for table, parts in tables.items():
            for part in parts:
                side = kept if self._setting.hits(operation) else left
                side.setdefault(table, []).append(part)
        if kept:
            self._setting.note(operation, f"{sum(map(len, kept.values()))} parts")
        return left, kept


def _division(left: Mapping[str, Any], field: str, kept: Mapping[str, Any], **empty: Any) -> Division | None:
    if not kept:
        return None

    def tell(parsed: Parsed) -> None:
        for name, value in empty.items():
            parsed.setdefault(name, value)
        unprocessed = parsed.setdefault(field, {})
        for table, parts in kept.items():
            unprocessed[table] = _joined(unprocessed.get(table), parts)

    return Division({"RequestItems": left} if left else None, tell)


def _joined(service_left: Any, withheld: Any) -> Any:
    if service_left is None:
        return withheld
    if isinstance(withheld, list):
        return [*service_left, *withheld]
    return {**withheld, "Keys": [*service_left["Keys"], *withheld["Keys"]]}
