"""Groups of notifications that are cancelled together."""

from typing import Literal

import msgspec

from chalicelib.domain.request import NotificationRequest
from chalicelib.domain.value import Millis


class CancelGroup(msgspec.Struct, frozen=True):
    """The notifications of a cancellation key, or those that were accepted in one request (`batch`)."""

    kind: Literal["key", "batch"]
    name: str


def groups_of(request: NotificationRequest) -> tuple[CancelGroup, ...]:
    """Return the groups that a request belongs to."""
    key, batch = request.cancellation_key, request.batch
    return (
        *(() if key is None else (CancelGroup("key", key),)),
        *(() if batch is None else (CancelGroup("batch", batch),)),
    )


def is_covered(request: NotificationRequest, tombstone: Millis) -> bool:
    """Tell whether a group's tombstone applies to a request of the group: to those accepted until then."""
    return request.accepted_at <= tombstone
