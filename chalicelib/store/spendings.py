"""What tenants spent of their budgets: a counter for each budget and period, in millionths.

A counter never passes its limit: adding is conditional. When an answer of the table gets lost, its client asks again.
Adding twice would only spend less than allowed, and the token of the last addition makes that rare; taking back twice
would spend more, so it happens in a transaction, which the table knows again for ten minutes whatever came between.
"""

from calendar import monthrange
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Final

from chalicelib.domain.allowance import Budget, Period
from chalicelib.domain.ids import TenantId
from chalicelib.domain.value import Millis
from chalicelib.store import access_patterns as keys
from chalicelib.store.access_patterns import Key
from chalicelib.store.models import LAYOUT, SpentItem
from chalicelib.store.table import ConditionFailedError, Table

TOKEN_BYTES: Final = 6
KEPT_FOR: Final = 31 * 86_400
"""Seconds that a counter stays after its period."""


class SpendingRows:
    """`ports.Spendings` in the table. `randomness` returns so many random bytes."""

    def __init__(self, table: Table, randomness: Callable[[int], bytes]) -> None:
        self._table = table
        self._randomness = randomness

    def spent(self, tenant: TenantId, budgets: Sequence[Budget], now: Millis) -> tuple[int, ...]:
        """Return what was spent of each budget in the period that `now` lies in; it may lag."""
        places = [_key(tenant, budget, now) for budget in budgets]
        items = self._table.get_many(SpentItem, places, consistent=False) if places else ()
        found = {item.key: int(item.spent) for item in items}
        return tuple(found.get(place, 0) for place in places)

    def spend(self, tenant: TenantId, budget: Budget, amount: int, now: Millis) -> bool:
        """Add an amount (or take a negative one back) unless that exceeds the budget; tell whether it was added."""
        key = _key(tenant, budget, now)
        if amount < 0:
            with suppress(ConditionFailedError):  # The counter is gone: what was spent then counts no more.
                self._table.transact(updates=[(key, [SpentItem.spent.add(amount)], SpentItem.pk.exists())])
            return True
        return amount <= budget.limit and self._add(key, budget, amount, now)

    def _add(self, key: Key, budget: Budget, amount: int, now: Millis) -> bool:
        token = self._randomness(TOKEN_BYTES).hex()
        actions = [
            SpentItem.spent.add(amount),
            SpentItem.token.set(token),
            SpentItem.kind.set(SpentItem),
            SpentItem.layout.set(LAYOUT),
            SpentItem.ttl.set(_end_of(budget.period, now) + KEPT_FOR),
        ]
        is_new_with_room = (SpentItem.token != token) & (SpentItem.spent <= budget.limit - amount)
        try:
            self._table.update(key, actions, SpentItem.pk.does_not_exist() | is_new_with_room)
        except ConditionFailedError as failed:
            return SpentItem.from_raw_data(failed.stored).token == token
        return True


def _key(tenant: TenantId, budget: Budget, now: Millis) -> Key:
    name = _moment(now).strftime("%Y-%m-%d" if budget.period is Period.DAY else "%Y-%m")
    return keys.spent(tenant, name, budget.category)


def _end_of(period: Period, now: Millis) -> int:
    """Return the last day of a period as its midnight, in seconds since the epoch."""
    first = _moment(now).replace(hour=0, minute=0, second=0, microsecond=0)
    if period is Period.MONTH:
        first = first.replace(day=monthrange(first.year, first.month)[1])
    return int(first.timestamp())


def _moment(now: Millis) -> datetime:
    return datetime.fromtimestamp(now / 1_000, UTC)
