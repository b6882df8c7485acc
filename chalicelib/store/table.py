"""The table as repositories see it: one operation a call, and what a refused one found instead.

Here tenants are kept apart: no request leaves with a partition key, of the table or of an index, that is neither the
platform's nor of the tenant in whose name the code acts (tenancy.py). In a partition that tenants share, such code
reaches the rows whose sort keys are its tenant's. Every method may raise ForeignTenantError.
"""

import time
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any, Final, TypeVar

from botocore.exceptions import ClientError
from botocore.session import Session, get_session
from pynamodb.exceptions import VerboseClientError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.operand import Path
from pynamodb.expressions.update import Action

from chalicelib.domain.errors import BusyError
from chalicelib.domain.ids import TenantId
from chalicelib.store.access_patterns import FEED, LISTING, Key, Rows, is_shared, tenant_in
from chalicelib.store.connection import SharedConnection
from chalicelib.store.models import Item
from chalicelib.tenancy import ForeignTenantError, current_tenant

Raw = dict[str, Any]
"""An item, or a request, in DynamoDB's JSON."""
I = TypeVar("I", bound=Item)  # noqa: E741

CONFLICTS: Final = 10
"""How often a write is tried that meets transactions in progress on its items."""
PARTITIONS: Final = frozenset({"PK", f"{FEED}PK", f"{LISTING}PK"})
"""The attributes that the table and its indexes are partitioned by."""
_TELL: Final = {"ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
_BATCH: Final = 100
_WRITE_BATCH: Final = 25
_ROUNDS: Final = 6
_FIRST_PAUSE: Final = 0.05


class ConditionFailedError(Exception):
    """The condition of a write did not hold. `stored` is the item that it met, empty when there was none, or when the
    write was a transaction.
    """

    def __init__(self, stored: Raw) -> None:
        super().__init__("the condition does not hold")
        self.stored = stored


class Table:
    """The table `name`. `pause` waits some seconds; it is called only where the table left part of a batch undone."""

    def __init__(self, name: str, session: Session | None = None, pause: Callable[[float], None] = time.sleep) -> None:
        self.name = name
        self._connection = SharedConnection(name, session or get_session())
        self._pause = pause

    def put(self, item: Item, condition: Condition | None = None) -> None:
        """Write a whole item; raises ConditionFailedError."""
        self._write("PutItem", self._put_request(item, condition) | _TELL)

    def update(self, key: Key, actions: Sequence[Action], condition: Condition) -> Raw:
        """Change an item and return it as it is then; raises ConditionFailedError."""
        request = self._request(key, condition, actions=actions, return_values="ALL_NEW")
        changed: Raw = self._write("UpdateItem", request | _TELL)["Attributes"]
        return changed

    def delete(self, key: Key, condition: Condition | None = None) -> bool:
        """Remove an item; False when there was none that fulfills the condition.

        In a transaction: when the answer gets lost and its client asks again, the table knows the request by its token
        and does not say that there was nothing.
        """
        there = Item.pk.exists() if condition is None else Item.pk.exists() & condition
        try:
            self._write("TransactWriteItems", {"TransactItems": [{"Delete": self._request(key, there)}]})
        except ConditionFailedError:
            return False
        return True

    def get(self, kind: type[I], key: Key, *, consistent: bool = True) -> I | None:
        """Return an item by a consistent read, or from any copy of it, at half the price: one that may lag."""
        answer = self._connection.get_item(self.name, _own(*key), key.sk, consistent_read=consistent)
        return kind.from_raw_data(answer["Item"]) if "Item" in answer else None

    def get_many(self, kind: type[I], keys: Collection[Key], *, consistent: bool = True) -> Iterator[I]:
        """Yield those of the items that exist, in no order, by consistent reads, or from any copies, at half the price.

        Raises
        ------
        BusyError
            The table did not answer for all keys within some seconds.
        """
        wanted: list[Raw] = [{"PK": {"S": _own(pk, sk)}, "SK": {"S": sk}} for pk, sk in set(keys)]
        for start in range(0, len(wanted), _BATCH):
            yield from map(kind.from_raw_data, self._batch(wanted[start : start + _BATCH], consistent=consistent))

    def delete_many(self, keys: Collection[Key]) -> None:
        """Remove items; those that are gone do not matter.

        Raises
        ------
        BusyError
            The table did not remove all of them within some seconds.
        """
        unwanted = [{"DeleteRequest": {"Key": {"PK": {"S": _own(pk, sk)}, "SK": {"S": sk}}}} for pk, sk in set(keys)]
        for start in range(0, len(unwanted), _WRITE_BATCH):
            self._write_batch(unwanted[start : start + _WRITE_BATCH])

    def query(
        self, rows: Rows, *, index: str | None = None, newest_first: bool = False, page: int | None = None
    ) -> Iterator[Raw]:
        """Yield items in the order of their sort key, read `page` at a time; of an index, only their keys.

        Reads of the table itself are consistent, those of an index may lag.
        """
        answers = self._answers(rows, index=index, scan_index_forward=not newest_first, limit=page)
        return (item for answer in answers for item in answer["Items"])

    def count(self, rows: Rows) -> int:
        """Return how many items there are, by a consistent read."""
        return sum(answer["Count"] for answer in self._answers(rows, select="COUNT"))

    def transact(
        self,
        *,
        puts: Sequence[tuple[Item, Condition | None]] = (),
        updates: Sequence[tuple[Key, Sequence[Action], Condition]] = (),
        deletes: Sequence[Key] = (),
    ) -> None:
        """Make all of these writes or none; raises ConditionFailedError."""
        writes = [
            *({"Delete": self._request(key)} for key in deletes),
            *({"Put": self._put_request(item, condition)} for item, condition in puts),
            *({"Update": self._request(key, condition, actions=made)} for key, made, condition in updates),
        ]
        self._write("TransactWriteItems", {"TransactItems": writes})

    def _write(self, operation: str, request: Raw) -> Raw:
        for _ in range(CONFLICTS - 1):
            try:
                return self._dispatch(operation, request)
            except BusyError:
                continue
        return self._dispatch(operation, request)

    def _dispatch(self, operation: str, request: Raw) -> Raw:
        try:
            # A copy, for botocore puts a token into a transaction, which the next attempt must not bear again.
            answer: Raw = self._connection.dispatch(operation, {**request})
        except VerboseClientError as error:
            reasons = _reasons(error)
            if "ConditionalCheckFailed" in reasons:
                raise ConditionFailedError(_item_of(error)) from error
            if reasons == {"TransactionConflict"}:
                raise BusyError("a transaction is in progress") from error
            raise
        return answer

    def _put_request(self, item: Item, condition: Condition | None) -> Raw:
        attributes = item.serialize(null_check=True)
        for column in PARTITIONS & attributes.keys():
            _own(attributes[column]["S"], item.sk)
        return self._request(item.key, condition, key="Item", attributes=attributes)

    def _request(self, at: Key, condition: Condition | None = None, **rest: Any) -> Raw:
        request: Raw = self._connection.get_operation_kwargs(self.name, _own(*at), at.sk, condition=condition, **rest)
        return request

    def _answers(self, rows: Rows, *, index: str | None = None, **how: Any) -> Iterator[Raw]:
        if rows.low > rows.high:
            return
        partition, sort_key = _own(rows.pk), Path([f"{index}SK" if index else "SK"])
        start: Raw | None = None
        while True:
            answer = self._connection.query(
                self.name,
                partition,
                range_key_condition=sort_key.between(rows.low, rows.high),
                consistent_read=index is None,
                index_name=index,
                exclusive_start_key=start,
                **how,
            )
            yield answer
            start = answer.get("LastEvaluatedKey")
            if start is None:
                return

    def _batch(self, keys: list[Raw], *, consistent: bool) -> Iterator[Raw]:
        for attempt in range(_ROUNDS):
            request = {"RequestItems": {self.name: {"Keys": keys, "ConsistentRead": consistent}}}
            answer = self._connection.dispatch("BatchGetItem", request)
            yield from answer["Responses"].get(self.name, ())
            keys = answer["UnprocessedKeys"].get(self.name, {}).get("Keys", [])
            if not keys:
                return
            self._pause(_FIRST_PAUSE * 2**attempt)
        raise BusyError(f"{len(keys)} keys were left unanswered")

    def _write_batch(self, writes: list[Raw]) -> None:
        for attempt in range(_ROUNDS):
            answer = self._connection.dispatch("BatchWriteItem", {"RequestItems": {self.name: writes}})
            writes = answer.get("UnprocessedItems", {}).get(self.name, [])
            if not writes:
                return
            self._pause(_FIRST_PAUSE * 2**attempt)
        raise BusyError(f"{len(writes)} writes were left undone")


def _own(pk: str, sk: str | None = None) -> str:
    """Return a partition key; ForeignTenantError unless the code that now runs may touch what lies there, or there
    under a sort key.
    """
    acting = current_tenant()
    if is_shared(pk):
        is_open = acting is None or (sk is not None and tenant_in(sk) == acting)
    else:
        is_open = tenant_in(pk) in {TenantId.platform(), acting}
    if not is_open:
        raise ForeignTenantError(f"{pk} is asked for by code that acts for {acting}")
    return pk


def _reasons(error: VerboseClientError) -> set[str]:
    """Return why a write was refused; a transaction has several reasons."""
    codes = [reason.code for reason in error.cancellation_reasons if reason is not None]
    return {code.removesuffix("Exception") for code in codes or [error.response["Error"]["Code"]]}


def _item_of(error: VerboseClientError) -> Raw:
    # PynamoDB wraps the error and leaves the item out; its cause still has it.
    cause = error.__cause__
    response: Raw = {**cause.response} if isinstance(cause, ClientError) else {}
    return response.get("Item") or {}
