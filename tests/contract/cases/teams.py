from typing import Any, ClassVar

from msgspec.structs import replace

from chalicelib.domain.delivery import AttemptOutcome
from chalicelib.domain.words import Channel
from infra.local.sandbox.client import Sandbox
from infra.local.sandbox.records import Record
from infra.local.sandbox.vendors.teams import CONNECTOR, DISABLED, REMOVED
from tests.contract.case import Case, Refusal
from tests.contract.messages import A_CHAT

NO_CARD = {"type": "AdaptiveCard", "version": "9"}


class TeamsCase(Case):
    channel: ClassVar = Channel.CHAT
    message: ClassVar = A_CHAT
    arrives: ClassVar = {
        "body": [
            {"type": "TextBlock", "text": "Your order", "size": "Large", "weight": "Bolder", "wrap": True},
            {"type": "TextBlock", "text": "Grüße: 1 < 2 & more.\n\nBye", "wrap": True},
        ],
        "actions": [{"type": "Action.OpenUrl", "title": "Open", "url": A_CHAT.link}],
    }
    refusals: ClassVar = (
        Refusal(
            replace(A_CHAT, blocks=(NO_CARD,), targets={"teams": CONNECTOR}), AttemptOutcome.PERMANENT, "connector_400"
        ),
        Refusal(replace(A_CHAT, blocks=(NO_CARD,)), AttemptOutcome.MISCONFIGURED, "TriggerInputSchemaMismatch"),
        Refusal(
            replace(A_CHAT, targets={"teams": DISABLED}), AttemptOutcome.MISCONFIGURED, "WorkflowTriggerIsNotEnabled"
        ),
        Refusal(replace(A_CHAT, targets={"teams": REMOVED}), AttemptOutcome.MISCONFIGURED, "connector_410"),
    )

    def credentials(self, sandbox: Sandbox) -> dict[str, Any]:
        return sandbox.accounts["teams"]

    def wrong_credentials(self, sandbox: Sandbox) -> dict[str, Any]:
        return {"webhookUrl": sandbox.accounts["teams"]["webhookUrl"] + "x"}

    def content(self, record: Record) -> Any:
        (attachment,) = record.body["attachments"]
        return {name: attachment["content"][name] for name in ("body", "actions")}
