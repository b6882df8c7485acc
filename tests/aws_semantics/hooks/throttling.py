"""A partition key takes `amount` write units a second, in the table and in each index; what is more is throttled.

Units are counted in each process on its own. DynamoDB's limit is 1,000:
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html
"""

import json
import time
from collections import defaultdict, deque
from collections.abc import Mapping
from typing import Any, Final, cast

from botocore.awsrequest import AWSPreparedRequest, AWSResponse

from tests.aws_semantics.answers import refuse_to_take
from tests.aws_semantics.dynamodb_requests import WRITES, partition_keys, single_writes, write_units
from tests.aws_semantics.events import Events
from tests.aws_semantics.setting import Setting

DEFAULT: Final = 1_000.0
_WINDOW: Final = 1.0
_TOO_MANY: Final = "The level of configured provisioned throughput for the table was exceeded."

Request = Mapping[str, Any]


class Hook:
    """Refuses writes to a partition that has taken too many in the last second; botocore retries them."""

    def __init__(self, setting: Setting) -> None:
        self._setting = setting
        self._taken: defaultdict[str, deque[tuple[float, int]]] = defaultdict(deque)

    def attach(self, events: Events) -> None:
        for operation in WRITES:
            events.register_first(f"before-send.dynamodb.{operation}", self._take)

    def _take(self, request: AWSPreparedRequest, event_name: str, **_: Any) -> AWSResponse | None:
        asked: Request = json.loads(cast("bytes", request.body))
        transaction = "TransactItems" in asked
        writes = single_writes(asked)
        hot = [self._is_hot(write) for write in writes]
        if not any(hot):
            for write in writes:
                self._count(write, times=2 if transaction else 1)
            return None
        self._setting.note(event_name.rpartition(".")[2], f"{sum(hot)} of {len(hot)} writes")
        if not transaction:
            return refuse_to_take(request, "ProvisionedThroughputExceededException", message=_TOO_MANY)
        reasons = [{"Code": "ThrottlingError", "Message": _TOO_MANY} if it else {"Code": "None"} for it in hot]
        return refuse_to_take(
            request,
            "TransactionCanceledException",
            Message=f"Transaction cancelled, please refer cancellation reasons for specific reasons {reasons}",
            CancellationReasons=reasons,
        )

    def _is_hot(self, write: Request) -> bool:
        return any(self._load(key) + write_units(write) > self._setting.amount for key in partition_keys(write))

    def _load(self, key: str) -> int:
        taken = self._taken[key]
        while taken and taken[0][0] < time.monotonic() - _WINDOW:
            taken.popleft()
        return sum(units for _, units in taken)

    def _count(self, write: Request, times: int) -> None:
        for key in partition_keys(write):
            self._taken[key].append((time.monotonic(), times * write_units(write)))
