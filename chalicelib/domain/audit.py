"""The audit log: who changed what, before and after."""

from typing import Any

from chalicelib.domain.ids import TenantId
from chalicelib.domain.value import Millis, Value


class AuditEntry(Value, frozen=True):
    """One administrative change. `before` and `after` never hold credentials."""

    id: str
    tenant: TenantId
    at: Millis
    actor: str
    action: str
    target: str
    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = None
