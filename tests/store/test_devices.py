"""Devices of users, on every store."""

from msgspec.structs import replace

from chalicelib.domain.device import Device, Platform, device_id
from chalicelib.domain.ids import UserId, UserType
from chalicelib.domain.value import Millis
from tests.build import ACME, NOW
from tests.store.stores import Store

ANN = (UserType("customer"), UserId("ann"))
BOB = (UserType("customer"), UserId("bob"))
PHONE = Device(token="a#token/of:a phone", registered_at=NOW, platform=Platform.IOS, name="Ann's phone")
BROWSER = Device(token="another", registered_at=NOW, platform=Platform.WEB)


def test_nobody_has_devices_at_first(store: Store) -> None:
    assert store.devices.list(ACME, *ANN) == ()
    assert not store.devices.delete(ACME, *ANN, device_id("a"))


def test_a_users_devices_are_theirs_alone_in_order_of_id(store: Store) -> None:
    for device in (PHONE, BROWSER):
        store.devices.put(ACME, *ANN, device)
    assert store.devices.list(ACME, *ANN) == tuple(sorted((PHONE, BROWSER), key=lambda device: device.id))
    assert store.devices.list(ACME, *BOB) == ()


def test_a_device_registered_again_is_one_device(store: Store) -> None:
    later = replace(PHONE, name="My phone", registered_at=Millis(NOW + 1))
    for device in (PHONE, later):
        store.devices.put(ACME, *ANN, device)
    assert store.devices.list(ACME, *ANN) == (later,)


def test_a_device_is_forgotten_once(store: Store) -> None:
    for device in (PHONE, BROWSER):
        store.devices.put(ACME, *ANN, device)
    assert store.devices.delete(ACME, *ANN, PHONE.id)
    assert not store.devices.delete(ACME, *ANN, PHONE.id)
    assert store.devices.list(ACME, *ANN) == (BROWSER,)
