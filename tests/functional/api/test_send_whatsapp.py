"""What a send may say on WhatsApp alone."""

import subprocess
import sys
from typing import Any

import pytest

from chalicelib.domain.content import Location, Media, MediaKind, WhatsappContent, WhatsappTemplate
from chalicelib.domain.words import Scope
from tests.api import Api, Response, in_memory_api
from tests.callers import a_service

SEND = "/api/v1/services/notifications/send"
A_FILE = "https://example.com/file"
CARD: dict[str, Any] = {
    "name": {"formattedName": "Dr. Bo Bell", "firstName": "Bo"},
    "phones": [{"phone": "+1 (415) 555-0101", "type": "WORK", "waId": "14155550101"}],
    "urls": [{"url": "https://example.com"}],
    "org": {"company": "Bell & Co."},
    "birthday": "1990-12-31",
}
TEXT = {"type": "text", "text": "42"}


def template(*parameters: dict[str, Any], **component: Any) -> dict[str, Any]:
    components = [{"type": "body", "parameters": list(parameters), **component}]
    return {"type": "template", "name": "order_shipped", "language": "pt_BR", "components": components}


def medium(**fields: Any) -> dict[str, Any]:
    return {"type": "media", "kind": "image", "link": A_FILE, **fields}


def card(**fields: Any) -> dict[str, Any]:
    return {"type": "contacts", "contacts": [CARD | fields]}


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Api:
    return in_memory_api(monkeypatch)


def send(api: Api, whatsapp: Any) -> Response:
    body = {"recipientIds": ["u1"], "channels": ["whatsapp"], "content": {"body": "Inbox", "whatsapp": whatsapp}}
    return api.call("POST", SEND, a_service(Scope.SEND), body)


SAID: dict[str, tuple[Any, WhatsappContent]] = {
    "nothing": (None, WhatsappContent()),
    "the body": ({"type": "text"}, WhatsappContent()),
    "a text of its own": (
        {"type": "text", "text": "*Hi*", "previewUrl": True},
        WhatsappContent(text="*Hi*", preview_url=True),
    ),
    "a template": (
        template(
            TEXT,
            {"type": "currency", "currency": {"fallbackValue": "$1", "code": "USD", "amount1000": 1_000}},
            {"type": "date_time", "parameterName": "day", "dateTime": {"fallbackValue": "Friday"}},
        ),
        WhatsappContent(
            template=WhatsappTemplate(
                name="order_shipped",
                language="pt_BR",
                components=(
                    {
                        "type": "body",
                        "parameters": [
                            {"type": "text", "text": "42"},
                            {
                                "type": "currency",
                                "currency": {"fallback_value": "$1", "code": "USD", "amount_1000": 1_000},
                            },
                            {
                                "type": "date_time",
                                "parameter_name": "day",
                                "date_time": {"fallback_value": "Friday"},
                            },
                        ],
                    },
                ),
            )
        ),
    ),
    "a template's button": (
        template(TEXT, type="button", subType="url", index=0),
        WhatsappContent(
            template=WhatsappTemplate(
                name="order_shipped",
                language="pt_BR",
                components=({"type": "button", "sub_type": "url", "index": "0", "parameters": [TEXT]},),
            )
        ),
    ),
    "a medium": (
        medium(kind="document", caption="Yours", name="a.pdf"),
        WhatsappContent(media=Media(kind=MediaKind.DOCUMENT, link=A_FILE, caption="Yours", name="a.pdf")),
    ),
    "a place": (
        {"type": "location", "latitude": -90, "longitude": 180.0, "name": "Shop"},
        WhatsappContent(location=Location(latitude=-90.0, longitude=180.0, name="Shop")),
    ),
    "cards": (
        card(),
        WhatsappContent(
            contacts=(
                {
                    "name": {"formatted_name": "Dr. Bo Bell", "first_name": "Bo"},
                    "phones": [{"phone": "+1 (415) 555-0101", "type": "WORK", "wa_id": "14155550101"}],
                    "urls": [{"url": "https://example.com"}],
                    "org": {"company": "Bell & Co."},
                    "birthday": "1990-12-31",
                },
            )
        ),
    ),
}


@pytest.mark.parametrize(("said", "stored"), SAID.values(), ids=SAID)
def test_each_kind_is_stored_as_it_is_sent(api: Api, said: Any, stored: WhatsappContent) -> None:
    response = send(api, said)

    assert response.status == 202, response.text
    (request,) = api.world.rows.requests.values()
    assert (request.content.body, request.content.whatsapp) == ("Inbox", stored)


