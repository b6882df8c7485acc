"""The sessions of tenants on WPPConnect servers (`services.ports.WhatsappSessions`)."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, NoReturn, TypeVar, cast

import msgspec

from chalicelib.domain.delivery import AttemptOutcome
from chalicelib.domain.ids import TenantId
from chalicelib.domain.provider import ProviderConfig, Refused, Unsure
from chalicelib.domain.whatsapp_session import SessionLook
from chalicelib.providers.base import Timeouts
from chalicelib.providers.guard import HostGuard
from chalicelib.providers.http import read
from chalicelib.providers.registry import read_settings
from chalicelib.providers.whatsapp.wppconnect import WppConnect
from chalicelib.providers.wppconnect_server import DISCONNECTED, FAILED, Session, WppConnectSettings
from chalicelib.services.ports import ServerRefusedError, ServerUnreachableError, Vault

if TYPE_CHECKING:
    from requests import Response

CLOSED: Final = "closed"
MOST_PATIENCE: Final = 5.0
"""Seconds for an answer: up to three requests have to fit into the 29 that API Gateway waits."""
SILENCE: Final = frozenset({"connection_failed", "connection_lost", "timeout", "no_token"})

T = TypeVar("T")


class _Status(msgspec.Struct, frozen=True):
    """How the server says a session is."""

    status: str | None
    qrcode: str | None = None
    urlcode: str | None = None


class _Connection(msgspec.Struct, frozen=True):
    """Whether WhatsApp answers."""

    status: bool


class WppConnectSessions:
    """Opens the credentials of a tenant's server and speaks to it."""

    def __init__(self, vault: Vault, timeouts: Timeouts, guard: HostGuard) -> None:
        self._vault = vault
        self._timeouts = Timeouts(connect=timeouts.connect, read=min(timeouts.read, MOST_PATIENCE))
        self._guard = guard

    def of(self, tenant: TenantId, provider: ProviderConfig) -> "WppConnectSession":
        """Return the tenant's session on the server of its provider."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            secrets = {} if provider.credentials is None else self._vault.open(tenant, provider.credentials)
            settings = cast(WppConnectSettings, read_settings(WppConnect, provider.settings | secrets))
        except (BotoCoreError, ClientError) as error:
            raise ServerUnreachableError("The credentials cannot be opened now") from error
        except ValueError as error:
            raise ServerRefusedError("The provider's settings cannot be used: set it up anew") from error
        return WppConnectSession(Session(settings, tenant, self._timeouts, self._guard))


class WppConnectSession:
    """The session of one tenant (`services.ports.WhatsappSession`)."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def look(self) -> SessionLook:
        """Return how it is: connected only if WhatsApp itself answers."""
        told = _read(self._session.get("status-session"), _Status)
        status = (told.status or CLOSED).lower()
        connected = status == "connected" and _read(self._session.get("check-connection-session"), _Connection).status
        waiting = not connected and status == "qrcode"
        return SessionLook(
            name=self._session.name,
            status=status,
            is_connected=connected,
            url_code=(told.urlcode or None) if waiting else None,
            qr_code=(told.qrcode or None) if waiting else None,
        )

    def start(self) -> None:
        """Let it connect, without waiting for a phone."""
        self._post("start-session", {"waitQrCode": False})

    def disconnect(self) -> None:
        """Unpair the phone; a session that is not connected is just closed."""
        answer = self._session.post("logout-session", {})
        if isinstance(answer, Refused) and answer.code in {DISCONNECTED, FAILED}:
            # There is nobody to log out, or nothing to close: what the server stumbles over then is harmless.
            answer = self._session.post("close-session", {})
            if isinstance(answer, Refused) and answer.code in {DISCONNECTED, FAILED}:
                return
        _refuse(answer)

    def _post(self, route: str, body: Mapping[str, Any]) -> None:
        _refuse(self._session.post(route, body))


def _read(answer: "Response | Refused | Unsure", shape: type[T]) -> T:
    _refuse(answer)
    told = None if isinstance(answer, Refused | Unsure) else read(answer.content, shape)
    if told is None:
        raise ServerRefusedError("The server's answer cannot be read")
    return told


def _refuse(answer: "Response | Refused | Unsure") -> None:
    """Raise what it means that the server did not do it, if it did not."""
    if isinstance(answer, Refused | Unsure):
        _raise(answer)


def _raise(answer: Refused | Unsure) -> NoReturn:
    if answer.code in SILENCE:
        raise ServerUnreachableError
    busy = isinstance(answer, Refused) and answer.kind is AttemptOutcome.RETRIABLE and answer.code != FAILED
    if busy:
        raise ServerUnreachableError(f"The server is busy ({answer.code})")
    raise ServerRefusedError(f"The server refused it ({answer.code})")
