from typing import Any, ClassVar

from msgspec.structs import replace

from chalicelib.domain.delivery import AttemptOutcome
from chalicelib.domain.words import Channel
from infra.local.sandbox.client import Sandbox
from infra.local.sandbox.records import Record
from tests.contract.case import Case, Refusal
from tests.contract.messages import A_CHAT

ANOTHER = "https://hooks.slack.com/services/T1/{}/x"


class SlackCase(Case):
    channel: ClassVar = Channel.CHAT
    message: ClassVar = A_CHAT
    arrives: ClassVar = {
        "text": "Your order\nGrüße: 1 &lt; 2 &amp; more.\nBye",
        "blocks": [
            {"type": "header", "text": {"type": "plain_text", "text": "Your order"}},
            {"type": "section", "text": {"type": "mrkdwn", "text": "Grüße: 1 &lt; 2 &amp; more.\nBye"}},
            {
                "type": "actions",
                "elements": [
                    {"type": "button", "text": {"type": "plain_text", "text": "Open"}, "url": A_CHAT.link},
                ],
            },
        ],
    }
    refusals: ClassVar = (
        Refusal(replace(A_CHAT, blocks=({"type": "nonsense"},)), AttemptOutcome.PERMANENT, "invalid_blocks"),
        Refusal(
            replace(A_CHAT, targets={"slack": ANOTHER.format("BARCHIVED")}),
            AttemptOutcome.MISCONFIGURED,
            "channel_is_archived",
        ),
        Refusal(
            replace(A_CHAT, targets={"slack": ANOTHER.format("BPROHIBITED")}),
            AttemptOutcome.MISCONFIGURED,
            "action_prohibited",
        ),
        Refusal(replace(A_CHAT, targets={"slack": ANOTHER.format("B1")}), AttemptOutcome.MISCONFIGURED, "no_team"),
    )
    names_messages: ClassVar = False

    def credentials(self, sandbox: Sandbox) -> dict[str, Any]:
        return sandbox.accounts["slack"]

    def wrong_credentials(self, sandbox: Sandbox) -> dict[str, Any]:
        return {"webhookUrl": sandbox.accounts["slack"]["webhookUrl"] + "x"}

    def content(self, record: Record) -> Any:
        return record.body