AT = "/content/whatsapp"
PARAMETER = f"{AT}/components/0/parameters/0"
BAD: list[tuple[Any, dict[str, str]]] = [
    ("Hello", {AT: "wrong_type"}),
    ([{"type": "text"}], {AT: "wrong_type"}),
    ({}, {f"{AT}/type": "required"}),
    ({"type": "fax"}, {f"{AT}/type": "not_one_of"}),
    ({"type": 1}, {f"{AT}/type": "not_one_of"}),
    ({"type": "text", "text": ""}, {f"{AT}/text": "too_short"}),
    ({"type": "text", "text": "x" * 4_097}, {f"{AT}/text": "too_long"}),
    ({"type": "text", "text": "\0"}, {f"{AT}/text": "control_characters"}),
    ({"type": "text", "preview_url": True}, {f"{AT}/preview_url": "unknown_field"}),
    ({"type": "text", "latitude": 1}, {f"{AT}/latitude": "unknown_field"}),
    (template() | {"name": "Order Shipped"}, {f"{AT}/name": "malformed"}),
    (template() | {"language": "pt-BR"}, {f"{AT}/language": "malformed"}),
    (template() | {"components": [{"type": "body"}] * 13}, {f"{AT}/components": "too_many"}),
    (template(type="footer"), {f"{AT}/components/0/type": "not_one_of"}),
    (template(type="button"), {f"{AT}/components/0": "conflicting_fields"}),
    (template(index=0), {f"{AT}/components/0": "conflicting_fields"}),
    (template(*[TEXT] * 31), {f"{AT}/components/0/parameters": "too_many"}),
    (template({"type": "text"}), {PARAMETER: "conflicting_fields"}),
    (template({"type": "text", "text": "1", "payload": "x"}), {PARAMETER: "conflicting_fields"}),
    (template({"type": "text", "text": "x" * 1_025}), {f"{PARAMETER}/text": "too_long"}),
    (template({"type": "image", "image": {"link": "http://a.b"}}), {f"{PARAMETER}/image/link": "invalid_url"}),
    (medium(kind="hologram"), {f"{AT}/kind": "not_one_of"}),
    (medium(link="http://example.com/a"), {f"{AT}/link": "invalid_url"}),
    (medium(link="https://bank.com@evil.com/a"), {f"{AT}/link": "invalid_url"}),
    (medium(link="https://[::1"), {f"{AT}/link": "invalid_url"}),
    (medium(link="/etc/passwd"), {f"{AT}/link": "invalid_url"}),
    (medium(caption="x" * 1_025), {f"{AT}/caption": "too_long"}),
    (medium(kind="audio", caption="Hear"), {f"{AT}/caption": "not_allowed"}),
    (medium(kind="sticker", caption="See"), {f"{AT}/caption": "not_allowed"}),
    (medium(name="a.png"), {f"{AT}/name": "not_allowed"}),
    ({"type": "location", "latitude": 90.1, "longitude": 0}, {f"{AT}/latitude": "out_of_range"}),
    ({"type": "location", "latitude": 0, "longitude": -181}, {f"{AT}/longitude": "out_of_range"}),
    ({"type": "location", "latitude": "0", "longitude": 0}, {f"{AT}/latitude": "wrong_type"}),
    ({"type": "location", "latitude": 0}, {f"{AT}/longitude": "required"}),
    ({"type": "contacts", "contacts": []}, {f"{AT}/contacts": "too_few"}),
    ({"type": "contacts", "contacts": [CARD] * 258}, {f"{AT}/contacts": "too_many"}),
    (card(name={"formattedName": "Bo"}), {f"{AT}/contacts/0/name": "required"}),
    (card(name={"firstName": "Bo"}), {f"{AT}/contacts/0/name/formattedName": "required"}),
    (card(phones=[{"phone": "call me"}]), {f"{AT}/contacts/0/phones/0/phone": "malformed"}),
    (card(birthday="31.12.1990"), {f"{AT}/contacts/0/birthday": "malformed"}),
    (card(urls=[{"url": "javascript:alert(1)"}]), {f"{AT}/contacts/0/urls/0/url": "invalid_url"}),
]


@pytest.mark.parametrize(("whatsapp", "faults"), BAD)
def test_what_whatsapp_would_refuse_is_refused_with_its_place_and_nothing_is_stored(
    api: Api, whatsapp: Any, faults: dict[str, str]
) -> None:
    response = send(api, whatsapp)

    assert (response.status, response.faults) == (422, faults)
    assert not api.world.rows.requests


def test_the_body_is_needed_whatever_is_sent_in_its_place(api: Api) -> None:
    body = {"recipientIds": ["u1"], "content": {"whatsapp": medium()}}

    assert api.call("POST", SEND, a_service(Scope.SEND), body).faults == {"/content/body": "required"}


def test_a_function_that_starts_loads_none_of_it() -> None:
    script = "import sys, chalicelib.api.send_order; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()
    assert "chalicelib.api.later" in loaded
    assert not {name for name in loaded if "whatsapp" in name}
