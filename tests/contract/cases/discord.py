from typing import Any, ClassVar

from msgspec.structs import replace

from chalicelib.domain.delivery import AttemptOutcome
from chalicelib.domain.words import Channel
from infra.local.sandbox.client import Sandbox
from infra.local.sandbox.records import Record
from tests.contract.case import Case, Refusal
from tests.contract.messages import A_CHAT

UNKNOWN = "https://discord.com/api/webhooks/1/x"


class DiscordCase(Case):
    channel: ClassVar = Channel.CHAT
    message: ClassVar = A_CHAT
    arrives: ClassVar = {
        "embeds": [{"title": A_CHAT.title, "url": A_CHAT.link, "description": A_CHAT.text}],
        "allowed_mentions": {"parse": []},
    }
    refusals: ClassVar = (
        Refusal(replace(A_CHAT, blocks=({"title": ""},)), AttemptOutcome.PERMANENT, "50035"),
        Refusal(replace(A_CHAT, blocks=({"colour": "red"},)), AttemptOutcome.PERMANENT, "50035"),
        Refusal(replace(A_CHAT, targets={"discord": UNKNOWN}), AttemptOutcome.MISCONFIGURED, "10015"),
    )

    def credentials(self, sandbox: Sandbox) -> dict[str, Any]:
        return sandbox.accounts["discord"]

    def wrong_credentials(self, sandbox: Sandbox) -> dict[str, Any]:
        return {"webhookUrl": sandbox.accounts["discord"]["webhookUrl"] + "x"}

    def content(self, record: Record) -> Any:
        return record.body
