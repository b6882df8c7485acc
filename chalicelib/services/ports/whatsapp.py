"""What the use cases ask of servers that keep sessions with WhatsApp."""

from typing import Protocol

from chalicelib.domain.errors import HeraldError
from chalicelib.domain.ids import TenantId
from chalicelib.domain.provider import ProviderConfig
from chalicelib.domain.whatsapp_session import SessionLook


class ServerUnreachableError(HeraldError):
    """The tenant's WhatsApp server does not answer."""

    code, status, title = "whatsapp_server_unreachable", 503, "The WhatsApp server does not answer"


class ServerRefusedError(HeraldError):
    """The tenant's WhatsApp server answers, but not with what was asked for: the detail has its code."""

    code, status, title = "whatsapp_server_refused", 502, "The WhatsApp server did not do it"


class WhatsappSession(Protocol):
    """The session of one tenant on its server. Each of these raises ServerUnreachableError when nobody answered, and
    ServerRefusedError when the answer was none that helps.
    """

    def look(self) -> SessionLook:
        """Return how it is."""

    def start(self) -> None:
        """Let it connect: with the phone it was paired with, else with the one that scans its code. Harmless for one
        that is connected.
        """

    def disconnect(self) -> None:
        """Unpair the phone and end the session. Harmless for one that was ended."""


class WhatsappSessions(Protocol):
    """Finds the sessions of tenants."""

    def of(self, tenant: TenantId, provider: ProviderConfig) -> WhatsappSession:
        """Return the tenant's session on the server of its provider; raises as its methods do."""
