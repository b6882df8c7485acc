from typing import Any, ClassVar

from msgspec.structs import replace

from chalicelib.domain.delivery import AttemptOutcome
from chalicelib.domain.words import Channel
from infra.local.sandbox.records import Record
from tests.contract.case import Case, Refusal
from tests.contract.messages import A_PUSH

ACCOUNT = "https://notify.lunasea.app/v1/custom/user/{}"


class LunaSeaCase(Case):
    channel: ClassVar = Channel.PUSH
    message: ClassVar = replace(A_PUSH, tokens=(ACCOUNT.format("ann"),))
    arrives: ClassVar = {
        "url": "https://notify.lunasea.app/v1/custom/user/ann",
        "body": {"title": A_PUSH.title, "body": A_PUSH.body, "image": A_PUSH.image},
    }
    refusals: ClassVar = (
        Refusal(replace(A_PUSH, tokens=(ACCOUNT.format("gone-1"),)), AttemptOutcome.PERMANENT, "invalid_user_id"),
        Refusal(replace(A_PUSH, tokens=(ACCOUNT.format("empty-1"),)), AttemptOutcome.PERMANENT, "no_devices_found"),
    )
    names_messages: ClassVar = False
    has_credentials: ClassVar = False
    without_credentials: ClassVar = None

    def content(self, record: Record) -> Any:
        return {"url": record.url, "body": record.body}
