"""What tenants and recipients may say of themselves."""

from typing import Any

import pytest

from chalicelib.domain.errors import InvalidInputError
from chalicelib.domain.tenant import Sender, TenantSettings
from chalicelib.domain.words import Channel
from chalicelib.services.input_rules import check_recipient, check_settings
from tests.build import a_recipient


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"default_locale": "fr-CA", "time_zone": "America/Argentina/Buenos_Aires"},
        {"default_locale": "zh-Hant-TW", "url_schemes": ("https", "acme-app")},
        {"senders": {Channel.EMAIL: Sender(address="hello@example.com", reply_to="help@example.com")}},
        {"senders": {Channel.SMS: Sender(address="+14155550100")}},
        {"senders": {Channel.SMS: Sender(address="ACME 24")}},
        {"sms_max_segments": 1, "retention_days": 3_650},
    ],
)
def test_settings_a_tenant_may_have(settings: dict[str, Any]) -> None:
    check_settings(TenantSettings(**settings))


@pytest.mark.parametrize(
    ("settings", "pointer", "code"),
    [
        ({"default_locale": "klingon"}, "/settings/defaultLocale", "invalid_locale"),
        ({"default_locale": "en_US"}, "/settings/defaultLocale", "invalid_locale"),
        ({"time_zone": "Mars/Olympus"}, "/settings/timeZone", "invalid_time_zone"),
        ({"time_zone": "../../etc/passwd"}, "/settings/timeZone", "invalid_time_zone"),
        ({"time_zone": "America"}, "/settings/timeZone", "invalid_time_zone"),
        ({"default_channels": ()}, "/settings/defaultChannels", "too_few"),
        ({"sms_max_segments": 0}, "/settings/smsMaxSegments", "out_of_range"),
        ({"sms_max_segments": 11}, "/settings/smsMaxSegments", "out_of_range"),
        ({"retention_days": 0}, "/settings/retentionDays", "out_of_range"),
        ({"retention_days": 3_651}, "/settings/retentionDays", "out_of_range"),
        ({"url_schemes": ("https", "javascript")}, "/settings/urlSchemes/1", "invalid_scheme"),
        ({"url_schemes": ("HTTPS:",)}, "/settings/urlSchemes/0", "invalid_scheme"),
        ({"senders": {Channel.EMAIL: Sender(address="nobody")}}, "/settings/senders/email/address", "invalid_email"),
        (
            {"senders": {Channel.EMAIL: Sender(address="a@example.com", reply_to="b")}},
            "/settings/senders/email/replyTo",
            "invalid_email",
        ),
        ({"senders": {Channel.SMS: Sender(address="1234")}}, "/settings/senders/sms/address", "invalid_sender"),
        ({"senders": {Channel.SMS: Sender(address="ACME & SONS")}}, "/settings/senders/sms/address", "invalid_sender"),
        ({"senders": {Channel.PUSH: Sender(address="app")}}, "/settings/senders/push", "no_sender"),
    ],
)
def test_settings_that_are_refused(settings: dict[str, Any], pointer: str, code: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        check_settings(TenantSettings(**settings))

    assert [(fault.pointer, fault.code) for fault in refused.value.faults] == [(pointer, code)]


def test_a_recipient_of_whom_nothing_is_known_may_be_stored() -> None:
    check_recipient(a_recipient(email=None, phone=None, device_tokens=()))


def test_all_faults_of_a_recipient_are_told_together() -> None:
    wrong = a_recipient(email="ann@", phone="555-0100", locale="English", time_zone="PST8")

    with pytest.raises(InvalidInputError) as refused:
        check_recipient(wrong)

    assert {(fault.pointer, fault.code) for fault in refused.value.faults} == {
        ("/email", "invalid_email"),
        ("/phone", "invalid_phone"),
        ("/locale", "invalid_locale"),
        ("/timeZone", "invalid_time_zone"),
    }
