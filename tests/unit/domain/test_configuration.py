"""What holds where several may say it."""

from typing import Any

import pytest

from chalicelib.domain.configuration import BUILT_IN, SILENT, Level, configure
from chalicelib.domain.strategy import asked_for
from chalicelib.domain.tenant import TenantSettings
from chalicelib.domain.words import Channel, Strategy
from tests.build import a_request, a_tenant

EMAIL, SMS, PUSH = (Channel.EMAIL,), (Channel.SMS,), (Channel.PUSH,)


def levels(name: str, *said: Any) -> list[Level]:
    return [SILENT if value is None else Level(**{name: value}) for value in said]


@pytest.mark.parametrize(
    ("name", "request_", "tenant", "lookup", "environment", "holds"),
    [
        ("locale", "ar", "fr", "es", "de", "ar"),
        ("locale", None, "fr", "es", "de", "fr"),
        ("locale", None, None, "es", "de", "es"),
        ("locale", None, None, None, "de", "de"),
        ("locale", None, None, None, None, "en"),
        ("time_zone", "Asia/Tokyo", "Europe/Paris", None, "UTC", "Asia/Tokyo"),
        ("time_zone", None, "Europe/Paris", None, "Asia/Tokyo", "Europe/Paris"),
        ("time_zone", None, None, None, "Asia/Tokyo", "Asia/Tokyo"),
        ("time_zone", None, None, None, None, "UTC"),
        ("strategy", "broadcast", "escalation", "escalation", "escalation", "broadcast"),
        ("strategy", None, "broadcast", "escalation", "escalation", "broadcast"),
        ("strategy", None, None, "escalation", "broadcast", "escalation"),
        ("strategy", None, None, None, "escalation", "escalation"),
        ("strategy", None, None, None, None, "broadcast"),
        ("channels", EMAIL, SMS, PUSH, SMS, EMAIL),
        ("channels", None, SMS, PUSH, EMAIL, SMS),
        ("channels", (), SMS, PUSH, EMAIL, SMS),  # naming none is saying nothing
        ("channels", None, None, PUSH, EMAIL, PUSH),
        ("channels", None, None, None, EMAIL, EMAIL),
        ("channels", None, None, None, None, (Channel.IN_APP,)),
    ],
)
def test_the_first_that_says_it_decides(
    name: str, request_: Any, tenant: Any, lookup: Any, environment: Any, holds: Any
) -> None:
    said = levels(name, request_, tenant, lookup, environment)

    assert getattr(configure(*said), name) == holds


def test_each_value_is_decided_for_itself() -> None:
    configured = configure(
        Level(channels=SMS), Level(locale="fr"), Level(strategy=Strategy.ESCALATION), Level(time_zone="Asia/Tokyo")
    )

    assert (configured.channels, configured.locale) == (SMS, "fr")
    assert (configured.strategy, configured.time_zone) == (Strategy.ESCALATION, "Asia/Tokyo")


def test_a_tenant_that_says_nothing_has_what_is_built_in() -> None:
    assert a_tenant(settings=TenantSettings()).configuration == BUILT_IN


def test_a_request_that_names_channels_is_for_these_alone() -> None:
    tenant = a_tenant(settings=TenantSettings(default_channels=EMAIL))

    assert asked_for(a_request(channels=SMS), tenant) == SMS
    assert asked_for(a_request(channels=()), tenant) == EMAIL
