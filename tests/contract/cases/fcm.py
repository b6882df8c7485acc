from typing import Any, ClassVar

from msgspec.structs import replace

from chalicelib.domain.delivery import AttemptOutcome
from chalicelib.domain.words import Channel
from infra.local.sandbox.client import Sandbox
from infra.local.sandbox.records import Record
from infra.local.sandbox.vendors.fcm import Fcm
from tests.contract.case import Case, Refusal
from tests.contract.messages import A_PUSH


class FcmCase(Case):
    channel: ClassVar = Channel.PUSH
    message: ClassVar = A_PUSH
    arrives: ClassVar = {
        "token": "device-1",
        "notification": {"title": A_PUSH.title, "body": A_PUSH.body, "image": A_PUSH.image},
        "data": {"orderId": "42"},
        "ttl": "3600s",
        "link": "https://example.com/orders/42",
    }
    refusals: ClassVar = (
        Refusal(replace(A_PUSH, tokens=("dead-1",)), AttemptOutcome.PERMANENT, "UNREGISTERED"),
        Refusal(replace(A_PUSH, tokens=("invalid-1",)), AttemptOutcome.PERMANENT, "INVALID_ARGUMENT"),
        Refusal(replace(A_PUSH, tokens=("foreign-1",)), AttemptOutcome.MISCONFIGURED, "SENDER_ID_MISMATCH"),
    )

    def credentials(self, sandbox: Sandbox) -> dict[str, Any]:
        return sandbox.accounts["fcm"]

    def wrong_credentials(self, sandbox: Sandbox) -> dict[str, Any]:
        account, other = sandbox.accounts["fcm"]["serviceAccount"], Fcm.new_account()["serviceAccount"]
        return {"serviceAccount": account | {"private_key": other["private_key"]}}

    def content(self, record: Record) -> Any:
        message = record.body["message"]
        return {
            **{name: message[name] for name in ("token", "notification", "data")},
            "ttl": message["android"]["ttl"],
            "link": message["webpush"]["fcm_options"]["link"],
        }
