"""What may be sent: how often a person is addressed (caps) and what a tenant spends (budgets).

Amounts of money are integers: millionths of the tenant's own currency.
"""

from enum import StrEnum
from typing import Final

import msgspec

from chalicelib.domain.ids import NotificationId
from chalicelib.domain.preferences import Cap
from chalicelib.domain.value import Millis, Value
from chalicelib.domain.words import Channel

DEFAULT_CAP: Final = Cap(hour=100)
"""For channels that neither the user nor the tenant says anything of."""
UNCAPPED: Final = frozenset({Channel.IN_APP})
"""Channels that disturb nobody and cost nothing."""


class Taking(Value, frozen=True):
    """One message that was released to a person."""

    id: NotificationId
    at: Millis


class Usage(Value, frozen=True):
    """What was released to one user, by channel, oldest first, as far back as their caps look."""

    taken: dict[Channel, tuple[Taking, ...]] = msgspec.field(default_factory=dict)
    version: int = 0


class Price(Value, frozen=True):
    """The price of one message (of one segment for SMS), in millionths. The most specific one that fits counts.

    `provider` is an id of the tenant's, `country` an ISO 3166 code of the phone number.
    """

    channel: Channel
    amount: int
    provider: str | None = None
    country: str | None = None


class Period(StrEnum):
    """The span a budget is for: a calendar day or month in UTC."""

    DAY = "day"
    MONTH = "month"


class Budget(Value, frozen=True):
    """The most a tenant spends in a period, in millionths: on one category, or on everything where it names none."""

    period: Period
    limit: int
    category: str | None = None
