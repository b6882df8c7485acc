"""Lookups and feature flags in memory."""

from dataclasses import dataclass

from chalicelib.domain.flag import Flag
from chalicelib.domain.ids import TenantId
from chalicelib.domain.lookup import Lookup, LookupType
from tests.twin.rows import Rows, store_new, store_next


@dataclass
class TwinLookups:
    """`ports.Lookups` in memory."""

    rows: Rows

    def create(self, tenant: TenantId, lookup: Lookup) -> None:
        store_new(self.rows, self.rows.lookups, (tenant, lookup.type, lookup.code), lookup)

    def get(self, tenant: TenantId, type: LookupType, code: str) -> Lookup | None:
        return self.rows.lookups.get((tenant, type, code))

    def list(self, tenant: TenantId) -> tuple[Lookup, ...]:
        return tuple(self.rows.lookups[place] for place in sorted(self.rows.lookups) if place[0] == tenant)

    def update(self, tenant: TenantId, lookup: Lookup) -> Lookup:
        return store_next(self.rows, self.rows.lookups, (tenant, lookup.type, lookup.code), lookup)

    def delete(self, tenant: TenantId, type: LookupType, code: str) -> bool:
        return self.rows.lookups.pop((tenant, type, code), None) is not None


@dataclass
class TwinFlags:
    """`ports.Flags` in memory."""

    rows: Rows

    def create(self, flag: Flag) -> None:
        store_new(self.rows, self.rows.flags, flag.name, flag)

    def get(self, name: str) -> Flag | None:
        return self.rows.flags.get(name)

    def list(self) -> tuple[Flag, ...]:
        return tuple(self.rows.flags[name] for name in sorted(self.rows.flags))

    def update(self, flag: Flag) -> Flag:
        return store_next(self.rows, self.rows.flags, flag.name, flag)

    def delete(self, name: str) -> bool:
        return self.rows.flags.pop(name, None) is not None
