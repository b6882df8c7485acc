"""Amazon SES, API v2 (https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html)."""

from typing import TYPE_CHECKING, Any, ClassVar, Final

from chalicelib.channels.base import EmailMessage
from chalicelib.domain.delivery import AttemptOutcome
from chalicelib.domain.provider import ProviderResult
from chalicelib.domain.words import Channel
from chalicelib.providers.aws import aws_service, error_code
from chalicelib.providers.base import EmailAddress, Provider, ProviderSettings, SenderName, Timeouts, misconfigured
from chalicelib.providers.mail_headers import mailbox, unsubscribe_headers

if TYPE_CHECKING:
    from botocore.exceptions import ClientError

OUTCOMES: Final = {
    "AccountSuspendedException": AttemptOutcome.MISCONFIGURED,
    "BadRequestException": AttemptOutcome.PERMANENT,
    "IdentityNotVerified": AttemptOutcome.MISCONFIGURED,
    "LimitExceededException": AttemptOutcome.MISCONFIGURED,
    "MailFromDomainNotVerifiedException": AttemptOutcome.MISCONFIGURED,
    "MessageRejected": AttemptOutcome.PERMANENT,
    "NotFoundException": AttemptOutcome.MISCONFIGURED,
    "SendingPausedException": AttemptOutcome.MISCONFIGURED,
}
"""https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html#API_SendEmail_Errors; NotFound: the
configuration set."""
NOT_VERIFIED: Final = "Email address is not verified"


class SesSettings(ProviderSettings, frozen=True):
    """How a tenant uses SES; the identity of the sender must be verified in the stack's account."""

    configuration_set: str | None = None
    sender: EmailAddress | None = None
    sender_name: SenderName | None = None


class Ses(Provider[SesSettings, EmailMessage]):
    """E-mail through Amazon SES, with the worker's IAM role."""

    channel: ClassVar = Channel.EMAIL
    vendor: ClassVar = "ses"
    settings_type: ClassVar = SesSettings
    documentation: ClassVar = "https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html"
    capabilities: ClassVar = ("HTML", "unsubscribe headers", "IAM role, no keys")
    example: ClassVar = {"sender": "shop@example.com"}
    byte_limit: ClassVar = 40_000_000

    def __init__(self, settings: SesSettings, timeouts: Timeouts) -> None:
        super().__init__(settings, timeouts)
        self._service = aws_service("sesv2", timeouts)

    def send(self, message: EmailMessage) -> ProviderResult:
        """Send the message; SES names it by the answer's `MessageId` in its events."""
        sender = self.settings.sender or message.sender
        if sender is None:
            return misconfigured("no_sender")
        return self._service.call("send_email", self._parameters(message, sender), OUTCOMES, _code)

    def _parameters(self, message: EmailMessage, sender: str) -> dict[str, Any]:
        name = self.settings.sender_name or message.sender_name or ""
        body = {"Text": _content(message.text)} | ({"Html": _content(message.html)} if message.html else {})
        headers = [{"Name": n, "Value": v} for n, v in unsubscribe_headers(message.unsubscribe_url).items()]
        simple = {"Subject": _content(message.subject), "Body": body} | ({"Headers": headers} if headers else {})
        parameters: dict[str, Any] = {
            "FromEmailAddress": mailbox(name, sender),
            "Destination": {"ToAddresses": [message.to]},
            "ReplyToAddresses": [message.reply_to] if message.reply_to else [],
            "Content": {"Simple": simple},
            "EmailTags": [{"Name": "notificationId", "Value": message.reference}],
        }
        if self.settings.configuration_set is not None:
            parameters["ConfigurationSetName"] = self.settings.configuration_set
        return parameters


def _content(text: str) -> dict[str, str]:
    return {"Data": text, "Charset": "UTF-8"}


def _code(error: "ClientError") -> str:
    # SES calls a sender that is not verified a rejected message, although the message is not to blame.
    if error_code(error) == "MessageRejected" and NOT_VERIFIED in error.response["Error"].get("Message", ""):
        return "IdentityNotVerified"
    return error_code(error)
