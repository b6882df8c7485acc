"""Pairing a tenant's WhatsApp session with a phone, and ending it."""

from collections import OrderedDict
from dataclasses import dataclass, field
from threading import Lock
from typing import Final

import msgspec

from chalicelib.domain.errors import HeraldError, NotFoundError
from chalicelib.domain.ids import TenantId
from chalicelib.domain.principal import Principal
from chalicelib.domain.provider import ProviderConfig
from chalicelib.domain.value import Millis, Value
from chalicelib.domain.whatsapp_session import PairingCode, SessionLook, SessionStatus
from chalicelib.services.audited_change import Action, Actor, AuditedChanges, Change
from chalicelib.services.ports import Providers, WhatsappSession, WhatsappSessions
from chalicelib.tenancy import tenant_scope

VENDOR: Final = "wppconnect"
CODE_LIVES: Final = 20_000
"""Milliseconds: WhatsApp Web shows a new code about that often, and the server does not tell how old one is."""
MOST_REMEMBERED: Final = 256
"""Tenants that a warm function remembers codes of."""


class NoPairingCodeError(HeraldError):
    """The session is connected, or nobody started it: there is nothing to scan."""

    code, status, title = "no_pairing_code", 409, "The session has no code to scan"


class _Seen(Value, frozen=True):
    """What was seen of a session last."""

    code: str | None = None
    since: Millis = Millis(0)
    attempts: int = 0
    last_activity: Millis | None = None


@dataclass(slots=True)
class SeenSessions:
    """What was seen of sessions lately: the server tells neither which code it shows nor since when. Best effort, in a
    warm function: whoever polls elsewhere is told of less attempts.
    """

    _seen: OrderedDict[TenantId, _Seen] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def note(self, tenant: TenantId, look: SessionLook, now: Millis) -> _Seen:
        """Take note of a look, and return what is known with it."""
        with self._lock:
            before = self._seen.pop(tenant, _Seen())
            self._seen[tenant] = seen = _after(before, look, now)
            while len(self._seen) > MOST_REMEMBERED:
                self._seen.popitem(last=False)
        return seen


def _after(before: _Seen, look: SessionLook, now: Millis) -> _Seen:
    if look.is_connected:
        return _Seen(last_activity=now)
    if look.url_code is None:
        return _Seen(last_activity=before.last_activity)
    if look.url_code == before.code:
        return before
    return msgspec.structs.replace(before, code=look.url_code, since=now, attempts=before.attempts + 1)


@dataclass(frozen=True, slots=True)
class ManageWhatsappSessions:
    """The use case. A tenant that the caller does not reach, and one without such a server, raise NotFoundError;
    servers raise ServerUnreachableError and ServerRefusedError.
    """

    providers: Providers
    sessions: WhatsappSessions
    audited: AuditedChanges
    seen: SeenSessions = field(default_factory=SeenSessions)

    def status(self, tenant: TenantId, by: Actor) -> SessionStatus:
        """Return how the tenant's session is."""
        with tenant_scope(_reached(tenant, by.principal)):
            return self._status(tenant, self._session(tenant), by)

    def code(self, tenant: TenantId, by: Actor) -> PairingCode:
        """Return the code that pairs a phone; raises NoPairingCodeError when there is none."""
        with tenant_scope(_reached(tenant, by.principal)):
            look = self._session(tenant).look()
        seen = self.seen.note(tenant, look, by.now)
        if look.url_code is None:
            raise NoPairingCodeError(f"The session is {look.status}")
        expires_at = Millis(max(seen.since + CODE_LIVES, by.now))
        return PairingCode(url_code=look.url_code, qr_code=look.qr_code, expires_at=expires_at, attempts=seen.attempts)

    def start(self, tenant: TenantId, by: Actor) -> SessionStatus:
        """Let the tenant's session connect, and return how it is then."""
        with tenant_scope(_reached(tenant, by.principal)):
            provider = self._provider(tenant)
            session = self.sessions.of(tenant, provider)
            with self.audited.change(_change(tenant, provider, Action.START_WHATSAPP), by):
                session.start()
            return self._status(tenant, session, by)

    def disconnect(self, tenant: TenantId, by: Actor) -> SessionStatus:
        """End the tenant's session, and return how it is then."""
        with tenant_scope(_reached(tenant, by.principal)):
            provider = self._provider(tenant)
            session = self.sessions.of(tenant, provider)
            with self.audited.change(_change(tenant, provider, Action.DISCONNECT_WHATSAPP), by):
                session.disconnect()
            return self._status(tenant, session, by)

    def _status(self, tenant: TenantId, session: WhatsappSession, by: Actor) -> SessionStatus:
        look = session.look()
        return SessionStatus(look=look, last_activity=self.seen.note(tenant, look, by.now).last_activity)

    def _session(self, tenant: TenantId) -> WhatsappSession:
        return self.sessions.of(tenant, self._provider(tenant))

    def _provider(self, tenant: TenantId) -> ProviderConfig:
        """Return the tenant's server: the first by priority, one that is enabled before one that is not."""
        servers = [provider for provider in self.providers.list(tenant) if provider.vendor == VENDOR]
        if not servers:
            raise NotFoundError
        return min(servers, key=lambda server: (not server.enabled, server.priority, server.id))


def _change(tenant: TenantId, provider: ProviderConfig, action: Action) -> Change:
    return Change(action, f"provider/{provider.id}", (tenant,))


def _reached(tenant: TenantId, principal: Principal) -> TenantId:
    if not principal.is_platform_admin and tenant not in principal.tenants:
        raise NotFoundError
    return tenant
