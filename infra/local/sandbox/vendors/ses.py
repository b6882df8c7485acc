"""Amazon SES, API v2: SendEmail. MiniStack has it too; here it can be made to fail."""

import re
from collections.abc import Iterator
from email.utils import parseaddr
from typing import Any, ClassVar, Final

import msgspec

from infra.local.sandbox.aws import REGION, new_key, signature_fault
from infra.local.sandbox.schemas.ses import Send
from infra.local.sandbox.vendor import Vendor
from infra.local.sandbox.web import Answer, Request, is_base64, json_answer

UNVERIFIED_DOMAIN: Final = "unverified.example.com"
"""The one domain that is no verified identity of the account: ours, for tests."""
ACCOUNT: Final = {
    "EnforcementStatus": "HEALTHY",
    "ProductionAccessEnabled": True,
    "SendQuota": {"Max24HourSend": 50_000.0, "MaxSendRate": 14.0, "SentLast24Hours": 0.0},
    "SendingEnabled": True,
}
"""What GetAccount tells: https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_GetAccount.html."""
CONFIGURATION_SET: Final = "herald"
"""The one configuration set of the account: ours, for tests."""
_RESTRICTED: Final = frozenset(
    {"ade", "adp", "app", "bat", "chm", "cmd", "com", "cpl", "exe", "hta", "jar", "js", "jse", "lnk", "msi", "ps1"}
    | {"reg", "scr", "vb", "vbe", "vbs", "wsf"}
)
"""Some of https://docs.aws.amazon.com/ses/latest/dg/mime-types.html: extensions that SES does not send."""
_STATUS: Final = {"NotFoundException": 404}
_OF_STATUS: Final = {
    400: "BadRequestException",
    403: "AccessDeniedException",
    404: "NotFoundException",
    429: "TooManyRequestsException",
    503: "ServiceUnavailable",
}
_MAX_RECIPIENTS: Final = 50
_ADDRESS: Final = re.compile(r"[!-?A-~]+@([A-Za-z0-9\-]+\.)+[A-Za-z0-9\-]+")
_TAG: Final = re.compile(r"[A-Za-z0-9_\-.@]{1,256}")


class Ses(Vendor):
    """One account, out of SES's own sandbox, with one configuration set."""

    hosts: ClassVar = frozenset({f"email.{REGION}.amazonaws.com"})
    documentation: ClassVar = "https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html"

    @staticmethod
    def new_account() -> dict[str, Any]:
        """Return an access key."""
        return new_key()

    def answer(self, request: Request) -> Answer:
        """Check who signed, then the message."""
        if fault := signature_fault(request, "ses", self.accounts["ses"]["accessKeyId"]):
            return _refuse(403, fault, "The security token included in the request is invalid.")
        if (request.method, request.path) == ("GET", "/v2/email/account"):
            return json_answer(200, ACCOUNT)
        if (request.method, request.path) != ("POST", "/v2/email/outbound-emails"):
            return _refuse(404, "UnknownOperationException", f"No operation at {request.path}.")
        try:
            send = msgspec.json.decode(request.body, type=Send)
        except msgspec.DecodeError as error:
            return _refuse(400, "SerializationException", str(error))
        if found := next(_errors(send), None):
            code, message = found
            return _refuse(_STATUS.get(code, 400), code, message)
        identifier = f"0100{request.id}-000000"
        return json_answer(200, {"MessageId": identifier}, vendor_id=identifier)

    def failure(self, status: int) -> Answer:
        """JSON with a message; the error's type is in a header."""
        return _refuse(status, _OF_STATUS.get(status, "InternalFailure"), f"Answered with {status} on demand.")


def _errors(send: Send) -> Iterator[tuple[str, str]]:
    """Find what the types do not say: yields the error's type and message."""
    to = send.destination
    recipients = [*to.to_addresses, *to.cc_addresses, *to.bcc_addresses]
    sender = parseaddr(send.from_email_address)[1]
    for address in (sender, *recipients, *send.reply_to_addresses):
        if not _ADDRESS.fullmatch(parseaddr(address)[1]):
            yield "BadRequestException", f"Missing final '@domain': {address}"
    if not 1 <= len(recipients) <= _MAX_RECIPIENTS:
        yield "BadRequestException", f"Recipient count must be between 1 and {_MAX_RECIPIENTS}."
    if sender.endswith(f"@{UNVERIFIED_DOMAIN}"):
        words = f"Email address is not verified. The following identities failed the check in region: {sender}"
        yield "MessageRejected", words
    if not all(_TAG.fullmatch(text) for tag in send.email_tags for text in (tag.name, tag.value)):
        yield "BadRequestException", "Invalid message tag."
    if send.configuration_set_name not in (None, CONFIGURATION_SET):
        yield "NotFoundException", f"Configuration set <{send.configuration_set_name}> does not exist."
    yield from _content_errors(send)


def _content_errors(send: Send) -> Iterator[tuple[str, str]]:
    simple = send.content.simple
    ways = [way for way in (simple, send.content.raw, send.content.template) if way is not None]
    if len(ways) != 1:
        yield "BadRequestException", "Exactly one of Simple, Raw and Template must be given."
    if simple and not (simple.body.text or simple.body.html):
        yield "BadRequestException", "Either Body.Text or Body.Html must be given."
    if simple and re.search(r"[\r\n]", simple.subject.data):
        yield "BadRequestException", "Subject must not contain line breaks."
    for file in simple.attachments if simple else ():
        if file.file_name.rpartition(".")[2].lower() in _RESTRICTED:
            yield "BadRequestException", f"Illegal filename '{file.file_name}'."
        if not is_base64(file.raw_content):
            yield "SerializationException", "RawContent is not base64."


def _refuse(status: int, code: str, message: str) -> Answer:
    return json_answer(status, {"message": message}, {"x-amzn-errortype": code})
