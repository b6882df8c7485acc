"""What workers tell each other of providers: one small row each, replaced by whoever saw its last version."""

import msgspec
from msgspec.structs import replace

from chalicelib.domain.breaker import Circuit
from chalicelib.domain.ids import TenantId
from chalicelib.store import access_patterns as keys
from chalicelib.store.models import CircuitItem
from chalicelib.store.packing import pack, unpack
from chalicelib.store.table import ConditionFailedError, Raw, Table


class CircuitRows:
    """`ports.Circuits` in the table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def list(self, tenant: TenantId) -> tuple[Circuit, ...]:
        """Return the last transitions of a tenant's providers."""
        found = map(_circuit, self._table.query(keys.all_circuits(tenant)))
        return tuple(circuit for circuit in found if circuit is not None)

    def put(self, tenant: TenantId, circuit: Circuit, ttl: int) -> Circuit | None:
        """Store a transition, or return the one that stands there instead; see `ports.Circuits.put`."""
        stored = replace(circuit, version=circuit.version + 1)
        item = CircuitItem(*keys.circuit(tenant, circuit.provider), version=stored.version, body=pack(stored), ttl=ttl)
        is_new, is_seen = CircuitItem.pk.does_not_exist(), CircuitItem.version == circuit.version
        try:
            self._table.put(item, is_seen if circuit.version else is_new)
        except ConditionFailedError as failed:
            if not failed.stored:
                # One that is gone was of a day ago: whoever saw it begins anew.
                return replace(circuit, at=0, version=0)
            known = _circuit(failed.stored)
            return known or replace(circuit, at=0, version=int(CircuitItem.from_raw_data(failed.stored).version))
        return None


def _circuit(row: Raw) -> Circuit | None:
    """Return the transition in a row; None for one that another version of Herald wrote in its own way. Not to know of
    a transition costs some calls, not to deliver because of it would cost messages.
    """
    try:
        return unpack(CircuitItem.from_raw_data(row).body, Circuit)
    except (msgspec.ValidationError, msgspec.DecodeError):
        return None
