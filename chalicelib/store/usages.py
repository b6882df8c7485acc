"""What was released to users, as their caps count it: one row each, replaced by whoever saw the last version."""

from collections.abc import Callable
from typing import Final

from chalicelib.domain.allowance import Usage
from chalicelib.domain.ids import TenantId, UserId, UserType
from chalicelib.services.ports import StaleVersionError
from chalicelib.store import access_patterns as keys
from chalicelib.store.models import UsageItem
from chalicelib.store.table import ConditionFailedError, Table

TOKEN_BYTES: Final = 6


class UsageRows:
    """`ports.Usages` in the table. `randomness` returns so many random bytes."""

    def __init__(self, table: Table, randomness: Callable[[int], bytes]) -> None:
        self._table = table
        self._randomness = randomness

    def get(self, tenant: TenantId, user_type: UserType, user_id: UserId) -> Usage:
        """Return a user's usage."""
        item = self._table.get(UsageItem, keys.usage(tenant, user_type, user_id))
        return item.usage if item else Usage()

    def put(self, tenant: TenantId, user_type: UserType, user_id: UserId, usage: Usage, ttl: int) -> None:
        """Replace the usage of the version before; raises StaleVersionError.

        When an answer of the table gets lost, its client asks again and meets the row it wrote itself: the token tells
        that one from another's, even from one that says the same.
        """
        token = self._randomness(TOKEN_BYTES).hex()
        key = keys.usage(tenant, user_type, user_id)
        item = UsageItem(*key, version=usage.version, taken=usage.taken, token=token, ttl=ttl)
        before = usage.version - 1
        try:
            self._table.put(item, UsageItem.version == before if before else UsageItem.pk.does_not_exist())
        except ConditionFailedError as failed:
            if not failed.stored or UsageItem.from_raw_data(failed.stored).token != token:
                raise StaleVersionError from failed
