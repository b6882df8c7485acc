"""What may be sent: how often a person is addressed (caps) and what a tenant spends (budgets).

Amounts of money are integers: millionths of the tenant's own currency.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Final

import msgspec

from chalicelib.domain.delivery import Detail
from chalicelib.domain.ids import NotificationId
from chalicelib.domain.preferences import Cap, Preferences
from chalicelib.domain.value import Millis, Value
from chalicelib.domain.words import Channel

HOUR: Final = 3_600_000
DAY: Final = 24 * HOUR
DEFAULT_CAP: Final = Cap(hour=100)
"""For channels that neither the user nor the tenant says anything of."""
NO_CAP: Final = Cap()
UNCAPPED: Final = frozenset({Channel.IN_APP})
"""Channels that disturb nobody and cost nothing."""
MOST_CAP: Final = 1_000
"""The highest cap there should be: what was released is kept as far back as it looks, in 12 bytes each."""
MOST_UNCOUNTED: Final = 100
"""How many of those that do not count are remembered."""


class Taking(Value, frozen=True):
    """One message that was released to a person. `mark` stands for its id (`mark_of`).

    What was released without regard to caps does not count for them.
    """

    mark: str
    at: Millis
    counts: bool = True


class Usage(Value, frozen=True):
    """What was released to one user, by channel, oldest first, as far back as their caps look."""

    taken: dict[Channel, tuple[Taking, ...]] = msgspec.field(default_factory=dict)
    version: int = 0

    def holds(self, channel: Channel, id: NotificationId) -> bool:
        """Tell whether a notification was released on a channel before."""
        mark = mark_of(id)
        return any(taking.mark == mark for taking in self.taken.get(channel, ()))


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

    def applies_to(self, category: str) -> bool:
        """Tell whether messages of a category are paid from it."""
        return self.category in (None, category)

    @property
    def detail(self) -> Detail:
        """How a refusal by this budget is told."""
        return Detail.DAY if self.period is Period.DAY else Detail.MONTH


def mark_of(id: NotificationId) -> str:
    """Return what stands for an id among those released to one user: its last 48 bits, which are random or a hash's.

    That two of the few hundred that are remembered agree in them does not happen.
    """
    return id[-12:]


def cap_for(preferences: Preferences, channel: Channel) -> Cap:
    """Return the cap on a channel by a user's preferences over the tenant's."""
    return NO_CAP if channel in UNCAPPED else preferences.caps.get(channel, DEFAULT_CAP)


def over_cap(usage: Usage, channel: Channel, cap: Cap, now: Millis) -> Detail | None:
    """Tell which limit one more message would break: that of the last 60 minutes or that of the last 24 hours.

    Both spans slide: what was released exactly that long ago is out. A clock that is behind the one of the last
    release counts from there.
    """
    takings = usage.taken.get(channel, ())
    at = _time_of_next(takings, now)
    if cap.hour is not None and _count_since(takings, at - HOUR) >= cap.hour:
        return Detail.HOUR
    if cap.day is not None and _count_since(takings, at - DAY) >= cap.day:
        return Detail.DAY
    return None


def released(usage: Usage, caps: Mapping[Channel, Cap | None], id: NotificationId, now: Millis) -> Usage:
    """Return the usage, one version on, after a notification was released on the channels of `caps`, once on each.

    Without a cap it does not count. What no cap looks back to is forgotten; on other channels, whose caps are not told,
    what is older than a day by any clock. An id is known again for an hour at least, unless hundreds pass that do not
    count.
    """
    long_ago = now - DAY - HOUR
    taken = {channel: tuple(t for t in takings if t.at > long_ago) for channel, takings in usage.taken.items()}
    for channel, cap in caps.items():
        takings = usage.taken.get(channel, ())
        if not usage.holds(channel, id):
            taking = Taking(mark=mark_of(id), at=_time_of_next(takings, now), counts=cap is not None)
            takings = (*takings, taking)
        taken[channel] = _remembered(cap, takings)
    kept = {channel: takings for channel, takings in taken.items() if takings}
    return Usage(taken=kept, version=usage.version + 1)


def over_budget(budgets: Sequence[Budget], spent: Sequence[int], category: str, amount: int) -> Detail | None:
    """Tell the period of the first budget that has no room for an amount; `spent` has an entry for each budget."""
    for budget, already in zip(budgets, spent, strict=True):
        if amount > 0 and budget.applies_to(category) and already + amount > budget.limit:
            return budget.detail
    return None


def paying(budgets: Iterable[Budget], category: str, amount: int) -> Iterator[Budget]:
    """Yield the budgets that an amount is paid from, in their order; what costs nothing is paid from none."""
    return (budget for budget in budgets if amount > 0 and budget.applies_to(category))


def _time_of_next(takings: Sequence[Taking], now: Millis) -> Millis:
    return max(now, takings[-1].at) if takings else now


def _count_since(takings: Sequence[Taking], start: int) -> int:
    return sum(taking.counts and taking.at > start for taking in takings)


def _remembered(cap: Cap | None, takings: tuple[Taking, ...]) -> tuple[Taking, ...]:
    """Return those of the takings that a cap may still count, and the last of those that none does.

    A cap of no day looks back an hour. One that is not told may be of a day.
    """
    newest = takings[-1].at
    span = HOUR if cap is not None and cap.day is None else DAY
    uncounted = [t for t in takings if not t.counts and t.at > newest - HOUR][-MOST_UNCOUNTED:]
    return tuple(t for t in takings if (t.at > newest - span if t.counts else t in uncounted))
