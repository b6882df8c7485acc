"""WhatsApp sessions without a server."""

from dataclasses import dataclass, field

from chalicelib.domain.errors import HeraldError
from chalicelib.domain.ids import TenantId
from chalicelib.domain.provider import ProviderConfig
from chalicelib.domain.whatsapp_session import SessionLook

CODE = "2@code-1"


@dataclass
class FakeWhatsappSessions:
    """`ports.WhatsappSessions`: sessions that wait for a phone until a test says something else."""

    status: dict[TenantId, str] = field(default_factory=dict)
    code: str = CODE
    trouble: HeraldError | None = None
    asked_of: list[ProviderConfig] = field(default_factory=list)

    def of(self, tenant: TenantId, provider: ProviderConfig) -> "FakeWhatsappSession":
        self.asked_of.append(provider)
        return FakeWhatsappSession(self, tenant)


@dataclass
class FakeWhatsappSession:
    """`ports.WhatsappSession`."""

    server: FakeWhatsappSessions
    tenant: TenantId

    def look(self) -> SessionLook:
        self._answer()
        status = self.server.status.get(self.tenant, "qrcode")
        code = self.server.code if status == "qrcode" else None
        image = "data:image/png;base64,AAAA" if code else None
        return SessionLook(
            name=f"herald-{self.tenant}",
            status=status,
            is_connected=status == "connected",
            url_code=code,
            qr_code=image,
        )

    def start(self) -> None:
        self._answer()
        self.server.status[self.tenant] = "qrcode"

    def disconnect(self) -> None:
        self._answer()
        self.server.status[self.tenant] = "closed"

    def _answer(self) -> None:
        if self.server.trouble is not None:
            raise self.server.trouble
