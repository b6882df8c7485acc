from typing import Any, ClassVar

from msgspec.structs import replace

from chalicelib.domain.delivery import AttemptOutcome
from chalicelib.domain.words import Channel
from infra.local.sandbox.client import Sandbox
from infra.local.sandbox.records import Record
from tests.contract.case import Case, Refusal
from tests.contract.messages import AN_EMAIL


class SendGridCase(Case):
    channel: ClassVar = Channel.EMAIL
    message: ClassVar = AN_EMAIL
    arrives: ClassVar = {
        "personalizations": [{"to": [{"email": "ann@example.com"}]}],
        "from": {"email": "shop@example.com", "name": "Shop, Müller & Co."},
        "reply_to": {"email": "help@example.com"},
        "subject": "Your order — Grüße",
        "content": [
            {"type": "text/plain", "value": "It is on its way.\nBye"},
            {"type": "text/html", "value": "<p>It is on its way. Grüße</p>"},
        ],
        "headers": {
            "List-Unsubscribe": "<https://herald.example.com/unsubscribe/a_token-1>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
        "attachments": [
            {
                "content": "JVBERi0xLjcNCv8A",
                "filename": "Grüße.pdf",
                "type": "application/pdf",
                "disposition": "attachment",
            },
            {"content": "QWxsCnNvbGQuCQ==", "filename": "terms.txt", "type": "text/plain", "disposition": "attachment"},
        ],
        "custom_args": {"notificationId": AN_EMAIL.reference},
    }
    refusals: ClassVar = (
        Refusal(replace(AN_EMAIL, to="ann"), AttemptOutcome.PERMANENT, "400"),
        Refusal(replace(AN_EMAIL, sender="x@unverified.example.com"), AttemptOutcome.MISCONFIGURED, "403"),
    )

    def credentials(self, sandbox: Sandbox) -> dict[str, Any]:
        return sandbox.accounts["sendgrid"]

    def wrong_credentials(self, sandbox: Sandbox) -> dict[str, Any]:
        return {"apiKey": "SG.other"}

    def content(self, record: Record) -> Any:
        return record.body
