from typing import Any, ClassVar

from msgspec.structs import replace

from chalicelib.channels.base import WhatsappMessage
from chalicelib.domain.content import Media, MediaKind, WhatsappContent, WhatsappTemplate
from chalicelib.domain.delivery import AttemptOutcome
from chalicelib.domain.words import Channel
from infra.local.sandbox.client import Sandbox
from infra.local.sandbox.records import Record
from infra.local.sandbox.vendors.cloud_api import MISSING_HOST, PAUSED_TEMPLATE
from tests.contract.case import Case, Refusal
from tests.contract.messages import A_WHATSAPP_MESSAGE as MESSAGE


def to(number: str) -> WhatsappMessage:
    return replace(MESSAGE, to=number)


def template(name: str, language: str = "en", *texts: str) -> WhatsappMessage:
    parameters = [{"type": "text", "text": text} for text in texts]
    components = ({"type": "body", "parameters": parameters},) if texts else ()
    return replace(
        MESSAGE,
        text="",
        content=WhatsappContent(template=WhatsappTemplate(name=name, language=language, components=components)),
    )


def an_image(link: str) -> WhatsappMessage:
    return replace(MESSAGE, text="", content=WhatsappContent(media=Media(kind=MediaKind.IMAGE, link=link)))


class CloudApiCase(Case):
    channel: ClassVar = Channel.WHATSAPP
    message: ClassVar = MESSAGE
    arrives: ClassVar = {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": "14155550100",
        "type": "text",
        "text": {"body": MESSAGE.text, "preview_url": False},
        "biz_opaque_callback_data": MESSAGE.reference,
    }
    refusals: ClassVar = (
        Refusal(to("+14155550126"), AttemptOutcome.PERMANENT, "131026"),
        Refusal(to("+14155550147"), AttemptOutcome.PERMANENT, "session_window_closed"),
        Refusal(to("+14155550149"), AttemptOutcome.PERMANENT, "131049"),
        Refusal(to("+14155550130"), AttemptOutcome.MISCONFIGURED, "131030"),
        Refusal(to("+14155550156"), AttemptOutcome.RETRIABLE, "131056"),
        Refusal(template("nothing"), AttemptOutcome.PERMANENT, "132001"),
        Refusal(template("order_shipped", "fr", "42", "UPS"), AttemptOutcome.PERMANENT, "132001"),
        Refusal(template("order_shipped", "en", "42"), AttemptOutcome.PERMANENT, "132000"),
        Refusal(template(PAUSED_TEMPLATE), AttemptOutcome.PERMANENT, "132015"),
        Refusal(an_image("http://example.com/a.png"), AttemptOutcome.PERMANENT, "100"),
        Refusal(an_image(f"https://{MISSING_HOST}/a.png"), AttemptOutcome.PERMANENT, "131053"),
    )

    def settings(self, sandbox: Sandbox) -> dict[str, Any]:
        return {"phoneNumberId": sandbox.accounts["cloud_api"]["phoneNumberId"]}

    def credentials(self, sandbox: Sandbox) -> dict[str, Any]:
        return {"accessToken": sandbox.accounts["cloud_api"]["accessToken"]}

    def wrong_credentials(self, sandbox: Sandbox) -> dict[str, Any]:
        return {"accessToken": "EAAwrong"}

    def content(self, record: Record) -> Any:
        return record.body
