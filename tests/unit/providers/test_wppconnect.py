"""What a WPPConnect server is asked. What its answers mean is shown by the contract suite and tests/unit/sandbox."""

from concurrent.futures import ThreadPoolExecutor
from threading import Semaphore
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from chalicelib.channels.base import WhatsappMessage
from chalicelib.domain.content import Location, Media, MediaKind, WhatsappContent, WhatsappTemplate
from chalicelib.domain.delivery import AttemptOutcome
from chalicelib.domain.ids import TenantId
from chalicelib.domain.provider import Accepted, Refused
from chalicelib.providers.base import Timeouts
from chalicelib.providers.guard import HostGuard
from chalicelib.providers.whatsapp.wppconnect import WppConnect
from chalicelib.providers.wppconnect_messages import UnsupportedMessageError, route_and_body
from chalicelib.providers.wppconnect_server import WppConnectSettings, session_name
from tests.build import ACME
from tests.unit.providers.wire import Heard, answer, http_server

MESSAGE = WhatsappMessage(reference="n1", to="+14155550100", text="Hello")
TO = {"phone": "14155550100", "isGroup": False}
A_FILE = "https://example.com/file"
TOKEN = answer(201, b'{"status": "success", "token": "$2b$10$abc"}')


def saying(**content: Any) -> WhatsappMessage:
    return replace(MESSAGE, content=WhatsappContent(**content))


def medium(kind: MediaKind, **more: str) -> WhatsappMessage:
    return saying(media=Media(kind=kind, link=more.pop("link", A_FILE), **more))


def card(name: str, **phone: str) -> dict[str, Any]:
    return {"name": {"formatted_name": name}, "phones": [phone] if phone else []}


BODIES: dict[str, tuple[WhatsappMessage, str, dict[str, Any]]] = {
    "text": (MESSAGE, "send-message", {"message": "Hello", "options": {"linkPreview": False}}),
    "text with a preview": (
        saying(preview_url=True),
        "send-message",
        {"message": "Hello", "options": {"linkPreview": True}},
    ),
    "image": (medium(MediaKind.IMAGE, caption="Look"), "send-image", {"path": A_FILE, "caption": "Look"}),
    "video": (medium(MediaKind.VIDEO), "send-file", {"path": A_FILE}),
    "document": (medium(MediaKind.DOCUMENT, name="a.pdf"), "send-file", {"path": A_FILE, "filename": "a.pdf"}),
    "audio": (medium(MediaKind.AUDIO), "send-voice", {"path": A_FILE}),
    "sticker": (medium(MediaKind.STICKER), "send-sticker", {"path": A_FILE}),
    "location": (
        saying(location=Location(latitude=-0.00001, longitude=122.5, name="Shop", address="1 Main St")),
        "send-location",
        {"lat": "-0.0000100", "lng": "122.5000000", "title": "Shop", "address": "1 Main St"},
    ),
    "contact": (
        saying(contacts=(card("Bo", phone="+1 (415) 555-0101"),)),
        "contact-vcard",
        {"contactsId": ["14155550101"], "name": "Bo"},
    ),
    "contacts, whose names the server knows": (
        saying(contacts=(card("Bo", phone="+14155550101"), card("Cy", phone="x", wa_id="14155550102"))),
        "contact-vcard",
        {"contactsId": ["14155550101", "14155550102"]},
    ),
}


@pytest.mark.parametrize(("message", "route", "body"), BODIES.values(), ids=BODIES)
def test_each_kind_has_its_route(message: WhatsappMessage, route: str, body: dict[str, Any]) -> None:
    assert route_and_body(message) == (route, TO | body)


UNSUPPORTED = [
    (saying(template=WhatsappTemplate(name="order", language="en")), "unsupported_kind"),
    (medium(MediaKind.DOCUMENT, link="/etc/passwd"), "invalid_link"),
    (medium(MediaKind.IMAGE, link="http://example.com/a.png"), "invalid_link"),
    (saying(contacts=(card("Bo"),)), "contact_without_phone"),
    (saying(contacts=({"name": {"formatted_name": "Bo"}},)), "contact_without_phone"),
    (replace(MESSAGE, to="+123456789012345"), "number_too_long"),
]


@pytest.mark.parametrize(("message", "code"), UNSUPPORTED)
def test_what_cannot_be_sent_is_left_to_the_next_provider_and_nobody_is_asked(
    message: WhatsappMessage, code: str
) -> None:
    with pytest.raises(UnsupportedMessageError, match=code):
        route_and_body(message)
    refused = provider("https://nobody.invalid").send(message)
    assert refused == Refused(kind=AttemptOutcome.MISCONFIGURED, code=code)


def provider(base_url: str, tenant: TenantId = ACME, secret: str = "s/ä?", patience: float = 2) -> WppConnect:
    # Made as it is, without the check of an address that tests have no certificate for.
    settings = WppConnectSettings(base_url=base_url, secret_key=secret)
    made = WppConnect(settings, Timeouts(patience, patience), HostGuard(["*"]))
    made.belong_to(tenant)
    return made


def sent(*answers: bytes, **how: Any) -> tuple[Any, list[Heard]]:
    with http_server(*answers) as wire:
        return provider(wire.url, **how).send(MESSAGE), wire.heard


