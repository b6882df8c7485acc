from typing import Any, ClassVar

from msgspec.structs import replace

from chalicelib.domain.delivery import AttemptOutcome
from chalicelib.domain.words import Channel
from infra.local.sandbox.client import Sandbox
from infra.local.sandbox.records import Record
from tests.contract.case import Case, Refusal
from tests.contract.messages import AN_SMS


class TwilioCase(Case):
    channel: ClassVar = Channel.SMS
    message: ClassVar = AN_SMS
    arrives: ClassVar = {"To": AN_SMS.to, "Body": AN_SMS.text, "From": "+15005550006"}
    refusals: ClassVar = (
        Refusal(replace(AN_SMS, to="+15005550001"), AttemptOutcome.PERMANENT, "21211"),
        Refusal(replace(AN_SMS, to="+15005550004"), AttemptOutcome.PERMANENT, "21610"),
        Refusal(replace(AN_SMS, to="+15005550009"), AttemptOutcome.PERMANENT, "21614"),
        Refusal(replace(AN_SMS, to="+15005550003"), AttemptOutcome.MISCONFIGURED, "21408"),
        Refusal(replace(AN_SMS, to="+15005550002"), AttemptOutcome.MISCONFIGURED, "21612"),
    )

    def settings(self, sandbox: Sandbox) -> dict[str, Any]:
        account = sandbox.accounts["twilio"]
        return {"accountSid": account["accountSid"], "sender": account["sender"]}

    def credentials(self, sandbox: Sandbox) -> dict[str, Any]:
        return {"authToken": sandbox.accounts["twilio"]["authToken"]}

    def wrong_credentials(self, sandbox: Sandbox) -> dict[str, Any]:
        return {"authToken": "wrong"}

    def content(self, record: Record) -> Any:
        return record.body
