"""Allowances: what may still be released to a person, and is paid for, taken before anything is published.

Money first, then one put of the user's usage under its version. The usage knows a notification again, so taking it a
second time is free, and neither a cap nor a budget is ever exceeded. A crash between the two costs the money of one
message.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from chalicelib.domain.allowance import DAY, NO_CAP, Budget, Usage, over_cap, paying, released
from chalicelib.domain.errors import BusyError
from chalicelib.domain.outcome import Ended
from chalicelib.domain.preferences import Cap
from chalicelib.domain.state import NotificationState
from chalicelib.domain.value import Millis, Value
from chalicelib.domain.words import Channel, Reason
from chalicelib.services.ports import Spendings, StaleVersionError, Usages

TRIES: Final = 20
"""Each ends with a put, unless another taking for the same user came first."""
KEPT_FOR: Final = 2 * DAY
"""Milliseconds that a usage stays after it was last added to."""


class Wanted(Value, frozen=True):
    """What a channel is wanted under: its cap (None lets through however much was released, and does not count) and
    its cost in millionths.
    """

    cap: Cap | None
    cost: int = 0


@dataclass(frozen=True, slots=True)
class Allowances:
    """The use case: take what a notification needs to go out now."""

    usages: Usages
    spendings: Spendings

    def take(
        self,
        state: NotificationState,
        wanted: Mapping[Channel, Wanted],
        budgets: Sequence[Budget],
        usage: Usage,
        now: Millis,
    ) -> dict[Channel, Ended]:
        """Return the channels that may not be used, and why; the others are allowed, once and for all.

        `usage` was read some time before; it may be stale. Channels are judged in their order. Nothing is read or
        written where no wanted channel has a cap or a price that a budget is for.

        Raises
        ------
        BusyError
            Others keep taking for the same user. Nothing was taken.
        """
        limited = {c: want for c, want in wanted.items() if _is_limited(want, budgets, state.category)}
        if not limited:
            return {}
        return _Taking(self, state, limited, budgets, now).run(usage)


@dataclass(slots=True)
class _Taking:
    """One call of `Allowances.take`: what it has paid so far, and what it could not pay."""

    ports: Allowances
    state: NotificationState
    wanted: Mapping[Channel, Wanted]
    budgets: Sequence[Budget]
    now: Millis
    paid: dict[Channel, list[Budget]] = field(default_factory=dict)
    unpaid: dict[Channel, Ended] = field(default_factory=dict)

    def run(self, usage: Usage) -> dict[Channel, Ended]:
        is_fresh = False
        for _ in range(TRIES):
            asked = [channel for channel in self.wanted if not usage.holds(channel, self.state.id)]
            refused = self._over_cap(usage, asked)
            self._give_back(self.paid.keys() - (set(asked) - refused.keys()))
            self._pay([channel for channel in asked if channel not in refused])
            refused |= {channel: self.unpaid[channel] for channel in asked if channel in self.unpaid}
            if refused and not is_fresh:
                # Another taking of the same notification may have been allowed what is refused here.
                usage, is_fresh = self._usage(), True
            elif len(refused) == len(asked) or self._record(usage, [c for c in asked if c not in refused]):
                return refused
            else:
                usage, is_fresh = self._usage(), True
        self._give_back(set(self.paid))
        raise BusyError("others keep taking for the same user")

    def _over_cap(self, usage: Usage, channels: Collection[Channel]) -> dict[Channel, Ended]:
        over = {channel: over_cap(usage, channel, self.wanted[channel].cap or NO_CAP, self.now) for channel in channels}
        return {c: Ended(reason=Reason.FREQUENCY_CAPPED, detail=detail) for c, detail in over.items() if detail}

    def _pay(self, channels: Collection[Channel]) -> None:
        """Pay for the channels that were not looked at before."""
        for channel in channels:
            if channel not in self.paid and channel not in self.unpaid:
                self._pay_for(channel)

    def _pay_for(self, channel: Channel) -> None:
        cost, paid = self.wanted[channel].cost, self.paid.setdefault(channel, [])
        for budget in paying(self.budgets, self.state.category, cost):
            if not self.ports.spendings.spend(self.state.tenant, budget, cost, self.now):
                self._give_back({channel})
                self.unpaid[channel] = Ended(reason=Reason.BUDGET_EXCEEDED, detail=budget.detail)
                return
            paid.append(budget)

    def _give_back(self, channels: Collection[Channel]) -> None:
        for channel in channels:
            for budget in self.paid.pop(channel):
                self.ports.spendings.spend(self.state.tenant, budget, -self.wanted[channel].cost, self.now)

    def _record(self, usage: Usage, channels: Collection[Channel]) -> bool:
        """Put the usage with the channels taken; tell whether it was still the last one."""
        taken = released(usage, {channel: self.wanted[channel].cap for channel in channels}, self.state.id, self.now)
        ttl = (self.now + KEPT_FOR) // 1_000
        try:
            self.ports.usages.put(self.state.tenant, self.state.user_type, self.state.user_id, taken, ttl)
        except StaleVersionError:
            return False
        return True

    def _usage(self) -> Usage:
        return self.ports.usages.get(self.state.tenant, self.state.user_type, self.state.user_id)


def _is_limited(want: Wanted, budgets: Sequence[Budget], category: str) -> bool:
    has_cap = want.cap is not None and want.cap != NO_CAP
    return has_cap or any(paying(budgets, category, want.cost))
