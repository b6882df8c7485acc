"""Amazon SNS: Publish to a phone number. MiniStack has it too; here it can be made to fail."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Final
from xml.sax.saxutils import escape

from infra.local.sandbox.aws import REGION, new_key, signature_fault
from infra.local.sandbox.vendor import Vendor
from infra.local.sandbox.web import Answer, Request

OPTED_OUT: Final = "+15005550004"
"""SNS has no numbers for tests, so this is ours: the owner replied STOP."""
_NAMESPACE: Final = "http://sns.amazonaws.com/doc/2010-03-31/"
_OF_STATUS: Final = {400: "InvalidParameter", 403: "AuthorizationError", 404: "NotFound", 429: "Throttled"}
_MAX_CHARACTERS: Final = 1_600
_E164: Final = re.compile(r"\+[1-9]\d{6,14}")
_ORIGIN: Final = re.compile(r"\+[1-9]\d{1,14}|\d{5,14}")
_SENDER: Final = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9]{1,11}")


class Sns(Vendor):
    """One account, out of SNS's own sandbox."""

    hosts: ClassVar = frozenset({f"sns.{REGION}.amazonaws.com"})
    documentation: ClassVar = "https://docs.aws.amazon.com/sns/latest/api/API_Publish.html"

    @staticmethod
    def new_account() -> dict[str, Any]:
        """Return an access key."""
        return new_key()

    def answer(self, request: Request) -> Answer:
        """Check who signed, then the form."""
        if fault := signature_fault(request, "sns", self.accounts["sns"]["accessKeyId"]):
            return _refuse(403, fault, "The security token included in the request is invalid.")
        form = {name: values[-1] for name, values in request.form.items()}
        if form.get("Action") != "Publish":
            return _refuse(400, "InvalidAction", f"Could not find operation {form.get('Action')}")
        if error := next(_errors(form), None):
            return _refuse(400, *error)
        identifier = f"{request.id[:8]}-{request.id[8:12]}-{request.id[12:16]}-{request.id[16:20]}-{request.id[20:]}"
        result = f"<PublishResult><MessageId>{identifier}</MessageId></PublishResult>"
        request_id = f"<ResponseMetadata><RequestId>{identifier}</RequestId></ResponseMetadata>"
        return _xml(200, "PublishResponse", result + request_id, identifier)

    def failure(self, status: int) -> Answer:
        """XML with type, code and message."""
        return _refuse(status, _OF_STATUS.get(status, "InternalError"), f"Answered with {status} on demand.")


def _errors(form: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Find what is wrong: yields code and message."""
    phone, message = form.get("PhoneNumber", ""), form.get("Message", "")
    if phone == OPTED_OUT:
        yield "OptedOut", "Phone number is opted out"
    if not _E164.fullmatch(phone):
        yield "InvalidParameter", f"Invalid parameter: PhoneNumber Reason: {phone} is not valid to publish to"
    if not message:
        yield "InvalidParameter", "Invalid parameter: Empty message"
    if len(message) > _MAX_CHARACTERS:
        yield "InvalidParameter", "Invalid parameter: Message too long"
    attributes = _attributes(form)
    if attributes.get("AWS.SNS.SMS.SMSType", "Promotional") not in {"Promotional", "Transactional"}:
        yield "InvalidParameterValue", "Invalid parameter: SMSType"
    if not _SENDER.fullmatch(attributes.get("AWS.SNS.SMS.SenderID", "Herald")):
        yield "InvalidParameterValue", "Invalid parameter: SenderID"
    if not _ORIGIN.fullmatch(attributes.get("AWS.MM.SMS.OriginationNumber", phone)):
        yield "InvalidParameterValue", "Invalid parameter: OriginationNumber"


def _attributes(form: Mapping[str, str]) -> dict[str, str]:
    """Return the message attributes of the query protocol: `MessageAttributes.entry.1.Name` and so on."""
    entries = {name.removesuffix(".Name"): value for name, value in form.items() if name.endswith(".Name")}
    return {name: form.get(f"{entry}.Value.StringValue", "") for entry, name in entries.items()}


def _refuse(status: int, code: str, message: str) -> Answer:
    side = "Sender" if status < 500 else "Receiver"  # noqa: PLR2004
    error = f"<Error><Type>{side}</Type><Code>{code}</Code><Message>{escape(message)}</Message></Error>"
    return _xml(status, "ErrorResponse", f"{error}<RequestId>on-demand</RequestId>", None)


def _xml(status: int, root: str, content: str, vendor_id: str | None) -> Answer:
    body = f'<{root} xmlns="{_NAMESPACE}">{content}</{root}>'
    return Answer(status, body.encode(), {"content-type": "text/xml"}, vendor_id)
