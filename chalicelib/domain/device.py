"""Devices that users register for push notifications."""

from enum import StrEnum
from hashlib import sha256
from typing import Final

from chalicelib.domain.ids import DeviceId
from chalicelib.domain.value import Millis, Value

MOST_DEVICES: Final = 20
"""Of one user; whoever registers another loses the one that was registered longest ago."""

TOPIC: Final = "/topics/"
"""How a token begins that names a topic of FCM's instead of a device: all who subscribed to it are reached."""


class Platform(StrEnum):
    """What a device runs."""

    ANDROID = "android"
    IOS = "ios"
    WEB = "web"


class Device(Value, frozen=True):
    """A device of a user, by the token that its vendor knows it by. Registered anew, it counts as the youngest."""

    token: str
    registered_at: Millis
    platform: Platform | None = None
    name: str | None = None

    @property
    def id(self) -> DeviceId:
        """What the device is called where its token is nobody's business."""
        return device_id(self.token)


def device_id(token: str) -> DeviceId:
    """Return the id of the device with a token."""
    return DeviceId(sha256(token.encode()).hexdigest()[:32])


def supernumerary(devices: tuple[Device, ...]) -> tuple[Device, ...]:
    """Return the devices of a user that are too many: those registered longest ago."""
    youngest_first = sorted(devices, key=lambda device: (device.registered_at, device.id), reverse=True)
    return tuple(youngest_first[MOST_DEVICES:])
