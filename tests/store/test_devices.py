"""Devices of users, on every store."""

from msgspec.structs import replace

from chalicelib.domain.device import Device, Platform, device_id
from chalicelib.domain.ids import UserId, UserType
from chalicelib.domain.value import Millis
from tests.build import ACME, NOW
from tests.callers import GLOBEX
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


def test_a_device_is_of_whoever_registered_it_last(store: Store) -> None:
    for user in (ANN, BOB):
        store.devices.put(ACME, *user, PHONE)
    assert store.devices.list(ACME, *ANN) == ()
    assert store.devices.list(ACME, *BOB) == (PHONE,)
    assert not store.devices.delete(ACME, *ANN, PHONE.id)
    store.devices.put(ACME, *ANN, PHONE)
    assert store.devices.list(ACME, *BOB) == ()


def test_a_device_that_was_forgotten_may_be_anybodys(store: Store) -> None:
    store.devices.put(ACME, *ANN, PHONE)
    store.devices.delete(ACME, *ANN, PHONE.id)
    store.devices.put(ACME, *BOB, PHONE)
    assert store.devices.list(ACME, *BOB) == (PHONE,)


def test_the_same_device_may_be_registered_in_two_tenants(store: Store) -> None:
    for tenant in (ACME, GLOBEX):
        store.devices.put(tenant, *ANN, PHONE)
    assert store.devices.list(ACME, *ANN) == store.devices.list(GLOBEX, *ANN) == (PHONE,)
