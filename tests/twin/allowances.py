"""What was used up in memory: by users and by tenants."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from msgspec.structs import replace

from chalicelib.domain.allowance import Budget, Period, Usage
from chalicelib.domain.ids import TenantId, UserId, UserType
from chalicelib.domain.rate_limit import Window
from chalicelib.domain.value import Millis
from chalicelib.services.ports import StaleVersionError
from tests.twin.rows import Rows


@dataclass
class TwinUsages:
    """`ports.Usages` in memory. Rows do not expire here: `ttl` is not kept."""

    rows: Rows

    def get(self, tenant: TenantId, user_type: UserType, user_id: UserId) -> Usage:
        return self.rows.usages.get((tenant, user_type, user_id), Usage())

    def put(self, tenant: TenantId, user_type: UserType, user_id: UserId, usage: Usage, ttl: int) -> None:
        with self.rows.step():
            if self.get(tenant, user_type, user_id).version != usage.version - 1:
                raise StaleVersionError
            self.rows.usages[tenant, user_type, user_id] = usage


@dataclass
class TwinSpendings:
    """`ports.Spendings` in memory, where no read lags."""

    rows: Rows

    def spent(self, tenant: TenantId, budgets: Sequence[Budget], now: Millis) -> tuple[int, ...]:
        return tuple(self.rows.spent.get(self._place(tenant, budget, now), 0) for budget in budgets)

    def spend(self, tenant: TenantId, budget: Budget, amount: int, now: Millis) -> bool:
        with self.rows.step():
            place = self._place(tenant, budget, now)
            after = self.rows.spent.get(place, 0) + amount
            if amount > 0 and after > budget.limit:
                return False
            if amount > 0 or place in self.rows.spent:
                self.rows.spent[place] = after
            return True

    def _place(self, tenant: TenantId, budget: Budget, now: Millis) -> tuple[TenantId, str, str | None]:
        day = datetime.fromtimestamp(now / 1_000, UTC).date().isoformat()
        return tenant, day if budget.period is Period.DAY else day[:7], budget.category


@dataclass
class TwinRateWindows:
    """`ports.RateWindows` in memory. Rows do not expire here: `ttl` is not kept."""

    rows: Rows

    def replace(self, tenant: TenantId, name: str, window: Window, ttl: int) -> Window | None:
        with self.rows.step():
            stored = self.rows.rates.get((tenant, name), Window())
            if stored.version != window.version:
                return stored
            self.rows.rates[tenant, name] = replace(window, version=window.version + 1)
        return None
