"""Stored recipients."""

from collections.abc import Sequence
from typing import Final

from msgspec.structs import replace

from chalicelib.domain.errors import BusyError
from chalicelib.domain.ids import TenantId, UserId, UserType
from chalicelib.domain.recipient import Recipient
from chalicelib.store import access_patterns as keys
from chalicelib.store.models import RecipientItem
from chalicelib.store.packing import pack, unpack
from chalicelib.store.table import ConditionFailedError, Table

TRIES: Final = 10


class RecipientRows:
    """`ports.Recipients` in the table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def put(self, tenant: TenantId, recipient: Recipient) -> None:
        """Create or replace a recipient."""
        self._table.put(_item(tenant, recipient))

    def get(self, tenant: TenantId, user_type: UserType, user_id: UserId) -> Recipient | None:
        """Return a recipient."""
        item = self._table.get(RecipientItem, keys.recipient(tenant, user_type, user_id))
        return unpack(item.body, Recipient) if item else None

    def delete(self, tenant: TenantId, user_type: UserType, user_id: UserId) -> bool:
        """Remove a recipient; False when there was none."""
        return self._table.delete(keys.recipient(tenant, user_type, user_id))

    def remove_device_tokens(self, tenant: TenantId, user_type: UserType, user_id: UserId, dead: Sequence[str]) -> None:
        """Take device tokens off a recipient, whatever else is changed of it at the same time."""
        for _ in range(TRIES):
            item = self._table.get(RecipientItem, keys.recipient(tenant, user_type, user_id))
            if item is None:
                return
            stored = unpack(item.body, Recipient)
            alive = tuple(token for token in stored.device_tokens if token not in dead)
            if alive == stored.device_tokens:
                return
            try:
                self._table.put(_item(tenant, replace(stored, device_tokens=alive)), RecipientItem.body == item.body)
            except ConditionFailedError:
                continue
            return
        raise BusyError("others keep changing the recipient")


def _item(tenant: TenantId, recipient: Recipient) -> RecipientItem:
    key = keys.recipient(tenant, recipient.user_type, recipient.user_id)
    return RecipientItem(*key, body=pack(recipient))
