"""Managing a tenant's providers. Credentials go in and never come out: they are sealed here, and only who calls the
vendor opens them.

So settings and credentials are replaced together: whoever could point a provider to another host and keep its sealed
password would have that host be told the password.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from chalicelib.domain.errors import ConflictError, Fault, InvalidInputError, NotFoundError
from chalicelib.domain.ids import ProviderId, TenantId
from chalicelib.domain.provider import MOST_PROVIDERS, ProviderConfig
from chalicelib.domain.words import Channel
from chalicelib.services.audited_change import Action, Actor, AuditedChanges, Change, expect_version
from chalicelib.services.ports import Providers, StaleVersionError, TenantLookup, Vault

SettingFaults = Callable[[Channel, str, Mapping[str, Any], Mapping[str, Any]], Sequence[Fault]]
"""Tells what is wrong with the settings and credentials of a vendor on a channel."""


@dataclass(frozen=True, slots=True)
class ManageProviders:
    """The use case: create, look up and change the providers of a tenant. A missing one raises NotFoundError."""

    providers: Providers
    tenants: TenantLookup
    vault: Vault
    setting_faults: SettingFaults
    audited: AuditedChanges

    def create(
        self, tenant: TenantId, provider: ProviderConfig, credentials: Mapping[str, Any], by: Actor
    ) -> ProviderConfig:
        """Store a new provider.

        Raises
        ------
        InvalidInputError
            The vendor is unknown, or its settings or credentials are not as it needs them; or the tenant has too many
            providers. Those who create several at once may get some more in.
        ConflictError
            The tenant has a provider of this id.
        """
        if self.tenants.get(tenant) is None:
            raise NotFoundError("No such tenant")
        sealed = self._sealed(tenant, provider, credentials)
        stored = self.providers.list(tenant)
        if any(each.id == provider.id for each in stored):
            raise ConflictError(f"There is a provider {provider.id}")
        if len(stored) >= MOST_PROVIDERS:
            detail = f"a tenant has at most {MOST_PROVIDERS} providers"
            raise InvalidInputError(faults=[Fault(pointer="", code="too_many", detail=detail)])
        with self.audited.change(_change(tenant, Action.CREATE_PROVIDER, None, sealed), by):
            self.providers.create(tenant, sealed)
        return sealed

    def get(self, tenant: TenantId, id: ProviderId) -> ProviderConfig:
        """Return a provider."""
        provider = self.providers.get(tenant, id)
        if provider is None:
            raise NotFoundError
        return provider

    def list(self, tenant: TenantId) -> tuple[ProviderConfig, ...]:
        """Return all providers of a tenant, in order of id."""
        return self.providers.list(tenant)

    def update(
        self,
        tenant: TenantId,
        id: ProviderId,
        revise: Callable[[ProviderConfig], ProviderConfig],
        credentials: Mapping[str, Any] | None,
        by: Actor,
        version: int | None,
    ) -> ProviderConfig:
        """Store what `revise` makes of a provider, with new `credentials` if there are any; the caller saw `version`,
        if they say so.

        Raises
        ------
        InvalidInputError
            Its settings or credentials are not as the vendor needs them; or the settings change and the credentials,
            which it has, are not given again.
        ConflictError
            It was changed meanwhile.
        """
        stored = self.get(tenant, id)
        expect_version(stored.version, version)
        revised = revise(stored)
        if credentials is not None or revised.settings != stored.settings:
            _demand_credentials(stored, credentials)
            revised = self._sealed(tenant, revised, credentials or {})
        if revised == stored:
            return stored
        action = Action.UPDATE_PROVIDER if credentials is None else Action.REPLACE_CREDENTIALS
        with self.audited.change(_change(tenant, action, stored, revised), by):
            return self.providers.update(tenant, revised)

    def delete(self, tenant: TenantId, id: ProviderId, by: Actor) -> None:
        """Remove a provider; what was planned for it goes to the next one of the plan."""
        stored = self.get(tenant, id)
        with self.audited.change(_change(tenant, Action.DELETE_PROVIDER, stored, None), by):
            if not self.providers.delete(tenant, id):
                raise StaleVersionError

    def _sealed(self, tenant: TenantId, provider: ProviderConfig, credentials: Mapping[str, Any]) -> ProviderConfig:
        faults = self.setting_faults(provider.channel, provider.vendor, provider.settings, credentials)
        if faults:
            raise InvalidInputError(faults=faults)
        return msgspec.structs.replace(
            provider,
            credentials=self.vault.seal(tenant, credentials) if credentials else None,
            secrets=tuple(sorted(credentials)),
        )


def _demand_credentials(stored: ProviderConfig, credentials: Mapping[str, Any] | None) -> None:
    if credentials is None and stored.credentials is not None:
        detail = "settings change together with the credentials: give these again"
        raise InvalidInputError(faults=[Fault(pointer="/credentials", code="required", detail=detail)])


def _change(tenant: TenantId, action: Action, before: ProviderConfig | None, after: ProviderConfig | None) -> Change:
    ids = [provider.id for provider in (before, after) if provider is not None]
    return Change(action, f"provider/{ids[0]}", (tenant,), before=_shown(before), after=_shown(after))


def _shown(provider: ProviderConfig | None) -> ProviderConfig | None:
    return provider and msgspec.structs.replace(provider, credentials=None)
