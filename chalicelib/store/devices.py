"""Devices of users: one is of whoever registered it last, so that nobody sees what is for another on a shared one."""

from typing import Final

from pynamodb.expressions.condition import And, Condition

from chalicelib.domain.device import Device
from chalicelib.domain.errors import BusyError
from chalicelib.domain.ids import DeviceId, TenantId, UserId, UserType
from chalicelib.store import access_patterns as keys
from chalicelib.store.access_patterns import Key
from chalicelib.store.models import DeviceItem, DeviceOwnerItem
from chalicelib.store.packing import pack, unpack
from chalicelib.store.table import ConditionFailedError, Table

TRIES: Final = 10


class DeviceRows:
    """`ports.Devices` in the table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def put(self, tenant: TenantId, user_type: UserType, user_id: UserId, device: Device) -> None:
        """Register a device, or replace what is known of it; whoever had it before has it no longer."""
        key = keys.device_owner(tenant, device.id)
        mine = keys.device(tenant, user_type, user_id, device.id)
        for _ in range(TRIES):
            before = self._table.get(DeviceOwnerItem, key)
            owner = DeviceOwnerItem(*key, user_type=user_type, user_id=user_id)
            theirs = {_device_of(before, tenant, device.id)} - {mine} if before else set()
            try:
                self._table.transact(
                    puts=[(owner, _is_still(before)), (DeviceItem(*mine, body=pack(device)), None)],
                    deletes=list(theirs),
                )
            except ConditionFailedError:
                continue  # Somebody else registered it meanwhile: it is theirs to lose.
            return
        raise BusyError("others keep registering the device")

    def list(self, tenant: TenantId, user_type: UserType, user_id: UserId) -> tuple[Device, ...]:
        """Return a user's devices in order of id."""
        rows = self._table.query(keys.all_devices(tenant, user_type, user_id))
        return tuple(unpack(DeviceItem.from_raw_data(row).body, Device) for row in rows)

    def delete(self, tenant: TenantId, user_type: UserType, user_id: UserId, id: DeviceId) -> bool:
        """Forget a device; False when the user has none of this id."""
        theirs = (DeviceOwnerItem.user_type == user_type) & (DeviceOwnerItem.user_id == user_id)
        self._table.delete(keys.device_owner(tenant, id), theirs)
        return self._table.delete(keys.device(tenant, user_type, user_id, id))


def _device_of(owner: DeviceOwnerItem, tenant: TenantId, id: DeviceId) -> Key:
    return keys.device(tenant, UserType(owner.user_type), UserId(owner.user_id), id)


def _is_still(owner: DeviceOwnerItem | None) -> Condition:
    if owner is None:
        return DeviceOwnerItem.pk.does_not_exist()
    return And(DeviceOwnerItem.user_type == owner.user_type, DeviceOwnerItem.user_id == owner.user_id)
