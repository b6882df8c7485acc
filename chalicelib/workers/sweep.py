"""Schedule → the sweepers: of timers, then of every tenant."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from chalice.app import Blueprint

from chalicelib import bootstrap
from chalicelib.domain.ids import TenantId
from chalicelib.observability import logger
from chalicelib.services.concurrently import concurrently
from chalicelib.tenancy import tenant_scope

workers = Blueprint(__name__)
bootstrap.at_start(bootstrap.sweep, bootstrap.sweep_timers)

CONCURRENT_TENANTS: Final = 10
TENANTS_A_PAGE: Final = 100


@workers.lambda_function(name="sweep")
def sweep(event: Mapping[str, Any], context: object) -> dict[str, int]:
    """Sweep timers and all tenants; answers how many buckets were started anew and notifications nudged.

    Tenants are swept also where timers cannot be; then it raises.
    """
    restarted, nudged = concurrently(lambda part: part(), [_sweep_timers, _sweep_tenants], workers=1)
    return {"restarted": restarted, "nudged": nudged}


def _sweep_timers() -> int:
    restarted = bootstrap.sweep_timers()(bootstrap.now())
    if restarted:
        logger.warning("Started buckets of timers anew that were stuck", extra={"restarted": restarted})
    return restarted


def _sweep_tenants() -> int:
    use_case = bootstrap.sweep()

    def sweep_one(tenant: TenantId) -> int:
        with tenant_scope(tenant):
            return use_case(tenant, bootstrap.now())

    nudged = sum(sum(concurrently(sweep_one, tenants, CONCURRENT_TENANTS)) for tenants in _pages())
    if nudged:
        logger.warning("Nudged notifications that were stuck", extra={"nudged": nudged})
    return nudged


def _pages() -> Iterator[tuple[TenantId, ...]]:
    after: str | None = None
    while True:
        page = bootstrap.tenants().list(TENANTS_A_PAGE, after)
        yield page.items
        after = page.next
        if after is None:
            return
