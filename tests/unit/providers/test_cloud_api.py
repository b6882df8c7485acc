"""How the Cloud API is asked. What its answers mean is shown by the contract suite and tests/unit/sandbox."""

import json
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from chalicelib.channels.base import WhatsappMessage
from chalicelib.domain.content import Location, Media, MediaKind, WhatsappContent, WhatsappTemplate
from chalicelib.domain.delivery import AttemptOutcome
from chalicelib.providers.base import Timeouts
from chalicelib.providers.cloud_api_messages import body_of
from chalicelib.providers.whatsapp.cloud_api import OUTCOMES, CloudApi, CloudApiSettings

MESSAGE = WhatsappMessage(reference="n1", to="+14155550100", text="Hello https://example.com")
A_FILE = "https://example.com/file"
COMPONENTS = ({"type": "body", "parameters": [{"type": "text", "text": "42"}]},)
CARD = {"name": {"formatted_name": "Bo B.", "first_name": "Bo"}, "phones": [{"phone": "+14155550101"}]}


def settings(**changes: str) -> CloudApiSettings:
    values = {"phoneNumberId": "106540352242922", "accessToken": "EAA"} | changes
    return msgspec.convert(values, CloudApiSettings)


def saying(**content: Any) -> WhatsappMessage:
    return replace(MESSAGE, content=WhatsappContent(**content))


BODIES: dict[str, tuple[WhatsappMessage, dict[str, Any]]] = {
    "text": (MESSAGE, {"type": "text", "text": {"body": MESSAGE.text, "preview_url": False}}),
    "text with a preview": (
        saying(preview_url=True),
        {"type": "text", "text": {"body": MESSAGE.text, "preview_url": True}},
    ),
    "template": (
        saying(template=WhatsappTemplate(name="order", language="pt_BR", components=COMPONENTS)),
        {
            "type": "template",
            "template": {"name": "order", "language": {"code": "pt_BR"}, "components": list(COMPONENTS)},
        },
    ),
    "template without parameters": (
        saying(template=WhatsappTemplate(name="hello_world", language="en_US")),
        {"type": "template", "template": {"name": "hello_world", "language": {"code": "en_US"}}},
    ),
    "image": (
        saying(media=Media(kind=MediaKind.IMAGE, link=A_FILE, caption="Look", name="a.png")),
        {"type": "image", "image": {"link": A_FILE, "caption": "Look"}},
    ),
    "video": (
        saying(media=Media(kind=MediaKind.VIDEO, link=A_FILE)),
        {"type": "video", "video": {"link": A_FILE}},
    ),
    "document": (
        saying(media=Media(kind=MediaKind.DOCUMENT, link=A_FILE, caption="Yours", name="invoice.pdf")),
        {"type": "document", "document": {"link": A_FILE, "caption": "Yours", "filename": "invoice.pdf"}},
    ),
    "audio, which has no caption": (
        saying(media=Media(kind=MediaKind.AUDIO, link=A_FILE, caption="Hear")),
        {"type": "audio", "audio": {"link": A_FILE}},
    ),
    "sticker, which has none either": (
        saying(media=Media(kind=MediaKind.STICKER, link=A_FILE, caption="See")),
        {"type": "sticker", "sticker": {"link": A_FILE}},
    ),
    "location": (
        saying(location=Location(latitude=0.00001, longitude=-122.1615358, name="Shop", address="1 Main St")),
        {
            "type": "location",
            "location": {"latitude": "0.0000100", "longitude": "-122.1615358", "name": "Shop", "address": "1 Main St"},
        },
    ),
    "contacts": (saying(contacts=(CARD,)), {"type": "contacts", "contacts": [CARD]}),
}


@pytest.mark.parametrize(("message", "wanted"), BODIES.values(), ids=BODIES)
def test_each_kind_of_message_has_its_body(message: WhatsappMessage, wanted: dict[str, Any]) -> None:
    common = {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": "14155550100",
        "biz_opaque_callback_data": "n1",
    }
    assert json.loads(msgspec.json.encode(body_of(message))) == common | wanted


LIMITS = [
    (MESSAGE, False),
    (replace(MESSAGE, text="x" * 4_096), False),
    (replace(MESSAGE, text="x" * 4_097), True),
    (saying(media=Media(kind=MediaKind.IMAGE, link=A_FILE, caption="x" * 1_024)), False),
    (saying(media=Media(kind=MediaKind.IMAGE, link=A_FILE, caption="x" * 1_025)), True),
    (saying(contacts=(CARD,) * 257), False),
    (saying(contacts=(CARD,) * 258), True),
]


@pytest.mark.parametrize(("message", "too_much"), LIMITS)
def test_what_meta_would_refuse_for_its_size(message: WhatsappMessage, too_much: bool) -> None:
    assert CloudApi(settings(), Timeouts()).exceeds_limits(message) is too_much


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("190", AttemptOutcome.MISCONFIGURED),
        ("10", AttemptOutcome.MISCONFIGURED),
        ("200", AttemptOutcome.MISCONFIGURED),
        ("299", AttemptOutcome.MISCONFIGURED),
        ("80007", AttemptOutcome.RETRIABLE),
        ("130429", AttemptOutcome.RETRIABLE),
        ("131000", AttemptOutcome.RETRIABLE),
        ("131016", AttemptOutcome.RETRIABLE),
        ("1", AttemptOutcome.RETRIABLE),
        ("2", AttemptOutcome.RETRIABLE),
        ("132012", AttemptOutcome.PERMANENT),
    ],
)
def test_what_a_code_means_whatever_the_status(code: str, kind: AttemptOutcome) -> None:
    assert OUTCOMES[code] is kind


@pytest.mark.parametrize(
    "change",
    [
        {"phoneNumberId": "+14155550100"},
        {"phoneNumberId": "1065/../x"},
        {"accessToken": "EAA\n"},
        {"apiVersion": "v25.0/.."},
    ],
)
def test_settings_that_would_lead_elsewhere_are_refused(change: dict[str, str]) -> None:
    with pytest.raises(msgspec.ValidationError):
        settings(**change)
