"""Keeping the suppression list by hand. The log shows addresses masked: it outlives an erasure."""

from dataclasses import dataclass

import msgspec

from chalicelib.domain.errors import NotFoundError
from chalicelib.domain.ids import TenantId
from chalicelib.domain.suppression import Suppression, canonical
from chalicelib.domain.words import Channel
from chalicelib.services.audited_change import Action, Actor, AuditedChanges, Change
from chalicelib.services.input_rules import check_address
from chalicelib.services.masking import mask_address
from chalicelib.services.ports import Page, StaleVersionError, Suppressions, TenantLookup


@dataclass(frozen=True, slots=True)
class Suppress:
    """The use case: put addresses of a tenant on the list, look them up, take them off."""

    suppressions: Suppressions
    tenants: TenantLookup
    audited: AuditedChanges

    def put(self, tenant: TenantId, wanted: Suppression, by: Actor) -> tuple[Suppression, bool]:
        """Put an address on the list, or replace what is said of it there; tells whether it is new.

        Raises
        ------
        InvalidInputError
            It is no address on its channel.
        NotFoundError
            There is no such tenant.
        """
        if self.tenants.get(tenant) is None:
            raise NotFoundError("No such tenant")
        check_address(wanted.channel, wanted.address)
        listed = msgspec.structs.replace(wanted, address=canonical(wanted.channel, wanted.address))
        before = self.suppressions.get(tenant, listed.channel, listed.address)
        with self.audited.change(_change(tenant, Action.SUPPRESS_ADDRESS, before, listed), by):
            self.suppressions.put(tenant, listed)
        return listed, before is None

    def find(self, tenant: TenantId, channel: Channel, address: str) -> Suppression | None:
        """Return what the list says of an address."""
        return self.suppressions.get(tenant, channel, address)

    def list(self, tenant: TenantId, channel: Channel, limit: int, after: str | None) -> Page[Suppression]:
        """Return a page of the list of a channel."""
        return self.suppressions.list(tenant, channel, limit, after)

    def release(self, tenant: TenantId, channel: Channel, address: str, by: Actor) -> None:
        """Take an address off the list; raises NotFoundError when it is not on it."""
        listed = self.suppressions.get(tenant, channel, address)
        if listed is None:
            raise NotFoundError
        with self.audited.change(_change(tenant, Action.RELEASE_ADDRESS, listed, None), by):
            if not self.suppressions.delete(tenant, channel, address):
                raise StaleVersionError


def masked(suppression: Suppression) -> Suppression:
    """Return a suppression whose address is masked."""
    return msgspec.structs.replace(suppression, address=mask_address(suppression.channel, suppression.address))


def _change(tenant: TenantId, action: Action, before: Suppression | None, after: Suppression | None) -> Change:
    named = [masked(each) if each else None for each in (before, after)]
    target = next(f"suppression/{each.channel}/{each.address}" for each in named if each)
    return Change(action=action, target=target, tenants=(tenant,), before=named[0], after=named[1])
