"""Amazon SNS, direct to a phone number (https://docs.aws.amazon.com/sns/latest/dg/sms_publish-to-phone.html)."""

from typing import Annotated, Any, ClassVar, Final, Literal

import msgspec

from chalicelib.channels.base import SmsMessage
from chalicelib.domain.delivery import AttemptOutcome
from chalicelib.domain.provider import ProviderResult
from chalicelib.domain.words import Channel
from chalicelib.providers.aws import aws_service, error_code
from chalicelib.providers.base import Provider, ProviderSettings, Timeouts

OUTCOMES: Final = {
    "EndpointDisabled": AttemptOutcome.PERMANENT,
    "InvalidParameter": AttemptOutcome.PERMANENT,
    "InvalidParameterValue": AttemptOutcome.PERMANENT,
    "OptedOut": AttemptOutcome.PERMANENT,
    "UserError": AttemptOutcome.MISCONFIGURED,
    "ValidationException": AttemptOutcome.PERMANENT,
}
"""https://docs.aws.amazon.com/sns/latest/api/API_Publish.html#API_Publish_Errors"""


Sender = Annotated[str, msgspec.Meta(pattern=r"^(\+[1-9][0-9]{1,14}|[0-9]{5,14}|(?=.*[A-Za-z])[A-Za-z0-9-]{1,11})\Z")]
"""A setting: https://docs.aws.amazon.com/sns/latest/dg/sms_publish-to-phone.html#sms_publish_sdk."""


class SnsSettings(ProviderSettings, frozen=True):
    """How a tenant uses SNS. `sender` is a number of the stack's account (E.164, or a short code) or, where a country
    allows it, a name of up to 11 letters and digits; without one, SNS picks.
    """

    sms_type: Literal["Transactional", "Promotional"] = "Transactional"
    sender: Sender | None = None


class Sns(Provider[SnsSettings, SmsMessage]):
    """Text messages through Amazon SNS, with the worker's IAM role."""

    channel: ClassVar = Channel.SMS
    vendor: ClassVar = "sns"
    settings_type: ClassVar = SnsSettings
    documentation: ClassVar = "https://docs.aws.amazon.com/sns/latest/dg/sms_publish-to-phone.html"
    capabilities: ClassVar = ("sender names and numbers", "IAM role, no keys")
    example: ClassVar = {"sender": "Shop"}
    character_limit: ClassVar = 1_600

    def __init__(self, settings: SnsSettings, timeouts: Timeouts) -> None:
        super().__init__(settings, timeouts)
        self._service = aws_service("sns", timeouts)

    def send(self, message: SmsMessage) -> ProviderResult:
        """Publish the message to the phone; its `MessageId` is in SNS's delivery logs."""
        parameters = {
            "PhoneNumber": message.to,
            "Message": message.text,
            "MessageAttributes": self._attributes(self.settings.sender or message.sender),
        }
        return self._service.call("publish", parameters, OUTCOMES, error_code)

    def _attributes(self, sender: str | None) -> dict[str, Any]:
        attributes = {"AWS.SNS.SMS.SMSType": _text(self.settings.sms_type)}
        if sender is not None:
            named = any(character.isalpha() for character in sender)
            kind = "AWS.SNS.SMS.SenderID" if named else "AWS.MM.SMS.OriginationNumber"
            attributes[kind] = _text(sender)
        return attributes


def _text(value: str) -> dict[str, str]:
    return {"DataType": "String", "StringValue": value}
