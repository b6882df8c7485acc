"""Text messages: an E.164 number, the tenant's prefix, and as many segments as the tenant allows."""

import re
from typing import Final

from chalicelib.channels.base import SmsMessage, UnshapeableError
from chalicelib.channels.segments import count_segments, fitting_prefix
from chalicelib.domain.recipient import Recipient
from chalicelib.domain.request import NotificationRequest
from chalicelib.domain.tenant import Tenant
from chalicelib.domain.words import Channel, Reason

_E164: Final = re.compile(r"\+[1-9][0-9]{1,14}\Z")


def address_fault(recipient: Recipient) -> Reason | None:
    """Tell why the recipient cannot be texted: no number, or none that could be dialed (E.164, by libphonenumber)."""
    if not recipient.phone:
        return Reason.MISSING_ADDRESS
    return None if is_number(recipient.phone) else Reason.INVALID_ADDRESS


def shape(request: NotificationRequest, recipient: Recipient, tenant: Tenant) -> SmsMessage:
    """Return the text message: the tenant's prefix, a space, the body or what is said instead of it.

    Raises
    ------
    UnshapeableError
        `invalid_address`; `empty_body`; `too_many_segments`: it exceeds the tenant's `sms_max_segments`, and the sender
        did not ask to truncate it.
    """
    if recipient.phone is None or not is_number(recipient.phone):
        raise UnshapeableError(Reason.INVALID_ADDRESS)
    said = request.content.sms.text or request.content.body
    text = _fit(_text(said, tenant.settings.sms_prefix), request, tenant)
    sender = tenant.settings.senders.get(Channel.SMS)
    return SmsMessage(
        reference=request.id,
        to=recipient.phone,
        text=text,
        segments=count_segments(text),
        sender=sender.address if sender else None,
    )


def is_number(phone: str) -> bool:
    """Tell whether a text is a number in E.164 that can be dialed."""
    if not _E164.match(phone):
        return False
    # Its tables cost more to import than the rest of the channel.
    from phonenumbers import NumberParseException, is_valid_number, parse

    try:
        return is_valid_number(parse(phone, None))
    except NumberParseException:
        return False


def country_of(phone: str) -> str | None:
    """Return the country (ISO 3166-1 alpha-2) that a number in E.164 belongs to; None where it belongs to none."""
    from phonenumbers import NumberParseException, parse, region_code_for_number

    try:
        country: str | None = region_code_for_number(parse(phone, None))
    except NumberParseException:
        return None
    return country if country and country.isalpha() else None


def is_country(code: str) -> bool:
    """Tell whether a text is the code of a country that has phone numbers."""
    from phonenumbers import SUPPORTED_REGIONS

    return code in SUPPORTED_REGIONS


def _text(body: str, prefix: str | None) -> str:
    # A tab is in no alphabet of a phone, and CR LF counts twice; neither is worth a segment.
    text = body.replace("\r\n", "\n").replace("\t", " ").strip()
    if not text:
        raise UnshapeableError(Reason.EMPTY_BODY)
    return f"{prefix.rstrip()} {text}" if prefix else text


def _fit(text: str, request: NotificationRequest, tenant: Tenant) -> str:
    limit = tenant.settings.sms_max_segments
    if count_segments(text) <= limit:
        return text
    if not request.content.sms.truncate:
        raise UnshapeableError(Reason.TOO_MANY_SEGMENTS)
    return fitting_prefix(text, limit)
