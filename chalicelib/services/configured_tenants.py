"""Tenants as sending sees them: what they left open filled from their lookups and the environment, and without the
channels that lookups or the platform's flags switch off.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from chalicelib.domain.configuration import SILENT, Level, configure
from chalicelib.domain.flag import Flag
from chalicelib.domain.ids import TenantId
from chalicelib.domain.lookup import channels_off, level_of
from chalicelib.domain.tenant import Tenant
from chalicelib.domain.words import Channel
from chalicelib.services.ports import FlagList, LookupLists, TenantLookup


@dataclass(frozen=True, slots=True)
class ConfiguredTenants:
    """`ports.TenantLookup` whose tenants leave nothing open. They are for looking at: what is stored is changed by
    whoever read it from the store.
    """

    tenants: TenantLookup
    lookups: LookupLists
    flags: FlagList
    channels_off: Callable[[Sequence[Flag], TenantId], frozenset[Channel]]
    environment: Level

    def get(self, tenant: TenantId) -> Tenant | None:
        """Return a tenant."""
        stored = self.tenants.get(tenant)
        if stored is None:
            return None
        said = self.lookups.list(tenant)
        holds = configure(SILENT, stored.level, level_of(said), self.environment)
        off = {*stored.settings.disabled_channels, *channels_off(said)}
        off |= self.channels_off(self.flags.list(), tenant)
        settings = replace(
            stored.settings,
            default_locale=holds.locale,
            time_zone=holds.time_zone,
            default_strategy=holds.strategy,
            default_channels=holds.channels,
            disabled_channels=tuple(channel for channel in Channel if channel in off),
        )
        return replace(stored, settings=settings)
