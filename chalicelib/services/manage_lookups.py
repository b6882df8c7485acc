"""Managing lookups: the codes of a tenant's lists."""

from collections.abc import Callable
from dataclasses import dataclass

from msgspec.structs import replace

from chalicelib.domain.errors import ConflictError, Fault, InvalidInputError, NotFoundError
from chalicelib.domain.ids import TenantId
from chalicelib.domain.lookup import BUILT_IN, CODE, MOST_CODES, Lookup, LookupType, lookup_faults, lookups
from chalicelib.services.audited_change import Action, Actor, AuditedChanges, Change, expect_version
from chalicelib.services.ports import Lookups, StaleVersionError, TenantLookup


@dataclass(frozen=True, slots=True)
class ManageLookups:
    """The use case: list, add and change codes. One that the tenant does not have raises NotFoundError.

    Every tenant has the product's own codes. Changing one stores the tenant's version of it (the first is 1, the
    product's own counts as 0); removing that one brings the product's back.
    """

    lookups: Lookups
    tenants: TenantLookup
    audited: AuditedChanges

    def list(self, tenant: TenantId, type: LookupType) -> list[Lookup]:
        """Return a list in its order."""
        return lookups(type, self.lookups.list(tenant))

    def create(self, tenant: TenantId, lookup: Lookup, by: Actor) -> Lookup:
        """Add a code.

        Raises
        ------
        InvalidInputError
            The list or the code is not the tenant's to add to, or the list is full; the faults say why. Those who add
            several at once may get some more in.
        ConflictError
            There is such a code.
        """
        if self.tenants.get(tenant) is None:
            raise NotFoundError("No such tenant")
        _check(lookup)
        listed = self.list(tenant, lookup.type)
        if any(each.code == lookup.code for each in listed):
            raise ConflictError(f"There is a code {lookup.code}")
        if len(listed) >= MOST_CODES:
            detail = f"a list has at most {MOST_CODES} codes"
            raise InvalidInputError(faults=[Fault(pointer="", code="too_many", detail=detail)])
        return self._put(tenant, None, lookup, by)

    def update(
        self,
        tenant: TenantId,
        place: tuple[LookupType, str],
        revise: Callable[[Lookup], Lookup],
        by: Actor,
        version: int | None,
    ) -> Lookup:
        """Store what `revise` makes of a code; the caller saw `version`, if they say so.

        Raises
        ------
        InvalidInputError
            It cannot be so; the faults say why.
        ConflictError
            It was changed meanwhile.
        """
        stored = self._find(tenant, *place)
        if stored is None:
            raise NotFoundError
        expect_version(stored.version, version)
        revised = revise(stored)
        if revised == stored:
            return stored
        _check(revised)
        return self._put(tenant, stored, revised, by)

    def delete(self, tenant: TenantId, place: tuple[LookupType, str], by: Actor) -> None:
        """Remove a code of the tenant's own, or its version of one of the product's."""
        stored = self._stored(tenant, *place)
        if stored is None:
            raise NotFoundError
        with self.audited.change(_change(tenant, Action.DELETE_LOOKUP, stored, None), by):
            if not self.lookups.delete(tenant, *place):
                raise StaleVersionError

    def _find(self, tenant: TenantId, type: LookupType, code: str) -> Lookup | None:
        return self._stored(tenant, type, code) or BUILT_IN[type].get(code)

    def _stored(self, tenant: TenantId, type: LookupType, code: str) -> Lookup | None:
        # What can be no code may be too long for a key.
        return self.lookups.get(tenant, type, code) if CODE.match(code) else None

    def _put(self, tenant: TenantId, before: Lookup | None, after: Lookup, by: Actor) -> Lookup:
        action = Action.CREATE_LOOKUP if before is None else Action.UPDATE_LOOKUP
        with self.audited.change(_change(tenant, action, before, after), by):
            if before is not None and before.version:
                return self.lookups.update(tenant, after)
            first = replace(after, version=1)
            self.lookups.create(tenant, first)
            return first


def _check(lookup: Lookup) -> None:
    faults = lookup_faults(lookup)
    if faults:
        raise InvalidInputError(faults=faults)


def _change(tenant: TenantId, action: Action, before: Lookup | None, after: Lookup | None) -> Change:
    named = after or before
    target = f"lookup/{named.type}/{named.code}" if named else "lookup"
    return Change(action, target, (tenant,), before=before, after=after)
