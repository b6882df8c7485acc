"""How people can be reached: what services stored of them, and the devices they registered themselves."""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from chalicelib.domain.device import device_id
from chalicelib.domain.ids import TenantId, UserId, UserType
from chalicelib.domain.recipient import Recipient
from chalicelib.services.ports import Devices, Recipients


@dataclass(frozen=True, slots=True)
class AddressBook:
    """Looks people up, and takes off them what turned out to be dead."""

    recipients: Recipients
    devices: Devices

    def find(self, tenant: TenantId, user_type: UserType, user_id: UserId, *, with_devices: bool) -> Recipient | None:
        """Return what is known of a person, None when that is nothing. The devices cost a read of their own."""
        stored = self.recipients.get(tenant, user_type, user_id)
        registered = self.devices.list(tenant, user_type, user_id) if with_devices else ()
        if not registered:
            return stored
        known = stored or Recipient(user_type=user_type, user_id=user_id)
        tokens = (*known.device_tokens, *(device.token for device in registered))
        return msgspec.structs.replace(known, device_tokens=tuple(dict.fromkeys(tokens)))

    def remove_device_tokens(self, tenant: TenantId, user_type: UserType, user_id: UserId, dead: Sequence[str]) -> None:
        """Forget device tokens, wherever they are known from; those that are not do not matter."""
        self.recipients.remove_device_tokens(tenant, user_type, user_id, dead)
        for token in dead:
            self.devices.delete(tenant, user_type, user_id, device_id(token))
