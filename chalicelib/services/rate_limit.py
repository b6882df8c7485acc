"""Rate limits of calls: what each caller may do in a minute, per tenant and kind of route."""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Final

import msgspec

from chalicelib.domain.ids import TenantId
from chalicelib.domain.rate_limit import MINUTE, Limit, Rate, frees_at
from chalicelib.domain.tenant import Tenant
from chalicelib.domain.value import Millis
from chalicelib.services.ports import RateWindows
from chalicelib.services.shared_window import SharedWindow

MOST: Final = 1_000
"""Windows a process remembers; who was forgotten pays one more write."""


class Quota(msgspec.Struct, frozen=True):
    """What a caller has left. `resets_in`: seconds until there is more; `seconds`: of the span it is counted in."""

    name: str
    most: int
    left: int
    resets_in: int
    admitted: bool = True
    seconds: int = MINUTE // 1_000


@dataclass(slots=True)
class RateLimits:
    """The use case: let a caller go on, or not. `defaults` hold where a tenant says nothing."""

    windows: RateWindows
    defaults: Mapping[Limit, int]
    _known: OrderedDict[tuple[TenantId, str], SharedWindow] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def __call__(self, limit: Limit, caller: str, tenant: Tenant | None, now: Millis) -> Quota:
        """Count a call of `caller` in a tenant, None for a call in none, and say what is left.

        Usually that is a number in memory; a busy caller's process asks the table for one call in about ten.

        Raises
        ------
        BusyError
            Too many processes ask for the same limit at a time.
        """
        rate = Rate(self.limit_of(limit, tenant))
        with self._lock:
            window = self._window(TenantId.platform() if tenant is None else tenant.id, f"{limit}#{caller}")
            admitted = window.spend(rate, now)
            left = window.left(rate, now) if admitted else 0
            resets_in = max(1, -(-(frees_at(window.seen, rate) - now) // 1_000))
        return Quota(name=limit, most=rate.most, left=left, resets_in=resets_in, admitted=admitted)

    def limit_of(self, limit: Limit, tenant: Tenant | None) -> int:
        """Return how many calls a minute there may be."""
        chosen = {} if tenant is None else tenant.settings.rate_limits
        return chosen.get(limit, self.defaults[limit])

    def _window(self, tenant: TenantId, name: str) -> SharedWindow:
        key = (tenant, name)
        window = self._known.setdefault(key, SharedWindow(self.windows, tenant, name))
        self._known.move_to_end(key)
        while len(self._known) > MOST:
            self._known.popitem(last=False)
        return window
