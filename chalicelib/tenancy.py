"""In whose name the code now running acts: the one tenant whose rows it may touch.

Whoever begins a unit of work (a request, a message, one tenant of a sweep) knows its tenant and says so once, around
it. Rows of the platform itself need no scope, and outside of every scope only those may be touched. A thread of a pool
begins outside: each unit of work opens its scope where it runs.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from chalicelib.domain.ids import TenantId

_acting: ContextVar[TenantId | None] = ContextVar("tenant", default=None)


class ForeignTenantError(Exception):
    """Code that acts for one tenant reached for another's. Never shown to a caller: it is a fault of ours."""


@contextmanager
def tenant_scope(tenant: TenantId) -> Iterator[None]:
    """Act for `tenant` until the end of the block.

    Raises
    ------
    ForeignTenantError
        The code acts for another tenant already: a unit of work has one.
    """
    outer = _acting.get()
    if outer not in {None, tenant}:
        raise ForeignTenantError(f"acts for {outer}, not for {tenant}")
    token = _acting.set(tenant)
    try:
        yield
    finally:
        _acting.reset(token)


def current_tenant() -> TenantId | None:
    """Return the tenant the code acts for, None outside of every scope."""
    return _acting.get()
