from typing import Any, ClassVar

from msgspec.structs import replace

from chalicelib.domain.delivery import AttemptOutcome
from chalicelib.domain.words import Channel
from infra.local.sandbox.client import Sandbox
from infra.local.sandbox.records import Record
from tests.contract.case import Case, Refusal
from tests.contract.messages import AN_ALERT


class AlertNowCase(Case):
    channel: ClassVar = Channel.ALERT
    message: ClassVar = AN_ALERT
    arrives: ClassVar = {
        "event_id": "payments/down",
        "event_type": "ERROR",
        "status": "open",
        "summary": f"[payments.example.com] {AN_ALERT.text} {AN_ALERT.link}",
    }
    refusals: ClassVar = (Refusal(replace(AN_ALERT, dedup_key=""), AttemptOutcome.PERMANENT, "400"),)

    def credentials(self, sandbox: Sandbox) -> dict[str, Any]:
        return sandbox.accounts["alertnow"]

    def wrong_credentials(self, sandbox: Sandbox) -> dict[str, Any]:
        return {"apiKey": "0" * 36}

    def content(self, record: Record) -> Any:
        return record.body
