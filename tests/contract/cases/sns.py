from collections.abc import Mapping
from typing import Any, ClassVar

from msgspec.structs import replace

from chalicelib.domain.delivery import AttemptOutcome
from chalicelib.domain.words import Channel
from infra.local.sandbox.aws import new_key
from infra.local.sandbox.client import Sandbox
from infra.local.sandbox.records import Record
from infra.local.sandbox.vendors.sns import OPTED_OUT
from tests.contract.aws import aws_environment, nobody
from tests.contract.case import Case, Refusal
from tests.contract.messages import AN_SMS


class SnsCase(Case):
    channel: ClassVar = Channel.SMS
    message: ClassVar = replace(AN_SMS, sender="Herald")
    arrives: ClassVar = {
        "PhoneNumber": AN_SMS.to,
        "Message": AN_SMS.text,
        "AWS.SNS.SMS.SMSType": "Transactional",
        "AWS.SNS.SMS.SenderID": "Herald",
    }
    refusals: ClassVar = (
        Refusal(replace(AN_SMS, to="+1"), AttemptOutcome.PERMANENT, "InvalidParameter"),
        Refusal(replace(AN_SMS, to=OPTED_OUT), AttemptOutcome.PERMANENT, "OptedOut"),
    )
    without_credentials: ClassVar = "no_aws_credentials"

    def environment(self, sandbox: Sandbox) -> Mapping[str, str]:
        return aws_environment(sandbox, sandbox.accounts["sns"])

    def wrong_environment(self, sandbox: Sandbox) -> Mapping[str, str]:
        return aws_environment(sandbox, new_key())

    def empty_environment(self, sandbox: Sandbox) -> Mapping[str, str]:
        return nobody(sandbox)

    def content(self, record: Record) -> Any:
        form = record.body
        entries = (name.removesuffix(".Name") for name in form if name.endswith(".Name"))
        attributes = {form[f"{entry}.Name"]: form[f"{entry}.Value.StringValue"] for entry in entries}
        return {"PhoneNumber": form["PhoneNumber"], "Message": form["Message"], **attributes}
