"""Vendors are found by file name; what a tenant says about one is checked before it is stored."""

import subprocess
import sys
from typing import Any

import msgspec
import pytest

from chalicelib.domain.words import Channel
from chalicelib.providers.registry import (
    UnknownVendorError,
    all_providers,
    needs_credentials,
    provider_class,
    read_settings,
    setting_faults,
    vendors,
)
from tests.unit.providers.keys import pem

SID = "AC" + "0" * 32
SERVICE = "MG" + "0" * 32
KEY = {"type": "service_account", "project_id": "p", "client_email": "a@p.iam", "private_key": pem(), "client_id": "1"}


def test_the_vendors_of_each_channel() -> None:
    # At least these: whoever adds a vendor adds a file, and nothing here.
    assert {"sendgrid", "ses", "smtp"} <= set(vendors(Channel.EMAIL))
    assert {"sns", "twilio"} <= set(vendors(Channel.SMS))
    assert {"fcm", "lunasea"} <= set(vendors(Channel.PUSH))
    assert {"discord", "slack", "teams"} <= set(vendors(Channel.CHAT))
    assert vendors(Channel.IN_APP) == ()


@pytest.mark.parametrize("provider", all_providers(), ids=lambda provider: provider.vendor)
def test_what_a_file_declares_fits_its_place(provider: Any) -> None:
    assert provider is provider_class(provider.channel, provider.vendor)
    assert provider.documentation.startswith("https://")
    assert provider.secrets <= {field.encode_name for field in msgspec.structs.fields(provider.settings_type)}


@pytest.mark.parametrize("vendor", ["", "nobody", "base", "../sms/twilio", "sendgrid.py", "__init__", "twilio"])
def test_a_vendor_that_is_not_there(vendor: str) -> None:
    with pytest.raises(UnknownVendorError, match=r"email has no vendor .*; there is .*sendgrid, .*smtp"):
        provider_class(Channel.EMAIL, vendor)


def test_an_inbox_has_no_vendors() -> None:
    with pytest.raises(UnknownVendorError, match="there is none"):
        provider_class(Channel.IN_APP, "sendgrid")


@pytest.mark.parametrize(
    ("channel", "vendor", "settings", "credentials"),
    [
        (Channel.EMAIL, "sendgrid", {}, {"apiKey": "SG.x"}),
        (Channel.EMAIL, "sendgrid", {"region": "eu", "sender": "a@b.io"}, {"apiKey": "SG.x"}),
        (Channel.EMAIL, "smtp", {"host": "mail.acme.example"}, {}),
        (
            Channel.EMAIL,
            "smtp",
            {"host": "10.0.0.1", "port": 465, "security": "tls", "username": "u"},
            {"password": "p"},
        ),
        (Channel.EMAIL, "ses", {}, {}),
        (Channel.SMS, "twilio", {"accountSid": SID, "messagingServiceSid": SERVICE}, {"authToken": "t"}),
        (Channel.SMS, "twilio", {"accountSid": SID}, {"authToken": "t"}),
        (Channel.SMS, "sns", {"smsType": "Promotional", "sender": "ACME"}, {}),
        (Channel.PUSH, "fcm", {}, {"serviceAccount": KEY}),
        (Channel.PUSH, "lunasea", {}, {}),
        (Channel.CHAT, "slack", {"linkLabel": "Ouvrir"}, {"webhookUrl": "https://hooks.slack.com/services/T1/B1/x"}),
    ],
)
def test_good_settings(channel: Channel, vendor: str, settings: dict[str, Any], credentials: dict[str, Any]) -> None:
    assert setting_faults(channel, vendor, settings, credentials) == ()


