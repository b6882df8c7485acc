"""What tenants and the platform may set beside a tenant's settings: lookups and feature flags."""

from typing import Protocol

from chalicelib.domain.flag import Flag
from chalicelib.domain.ids import TenantId
from chalicelib.domain.lookup import Lookup, LookupType


class LookupLists(Protocol):
    """All that sending needs of lookups."""

    def list(self, tenant: TenantId) -> tuple[Lookup, ...]:
        """Return all codes that a tenant stored, of all lists."""


class Lookups(LookupLists, Protocol):
    """The codes that a tenant stored."""

    def create(self, tenant: TenantId, lookup: Lookup) -> None:
        """Store a new code; ExistsError when the list has it."""

    def get(self, tenant: TenantId, type: LookupType, code: str) -> Lookup | None:
        """Return a code by a consistent read."""

    def update(self, tenant: TenantId, lookup: Lookup) -> Lookup:
        """Replace a code of the same version; returns it one version on. StaleVersionError."""

    def delete(self, tenant: TenantId, type: LookupType, code: str) -> bool:
        """Remove a code; False when there was none."""


class FlagList(Protocol):
    """All that sending needs of flags."""

    def list(self) -> tuple[Flag, ...]:
        """Return all flags, in order of name."""


class Flags(FlagList, Protocol):
    """The platform's feature flags."""

    def create(self, flag: Flag) -> None:
        """Store a new flag; ExistsError when there is one of this name."""

    def get(self, name: str) -> Flag | None:
        """Return a flag by a consistent read."""

    def update(self, flag: Flag) -> Flag:
        """Replace a flag of the same version; returns it one version on. StaleVersionError."""

    def delete(self, name: str) -> bool:
        """Remove a flag; False when there was none."""
