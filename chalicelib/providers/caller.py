"""Calls the vendor of a configured provider (`services.ports.ProviderCaller`)."""

from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from threading import Lock
from traceback import extract_tb
from typing import Any, Final, TypeVar

import msgspec

from chalicelib.channels.base import Message, SmsMessage
from chalicelib.domain.delivery import AttemptOutcome
from chalicelib.domain.ids import TenantId
from chalicelib.domain.provider import Accepted, ProviderConfig, ProviderResult, Refused, Unsure
from chalicelib.domain.tenant import Tenant
from chalicelib.domain.wire import prepared
from chalicelib.observability import logger
from chalicelib.providers.base import Provider, Timeouts, misconfigured
from chalicelib.providers.guard import PUBLIC_ONLY, HostGuard
from chalicelib.providers.registry import (
    ProviderClass,
    UnknownVendorError,
    needs_credentials,
    provider_class,
    read_settings,
)
from chalicelib.services.ports import Vault

R = TypeVar("R", bound=ProviderResult | None)

MOST_INSTANCES: Final = 64
"""Providers a warm worker keeps, each with its opened credentials and connections."""


class Caller:
    """Makes a provider from its configuration and calls it.

    Instances are kept by tenant and everything that is stored of the provider, sealed credentials included: what an
    admin changes, deletes or creates anew is never answered by an old one, and a tenant never meets another's. Nothing
    of a provider's settings is ever logged.
    """

    def __init__(self, vault: Vault, timeouts: Timeouts, guard: HostGuard = PUBLIC_ONLY) -> None:
        self._vault = vault
        self._timeouts = timeouts
        self._guard = guard
        self._kept = lru_cache(MOST_INSTANCES)(self._make)
        self._making = Lock()

    def prepare(self, tenant: Tenant, provider: ProviderConfig) -> None:
        """Make the provider, if it can be made; what keeps it from being made is told by the call."""
        with suppress(_CannotCallError):
            self._provider(tenant, provider)

    def call(self, tenant: Tenant, provider: ProviderConfig, message: object) -> ProviderResult:
        """Make one call. Whatever keeps it from being made is a refusal, and says so."""
        try:
            instance = self._provider(tenant, provider)
        except _CannotCallError as error:
            return error.refusal
        if not isinstance(message, Message):
            return Refused(kind=AttemptOutcome.PERMANENT, code="not_a_message", telling=False)
        if instance.exceeds_limits(message):
            return misconfigured("over_vendor_limit")
        result = _safely(instance, lambda: instance.send(message))
        if isinstance(result, Accepted) and isinstance(message, SmsMessage):
            return msgspec.structs.replace(result, segments=message.segments)
        return result

    def probe(self, tenant: Tenant, provider: ProviderConfig) -> ProviderResult | None:
        """Make the call that costs nothing; None where the vendor has none. What keeps it from being made is a
        refusal.
        """
        try:
            instance = self._provider(tenant, provider)
        except _CannotCallError as error:
            return error.refusal
        return _safely(instance, instance.probe)

    def _provider(self, tenant: Tenant, provider: ProviderConfig) -> Provider[Any, Any]:
        # One at a time: ten threads of a cold worker would load the SDK and ask for the key ten times.
        with self._making:
            return self._kept(tenant.id, msgspec.json.encode(provider))

    def _make(self, tenant: TenantId, stored: bytes) -> Provider[Any, Any]:
        config = msgspec.json.decode(stored, type=prepared(ProviderConfig))
        try:
            vendor = provider_class(config.channel, config.vendor)
        except UnknownVendorError as error:
            raise _CannotCallError(misconfigured("unknown_vendor")) from error
        credentials = self._credentials(tenant, config, vendor)
        try:
            settings = read_settings(vendor, config.settings | credentials)
            made = vendor(settings, self._timeouts, *([self._guard] if vendor.guarded else []))
            made.belong_to(tenant)
        except Exception as error:
            # ValueError is what they raise for settings; anything else nobody foresaw.
            if not isinstance(error, ValueError):
                _log("A provider could not be made", vendor, error)
            raise _CannotCallError(misconfigured("invalid_settings")) from error
        return made

    def _credentials(self, tenant: TenantId, config: ProviderConfig, vendor: ProviderClass) -> dict[str, Any]:
        from botocore.exceptions import BotoCoreError, ClientError

        if config.credentials is None:
            if needs_credentials(vendor):
                raise _CannotCallError(misconfigured("no_credentials"))
            return {}
        try:
            return self._vault.open(tenant, config.credentials)
        except ValueError as error:
            raise _CannotCallError(misconfigured("credentials_unreadable")) from error
        except (BotoCoreError, ClientError) as error:
            # The key service is out of reach: that passes, and nothing was sent.
            refusal = Refused(kind=AttemptOutcome.RETRIABLE, code="vault_unavailable", telling=False)
            raise _CannotCallError(refusal) from error


def _safely(instance: Provider[Any, Any], call: Callable[[], R]) -> R | Unsure:
    try:
        return call()
    except Exception as error:  # noqa: BLE001 (providers raise nothing; one that does may have sent before)
        _log("A provider broke", type(instance), error)
        return Unsure(code="provider_broke")


def _log(what: str, vendor: ProviderClass, error: Exception) -> None:
    # What an SDK complains of, it quotes: its text and its trace could hold credentials.
    frames = [f"{Path(frame.filename).name}:{frame.lineno}" for frame in extract_tb(error.__traceback__)]
    logger.error(what, extra={"provider": vendor.vendor, "error": type(error).__name__, "frames": frames})


class _CannotCallError(Exception):
    """A provider that cannot be made, and what that means for the message."""

    def __init__(self, refusal: Refused) -> None:
        super().__init__(refusal.code)
        self.refusal = refusal
