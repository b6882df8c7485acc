from typing import Any, ClassVar

from msgspec.structs import replace

from chalicelib.domain.delivery import AttemptOutcome
from chalicelib.domain.words import Channel
from infra.local.sandbox.client import Sandbox
from infra.local.sandbox.records import Record
from tests.contract.case import Case, Refusal
from tests.contract.messages import A_WEBHOOK


class EndpointCase(Case):
    channel: ClassVar = Channel.WEBHOOK
    message: ClassVar = A_WEBHOOK
    arrives: ClassVar = {
        "webhook-id": A_WEBHOOK.reference,
        "type": "order.shipped",
        "timestamp": "2026-11-30T00:53:20.000Z",
        "data": {
            "notificationId": A_WEBHOOK.reference,
            "recipient": {"userType": "customer", "userId": "u1"},
            "category": "transactional",
            "subject": "Your order",
            "body": "It is on its way. Grüße",
            "actionUrl": "https://example.com/orders/42",
            "metadata": {"orderId": "42"},
        },
    }
    refusals: ClassVar = (
        Refusal(replace(A_WEBHOOK, type="test.gone"), AttemptOutcome.PERMANENT, "http_410"),
        Refusal(replace(A_WEBHOOK, type="test.missing"), AttemptOutcome.PERMANENT, "http_404"),
        Refusal(replace(A_WEBHOOK, type="test.refused"), AttemptOutcome.PERMANENT, "http_422"),
        Refusal(replace(A_WEBHOOK, type="test.moved"), AttemptOutcome.PERMANENT, "redirected"),
    )
    has_answers: ClassVar = False

    def settings(self, sandbox: Sandbox) -> dict[str, Any]:
        return {"url": sandbox.accounts["endpoint"]["url"]}

    def credentials(self, sandbox: Sandbox) -> dict[str, Any]:
        account = sandbox.accounts["endpoint"]
        return {"secret": account["secret"], "headers": account["headers"]}

    def wrong_credentials(self, sandbox: Sandbox) -> dict[str, Any]:
        return {**self.credentials(sandbox), "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}

    def content(self, record: Record) -> Any:
        return {"webhook-id": record.headers["webhook-id"], **record.body}
