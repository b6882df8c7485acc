"""What is collected to be told together: one row per user and category, replaced by whoever saw the last version."""

from typing import Final

from msgspec.structs import replace

from chalicelib.domain.digest import DigestKey, DigestWindow
from chalicelib.domain.ids import TenantId
from chalicelib.domain.value import Millis
from chalicelib.services.ports import StaleVersionError
from chalicelib.store import access_patterns as keys
from chalicelib.store.models import DigestItem
from chalicelib.store.packing import pack_ids, unpack_ids
from chalicelib.store.table import ConditionFailedError, Table

NOTHING: Final = DigestWindow()


class DigestRows:
    """`ports.DigestWindows` in the table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def get(self, tenant: TenantId, key: DigestKey) -> DigestWindow:
        """Return what is collected under a key."""
        item = self._table.get(DigestItem, _key(tenant, key))
        return _window(item) if item else NOTHING

    def put(self, tenant: TenantId, key: DigestKey, window: DigestWindow, ttl: int) -> DigestWindow:
        """Replace what is stored of the same version; raises StaleVersionError."""
        next_version = replace(window, version=window.version + 1)
        item = DigestItem(
            *_key(tenant, key),
            version=next_version.version,
            opened_at=window.opened_at,
            closes_at=window.closes_at,
            entries=pack_ids(window.entries) or None,
            sealed=pack_ids(window.sealed) or None,
            ttl=ttl,
        )
        is_same = DigestItem.version == window.version if window.version else DigestItem.pk.does_not_exist()
        try:
            self._table.put(item, is_same)
        except ConditionFailedError as failed:
            raise StaleVersionError from failed
        return next_version


def _key(tenant: TenantId, key: DigestKey) -> keys.Key:
    return keys.digest(tenant, key.user_type, key.user_id, key.category)


def _window(item: DigestItem) -> DigestWindow:
    return DigestWindow(
        version=int(item.version),
        opened_at=Millis(int(item.opened_at)),
        closes_at=Millis(int(item.closes_at)),
        entries=unpack_ids(item.entries or b""),
        sealed=unpack_ids(item.sealed or b""),
    )
