"""Devices that users register for push notifications."""

from dataclasses import dataclass

from chalicelib.domain.device import Device, device_id, supernumerary
from chalicelib.domain.errors import Fault, InvalidInputError, NotFoundError
from chalicelib.domain.ids import DeviceId
from chalicelib.services.input_rules import is_device_token
from chalicelib.services.notification import Owner
from chalicelib.services.ports import Devices


@dataclass(frozen=True, slots=True)
class RegisterDevices:
    """The use case: a user registers and forgets their own devices."""

    devices: Devices

    def register(self, owner: Owner, device: Device) -> bool:
        """Register a device, as often as one likes; tells whether it is new. The oldest make room for it.

        Raises InvalidInputError when the token cannot be one.
        """
        if not is_device_token(device.token):
            raise InvalidInputError(faults=[Fault(pointer="/token", code="malformed", detail="not a device token")])
        before = self.list(owner)
        self.devices.put(owner.tenant, owner.user_type, owner.user_id, device)
        others = tuple(known for known in before if known.id != device.id)
        for oldest in supernumerary((*others, device)):
            self.devices.delete(owner.tenant, owner.user_type, owner.user_id, oldest.id)
        return len(others) == len(before)

    def list(self, owner: Owner) -> tuple[Device, ...]:
        """Return a user's devices in order of id."""
        return self.devices.list(owner.tenant, owner.user_type, owner.user_id)

    def forget(self, owner: Owner, id: DeviceId) -> None:
        """Forget a device; raises NotFoundError when the user has none of this id."""
        if not self.devices.delete(owner.tenant, owner.user_type, owner.user_id, id):
            raise NotFoundError

    def forget_token(self, owner: Owner, token: str) -> None:
        """Forget the device with a token; raises like `forget`."""
        self.forget(owner, device_id(token))
