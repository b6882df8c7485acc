"""A WPPConnect server (https://wppconnect.io/docs/projects/wppserver/introduction/), which the tenant or the operator
runs: it is WhatsApp Web, paired with a phone.
"""

from typing import Any, ClassVar, Literal

import msgspec

from chalicelib.channels.base import WhatsappMessage
from chalicelib.domain.ids import TenantId
from chalicelib.domain.provider import Accepted, ProviderResult, Refused, Unsure
from chalicelib.domain.words import Channel
from chalicelib.providers.base import Provider, misconfigured
from chalicelib.providers.guard import PUBLIC_ONLY, HostGuard
from chalicelib.providers.http import read
from chalicelib.providers.urls import check_address
from chalicelib.providers.wppconnect_messages import UnsupportedMessageError, route_and_body
from chalicelib.providers.wppconnect_server import DISCONNECTED, Session, WppConnectSettings


class _Taken(msgspec.Struct, frozen=True):
    """The body of a success: `response` is the message, or a list of the one."""

    status: Literal["success"]
    response: Any = None


class _Connection(msgspec.Struct, frozen=True):
    """Whether the session is connected."""

    status: bool


class WppConnect(Provider[WppConnectSettings, WhatsappMessage]):
    """WhatsApp messages from the phone that is paired with the tenant's session. It knows no templates."""

    channel: ClassVar = Channel.WHATSAPP
    vendor: ClassVar = "wppconnect"
    settings_type: ClassVar = WppConnectSettings
    secrets: ClassVar = frozenset({"secretKey"})
    documentation: ClassVar = "https://wppconnect.io/docs/projects/wppserver/introduction/"
    capabilities: ClassVar = ("text", "media", "location", "contacts", "a session for each tenant")
    example: ClassVar = {"baseUrl": "https://wppconnect.example.com", "secretKey": "example"}
    guarded: ClassVar = True
    _session: Session

    @classmethod
    def check(cls, settings: WppConnectSettings, guard: HostGuard = PUBLIC_ONLY) -> None:  # noqa: ARG003
        """Raise SettingError for an address that cannot be requested."""
        check_address("baseUrl", settings.base_url)

    def belong_to(self, tenant: TenantId) -> None:
        """Use the session of this tenant."""
        super().belong_to(tenant)
        self._session = Session(self.settings, tenant, self.timeouts, self.guard)

    def send(self, message: WhatsappMessage) -> ProviderResult:
        """Post the message; its id is what the server's events name."""
        try:
            route, body = route_and_body(message)
        except UnsupportedMessageError as error:
            return misconfigured(error.code)
        answer = self._session.post(route, body)
        if isinstance(answer, Refused | Unsure):
            return answer
        taken = read(answer.content, _Taken)
        return Unsure(code="unreadable_answer") if taken is None else Accepted(vendor_id=_id_of(taken.response))

    def probe(self) -> ProviderResult:
        """Ask whether the session is connected to WhatsApp."""
        answer = self._session.get("check-connection-session")
        if isinstance(answer, Refused | Unsure):
            return answer
        connection = read(answer.content, _Connection)
        if connection is None:
            return Unsure(code="unreadable_answer")
        return Accepted() if connection.status else misconfigured(DISCONNECTED)


def _id_of(response: Any) -> str | None:
    """Return the id of a message: a text, in older versions an object that has it serialized."""
    message = response[0] if isinstance(response, list) and response else response
    found = message.get("id") if isinstance(message, dict) else None
    serialized = found.get("_serialized") if isinstance(found, dict) else found
    return serialized if isinstance(serialized, str) else None