@pytest.mark.parametrize(
    ("channel", "vendor", "settings", "credentials", "faults"),
    [
        (Channel.EMAIL, "nobody", {}, {}, {("/vendor", "unknown_vendor")}),
        (Channel.EMAIL, "sendgrid", {}, {}, {("/credentials/apiKey", "required")}),
        (Channel.EMAIL, "sendgrid", {}, {"apiKey": ""}, {("/credentials/apiKey", "invalid_value")}),
        (Channel.EMAIL, "sendgrid", {}, {"apiKey": "SG.x\n"}, {("/credentials/apiKey", "invalid_value")}),
        (Channel.EMAIL, "sendgrid", {}, {"apiKey": "SG.x\r\nX: y"}, {("/credentials/apiKey", "invalid_value")}),
        (Channel.EMAIL, "sendgrid", {}, {"apiKey": "“SG.x”"}, {("/credentials/apiKey", "invalid_value")}),
        (
            Channel.SMS,
            "twilio",
            {"accountSid": SID},
            {"authToken": " t"},
            {("/credentials/authToken", "invalid_value")},
        ),
        (
            Channel.EMAIL,
            "sendgrid",
            {"apiKey": "SG.x"},
            {},
            {("/settings/apiKey", "secret_in_settings"), ("/credentials/apiKey", "required")},
        ),
        (
            Channel.EMAIL,
            "sendgrid",
            {"region": "moon", "a/b~c": 1},
            {"apiKey": "SG.x", "sender": "a@b.io"},
            {
                ("/settings/region", "invalid_value"),
                ("/settings/a~1b~0c", "unknown_field"),
                ("/credentials/sender", "unknown_field"),
            },
        ),
        (
            Channel.EMAIL,
            "smtp",
            {"host": "mail acme", "port": 0, "security": "ssl"},
            {},
            {
                ("/settings/host", "invalid_value"),
                ("/settings/port", "invalid_value"),
                ("/settings/security", "invalid_value"),
            },
        ),
        (Channel.EMAIL, "smtp", {"host": "m", "port": "587"}, {}, {("/settings/port", "invalid_value")}),
        (Channel.EMAIL, "smtp", {"host": "m", "username": "u"}, {}, {("/settings", "invalid_settings")}),
        (
            Channel.EMAIL,
            "smtp",
            {"host": "m", "username": "u", "security": "none"},
            {"password": "p"},
            {("/settings", "invalid_settings")},
        ),
        (Channel.EMAIL, "smtp", {"host": "m", "username": "ü"}, {"password": "p"}, {("/settings", "invalid_settings")}),
        (
            Channel.SMS,
            "twilio",
            {"accountSid": SID + "\n"},
            {"authToken": "t"},
            {("/settings/accountSid", "invalid_value")},
        ),
        (Channel.PUSH, "fcm", {}, {"serviceAccount": "{}"}, {("/credentials/serviceAccount", "invalid_value")}),
        (
            Channel.PUSH,
            "fcm",
            {},
            {"serviceAccount": KEY | {"private_key": ""}},
            {("/credentials/serviceAccount/private_key", "invalid_value")},
        ),
        (
            Channel.PUSH,
            "fcm",
            {},
            {"serviceAccount": KEY | {"type": "authorized_user"}},
            {("/credentials/serviceAccount/type", "invalid_value")},
        ),
    ],
)
def test_faults_are_told_all_at_once_and_where_they_are(
    channel: Channel, vendor: str, settings: dict[str, Any], credentials: dict[str, Any], faults: set[tuple[str, str]]
) -> None:
    found = setting_faults(channel, vendor, settings, credentials)
    assert {(fault.pointer, fault.code) for fault in found} == faults
    assert all(fault.detail for fault in found)


@pytest.mark.parametrize("vendor", ["sendgrid", "ses", "smtp"])
@pytest.mark.parametrize(
    ("name", "value", "good"),
    [
        ("sender", "shop@acme.example", True),
        ("sender", "first.last+x@sub.xn--bcher-kva.example", True),
        ("sender", "shop", False),
        ("sender", "a..b@acme.example", False),
        ("sender", "shop@localhost", False),
        ("sender", "Shop <shop@acme.example>", False),
        ("sender", "shop@acme.example\r\nBcc: eve@example.com", False),
        ("sender", "shop@acme.example\n", False),
        ("sender", "shop@bücher.example", False),
        ("sender", "x" * 250 + "@b.io", False),
        ("senderName", 'Acme, "Bücher" & Co. 🎉', True),
        ("senderName", "", False),
        ("senderName", "Acme\r\nBcc: eve@example.com", False),
        ("senderName", "Acme\u2028", False),
    ],
)
def test_a_sender_of_its_own_fits_into_a_header(vendor: str, name: str, value: str, *, good: bool) -> None:
    faults = setting_faults(Channel.EMAIL, vendor, {name: value}, {})
    assert (f"/settings/{name}" not in {fault.pointer for fault in faults}) is good


def test_settings_do_not_show_their_secrets() -> None:
    twilio = read_settings(provider_class(Channel.SMS, "twilio"), {"accountSid": SID, "authToken": "hush"})
    fcm = read_settings(provider_class(Channel.PUSH, "fcm"), {"serviceAccount": KEY | {"private_key": "hush"}})
    assert "hush" not in f"{twilio!r}{fcm!r}{fcm.service_account!r}"  # type: ignore[attr-defined]


def test_only_vendors_with_secrets_need_credentials() -> None:
    needing = {provider.vendor for provider in all_providers() if needs_credentials(provider)}
    assert needing >= {"fcm", "sendgrid", "twilio"}
    assert needing.isdisjoint({"ses", "smtp", "sns"})


def test_listing_and_checking_vendors_loads_no_sdk() -> None:
    script = "import sys; from chalicelib.providers.registry import all_providers; all_providers(); print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    loaded = set(run.stdout.split())
    assert "chalicelib.providers.push.fcm" in loaded
    assert not loaded & {"botocore", "firebase_admin", "google.auth", "requests", "sendgrid", "twilio"}
