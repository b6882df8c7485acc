"""Devices of users."""

from chalicelib.domain.device import Device
from chalicelib.domain.ids import DeviceId, TenantId, UserId, UserType
from chalicelib.store import access_patterns as keys
from chalicelib.store.models import DeviceItem
from chalicelib.store.packing import pack, unpack
from chalicelib.store.table import Table


class DeviceRows:
    """`ports.Devices` in the table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def put(self, tenant: TenantId, user_type: UserType, user_id: UserId, device: Device) -> None:
        """Register a device, or replace what is known of it."""
        self._table.put(DeviceItem(*keys.device(tenant, user_type, user_id, device.id), body=pack(device)))

    def list(self, tenant: TenantId, user_type: UserType, user_id: UserId) -> tuple[Device, ...]:
        """Return a user's devices in order of id."""
        rows = self._table.query(keys.all_devices(tenant, user_type, user_id))
        return tuple(unpack(DeviceItem.from_raw_data(row).body, Device) for row in rows)

    def delete(self, tenant: TenantId, user_type: UserType, user_id: UserId, id: DeviceId) -> bool:
        """Forget a device; False when the user has none of this id."""
        return self._table.delete(keys.device(tenant, user_type, user_id, id))
