from typing import Any, ClassVar

from msgspec.structs import replace

from chalicelib.domain.delivery import AttemptOutcome
from chalicelib.domain.words import Channel
from infra.local.sandbox.client import Sandbox
from infra.local.sandbox.records import Record
from infra.local.sandbox.vendors.wppconnect import HOST, NOT_ON_WHATSAPP
from tests.contract.case import Case, Refusal
from tests.contract.messages import A_WHATSAPP_MESSAGE as MESSAGE


class WppConnectCase(Case):
    channel: ClassVar = Channel.WHATSAPP
    message: ClassVar = MESSAGE
    arrives: ClassVar = {
        "url": f"https://{HOST}/api/herald-acme/send-message",
        "phone": "14155550100",
        "isGroup": False,
        "message": MESSAGE.text,
        "options": {"linkPreview": False},
    }
    refusals: ClassVar = (
        Refusal(replace(MESSAGE, to=f"+{NOT_ON_WHATSAPP}"), AttemptOutcome.PERMANENT, "number_not_on_whatsapp"),
    )

    def settings(self, sandbox: Sandbox) -> dict[str, Any]:
        return {"baseUrl": sandbox.accounts["wppconnect"]["baseUrl"]}

    def credentials(self, sandbox: Sandbox) -> dict[str, Any]:
        return {"secretKey": sandbox.accounts["wppconnect"]["secretKey"]}

    def wrong_credentials(self, sandbox: Sandbox) -> dict[str, Any]:
        return {"secretKey": "wrong"}

    def content(self, record: Record) -> Any:
        return record.body | {"url": record.url}
