"""What a rule can say of a notification or of one of its channels."""

from chalicelib.domain.delivery import DeliveryStatus, Detail
from chalicelib.domain.value import Millis, Value
from chalicelib.domain.words import Reason


class Ended(Value, frozen=True):
    """Nothing is sent: the delivery ends with `status` before it began."""

    reason: Reason
    detail: Detail | None = None
    status: DeliveryStatus = DeliveryStatus.SUPPRESSED


class Held(Value, frozen=True):
    """It is sent, but not before `until`."""

    reason: Reason
    until: Millis


Outcome = Ended | Held
