"""Amazon SES, API v2 (https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html)."""

from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final

import msgspec

from chalicelib.channels.base import EmailMessage, MailFile
from chalicelib.domain.delivery import AttemptOutcome
from chalicelib.domain.provider import Accepted, ProviderResult, Refused, Unsure
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

    configuration_set: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_-]{1,64}\Z")] | None = None
    sender: EmailAddress | None = None
    sender_name: SenderName | None = None


class Ses(Provider[SesSettings, EmailMessage]):
    """E-mail through Amazon SES, with the worker's IAM role."""

    channel: ClassVar = Channel.EMAIL
    vendor: ClassVar = "ses"
    settings_type: ClassVar = SesSettings
    documentation: ClassVar = "https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html"
    capabilities: ClassVar = ("HTML", "attachments", "unsubscribe headers", "IAM role, no keys")
    example: ClassVar = {"sender": "shop@example.com"}
    byte_limit: ClassVar = 40_000_000
    """https://docs.aws.amazon.com/ses/latest/dg/quotas.html: 40 MB by API v2, attachments encoded."""

    def __init__(self, settings: SesSettings, timeouts: Timeouts) -> None:
        super().__init__(settings, timeouts)
        self._service = aws_service("sesv2", timeouts)

    def send(self, message: EmailMessage) -> ProviderResult:
        """Send the message; SES names it by the answer's `MessageId` in its events."""
        sender = self.settings.sender or message.sender
        if sender is None:
            return misconfigured("no_sender")
        return self._service.call("send_email", self._parameters(message, sender), OUTCOMES, _code)

    def probe(self) -> ProviderResult:
        """Ask whether the account may send now. Whether the sender is a verified identity, only a mail can tell.

        https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_GetAccount.html
        """
        answer = self._service.ask("get_account", {}, OUTCOMES, _code)
        if isinstance(answer, Refused | Unsure):
            return answer
        may_send = answer.get("SendingEnabled")
        if not isinstance(may_send, bool):
            return Unsure(code="unreadable_answer")
        return Accepted() if may_send else misconfigured("sending_disabled")

    def _parameters(self, message: EmailMessage, sender: str) -> dict[str, Any]:
        name = self.settings.sender_name or message.sender_name or ""
        body = {"Text": _content(message.text)} | ({"Html": _content(message.html)} if message.html else {})
        headers = [{"Name": n, "Value": v} for n, v in unsubscribe_headers(message.unsubscribe_url).items()]
        files = [_attachment(file) for file in message.attachments]
        simple = {
            "Subject": _content(message.subject),
            "Body": body,
            **({"Headers": headers} if headers else {}),
            **({"Attachments": files} if files else {}),
        }
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


def _attachment(file: MailFile) -> dict[str, Any]:
    """https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_Attachment.html: botocore encodes the bytes itself."""
    return {
        "RawContent": file.content,
        "FileName": file.name,
        "ContentType": file.type,
        "ContentDisposition": "ATTACHMENT",
        "ContentTransferEncoding": "BASE64",
    }


def _code(error: "ClientError") -> str:
    # SES calls a sender that is not verified a rejected message, although the message is not to blame.
    if error_code(error) == "MessageRejected" and NOT_VERIFIED in error.response["Error"].get("Message", ""):
        return "IdentityNotVerified"
    return error_code(error)
