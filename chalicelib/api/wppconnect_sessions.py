"""Pairing a tenant's session on its WPPConnect server with a phone: paths at the root, for administrators."""

from typing import Self

from pydantic import Field

from chalicelib import bootstrap
from chalicelib.api.ascii_qr import ascii_qr, qr_data_url
from chalicelib.api.call import Call
from chalicelib.api.models import Answer, Time
from chalicelib.api.path import tenant_id as read_tenant_id
from chalicelib.api.route import Routes
from chalicelib.auth.permissions import Permission
from chalicelib.domain.errors import NotFoundError
from chalicelib.domain.whatsapp_session import SessionStatus
from chalicelib.services.audited_change import Actor
from chalicelib.services.ports import ServerRefusedError, ServerUnreachableError
from chalicelib.services.whatsapp_sessions import NoPairingCodeError

routes = Routes(__name__, tag="Administration: WhatsApp sessions")
ROOT = "/webhooks/wppconnect"
SESSION = f"{ROOT}/session/{{tenantId}}"
FAILS = (NotFoundError, ServerRefusedError, ServerUnreachableError)


class PairingCodeAnswer(Answer):
    """The code that a phone has to scan: as a picture, as text for a terminal, and what it says.

    At `expiresAt` there is another one at the latest; `attempts` is the how-manieth it is that was seen.
    """

    qr_code: str
    ascii_qr: str = Field(alias="asciiQR")
    url_code: str
    expires_at: Time
    attempts: int


class WhatsappSessionAnswer(Answer):
    """A session. `status` is the server's word: `connected`, `qrcode` (it waits for a phone), `initializing`, `closed`.
    `lastActivity` is when it was last seen connected, if it was lately.
    """

    session_name: str
    status: str
    is_connected: bool
    last_activity: Time | None

    @classmethod
    def of(cls, found: SessionStatus) -> Self:
        """Return what is told of a session."""
        return cls(
            session_name=found.look.name,
            status=found.look.status,
            is_connected=found.look.is_connected,
            last_activity=found.last_activity,
        )


@routes.add(
    "GET",
    f"{ROOT}/qr/{{tenantId}}",
    needs=Permission.ADMINISTER_TENANTS,
    summary="Get the code that pairs a phone",
    answer=PairingCodeAnswer,
    raises=(*FAILS, NoPairingCodeError),
)
def get_pairing_code(call: Call, tenant_id: str) -> PairingCodeAnswer:
    """Answer the code of a session that was started and waits for a phone."""
    found = bootstrap.whatsapp_sessions().code(read_tenant_id(tenant_id), Actor(call.principal, call.now))
    try:
        text, picture = ascii_qr(found.url_code), found.qr_code or qr_data_url(found.url_code)
    except ValueError as error:
        raise ServerRefusedError("The server's code is too long to be scanned") from error
    return PairingCodeAnswer(
        qr_code=picture,
        ascii_qr=text,
        url_code=found.url_code,
        expires_at=found.expires_at,
        attempts=found.attempts,
    )


@routes.add(
    "GET",
    SESSION,
    needs=Permission.ADMINISTER_TENANTS,
    summary="Look at a WhatsApp session",
    answer=WhatsappSessionAnswer,
    raises=FAILS,
)
def get_whatsapp_session(call: Call, tenant_id: str) -> WhatsappSessionAnswer:
    """Answer how the session is, as its server and WhatsApp say now."""
    by = Actor(call.principal, call.now)
    return WhatsappSessionAnswer.of(bootstrap.whatsapp_sessions().status(read_tenant_id(tenant_id), by))


@routes.add(
    "POST",
    f"{SESSION}/start",
    needs=Permission.ADMINISTER_TENANTS,
    summary="Start a WhatsApp session",
    answer=WhatsappSessionAnswer,
    raises=FAILS,
)
def start_whatsapp_session(call: Call, tenant_id: str) -> WhatsappSessionAnswer:
    """Let the session connect, with the phone of before or one that scans its code a little later."""
    by = Actor(call.principal, call.now)
    return WhatsappSessionAnswer.of(bootstrap.whatsapp_sessions().start(read_tenant_id(tenant_id), by))


@routes.add(
    "POST",
    f"{SESSION}/disconnect",
    needs=Permission.ADMINISTER_TENANTS,
    summary="Disconnect a WhatsApp session",
    answer=WhatsappSessionAnswer,
    raises=FAILS,
)
def disconnect_whatsapp_session(call: Call, tenant_id: str) -> WhatsappSessionAnswer:
    """Unpair the phone and end the session."""
    by = Actor(call.principal, call.now)
    return WhatsappSessionAnswer.of(bootstrap.whatsapp_sessions().disconnect(read_tenant_id(tenant_id), by))