def test_a_token_is_asked_for_with_the_key_and_kept() -> None:
    taken = answer(201, b'{"status": "success", "response": [{"id": "true_1"}]}')
    with http_server(TOKEN, taken, taken) as wire:
        one = provider(wire.url)
        assert [one.send(MESSAGE), one.send(MESSAGE)] == [Accepted(vendor_id="true_1")] * 2

    assert [heard.line for heard in wire.heard] == [
        "POST /api/herald-acme/s%2F%C3%A4%3F/generate-token HTTP/1.1",
        "POST /api/herald-acme/send-message HTTP/1.1",
        "POST /api/herald-acme/send-message HTTP/1.1",
    ]
    assert [heard.headers["Authorization"] for heard in wire.heard] == [None, *["Bearer $2b$10$abc"] * 2]


def test_a_token_that_is_no_longer_good_is_asked_for_anew() -> None:
    wrong = answer(401, b'{"error": "Check that the Session and Token are correct"}')
    taken = answer(201, b'{"status": "success", "response": [{"id": "true_1"}]}')
    with http_server(TOKEN, wrong, TOKEN, taken) as wire:
        one = provider(wire.url)
        assert one.send(MESSAGE) == Refused(kind=AttemptOutcome.MISCONFIGURED, code="wrong_secret_key")
        assert one.send(MESSAGE) == Accepted(vendor_id="true_1")


@pytest.mark.parametrize(
    "token",
    [
        answer(502, b"<html>"),
        answer(200, b"<html>"),
        answer(201, b'{"status": "success", "token": "x\\r\\nX: y"}'),
        b"",
    ],
)
def test_without_a_token_nothing_was_sent_however_that_came(token: bytes) -> None:
    result, heard = sent(token)

    assert result == Refused(kind=AttemptOutcome.RETRIABLE, code="no_token")
    assert len(heard) == 1


def test_those_who_need_a_token_at_once_share_that_there_is_none(waiters: Semaphore) -> None:
    def hang_up() -> bytes:
        waiters.acquire(timeout=5)
        return b""

    with http_server(hang_up, b"") as wire, ThreadPoolExecutor(2) as threads:
        one = provider(wire.url, patience=20)
        results = list(threads.map(one.send, [MESSAGE] * 2))

    assert results == [Refused(kind=AttemptOutcome.RETRIABLE, code="no_token")] * 2
    assert len(wire.heard) == 1


ANSWERS = [
    (b'{"status": "success", "response": [{"id": "true_1"}]}', "true_1"),
    (b'{"status": "success", "response": [{"id": {"_serialized": "true_2", "fromMe": true}}]}', "true_2"),
    (b'{"status": "success", "response": {"id": "true_3"}}', "true_3"),
    (b'{"status": "success", "response": []}', None),
    (b'{"status": "success"}', None),
]


@pytest.mark.parametrize(("body", "id"), ANSWERS)
def test_versions_of_the_server_name_a_message_in_their_own_ways(body: bytes, id: str | None) -> None:
    result, _ = sent(TOKEN, answer(201, body))

    assert result == Accepted(vendor_id=id)


@pytest.mark.parametrize(
    ("status", "body", "kind", "code"),
    [
        (404, b'{"status": "Disconnected", "message": "x"}', AttemptOutcome.MISCONFIGURED, "session_disconnected"),
        (400, b'{"status": "Connected", "message": "x"}', AttemptOutcome.PERMANENT, "number_not_on_whatsapp"),
        (500, b'{"status": "Error", "message": "x"}', AttemptOutcome.RETRIABLE, "server_error"),
        (501, b'{"status": "not_supported", "message": "x"}', AttemptOutcome.MISCONFIGURED, "not_supported"),
        (401, b'{"message": "Token is not present"}', AttemptOutcome.MISCONFIGURED, "wrong_secret_key"),
    ],
)
def test_what_the_servers_words_mean(status: int, body: bytes, kind: AttemptOutcome, code: str) -> None:
    result, _ = sent(TOKEN, answer(status, body))

    assert result == Refused(kind=kind, code=code)


@pytest.mark.parametrize("tenant", ["acme", "a" * 48])
def test_a_session_is_named_by_its_tenant_alone_and_leaves_room_for_the_key(tenant: str) -> None:
    name = session_name(TenantId(tenant))

    assert name == f"herald-{tenant}"
    # Of name and key the server's hash reads 72 bytes: the rest must be enough to be a secret.
    assert 72 - len(name) >= 16


@pytest.mark.parametrize(
    ("base_url", "good"),
    [
        ("https://wpp.example.com", True),
        ("https://wpp.example.com:21465/whatsapp", True),
        ("https://[2001:db8::1]:21465", True),
        ("http://wpp.example.com", False),
        ("https://wpp.example.com/", False),
        ("https://user@wpp.example.com", False),
        ("https://wpp.example.com?x=1", False),
        ("https://wpp.example.com/../x", False),
        ("https://wpp.example.com/a\n", False),
    ],
)
def test_the_address_of_a_server(base_url: str, good: bool) -> None:
    values = {"baseUrl": base_url, "secretKey": "s"}
    if good:
        assert msgspec.convert(values, WppConnectSettings).base_url == base_url
    else:
        with pytest.raises(msgspec.ValidationError):
            msgspec.convert(values, WppConnectSettings)
