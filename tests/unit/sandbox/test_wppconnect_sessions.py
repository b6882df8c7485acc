"""Sessions on a server: what `services.ports.WhatsappSessions` makes of its answers."""

from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from chalicelib.domain.errors import HeraldError
from chalicelib.domain.ids import ProviderId, TenantId
from chalicelib.domain.provider import ProviderConfig
from chalicelib.domain.words import Channel
from chalicelib.providers.base import Timeouts
from chalicelib.providers.guard import PUBLIC_ONLY, HostGuard
from chalicelib.providers.wppconnect_sessions import WppConnectSession, WppConnectSessions
from chalicelib.services.ports import ServerRefusedError, ServerUnreachableError
from infra.local.sandbox.client import Sandbox
from infra.local.sandbox.faults import Fault, FaultKind
from infra.local.sandbox.vendors.wppconnect import HOST, LOOKS_UNTIL_SCANNED
from tests.unit.providers.fake_vault import FakeVault

VAULT = FakeVault()


def session_of(sandbox: Sandbox, tenant: str, guard: HostGuard | None = None, **secrets: Any) -> WppConnectSession:
    account, id = sandbox.accounts["wppconnect"], TenantId(tenant)
    config = ProviderConfig(
        id=ProviderId("phone"),
        channel=Channel.WHATSAPP,
        vendor="wppconnect",
        settings={"baseUrl": account["baseUrl"]},
        credentials=VAULT.seal(id, {"secretKey": account["secretKey"]} | secrets),
    )
    return WppConnectSessions(VAULT, Timeouts(connect=20, read=20), guard or HostGuard([HOST])).of(id, config)


def test_a_session_is_disconnected_started_and_paired_anew(sandbox: Sandbox) -> None:
    session = session_of(sandbox, "repaired")
    assert (session.look().status, session.look().is_connected) == ("connected", True)

    session.disconnect()
    session.disconnect()
    assert (session.look().status, session.look().is_connected) == ("closed", False)

    session.start()
    looks = [session.look() for _ in range(LOOKS_UNTIL_SCANNED)]
    assert {(look.status, look.is_connected) for look in looks} == {("qrcode", False)}
    assert all(look.url_code and (look.qr_code or "").startswith("data:image/png") for look in looks)
    assert session.look().is_connected
    session.start()
    assert session.look().is_connected


def test_a_session_that_waits_for_a_phone_ends_too(sandbox: Sandbox) -> None:
    session = session_of(sandbox, "waiting")
    session.disconnect()
    session.start()

    session.disconnect()

    assert session.look().status == "closed"


def test_what_happens_to_one_session_does_not_happen_to_another(sandbox: Sandbox) -> None:
    session_of(sandbox, "one").disconnect()

    assert session_of(sandbox, "two").look().is_connected


FAULTS: list[tuple[Fault, type[HeraldError]]] = [
    (Fault(vendor="wppconnect", kind=FaultKind.UNREACHABLE), ServerUnreachableError),
    (Fault(vendor="wppconnect", kind=FaultKind.DROPPED), ServerUnreachableError),
    (Fault(vendor="wppconnect", kind=FaultKind.STATUS, status=429), ServerRefusedError),
    (Fault(vendor="wppconnect", kind=FaultKind.STATUS, status=500), ServerRefusedError),
    (Fault(vendor="wppconnect", kind=FaultKind.BAD_GATEWAY), ServerRefusedError),
    (Fault(vendor="wppconnect", kind=FaultKind.MALFORMED), ServerRefusedError),
]


@pytest.mark.parametrize(("fault", "error"), FAULTS, ids=lambda case: getattr(case, "kind", None))
def test_what_a_server_in_trouble_makes_of_a_look(sandbox: Sandbox, fault: Fault, error: type[HeraldError]) -> None:
    session = session_of(sandbox, "acme")
    sandbox.fault(fault)

    with pytest.raises(error):
        session.look()


def test_a_wrong_key_is_told(sandbox: Sandbox) -> None:
    session = session_of(sandbox, "acme", secretKey="wrong")

    for ask in (session.look, session.start, session.disconnect):
        with pytest.raises(ServerRefusedError, match="wrong_secret_key"):
            ask()


def test_a_host_that_is_not_public_is_not_asked(sandbox: Sandbox) -> None:
    config = ProviderConfig(
        id=ProviderId("phone"),
        channel=Channel.WHATSAPP,
        vendor="wppconnect",
        settings={"baseUrl": "https://127.0.0.1"},
        credentials=VAULT.seal(TenantId("acme"), {"secretKey": "s"}),
    )
    session = WppConnectSessions(VAULT, Timeouts(), PUBLIC_ONLY).of(TenantId("acme"), config)

    with pytest.raises(ServerRefusedError, match="forbidden_host"):
        session.look()


@pytest.mark.parametrize(
    ("vault", "credentials", "error"),
    [
        (FakeVault(trouble=EndpointConnectionError(endpoint_url="https://kms")), b"acme|{}", ServerUnreachableError),
        (FakeVault(), b'globex|{"secretKey": "s"}', ServerRefusedError),
        (FakeVault(), None, ServerRefusedError),
    ],
)
def test_credentials_that_cannot_be_opened_are_told(
    vault: FakeVault, credentials: bytes | None, error: type[HeraldError]
) -> None:
    config = ProviderConfig(
        id=ProviderId("phone"),
        channel=Channel.WHATSAPP,
        vendor="wppconnect",
        settings={"baseUrl": f"https://{HOST}"},
        credentials=credentials,
    )
    with pytest.raises(error):
        WppConnectSessions(vault, Timeouts(), PUBLIC_ONLY).of(TenantId("acme"), config)
