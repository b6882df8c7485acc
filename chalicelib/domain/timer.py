"""What comes due later."""

from enum import StrEnum
from typing import Final

from chalicelib.domain.ids import TenantId
from chalicelib.domain.value import Millis, Value

SHARDS: Final = 32


class DueKind(StrEnum):
    """What a due item names."""

    NOTIFICATION = "N"
    """A notification to look at again: to decide (`sendAt`), or to release its next deliveries."""
    DIGEST = "G"
    """A digest window to close."""


class Due(Value, frozen=True):
    """Something of a tenant's to look at when its time comes. `id` is the notification's, or the digest window's.

    A `kind` that is none of ours is another version's, which runs beside this one or ran before it.
    """

    tenant: TenantId
    kind: DueKind | str
    id: str


def bucket_of(at: Millis, width: int) -> int:
    """Return the bucket of a time: the time rounded up to the width, all in milliseconds."""
    return -(-at // width) * width
