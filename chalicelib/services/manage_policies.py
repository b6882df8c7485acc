"""Managing a tenant's escalation policies."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from chalicelib.domain.errors import ConflictError, Fault, InvalidInputError, NotFoundError
from chalicelib.domain.escalation import DEFAULT_POLICY, EscalationPolicy, policy_faults
from chalicelib.domain.ids import PolicyId, TenantId
from chalicelib.services.audited_change import Action, Actor, AuditedChanges, Change, expect_version
from chalicelib.services.ports import Policies, Rotas, StaleVersionError, TenantLookup


@dataclass(frozen=True, slots=True)
class ManagePolicies:
    """The use case: create, look up and change the escalation policies of a tenant. A missing one raises NotFoundError.

    Every tenant has the policy `default`. It is DEFAULT_POLICY until the tenant stores one of its own, and again when
    that one is removed. A change does not reach notifications that were decided before.

    The rotas that a policy names are looked at before and after it is stored (see ManageRotas).
    """

    policies: Policies
    rotas: Rotas
    tenants: TenantLookup
    audited: AuditedChanges

    def create(self, tenant: TenantId, policy: EscalationPolicy, by: Actor) -> EscalationPolicy:
        """Store a new policy.

        Raises
        ------
        InvalidInputError
            It could not be followed; the faults say why.
        ConflictError
            The tenant has stored a policy of this id.
        """
        if self.tenants.get(tenant) is None:
            raise NotFoundError("No such tenant")
        self._check(tenant, policy)
        if self.policies.get(tenant, policy.id) is not None:
            raise ConflictError(f"There is a policy {policy.id}")
        with self.audited.change(_change(tenant, Action.CREATE_POLICY, None, policy), by):
            self.policies.create(tenant, policy)
            if self._faults(tenant, policy):
                self.policies.delete(tenant, policy.id)
                raise StaleVersionError
        return policy

    def get(self, tenant: TenantId, id: PolicyId) -> EscalationPolicy:
        """Return a policy: a stored one, or DEFAULT_POLICY itself."""
        policy = self.policies.get(tenant, id)
        if policy is not None:
            return policy
        if id != DEFAULT_POLICY.id:
            raise NotFoundError
        return DEFAULT_POLICY

    def list(self, tenant: TenantId) -> tuple[EscalationPolicy, ...]:
        """Return all policies of a tenant, in order of id; DEFAULT_POLICY itself where it is not replaced."""
        stored = self.policies.list(tenant)
        if any(policy.id == DEFAULT_POLICY.id for policy in stored):
            return stored
        return tuple(sorted((*stored, DEFAULT_POLICY), key=lambda policy: policy.id))

    def update(
        self,
        tenant: TenantId,
        id: PolicyId,
        revise: Callable[[EscalationPolicy], EscalationPolicy],
        by: Actor,
        version: int | None,
    ) -> EscalationPolicy:
        """Store what `revise` makes of a stored policy; the caller saw `version`, if they say so.

        Raises
        ------
        InvalidInputError
            It could not be followed; the faults say why.
        ConflictError
            It was changed meanwhile.
        """
        stored = self._stored(tenant, id)
        expect_version(stored.version, version)
        revised = revise(stored)
        if revised == stored:
            return stored
        self._check(tenant, revised)
        with self.audited.change(_change(tenant, Action.UPDATE_POLICY, stored, revised), by):
            updated = self.policies.update(tenant, revised)
            if self._faults(tenant, updated):
                self.policies.update(tenant, replace(stored, version=updated.version))
                raise StaleVersionError
        return updated

    def delete(self, tenant: TenantId, id: PolicyId, by: Actor) -> None:
        """Remove a stored policy."""
        stored = self._stored(tenant, id)
        with self.audited.change(_change(tenant, Action.DELETE_POLICY, stored, None), by):
            if not self.policies.delete(tenant, id):
                raise StaleVersionError

    def _stored(self, tenant: TenantId, id: PolicyId) -> EscalationPolicy:
        policy = self.policies.get(tenant, id)
        if policy is not None:
            return policy
        if id == DEFAULT_POLICY.id:
            raise NotFoundError(f"The policy {id} is built in: create one of this id to replace it")
        raise NotFoundError

    def _check(self, tenant: TenantId, policy: EscalationPolicy) -> None:
        faults = self._faults(tenant, policy)
        if faults:
            raise InvalidInputError(faults=faults)

    def _faults(self, tenant: TenantId, policy: EscalationPolicy) -> Sequence[Fault]:
        on_call = any(step.rota is not None for step in policy.steps)
        rotas = {rota.id for rota in self.rotas.list(tenant)} if on_call else frozenset()
        return policy_faults(policy, rotas)


def _change(
    tenant: TenantId, action: Action, before: EscalationPolicy | None, after: EscalationPolicy | None
) -> Change:
    ids = [policy.id for policy in (before, after) if policy is not None]
    return Change(action, f"escalation-policy/{ids[0]}", (tenant,), before=before, after=after)
