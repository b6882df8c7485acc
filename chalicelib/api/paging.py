"""Listings in pages: a limit, and a cursor that is of use only to the same caller for the same question."""

from typing import Annotated

from pydantic import Field

from chalicelib import bootstrap
from chalicelib.api.call import Call
from chalicelib.api.models import Query
from chalicelib.domain.ids import TenantId


class PageQuery(Query):
    """Which page of a listing: `cursor` is the `nextCursor` of the page before; everything else must stay the same."""

    limit: Annotated[int, Field(ge=1, le=100)] = 20
    cursor: Annotated[str, Field(min_length=1, max_length=2_048)] | None = None


def opened(call: Call, listing: str, query: PageQuery) -> str | None:
    """Return where the page asked for begins, None at the start.

    Raises
    ------
    InvalidCursorError
        The cursor was altered, or is another caller's, tenant's or question's.
    """
    if query.cursor is None:
        return None
    return bootstrap.cursors().open(_tenant(call), _question(call, listing, query), query.cursor)


def sealed(call: Call, listing: str, query: PageQuery, position: str | None) -> str | None:
    """Return the cursor of the page that begins at `position`, None when there is none."""
    if position is None:
        return None
    return bootstrap.cursors().seal(_tenant(call), _question(call, listing, query), position)


def _tenant(call: Call) -> TenantId:
    return call.in_tenant or TenantId.platform()


def _question(call: Call, listing: str, query: PageQuery) -> dict[str, str]:
    asked = query.model_dump(mode="json", exclude_none=True, exclude={"limit", "cursor"})
    return {name: str(value) for name, value in asked.items()} | {"listing": listing, "caller": call.principal.name}
