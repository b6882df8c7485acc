"""Reading the audit log: who changed what, newest first."""

from collections.abc import Sequence

import msgspec

from chalicelib.domain.audit import AuditEntry
from chalicelib.domain.ids import TenantId
from chalicelib.services.filtered_page import filtered_page
from chalicelib.services.ports import AuditLog, Between, Page


class AuditFilter(msgspec.Struct, frozen=True):
    """Which entries of `span` are wanted; None admits all."""

    span: Between
    actor: str | None = None
    action: str | None = None
    target: str | None = None

    def admits(self, entry: AuditEntry) -> bool:
        """Tell whether an entry is wanted."""
        wanted = ((self.actor, entry.actor), (self.action, entry.action), (self.target, entry.target))
        return all(asked in (None, found) for asked, found in wanted)


class ReadAudit(msgspec.Struct, frozen=True):
    """The use case: list a tenant's audit entries."""

    log: AuditLog

    def __call__(self, tenant: TenantId, wanted: AuditFilter, limit: int, after: str | None) -> Page[AuditEntry]:
        """Return the wanted entries, newest first. A page may be shorter than `limit` while its cursor goes on."""

        def read(size: int, start: str | None) -> Page[AuditEntry]:
            return self.log.list(tenant, wanted.span, size, start)

        def admit(entries: Sequence[AuditEntry]) -> Sequence[AuditEntry | None]:
            return [entry if wanted.admits(entry) else None for entry in entries]

        return filtered_page(read, admit, limit, after)
