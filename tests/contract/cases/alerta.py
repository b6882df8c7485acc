from typing import Any, ClassVar

from msgspec.structs import replace

from chalicelib.domain.delivery import AttemptOutcome
from chalicelib.domain.words import Channel
from infra.local.sandbox.client import Sandbox
from infra.local.sandbox.records import Record
from tests.contract.case import Case, Refusal
from tests.contract.messages import AN_ALERT


class AlertaCase(Case):
    channel: ClassVar = Channel.ALERT
    message: ClassVar = AN_ALERT
    arrives: ClassVar = {
        "environment": "Production",
        "resource": "herald",
        "event": "payments/down",
        "severity": "major",
        "service": ["payments.example.com"],
        "value": AN_ALERT.summary,
        "text": AN_ALERT.text,
        "attributes": {
            "rate": 0.75,
            "region": "eu",
            "moreInfo": AN_ALERT.link,
            "notificationId": AN_ALERT.reference,
        },
        "origin": "herald",
    }
    refusals: ClassVar = (Refusal(replace(AN_ALERT, dedup_key=""), AttemptOutcome.PERMANENT, "http_400"),)

    def settings(self, sandbox: Sandbox) -> dict[str, Any]:
        return {"endpoint": sandbox.accounts["alerta"]["endpoint"]}

    def credentials(self, sandbox: Sandbox) -> dict[str, Any]:
        return {"apiKey": sandbox.accounts["alerta"]["apiKey"]}

    def wrong_credentials(self, sandbox: Sandbox) -> dict[str, Any]:
        return {"apiKey": "wrong"}

    def content(self, record: Record) -> Any:
        return record.body
