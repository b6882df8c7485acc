"""Lookups: the product's codes, what a tenant makes of them, and what hangs on them."""

from typing import Any

import pytest

from chalicelib.domain.configuration import SILENT, Level
from chalicelib.domain.lookup import BUILT_IN, Lookup, LookupType, channels_off, level_of, lookup_faults, lookups
from chalicelib.domain.template import Locale
from chalicelib.domain.words import Channel, Strategy


def a_lookup(type: LookupType, code: str, **changes: Any) -> Lookup:
    return Lookup(type=type, code=code, **{"labels": {Locale("en"): code.title()}} | changes)


def medium(**metadata: Any) -> Lookup:
    return a_lookup(LookupType.NOTIFICATION_PRIORITY, "medium", metadata=metadata)


def channel(code: str, **changes: Any) -> Lookup:
    return a_lookup(LookupType.NOTIFICATION_CHANNEL, code, **changes)


@pytest.mark.parametrize("type", LookupType)
def test_every_list_has_codes_with_labels_in_order(type: LookupType) -> None:
    found = lookups(type, [])

    assert found
    assert [each.order for each in found] == sorted(each.order for each in found)
    assert all(each.labels[Locale("en")] for each in found)
    assert all(lookup_faults(each) == [] for each in found)


def test_every_kind_of_user_is_there() -> None:
    assert set(BUILT_IN[LookupType.USER_TYPE]) == {"admin", "customer", "vendor", "driver", "support", "guest"}


def test_what_a_tenant_stored_replaces_what_is_built_in() -> None:
    pilot = a_lookup(LookupType.USER_TYPE, "pilot", order=5)
    guest = a_lookup(LookupType.USER_TYPE, "guest", order=1, enabled=False)
    elsewhere = a_lookup(LookupType.TEMPLATE_TYPE, "pilot")

    found = lookups(LookupType.USER_TYPE, [pilot, guest, elsewhere])

    assert found[:2] == [guest, pilot]
    assert len(found) == len(BUILT_IN[LookupType.USER_TYPE]) + 1


@pytest.mark.parametrize(
    ("stored", "level"),
    [
        ([], SILENT),
        ([medium()], SILENT),
        ([medium(strategy="escalation")], Level(strategy=Strategy.ESCALATION)),
        ([channel("sms", metadata={"default": True})], Level(channels=(Channel.SMS,))),
        ([channel("sms", metadata={"default": "yes"})], SILENT),
        (
            [channel("sms", metadata={"default": True}), channel("email", metadata={"default": True})],
            Level(channels=(Channel.EMAIL, Channel.SMS)),
        ),
    ],
)
def test_some_of_what_hangs_on_codes_is_configuration(stored: list[Lookup], level: Level) -> None:
    assert level_of(stored) == level


def test_a_channel_that_is_not_enabled_is_off() -> None:
    stored = [channel("sms", enabled=False), channel("email"), a_lookup(LookupType.USER_TYPE, "guest", enabled=False)]

    assert channels_off(stored) == {Channel.SMS}


@pytest.mark.parametrize(
    ("lookup", "fault"),
    [
        (channel("pigeon"), ("/code", "closed_lookup")),
        (a_lookup(LookupType.BATCH_STATUS, "paused"), ("/code", "closed_lookup")),
        (a_lookup(LookupType.USER_TYPE, "Pilot"), ("/code", "malformed")),
        (a_lookup(LookupType.USER_TYPE, ""), ("/code", "malformed")),
        (a_lookup(LookupType.USER_TYPE, "a#b"), ("/code", "malformed")),
        (medium(strategy="maybe"), ("/metadata/strategy", "not_one_of")),
    ],
)
def test_codes_that_cannot_be(lookup: Lookup, fault: tuple[str, str]) -> None:
    assert [(each.pointer, each.code) for each in lookup_faults(lookup)] == [fault]
