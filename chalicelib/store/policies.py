"""The escalation policies of a tenant."""

from chalicelib.domain.escalation import EscalationPolicy
from chalicelib.domain.ids import PolicyId, TenantId
from chalicelib.store import access_patterns as keys
from chalicelib.store.documents import Documents
from chalicelib.store.table import Table


class PolicyRows:
    """`ports.Policies` in the table."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._documents = Documents(table, EscalationPolicy)

    def create(self, tenant: TenantId, policy: EscalationPolicy) -> None:
        """Store a new policy; raises ExistsError."""
        self._documents.create(keys.policy(tenant, policy.id), policy)

    def get(self, tenant: TenantId, id: PolicyId) -> EscalationPolicy | None:
        """Return a policy."""
        return self._documents.get(keys.policy(tenant, id))

    def update(self, tenant: TenantId, policy: EscalationPolicy) -> EscalationPolicy:
        """Replace a policy; see `ports.Policies.update`."""
        return self._documents.update(keys.policy(tenant, policy.id), policy)

    def delete(self, tenant: TenantId, id: PolicyId) -> bool:
        """Remove a policy; False when there was none."""
        return self._documents.delete(keys.policy(tenant, id))

    def list(self, tenant: TenantId) -> tuple[EscalationPolicy, ...]:
        """Return all policies of a tenant, in order of id."""
        return tuple(map(self._documents.read, self._table.query(keys.all_policies(tenant))))
