"""What users chose: a document of each, there once they have chosen anything."""

from msgspec.structs import replace

from chalicelib.domain.ids import TenantId, UserId, UserType
from chalicelib.domain.preferences import Preferences
from chalicelib.services.ports import StaleVersionError
from chalicelib.store import access_patterns as keys
from chalicelib.store.models import DocumentItem
from chalicelib.store.packing import pack, unpack
from chalicelib.store.table import ConditionFailedError, Table


class PreferenceRows:
    """`ports.StoredPreferences` in the table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def get(self, tenant: TenantId, user_type: UserType, user_id: UserId) -> Preferences:
        """Return a user's choices."""
        item = self._table.get(DocumentItem, keys.preferences(tenant, user_type, user_id))
        return unpack(item.body, Preferences) if item else Preferences()

    def put(self, tenant: TenantId, user_type: UserType, user_id: UserId, preferences: Preferences) -> Preferences:
        """Replace choices of the same version; raises StaleVersionError.

        When the table's answer got lost, its client asked again and met what it had written: that is no conflict.
        """
        seen, chosen = preferences.version, replace(preferences, version=preferences.version + 1)
        item = DocumentItem(*keys.preferences(tenant, user_type, user_id), version=chosen.version, body=pack(chosen))
        try:
            self._table.put(item, DocumentItem.version == seen if seen else DocumentItem.pk.does_not_exist())
        except ConditionFailedError as failed:
            if failed.stored and DocumentItem.from_raw_data(failed.stored).body == item.body:
                return chosen
            raise StaleVersionError from failed
        return chosen
