"""Reading the audit log."""

from typing import Any, Final

from chalicelib import bootstrap
from chalicelib.api.call import Call
from chalicelib.api.filters import DAY, DateFrom, DateTo, span
from chalicelib.api.models import Answer, Line, Time
from chalicelib.api.paging import PageQuery, opened, sealed
from chalicelib.api.route import Routes
from chalicelib.auth.permissions import Permission
from chalicelib.domain.value import Millis
from chalicelib.services.audit import AuditFilter

routes = Routes(__name__, tag="Administration: audit log")
DEFAULT_DAYS: Final = 31
MOST_DAYS: Final = 400


class AuditQuery(PageQuery):
    """Which entries; without dates those of the last 31 days. One question covers up to 400 days."""

    date_from: DateFrom | None = None
    date_to: DateTo | None = None
    actor: Line | None = None
    action: Line | None = None
    target: Line | None = None

    def wanted(self, now: Millis) -> AuditFilter:
        """Return the filter as the use case knows it."""
        end = self.date_to or Millis(now + 1)
        start = self.date_from or Millis(end - DEFAULT_DAYS * DAY)
        return AuditFilter(span(start, end, MOST_DAYS), self.actor, self.action, self.target)


class AuditEntryAnswer(Answer):
    """A change. One whose action ends in `.refused` follows the entry of a change that was then not made."""

    id: str
    at: Time
    actor: str
    action: str
    target: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None


class AuditPage(Answer):
    """A page of entries, newest first. It may be short, even empty, while `nextCursor` goes on."""

    items: list[AuditEntryAnswer]
    next_cursor: str | None


@routes.add(
    "GET",
    "/api/v1/admin/audit-log",
    needs=Permission.VIEW,
    summary="Read who changed what",
    query=AuditQuery,
    answer=AuditPage,
)
def read_audit_log(call: Call, query: AuditQuery) -> AuditPage:
    """Answer a page of the tenant's audit log."""
    after = opened(call, "audit-log", query)
    page = bootstrap.read_audit()(call.tenant, query.wanted(call.now), query.limit, after)
    items = [AuditEntryAnswer.model_validate(entry) for entry in page.items]
    return AuditPage(items=items, next_cursor=sealed(call, "audit-log", query, page.next))
