from typing import Any

import pytest

from chalicelib.channels.base import UnshapeableError, WhatsappMessage
from chalicelib.channels.whatsapp import address_fault, shape
from chalicelib.domain.content import Content, Location, Media, MediaKind, WhatsappContent, WhatsappTemplate
from chalicelib.domain.words import Reason
from tests.build import ID, a_recipient, a_request, a_tenant

IN_ITS_PLACE: dict[str, WhatsappContent] = {
    "template": WhatsappContent(template=WhatsappTemplate(name="order", language="en")),
    "media": WhatsappContent(media=Media(kind=MediaKind.IMAGE, link="https://example.com/a.png")),
    "location": WhatsappContent(location=Location(latitude=0.0, longitude=0.0)),
    "contacts": WhatsappContent(contacts=({"name": {"formatted_name": "Bo"}},)),
}


def shaped(body: str, whatsapp: WhatsappContent | None = None, **recipient: Any) -> WhatsappMessage:
    content = Content(body=body, whatsapp=whatsapp or WhatsappContent())
    return shape(a_request(content=content), a_recipient(**recipient), a_tenant())


@pytest.mark.parametrize(
    ("phone", "fault"),
    [
        ("+14155550100", None),
        (None, Reason.MISSING_ADDRESS),
        ("", Reason.MISSING_ADDRESS),
        ("14155550100", Reason.INVALID_ADDRESS),
        ("+1", Reason.INVALID_ADDRESS),
    ],
)
def test_an_address_is_a_number_that_can_be_dialed(phone: str | None, fault: Reason | None) -> None:
    assert address_fault(a_recipient(phone=phone)) is fault


def test_the_body_is_the_text() -> None:
    message = shaped("  It is on its way.\n")

    assert (message.reference, message.to, message.text) == (ID, "+14155550100", "It is on its way.")


def test_another_text_may_be_said_instead_of_the_body() -> None:
    assert shaped("For the inbox", WhatsappContent(text="*For WhatsApp*")).text == "*For WhatsApp*"


@pytest.mark.parametrize("content", IN_ITS_PLACE.values(), ids=IN_ITS_PLACE)
@pytest.mark.parametrize("body", ["", "For the inbox", "x" * 5_000])
def test_what_is_sent_in_the_place_of_the_text_needs_none_and_has_none(content: WhatsappContent, body: str) -> None:
    message = shaped(body, content)

    assert (message.text, message.content) == ("", content)


@pytest.mark.parametrize(
    ("body", "whatsapp", "code"),
    [
        (" \n", WhatsappContent(), "empty_body"),
        ("", WhatsappContent(preview_url=True), "empty_body"),
        ("x" * 4_097, WhatsappContent(), "text_too_long"),
        ("x", WhatsappContent(text="x" * 4_097), "text_too_long"),
    ],
)
def test_what_has_no_shape(body: str, whatsapp: WhatsappContent, code: str) -> None:
    with pytest.raises(UnshapeableError, match=code):
        shaped(body, whatsapp)


def test_a_text_may_be_as_long_as_whatsapp_takes_it() -> None:
    assert len(shaped("x" * 4_096).text) == 4_096


@pytest.mark.parametrize("phone", [None, "12"])
def test_nobody_is_written_to_without_a_number(phone: str | None) -> None:
    with pytest.raises(UnshapeableError, match="invalid_address"):
        shaped("Hello", phone=phone)
