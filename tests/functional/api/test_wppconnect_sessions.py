"""Pairing a tenant's WhatsApp session over HTTP."""

from typing import Any

import pytest

from chalicelib import bootstrap
from chalicelib.domain.errors import HeraldError
from chalicelib.domain.ids import ProviderId, TenantId
from chalicelib.domain.provider import ProviderConfig
from chalicelib.domain.words import Channel, Role, Scope
from chalicelib.services.ports import ServerRefusedError, ServerUnreachableError
from tests.api import Api, Response, in_memory_api
from tests.build import ACME, a_tenant
from tests.callers import ADMIN, FOREIGN_ADMIN, GLOBEX, PLATFORM, a_service, a_user
from tests.fakes import ManualClock
from tests.twin import TwinProviders, TwinTenants
from tests.whatsapp import CODE, FakeWhatsappSessions
from tests.world import World

ROOT = "/webhooks/wppconnect"
QR = f"{ROOT}/qr/acme"
SESSION = f"{ROOT}/session/acme"
ROUTES = [("GET", QR), ("GET", SESSION), ("POST", f"{SESSION}/start"), ("POST", f"{SESSION}/disconnect")]


def a_server(id: str = "phone", **fields: Any) -> ProviderConfig:
    return ProviderConfig(
        id=ProviderId(id), channel=Channel.WHATSAPP, vendor=fields.pop("vendor", "wppconnect"), **fields
    )


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Api:
    api = in_memory_api(monkeypatch, World(clock=ManualClock(), providers=()))
    TwinTenants(api.world.rows).create(a_tenant(id=GLOBEX))
    TwinProviders(api.world.rows).create(ACME, a_server())
    return api


@pytest.fixture
def server(api: Api) -> FakeWhatsappSessions:
    """Where the sessions are."""
    sessions = bootstrap.whatsapp_sessions().sessions
    assert isinstance(sessions, FakeWhatsappSessions)
    return sessions


def audited(api: Api) -> list[tuple[str, str]]:
    return [(entry.action, entry.target) for entry in api.world.rows.audit.get(ACME, [])]


def test_a_session_is_started_paired_and_disconnected(api: Api, server: FakeWhatsappSessions) -> None:
    server.status[ACME] = "closed"

    started = api.call("POST", f"{SESSION}/start", ADMIN)
    assert (started.status, started.json) == (
        200,
        {"sessionName": "herald-acme", "status": "qrcode", "isConnected": False},
    )
    code = api.call("GET", QR, ADMIN)
    assert (code.status, set(code.json)) == (200, {"qrCode", "asciiQR", "urlCode", "expiresAt", "attempts"})
    assert (code.json["urlCode"], code.json["attempts"]) == (CODE, 1)
    assert code.json["qrCode"].startswith("data:image/png;base64,")
    assert len({len(line) for line in code.json["asciiQR"].splitlines()}) == 1

    server.status[ACME] = "connected"
    paired = api.call("GET", SESSION, ADMIN).json
    assert paired.pop("lastActivity")
    assert paired == {"sessionName": "herald-acme", "status": "connected", "isConnected": True}

    ended = api.call("POST", f"{SESSION}/disconnect", ADMIN)
    assert (ended.json["status"], ended.json["isConnected"]) == ("closed", False)
    assert ended.json["lastActivity"]
    assert audited(api) == [
        ("whatsapp_session.start", "provider/phone"),
        ("whatsapp_session.disconnect", "provider/phone"),
    ]


def test_a_new_code_is_another_attempt(api: Api, server: FakeWhatsappSessions) -> None:
    first = [api.call("GET", QR, ADMIN).json for _ in range(2)]
    server.code = "2@code-2"
    second = api.call("GET", QR, ADMIN).json

    assert [code["attempts"] for code in (*first, second)] == [1, 1, 2]
    assert first[0]["expiresAt"] == first[1]["expiresAt"] <= second["expiresAt"]


