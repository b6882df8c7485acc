"""A user's own devices. Their tokens come in and never go out: a device is named by its id."""

from typing import Self

from chalicelib import bootstrap
from chalicelib.api import path
from chalicelib.api.call import Call
from chalicelib.api.models import Answer, Body, Line, Time
from chalicelib.api.recipient_models import DeviceToken
from chalicelib.api.reply import Reply
from chalicelib.api.route import Routes
from chalicelib.api.users_models import owner_of
from chalicelib.auth.permissions import Permission
from chalicelib.domain.device import Device, Platform
from chalicelib.domain.errors import NotFoundError

routes = Routes(__name__, tag="Devices")
DEVICES = "/api/v1/users/me/devices"


class DeviceBody(Body):
    """A device, by the token that Firebase gave to it. Beyond 20 the oldest is forgotten."""

    token: DeviceToken
    platform: Platform | None = None
    name: Line | None = None


class TokenBody(Body):
    """A device, by its token."""

    token: DeviceToken


class DeviceAnswer(Answer):
    """A device that gets push notifications."""

    id: str
    platform: Platform | None
    name: str | None
    registered_at: Time

    @classmethod
    def of(cls, device: Device) -> Self:
        """Return what is shown of a device."""
        return cls(id=device.id, platform=device.platform, name=device.name, registered_at=device.registered_at)


class DeviceList(Answer):
    """All devices of a user."""

    items: list[DeviceAnswer]


@routes.add("GET", DEVICES, needs=Permission.OWN, summary="List my devices", answer=DeviceList)
def list_devices(call: Call) -> DeviceList:
    """Answer the caller's devices."""
    devices = bootstrap.register_devices().list(owner_of(call))
    return DeviceList(items=[DeviceAnswer.of(device) for device in devices])


@routes.add(
    "POST", DEVICES, needs=Permission.OWN, summary="Register a device of mine", body=DeviceBody, answer=DeviceAnswer
)
def register_device(call: Call, body: DeviceBody) -> Reply:
    """Register a device, or what changed of it. 201 when it is new."""
    device = Device(token=body.token, registered_at=call.now, platform=body.platform, name=body.name)
    new = bootstrap.register_devices().register(owner_of(call), device)
    return Reply(DeviceAnswer.of(device), status=201 if new else 200)


@routes.add(
    "DELETE",
    DEVICES,
    needs=Permission.OWN,
    summary="Forget a device of mine, by its token",
    body=TokenBody,
    status=204,
    raises=(NotFoundError,),
)
def forget_token(call: Call, body: TokenBody) -> None:
    """Send nothing more to a device."""
    bootstrap.register_devices().forget_token(owner_of(call), body.token)


@routes.add(
    "DELETE",
    DEVICES + "/{deviceId}",
    needs=Permission.OWN,
    summary="Forget a device of mine",
    status=204,
    raises=(NotFoundError,),
)
def forget_device(call: Call, device_id: str) -> None:
    """Send nothing more to a device."""
    bootstrap.register_devices().forget(owner_of(call), path.device_id(device_id))
