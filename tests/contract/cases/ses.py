from collections.abc import Mapping
from email.header import decode_header, make_header
from typing import Any, ClassVar

from msgspec.structs import replace

from chalicelib.domain.delivery import AttemptOutcome
from chalicelib.domain.words import Channel
from infra.local.sandbox.aws import new_key
from infra.local.sandbox.client import Sandbox
from infra.local.sandbox.records import Record
from tests.contract.aws import aws_environment, nobody
from tests.contract.case import Case, Refusal
from tests.contract.messages import AN_EMAIL


class SesCase(Case):
    channel: ClassVar = Channel.EMAIL
    message: ClassVar = AN_EMAIL
    arrives: ClassVar = {
        "FromEmailAddress": "Shop, Müller & Co. <shop@example.com>",
        "Destination": {"ToAddresses": ["ann@example.com"]},
        "ReplyToAddresses": ["help@example.com"],
        "Content": {
            "Simple": {
                "Subject": {"Data": "Your order — Grüße", "Charset": "UTF-8"},
                "Body": {
                    "Text": {"Data": "It is on its way.\nBye", "Charset": "UTF-8"},
                    "Html": {"Data": "<p>It is on its way. Grüße</p>", "Charset": "UTF-8"},
                },
                "Headers": [
                    {"Name": "List-Unsubscribe", "Value": "<https://herald.example.com/unsubscribe/a_token-1>"},
                    {"Name": "List-Unsubscribe-Post", "Value": "List-Unsubscribe=One-Click"},
                ],
                "Attachments": [
                    {
                        "RawContent": "JVBERi0xLjcNCv8A",
                        "FileName": "Grüße.pdf",
                        "ContentType": "application/pdf",
                        "ContentDisposition": "ATTACHMENT",
                        "ContentTransferEncoding": "BASE64",
                    },
                    {
                        "RawContent": "QWxsCnNvbGQuCQ==",
                        "FileName": "terms.txt",
                        "ContentType": "text/plain",
                        "ContentDisposition": "ATTACHMENT",
                        "ContentTransferEncoding": "BASE64",
                    },
                ],
            }
        },
        "EmailTags": [{"Name": "notificationId", "Value": AN_EMAIL.reference}],
    }
    refusals: ClassVar = (
        Refusal(replace(AN_EMAIL, to="ann"), AttemptOutcome.PERMANENT, "BadRequestException"),
        Refusal(
            replace(AN_EMAIL, sender="x@unverified.example.com"), AttemptOutcome.MISCONFIGURED, "IdentityNotVerified"
        ),
    )
    without_credentials: ClassVar = "no_aws_credentials"

    def environment(self, sandbox: Sandbox) -> Mapping[str, str]:
        return aws_environment(sandbox, sandbox.accounts["ses"])

    def wrong_environment(self, sandbox: Sandbox) -> Mapping[str, str]:
        return aws_environment(sandbox, new_key())

    def empty_environment(self, sandbox: Sandbox) -> Mapping[str, str]:
        return nobody(sandbox)

    def content(self, record: Record) -> Any:
        sender = str(make_header(decode_header(record.body["FromEmailAddress"])))
        return record.body | {"FromEmailAddress": sender}
