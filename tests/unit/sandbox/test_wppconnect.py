import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from msgspec.structs import replace

from chalicelib.channels.base import WhatsappMessage
from chalicelib.domain.content import Location, Media, MediaKind, WhatsappContent
from chalicelib.domain.delivery import AttemptOutcome
from chalicelib.domain.ids import TenantId
from chalicelib.domain.provider import Accepted, Refused
from chalicelib.providers.base import Timeouts
from chalicelib.providers.guard import PUBLIC_ONLY, HostGuard
from chalicelib.providers.whatsapp.wppconnect import WppConnect as Provider
from chalicelib.providers.wppconnect_server import WppConnectSettings
from infra.local.sandbox.client import Sandbox
from infra.local.sandbox.vendors.wppconnect import HOST, LOOKS_UNTIL_SCANNED, WppConnect
from infra.local.sandbox.web import Answer
from tests.unit.sandbox.asking import ask, content_of

ACCOUNT = WppConnect.new_account()
SESSION = f"https://{HOST}/api/herald-acme"
A_FILE = "https://example.com/file"
MESSAGE = WhatsappMessage(reference="n1", to="+14155550100", text="Hello")
TEXT = {"phone": "14155550100", "message": "Hi"}
Ask = Callable[..., Answer]


@pytest.fixture
def server() -> Ask:
    """A server, asked with the token of the session."""
    vendor = WppConnect({"wppconnect": ACCOUNT})
    key = quote(ACCOUNT["secretKey"], safe="")
    token = content_of(ask(vendor, f"{SESSION}/{key}/generate-token", b"", {}))["token"]

    def asked(route: str, body: Any = None, method: str = "POST", token: str | None = token) -> Answer:
        headers = {"authorization": f"Bearer {token}"} if token else {}
        content = b"" if body is None else json.dumps(body).encode()
        return ask(vendor, f"{SESSION}/{route}", content, headers, method)

    return asked


def test_a_token_is_for_whoever_has_the_key(server: Ask) -> None:
    assert (server("wrong/generate-token").status, server("send-message", TEXT, token="x").status) == (400, 401)
    assert server("send-message", TEXT, token=None).status == 401
    assert server("send-message", TEXT).status == 201


BAD: list[tuple[str, Any, int]] = [
    ("send-message", {"phone": "14155550100"}, 500),
    ("send-message", TEXT | {"phone": "+14155550100"}, 500),
    ("send-message", TEXT | {"phone": "123456789012345"}, 500),
    ("send-message", TEXT | {"phone": "14155550126"}, 400),
    ("send-file", {"phone": "14155550100"}, 401),
    ("send-file", {"phone": "14155550100", "path": "/etc/passwd"}, 500),
    ("send-image", {"phone": "14155550100", "path": "https://missing.example.com/a.png"}, 500),
    ("send-location", {"phone": "14155550100", "lat": 1.5, "lng": "2"}, 500),
    ("contact-vcard", {"phone": "14155550100", "contactsId": []}, 500),
    ("send-template", TEXT, 404),
]


@pytest.mark.parametrize(("route", "body", "status"), BAD)
def test_a_bad_message_makes_the_server_stumble(server: Ask, route: str, body: Any, status: int) -> None:
    answer = server(route, body)

    assert (answer.status, answer.vendor_id) == (status, None)


def test_a_session_that_was_logged_out_shows_a_code_until_a_phone_scans_it(server: Ask) -> None:
    assert server("logout-session").status == 200
    assert content_of(server("status-session", method="GET"))["status"] == "CLOSED"
    assert (server("send-message", TEXT).status, server("logout-session").status) == (404, 404)
    assert content_of(server("start-session", {}))["status"] == "CLOSED"

    looks = [content_of(server("status-session", method="GET")) for _ in range(LOOKS_UNTIL_SCANNED)]
    assert {look["status"] for look in looks} == {"QRCODE"}
    assert all(look["urlcode"] and look["qrcode"].startswith("data:image/png;base64,") for look in looks)
    assert content_of(server("check-connection-session", method="GET"))["status"] is False
    assert content_of(server("status-session", method="GET"))["status"] == "CONNECTED"
    assert server("send-message", TEXT).status == 201


def test_a_session_that_waits_for_a_phone_is_closed(server: Ask) -> None:
    server("logout-session")
    server("start-session")

    assert (server("logout-session").status, server("close-session").status) == (404, 200)
    assert server("close-session").status == 500


def a_provider(sandbox: Sandbox, tenant: str = "acme", guard: HostGuard | None = None) -> Provider:
    account = sandbox.accounts["wppconnect"]
    settings = WppConnectSettings(base_url=account["baseUrl"], secret_key=account["secretKey"])
    made = Provider(settings, Timeouts(connect=20, read=20), guard or HostGuard([HOST]))
    made.belong_to(TenantId(tenant))
    return made


def saying(**content: Any) -> WhatsappMessage:
    return replace(MESSAGE, content=WhatsappContent(**content))


TAKEN = [
    MESSAGE,
    *(saying(media=Media(kind=kind, link=A_FILE, caption="Look", name="a.pdf")) for kind in MediaKind),
    saying(location=Location(latitude=0.00001, longitude=-122.16, name="Shop", address="1 Main St")),
    saying(contacts=({"name": {"formatted_name": "Bo"}, "phones": [{"phone": "+14155550101"}]},)),
]


@pytest.mark.parametrize("message", TAKEN)
def test_the_server_takes_every_kind(sandbox: Sandbox, message: WhatsappMessage) -> None:
    result = a_provider(sandbox).send(message)

    (record,) = sandbox.records("wppconnect")
    assert result == Accepted(vendor_id=record.vendor_id), record.answer
    assert record.vendor_id


def test_the_key_is_in_no_record(sandbox: Sandbox) -> None:
    a_provider(sandbox).send(MESSAGE)

    (record,) = sandbox.records("wppconnect")
    key = sandbox.accounts["wppconnect"]["secretKey"]
    assert quote(key, safe="") not in str(record)


def test_each_tenant_has_its_own_session(sandbox: Sandbox) -> None:
    for tenant in ("acme", "globex"):
        assert a_provider(sandbox, tenant).probe() == Accepted()

    sessions = [record.url.split("/")[4] for record in sandbox.records("wppconnect")]
    assert sessions == ["herald-acme", "herald-globex"]


def test_a_host_that_nobody_allowed_is_not_connected_to(sandbox: Sandbox) -> None:
    inside = WppConnectSettings(base_url="https://127.0.0.1", secret_key="s")
    made = Provider(inside, Timeouts(connect=20, read=20), PUBLIC_ONLY)
    made.belong_to(TenantId("acme"))

    for result in (made.send(MESSAGE), made.probe()):
        assert isinstance(result, Refused)
        assert (result.kind, result.code) == (AttemptOutcome.MISCONFIGURED, "forbidden_host")
    assert not sandbox.records("wppconnect")
