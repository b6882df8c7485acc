"""Whom to reach where: what services stored and what users registered, together."""

import pytest
from msgspec.structs import replace

from chalicelib.channels.base import address_fault
from chalicelib.domain.device import Device
from chalicelib.domain.recipient import Recipient
from chalicelib.domain.state import Source
from chalicelib.domain.words import Channel
from chalicelib.services.address_book import AddressBook
from chalicelib.services.gather_facts import resolve
from tests.build import ACME, NOW, a_recipient, a_request
from tests.store.stores import Store, on_twin

ANN = a_recipient(email="ann@example.com", device_tokens=("stored", "both"))
WHO = (ANN.user_type, ANN.user_id)
NAMED = Recipient(user_type=ANN.user_type, user_id=ANN.user_id)
REGISTERED = ("both", "own")


@pytest.fixture
def store() -> Store:
    """A store in which Ann registered two devices."""
    store = on_twin()
    for token in REGISTERED:
        store.devices.put(ACME, *WHO, Device(token=token, registered_at=NOW))
    return store


def resolved(store: Store, named: Recipient, *channels: Channel) -> tuple[Recipient, Source]:
    return resolve(a_request(recipient=named), channels, store.address_book, address_fault)


def test_a_push_goes_to_all_devices_that_are_known_each_once(store: Store) -> None:
    store.recipients.put(ACME, ANN)
    recipient, source = resolved(store, NAMED, Channel.PUSH, Channel.EMAIL)
    assert sorted(recipient.device_tokens) == ["both", "own", "stored"]
    assert (recipient.email, source) == ("ann@example.com", Source.STORED)


def test_who_registered_devices_and_is_not_stored_is_reached_on_them(store: Store) -> None:
    recipient, source = resolved(store, replace(NAMED, email="named@example.com"), Channel.PUSH, Channel.EMAIL)
    assert sorted(recipient.device_tokens) == sorted(REGISTERED)
    assert (recipient.email, source) == ("named@example.com", Source.BOTH)


def test_devices_that_the_request_names_are_the_only_ones(store: Store) -> None:
    named = replace(NAMED, device_tokens=("named",))
    assert resolved(store, named, Channel.PUSH) == (named, Source.REQUEST)


def test_devices_are_not_read_where_no_push_is_wanted(store: Store) -> None:
    assert resolved(store, NAMED, Channel.EMAIL) == (NAMED, Source.REQUEST)
    assert AddressBook(store.recipients, store.devices).find(ACME, *WHO, with_devices=False) is None


@pytest.mark.parametrize(
    ("named", "stored", "targets"),
    [
        ({}, {"slack": "stored", "matrix": "stored"}, {"slack": "stored", "matrix": "stored"}),
        # Whoever names a target means that one: nothing is read.
        ({"slack": "named"}, {"slack": "stored", "matrix": "stored"}, {"slack": "named"}),
        ({}, {}, {}),
    ],
)
def test_a_chat_goes_to_the_recipients_own_target(
    store: Store, named: dict[str, str], stored: dict[str, str], targets: dict[str, str]
) -> None:
    store.recipients.put(ACME, replace(ANN, chat_targets=stored))
    recipient, source = resolved(store, replace(NAMED, chat_targets=named), Channel.CHAT)
    assert recipient.chat_targets == targets
    assert source is (Source.REQUEST if named else Source.STORED)


def test_a_dead_token_vanishes_wherever_it_is_known_from(store: Store) -> None:
    store.recipients.put(ACME, ANN)
    store.address_book.remove_device_tokens(ACME, *WHO, ["both", "unknown"])
    found = store.address_book.find(ACME, *WHO, with_devices=True)
    assert found is not None
    assert sorted(found.device_tokens) == ["own", "stored"]
