"""Rules of what tenants and recipients may say of themselves, as faults of an input."""

import re
from typing import Final

import msgspec

from chalicelib.channels.base import address_fault
from chalicelib.domain.device import TOPIC
from chalicelib.domain.errors import Fault, InvalidInputError
from chalicelib.domain.ids import UserId, UserType
from chalicelib.domain.quiet_hours import is_time_zone
from chalicelib.domain.recipient import Recipient
from chalicelib.domain.tenant import Sender, TenantSettings
from chalicelib.domain.words import Channel
from chalicelib.services.allowance_rules import allowance_faults
from chalicelib.services.preference_rules import default_faults

LOCALE: Final = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?\Z")
"""Language, script, region: the part of BCP 47 that templates are localized by."""
SMS_SENDER: Final = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}\Z")
"""An alphanumeric sender (3GPP TS 23.040): up to 11 letters and digits, at least one letter."""
SCHEME: Final = re.compile(r"[a-z][a-z0-9+.-]{0,31}\Z")
SCRIPT_SCHEMES: Final = frozenset({"data", "file", "javascript", "vbscript"})
"""Links of these would run or read what the sender likes on the reader's device."""
MOST_SEGMENTS: Final = 10
MOST_RETENTION_DAYS: Final = 3_650

_NOBODY: Final = Recipient(user_type=UserType(""), user_id=UserId(""))


def check_recipient(recipient: Recipient) -> None:
    """Raise InvalidInputError, with all that is wrong, unless a recipient may be stored."""
    _refuse(recipient_faults(recipient))


def recipient_faults(recipient: Recipient, at: str = "") -> list[Fault]:
    """Return what is wrong with a recipient that stands `at` a JSON pointer of the input."""
    faults = _place_faults(f"{at}/locale", recipient.locale, f"{at}/timeZone", recipient.time_zone)
    if recipient.email is not None and not _is_email(recipient.email):
        faults.append(_invalid_email(f"{at}/email"))
    if recipient.phone is not None and not _is_phone(recipient.phone):
        faults.append(_invalid_phone(f"{at}/phone"))
    return faults


def check_address(channel: Channel, address: str) -> None:
    """Raise InvalidInputError unless an address may be on the suppression list of a channel: of e-mail, SMS, WhatsApp.

    Device tokens are no addresses of a person; dead ones are taken off their recipient.
    """
    at = "/address"
    if channel is Channel.EMAIL and not _is_email(address):
        _refuse([_invalid_email(at)])
    if channel in (Channel.SMS, Channel.WHATSAPP) and not _is_phone(address):
        _refuse([_invalid_phone(at)])
    if channel not in (Channel.EMAIL, Channel.SMS, Channel.WHATSAPP):
        _refuse([Fault(pointer="/channel", code="no_address", detail="a channel without a suppression list")])


def check_settings(settings: TenantSettings) -> None:
    """Raise InvalidInputError, with all that is wrong, unless a tenant may have these settings."""
    faults = _place_faults("/settings/defaultLocale", settings.default_locale, "/settings/timeZone", settings.time_zone)
    if settings.default_channels == ():
        detail = "at least one channel is needed"
        faults.append(Fault(pointer="/settings/defaultChannels", code="too_few", detail=detail))
    faults += _range_faults("/settings/smsMaxSegments", settings.sms_max_segments, MOST_SEGMENTS)
    faults += _range_faults("/settings/retentionDays", settings.retention_days, MOST_RETENTION_DAYS)
    for channel, sender in settings.senders.items():
        faults += _sender_faults(f"/settings/senders/{channel}", channel, sender)
    for position, scheme in enumerate(settings.url_schemes):
        if not SCHEME.match(scheme) or scheme in SCRIPT_SCHEMES:
            pointer = f"/settings/urlSchemes/{position}"
            faults.append(Fault(pointer=pointer, code="invalid_scheme", detail="not a scheme that links may have"))
    _refuse([*faults, *allowance_faults(settings), *default_faults(settings)])


def _place_faults(locale_at: str, locale: str | None, zone_at: str, time_zone: str | None) -> list[Fault]:
    faults: list[Fault] = []
    if locale is not None and not LOCALE.match(locale):
        faults.append(Fault(pointer=locale_at, code="invalid_locale", detail="not a locale such as en or fr-CA"))
    if time_zone is not None and not is_time_zone(time_zone):
        faults.append(Fault(pointer=zone_at, code="invalid_time_zone", detail="not an IANA time zone"))
    return faults


def _range_faults(pointer: str, number: int, most: int) -> list[Fault]:
    if 1 <= number <= most:
        return []
    return [Fault(pointer=pointer, code="out_of_range", detail=f"not between 1 and {most}")]


def _sender_faults(pointer: str, channel: Channel, sender: Sender) -> list[Fault]:
    if channel is Channel.EMAIL:
        addresses = {"address": sender.address, "replyTo": sender.reply_to}
        wrong = [name for name, address in addresses.items() if address is not None and not _is_email(address)]
        return [_invalid_email(f"{pointer}/{name}") for name in wrong]
    if channel is Channel.SMS:
        if _is_phone(sender.address) or SMS_SENDER.match(sender.address):
            return []
        detail = "neither a number in E.164 nor a sender's name"
        return [Fault(pointer=f"{pointer}/address", code="invalid_sender", detail=detail)]
    return [Fault(pointer=pointer, code="no_sender", detail=f"messages on {channel} have no sender")]


def _is_email(address: str) -> bool:
    return address_fault(Channel.EMAIL, msgspec.structs.replace(_NOBODY, email=address)) is None


def _is_phone(number: str) -> bool:
    return address_fault(Channel.SMS, msgspec.structs.replace(_NOBODY, phone=number)) is None


def is_device_token(token: str) -> bool:
    """Tell whether a text could be the token of one device; a topic's name reaches many, and is none."""
    someone = msgspec.structs.replace(_NOBODY, device_tokens=(token,))
    return not token.startswith(TOPIC) and address_fault(Channel.PUSH, someone) is None


def _invalid_phone(pointer: str) -> Fault:
    return Fault(pointer=pointer, code="invalid_phone", detail="not a phone number in E.164")


def _invalid_email(pointer: str) -> Fault:
    return Fault(pointer=pointer, code="invalid_email", detail="not an e-mail address")


def _refuse(faults: list[Fault]) -> None:
    if faults:
        raise InvalidInputError(faults=faults)
