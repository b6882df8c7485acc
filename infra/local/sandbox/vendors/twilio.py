"""Twilio's resources: messages to create, the account to get. Numbers behave as Twilio's test credentials make them
behave.
"""

import re
import secrets
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any, ClassVar, Final, NamedTuple

import phonenumbers

from infra.local.sandbox.vendor import Vendor
from infra.local.sandbox.web import Answer, Request, json_answer

OWN_NUMBER: Final = "+15005550006"
"""The sender that the account owns: Twilio's number that passes all validation."""
_MAX_BODY: Final = 1_600
_MAX_MEDIA: Final = 10
_MAX_VALIDITY: Final = 36_000
_E164: Final = re.compile(r"\+[1-9]\d{1,14}")
_ALPHANUMERIC: Final = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9 +\-_&]{1,11}")
_SERVICE: Final = re.compile(r"MG[0-9a-f]{32}")
_CALLBACK: Final = re.compile(r"https?://[A-Za-z0-9.\-]+(:\d+)?(/\S*)?")
_GSM_7: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_7_ESCAPED: Final = frozenset("\f^{}\\[~]|€")


class _Error(NamedTuple):
    code: int
    message: str
    status: int = 400


_OF_STATUS: Final = {
    400: _Error(21211, "Invalid 'To' Phone Number"),
    401: _Error(20003, "Authenticate", 401),
    403: _Error(20006, "Access Denied", 403),
    404: _Error(20404, "The requested resource was not found", 404),
    429: _Error(20429, "Too Many Requests", 429),
    500: _Error(20500, "Internal Server Error", 500),
    503: _Error(20503, "Service Unavailable", 503),
}
_TEST_RECIPIENTS: Final = {
    "+15005550001": (21211, "Invalid 'To' Phone Number: {to}"),
    "+15005550002": (21612, "The 'To' phone number: {to}, is not currently reachable using the 'From' phone number"),
    "+15005550003": (21408, "Permission to send an SMS has not been enabled for the region of the 'To' number: {to}"),
    "+15005550004": (21610, "Attempt to send to unsubscribed recipient"),
    "+15005550009": (21614, "'To' number: {to}, is not a valid mobile number"),
}
"""https://www.twilio.com/docs/iam/test-credentials#test-sms-messages-parameters-To."""
_TEST_SENDERS: Final = {
    "+15005550001": _Error(21212, "Invalid From Number (caller ID): +15005550001"),
    "+15005550008": _Error(21611, "This 'From' number has exceeded the maximum number of queued messages", 429),
}
"""https://www.twilio.com/docs/iam/test-credentials#test-sms-messages-parameters-From; others: 21606."""


class Twilio(Vendor):
    """One account with one number in one messaging service."""

    hosts: ClassVar = frozenset({"api.twilio.com"})
    documentation: ClassVar = "https://www.twilio.com/docs/messaging/api/message-resource#create-a-message-resource"

    @staticmethod
    def new_account() -> dict[str, Any]:
        """Return an account SID with its token, a messaging service and the number in it."""
        return {
            "accountSid": f"AC{secrets.token_hex(16)}",
            "authToken": secrets.token_hex(16),
            "messagingServiceSid": f"MG{secrets.token_hex(16)}",
            "sender": OWN_NUMBER,
        }

    def answer(self, request: Request) -> Answer:
        """Check who asks, then the form, in the order in which Twilio does."""
        account = self.accounts["twilio"]
        if request.user_and_password != (account["accountSid"], account["authToken"]):
            return _refuse(_OF_STATUS[401])
        resource = f"/2010-04-01/Accounts/{account['accountSid']}"
        if (request.method, request.path) == ("GET", f"{resource}.json"):
            return json_answer(200, _account(account))
        if request.path != f"{resource}/Messages.json":
            return _refuse(_Error(20404, f"The requested resource {request.path} was not found", 404))
        if request.method != "POST":
            return _refuse(_Error(20004, "Method not allowed", 405))
        form = {name: values[-1] for name, values in request.form.items()}
        media = request.form.get("MediaUrl", [])
        if error := next(_errors(form, media, account), None):
            return _refuse(error)
        message = _message(form, media, account, request)
        return json_answer(201, message, vendor_id=str(message["sid"]))

    def failure(self, status: int) -> Answer:
        """JSON with code, message, more_info and status."""
        return _refuse(_OF_STATUS.get(status, _OF_STATUS[500])._replace(status=status))


def _account(account: Mapping[str, str]) -> dict[str, object]:
    """Return the account as https://www.twilio.com/docs/iam/api/account documents it; its token is not ours to show."""
    sid = account["accountSid"]
    uri = f"/2010-04-01/Accounts/{sid}"
    return {
        "sid": sid,
        "owner_account_sid": sid,
        "friendly_name": "Herald's sandbox",
        "status": "active",
        "type": "Full",
        "uri": f"{uri}.json",
        "subresource_uris": {"messages": f"{uri}/Messages.json"},
    }


