"""What users choose: looking at it and changing it, within what their tenant leaves open."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import msgspec

from chalicelib.domain.errors import BusyError, InvalidInputError, NotFoundError
from chalicelib.domain.ids import TenantId, UserId, UserType
from chalicelib.domain.preferences import Preferences
from chalicelib.domain.tenant import Tenant
from chalicelib.domain.value import Millis
from chalicelib.domain.words import Channel
from chalicelib.services.audited_change import expect_version
from chalicelib.services.notification import Owner
from chalicelib.services.ports import StaleVersionError, StoredPreferences, TenantLookup
from chalicelib.services.preference_rules import choice_faults

TRIES: Final = 10


class Choices(msgspec.Struct, frozen=True):
    """What a user chose, and what holds where they did not or cannot."""

    chosen: Preferences
    defaults: Preferences
    mandatory_categories: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ManagePreferences:
    """The use case: look at and change one's own preferences. NotFoundError where the tenant is gone."""

    preferences: StoredPreferences
    tenants: TenantLookup

    def get(self, owner: Owner) -> Choices:
        """Return what a user chose."""
        return _choices(self.preferences.get(*_user(owner)), self._tenant(owner))

    def replace(self, owner: Owner, wanted: Preferences, now: Millis, version: int | None) -> Choices:
        """Let choices take the place of all earlier ones; the caller saw `version`, if they say so.

        Raises
        ------
        InvalidInputError
            They are not possible; `faults` say where.
        ConflictError
            The version they saw is no longer the stored one.
        BusyError
            Others keep changing them.
        """
        tenant = self._tenant(owner)
        faults = choice_faults(wanted, tenant.settings.mandatory_categories, now)
        if faults:
            raise InvalidInputError(faults=faults)

        def revise(stored: Preferences) -> Preferences:
            expect_version(stored.version, version)
            return msgspec.structs.replace(wanted, version=stored.version)

        return _choices(self._revise(owner, revise), tenant)

    def turn(self, owner: Owner, channel: Channel, *, enabled: bool) -> Choices:
        """Turn a channel on or off and leave everything else as it is; raises BusyError."""
        tenant = self._tenant(owner)

        def revise(stored: Preferences) -> Preferences:
            return msgspec.structs.replace(stored, channels=stored.channels | {channel: enabled})

        return _choices(self._revise(owner, revise), tenant)

    def _revise(self, owner: Owner, revise: Callable[[Preferences], Preferences]) -> Preferences:
        for _ in range(TRIES):
            stored = self.preferences.get(*_user(owner))
            revised = revise(stored)
            if revised == stored:
                return stored
            try:
                return self.preferences.put(*_user(owner), revised)
            except StaleVersionError:
                continue
        raise BusyError("others keep changing the preferences")

    def _tenant(self, owner: Owner) -> Tenant:
        tenant = self.tenants.get(owner.tenant)
        if tenant is None:
            raise NotFoundError("No such tenant")
        return tenant


def _user(owner: Owner) -> tuple[TenantId, UserType, UserId]:
    return owner.tenant, owner.user_type, owner.user_id


def _choices(chosen: Preferences, tenant: Tenant) -> Choices:
    return Choices(chosen, tenant.settings.preferences, tenant.settings.mandatory_categories)
