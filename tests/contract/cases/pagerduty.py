from typing import Any, ClassVar

from msgspec.structs import replace

from chalicelib.domain.delivery import AttemptOutcome
from chalicelib.domain.words import Channel
from infra.local.sandbox.client import Sandbox
from infra.local.sandbox.records import Record
from tests.contract.case import Case, Refusal
from tests.contract.messages import AN_ALERT


class PagerDutyCase(Case):
    channel: ClassVar = Channel.ALERT
    message: ClassVar = AN_ALERT
    arrives: ClassVar = {
        "event_action": "trigger",
        "dedup_key": "payments/down",
        "payload": {
            "summary": AN_ALERT.summary,
            "severity": "error",
            "source": "payments.example.com",
            "custom_details": {
                "text": AN_ALERT.text,
                "rate": 0.75,
                "region": "eu",
                "notificationId": AN_ALERT.reference,
            },
        },
        "links": [{"href": AN_ALERT.link, "text": AN_ALERT.link}],
        "client": "Herald",
    }
    refusals: ClassVar = (
        Refusal(replace(AN_ALERT, source=""), AttemptOutcome.PERMANENT, "invalid_event"),
        Refusal(replace(AN_ALERT, dedup_key="k" * 256), AttemptOutcome.PERMANENT, "invalid_event"),
    )

    def credentials(self, sandbox: Sandbox) -> dict[str, Any]:
        return sandbox.accounts["pagerduty"]

    def wrong_credentials(self, sandbox: Sandbox) -> dict[str, Any]:
        return {"routingKey": "0" * 32}

    def content(self, record: Record) -> Any:
        return {name: value for name, value in record.body.items() if name != "routing_key"}
