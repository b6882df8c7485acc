"""What users chose: kept as a whole, changed by whoever saw the last version."""

import pytest
from msgspec.structs import replace

from chalicelib.domain.ids import UserId, UserType
from chalicelib.domain.preferences import Cap, Preferences, QuietWindow
from chalicelib.domain.value import Millis
from chalicelib.domain.words import Channel, Weekday
from chalicelib.services.ports import StaleVersionError
from tests.build import ACME, NOW
from tests.store.stores import Store

ANN = (UserType("customer"), UserId("u#1"))
ALL = Preferences(
    channels={Channel.SMS: False},
    categories={"marketing": {Channel.EMAIL: False, Channel.PUSH: True}},
    types={"order.shipped": False},
    topics={"news": True},
    quiet_hours=(QuietWindow(start=1_320, end=420, days=(Weekday.MON, Weekday.SUN)),),
    time_zone="Europe/Paris",
    do_not_disturb_until=Millis(NOW + 1),
    caps={Channel.EMAIL: Cap(hour=3), Channel.PUSH: Cap(day=9)},
)


def test_who_chose_nothing_has_no_choices(store: Store) -> None:
    assert store.preferences.get(ACME, *ANN) == Preferences()


def test_choices_are_found_as_they_were_made(store: Store) -> None:
    assert store.preferences.put(ACME, *ANN, ALL) == replace(ALL, version=1)
    assert store.preferences.get(ACME, *ANN) == replace(ALL, version=1)


def test_choices_are_replaced_by_who_saw_the_last_version(store: Store) -> None:
    first = store.preferences.put(ACME, *ANN, ALL)
    second = store.preferences.put(ACME, *ANN, replace(first, channels={}))
    for seen in (Preferences(types={"other": False}), replace(first, topics={})):
        with pytest.raises(StaleVersionError):
            store.preferences.put(ACME, *ANN, seen)
    assert store.preferences.get(ACME, *ANN) == second == replace(ALL, channels={}, version=2)


def test_choices_of_nobody_are_not_replaced(store: Store) -> None:
    with pytest.raises(StaleVersionError):
        store.preferences.put(ACME, *ANN, replace(ALL, version=3))
    assert store.preferences.get(ACME, *ANN) == Preferences()