def _errors(form: Mapping[str, str], media: list[str], account: Mapping[str, str]) -> Iterator[_Error]:
    """Find what is wrong; codes and texts: https://www.twilio.com/docs/api/errors."""
    service = form.get("MessagingServiceSid")
    if not form.get("To"):
        yield _Error(21604, "A 'To' phone number is required.")
    if not (form.get("From") or service):
        yield _Error(21603, "A 'From' or 'MessagingServiceSid' parameter is required to send a message")
    if not (form.get("Body") or media or form.get("ContentSid")):
        required = _Error(21619, "A Message Body, Media URL or Content SID is required")
        yield required if service else _Error(21602, "Message body is required")
    if len(form.get("Body", "")) > _MAX_BODY:
        yield _Error(21617, f"The concatenated message body exceeds the {_MAX_BODY} character limit.")
    yield from _recipient_errors(form.get("To", ""))
    yield from _service_errors(form, account)
    yield from _sender_errors(form, account)
    yield from _option_errors(form, media)


def _recipient_errors(to: str) -> Iterator[_Error]:
    if to in _TEST_RECIPIENTS:
        code, message = _TEST_RECIPIENTS[to]
        yield _Error(code, message.format(to=to))
    elif not _E164.fullmatch(to) or not phonenumbers.is_possible_number(phonenumbers.parse(to)):
        yield _Error(21211, f"Invalid 'To' Phone Number: {to}")


def _service_errors(form: Mapping[str, str], account: Mapping[str, str]) -> Iterator[_Error]:
    service = form.get("MessagingServiceSid")
    if not service:
        return
    if not _SERVICE.fullmatch(service):
        yield _Error(21705, f"The Messaging Service Sid {service} is invalid.")
    if service != account["messagingServiceSid"]:
        yield _Error(21701, "The Messaging Service does not exist.", 404)
    if form.get("From", account["sender"]) != account["sender"]:
        yield _Error(21711, "The 'From' number is not associated to the specified Messaging Service.")


def _sender_errors(form: Mapping[str, str], account: Mapping[str, str]) -> Iterator[_Error]:
    sender = form.get("From", account["sender"])
    if sender in _TEST_SENDERS:
        yield _TEST_SENDERS[sender]
    if _ALPHANUMERIC.fullmatch(sender):
        if form["To"].startswith("+1"):  # North America has no alphanumeric senders
            yield _Error(21612, f"'To' number {form['To']} is not reachable with an alphanumeric sender.")
    elif not _E164.fullmatch(sender):
        yield _Error(21212, f"Invalid From Number (caller ID): {sender}")
    elif sender != account["sender"]:
        yield _Error(21606, f"The 'From' phone number {sender} is not a valid, SMS-capable number of your account.")


def _option_errors(form: Mapping[str, str], media: list[str]) -> Iterator[_Error]:
    if len(media) > _MAX_MEDIA:
        yield _Error(21623, "Number of media files exceeds allowed limit")
    if not all(url.startswith(("http://", "https://")) for url in media):
        yield _Error(21620, "Invalid media URL(s)")
    callback = form.get("StatusCallback")
    if callback and not _CALLBACK.fullmatch(callback):
        yield _Error(21609, f"The 'StatusCallback' URL {callback} is not a valid URL.")
    validity = form.get("ValidityPeriod", "1")
    if not re.fullmatch(r"[0-9]{1,5}", validity) or not 1 <= int(validity) <= _MAX_VALIDITY:
        yield _Error(20001, f"ValidityPeriod must be between 1 and {_MAX_VALIDITY} seconds")


def _message(
    form: Mapping[str, str], media: list[str], account: Mapping[str, str], request: Request
) -> dict[str, object]:
    """Return the created resource, with all its documented properties."""
    sid = ("MM" if media else "SM") + request.id
    service = form.get("MessagingServiceSid")
    uri = f"/2010-04-01/Accounts/{account['accountSid']}/Messages/{sid}"
    created = format_datetime(datetime.fromtimestamp(request.at, UTC))
    return {
        "account_sid": account["accountSid"],
        "api_version": "2010-04-01",
        "body": form.get("Body", ""),
        "date_created": created,
        "date_sent": None,
        "date_updated": created,
        "direction": "outbound-api",
        "error_code": None,
        "error_message": None,
        "from": form.get("From"),
        "messaging_service_sid": service,
        "num_media": str(len(media)),
        "num_segments": "0" if service else str(_segments(form.get("Body", ""))),
        "price": None,
        "price_unit": "USD",
        "sid": sid,
        "status": "accepted" if service else "queued",
        "subresource_uris": {"media": f"{uri}/Media.json"},
        "to": form["To"],
        "uri": f"{uri}.json",
    }


def _segments(body: str) -> int:
    """Count segments: https://www.twilio.com/docs/glossary/what-sms-character-limit."""
    if all(character in _GSM_7 or character in _GSM_7_ESCAPED for character in body):
        length, single, each = len(body) + sum(character in _GSM_7_ESCAPED for character in body), 160, 153
    else:
        length, single, each = len(body.encode("utf-16-be")) // 2, 70, 67
    return 1 if length <= single else -(-length // each)


def _refuse(error: _Error) -> Answer:
    more = f"https://www.twilio.com/docs/errors/{error.code}"
    content = {"code": error.code, "message": error.message, "more_info": more, "status": error.status}
    headers = {"www-authenticate": 'Basic realm="Twilio API"'} if error.status == 401 else {}  # noqa: PLR2004
    return json_answer(error.status, content, headers)
