"""Managing a tenant's on-call rotas."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from chalicelib.domain.errors import ConflictError, Fault, InvalidInputError, NotFoundError
from chalicelib.domain.ids import RotaId, TenantId
from chalicelib.domain.rota import Person, Rota, on_duty
from chalicelib.domain.value import Millis
from chalicelib.services.audited_change import Action, Actor, AuditedChanges, Change, expect_version
from chalicelib.services.ports import PolicyLookup, Rotas, StaleVersionError, TenantLookup
from chalicelib.services.rota_rules import rota_faults


@dataclass(frozen=True, slots=True)
class ManageRotas:
    """The use case: create, look up and change the rotas of a tenant. A missing one raises NotFoundError.

    What rotas and policies name is checked before they are stored and again after, not in one transaction with what
    is named: of two administrators who race, whoever is later sees what the other one did and takes back their own.
    Who dies in between leaves a circle or a missing rota, which relays bear (each rota is asked once, a missing one
    ends the relay).
    """

    rotas: Rotas
    policies: PolicyLookup
    tenants: TenantLookup
    audited: AuditedChanges

    def create(self, tenant: TenantId, rota: Rota, by: Actor) -> Rota:
        """Store a new rota.

        Raises
        ------
        InvalidInputError
            It is not possible, or leaves nobody on duty at some time; the faults say why.
        ConflictError
            The tenant has a rota of this id.
        """
        if self.tenants.get(tenant) is None:
            raise NotFoundError("No such tenant")
        self._check(tenant, rota)
        if self.rotas.get(tenant, rota.id) is not None:
            raise ConflictError(f"There is a rota {rota.id}")
        with self.audited.change(_change(tenant, Action.CREATE_ROTA, None, rota), by):
            self.rotas.create(tenant, rota)
            if self._faults(tenant, rota):
                self.rotas.delete(tenant, rota.id)
                raise StaleVersionError
        return rota

    def get(self, tenant: TenantId, id: RotaId) -> Rota:
        """Return a rota."""
        rota = self.rotas.get(tenant, id)
        if rota is None:
            raise NotFoundError
        return rota

    def list(self, tenant: TenantId) -> tuple[Rota, ...]:
        """Return all rotas of a tenant, in order of id."""
        return self.rotas.list(tenant)

    def on_duty(self, tenant: TenantId, id: RotaId, at: Millis) -> tuple[Person, ...]:
        """Return who is on duty at a time, in the order they are asked."""
        return on_duty(self.get(tenant, id), at, lambda other: self.rotas.get(tenant, other))

    def update(
        self, tenant: TenantId, id: RotaId, revise: Callable[[Rota], Rota], by: Actor, version: int | None
    ) -> Rota:
        """Store what `revise` makes of a rota; the caller saw `version`, if they say so.

        Raises
        ------
        InvalidInputError
            It is not possible, or leaves nobody on duty at some time; the faults say why.
        ConflictError
            It was changed meanwhile.
        """
        stored = self.get(tenant, id)
        expect_version(stored.version, version)
        revised = revise(stored)
        if revised == stored:
            return stored
        self._check(tenant, revised)
        with self.audited.change(_change(tenant, Action.UPDATE_ROTA, stored, revised), by):
            updated = self.rotas.update(tenant, revised)
            if self._faults(tenant, updated):
                self.rotas.update(tenant, replace(stored, version=updated.version))
                raise StaleVersionError
        return updated

    def delete(self, tenant: TenantId, id: RotaId, by: Actor) -> None:
        """Remove a rota; raises ConflictError while a policy or another rota names it."""
        stored = self.get(tenant, id)
        users = self._users(tenant, id)
        if users:
            raise ConflictError(f"The rota {id} is named by {', '.join(users)}")
        with self.audited.change(_change(tenant, Action.DELETE_ROTA, stored, None), by):
            if not self.rotas.delete(tenant, id):
                raise StaleVersionError
            if self._users(tenant, id):
                self.rotas.create(tenant, stored)
                raise StaleVersionError

    def _users(self, tenant: TenantId, id: RotaId) -> tuple[str, ...]:
        """Return what names a rota, in words."""
        return (
            *(f"policy {p.id}" for p in self.policies.list(tenant) if any(step.rota == id for step in p.steps)),
            *(f"rota {rota.id}" for rota in self.rotas.list(tenant) if rota.fallback_rota == id),
        )

    def _check(self, tenant: TenantId, rota: Rota) -> None:
        faults = self._faults(tenant, rota)
        if faults:
            raise InvalidInputError(faults=faults)

    def _faults(self, tenant: TenantId, rota: Rota) -> Sequence[Fault]:
        return rota_faults(rota, {other.id: other for other in self.rotas.list(tenant)})


def _change(tenant: TenantId, action: Action, before: Rota | None, after: Rota | None) -> Change:
    ids = [rota.id for rota in (before, after) if rota is not None]
    return Change(action, f"on-call-rota/{ids[0]}", (tenant,), before=before, after=after)