@pytest.mark.parametrize("status", ["connected", "closed", "initializing"])
def test_without_a_phone_to_wait_for_there_is_no_code(api: Api, server: FakeWhatsappSessions, status: str) -> None:
    server.status[ACME] = status

    answer = api.call("GET", QR, ADMIN)

    assert (answer.status, answer.json["code"]) == (409, "no_pairing_code")
    assert status in answer.json["detail"]


@pytest.mark.parametrize(("method", "path"), ROUTES)
@pytest.mark.parametrize(
    ("trouble", "status", "code"),
    [
        (ServerUnreachableError(), 503, "whatsapp_server_unreachable"),
        (ServerRefusedError("The server refused it (wrong_secret_key)"), 502, "whatsapp_server_refused"),
    ],
)
def test_a_server_in_trouble_is_told_as_such(
    api: Api,
    server: FakeWhatsappSessions,
    method: str,
    path: str,
    trouble: HeraldError,
    status: int,
    code: str,
) -> None:
    server.trouble = trouble

    answer = api.call(method, path, ADMIN)

    assert (answer.status, answer.json["code"]) == (status, code)


@pytest.mark.parametrize("code", ["x" * 2_954, "é" * 2_000 + "€"])
def test_a_code_that_no_picture_holds_is_an_answer_of_no_use(api: Api, server: FakeWhatsappSessions, code: str) -> None:
    server.code = code

    answer = api.call("GET", QR, ADMIN)

    assert (answer.status, answer.json["code"]) == (502, "whatsapp_server_refused")


def named(response: Response) -> tuple[int, Any]:
    return response.status, {name: text for name, text in response.json.items() if name != "instance"}


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_a_foreign_tenant_one_without_a_server_and_none_at_all_answer_alike(
    api: Api, server: FakeWhatsappSessions, method: str, path: str
) -> None:
    foreign = named(api.call(method, path, FOREIGN_ADMIN))
    serverless = named(api.call(method, path.replace("acme", "globex"), FOREIGN_ADMIN))
    nobodys = named(api.call(method, path.replace("acme", "nobody"), FOREIGN_ADMIN))
    misnamed = named(api.call(method, path.replace("acme", "No_Tenant"), FOREIGN_ADMIN))

    assert foreign[0] == 404
    assert foreign == serverless == nobodys == misnamed
    assert not server.asked_of
    assert not audited(api)


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_it_takes_an_administrator_of_the_tenant(api: Api, method: str, path: str) -> None:
    allowed = [ADMIN, PLATFORM, a_service(Scope.ADMIN)]
    refused = [a_user(Role.MANAGER), a_user(Role.VIEWER), a_user(Role.USER), a_service(Scope.SEND)]

    assert [api.call(method, path, caller).status for caller in refused] == [403] * 4
    assert api.call(method, path, None).status == 401
    for caller in allowed:
        bootstrap.whatsapp_sessions().sessions.status[ACME] = "qrcode"  # type: ignore[attr-defined]
        assert api.call(method, path, caller).status == 200


def test_the_first_server_that_is_enabled_is_asked(api: Api, server: FakeWhatsappSessions) -> None:
    stored = TwinProviders(api.world.rows)
    stored.create(ACME, a_server("off", enabled=False, priority=1))
    stored.create(ACME, a_server("second", priority=20))
    stored.create(ACME, a_server("first", priority=10))
    stored.create(ACME, a_server("meta", priority=1, vendor="cloud_api"))

    api.call("GET", SESSION, ADMIN)

    assert [provider.id for provider in server.asked_of] == ["first"]


def test_what_is_remembered_of_sessions_is_bounded(api: Api, server: FakeWhatsappSessions) -> None:
    seen = bootstrap.whatsapp_sessions().seen
    look = server.of(ACME, a_server()).look()

    for number in range(1_000):
        seen.note(TenantId(f"tenant-{number}"), look, api.world.clock.now)

    assert len(seen._seen) < 300
