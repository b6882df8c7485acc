from email.header import decode_header, make_header
from typing import Any, ClassVar

from msgspec.structs import replace

from chalicelib.domain.delivery import AttemptOutcome
from chalicelib.domain.words import Channel
from infra.local.sandbox.client import Sandbox
from infra.local.sandbox.records import Record
from tests.contract.case import Case, Refusal
from tests.contract.messages import AN_EMAIL


class MailgunCase(Case):
    channel: ClassVar = Channel.EMAIL
    message: ClassVar = AN_EMAIL
    arrives: ClassVar = {
        "url": "https://api.eu.mailgun.net/v3/mg.example.com/messages",
        "from": "Shop, Müller & Co. <shop@example.com>",
        "to": "ann@example.com",
        "subject": "Your order — Grüße",
        "text": "It is on its way.\nBye",
        "html": "<p>It is on its way. Grüße</p>",
        "h:List-Unsubscribe": "<https://herald.example.com/unsubscribe/a_token-1>",
        "h:List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "h:Reply-To": "help@example.com",
        "v:notificationId": AN_EMAIL.reference,
        "o:tracking": "no",
        "attachment": [
            {"filename": "Grüße.pdf", "type": "application/pdf", "size": 12},
            {"filename": "terms.txt", "type": "text/plain", "size": 10},
        ],
    }
    refusals: ClassVar = (Refusal(replace(AN_EMAIL, to="ann"), AttemptOutcome.PERMANENT, "400"),)

    def settings(self, sandbox: Sandbox) -> dict[str, Any]:
        return {"domain": "mg.example.com", "region": "eu"}

    def credentials(self, sandbox: Sandbox) -> dict[str, Any]:
        return sandbox.accounts["mailgun"]

    def wrong_credentials(self, sandbox: Sandbox) -> dict[str, Any]:
        return {"apiKey": "wrong"}

    def content(self, record: Record) -> Any:
        sender = str(make_header(decode_header(record.body["from"])))
        return record.body | {"from": sender, "url": record.url}
