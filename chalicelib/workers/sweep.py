"""Schedule → the sweeper, over every tenant."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from chalice.app import Blueprint

from chalicelib import bootstrap
from chalicelib.domain.ids import TenantId
from chalicelib.observability import logger
from chalicelib.services.concurrently import concurrently
from chalicelib.tenancy import tenant_scope

workers = Blueprint(__name__)
bootstrap.at_start(bootstrap.sweep)

CONCURRENT_TENANTS: Final = 10
TENANTS_A_PAGE: Final = 100


@workers.lambda_function(name="sweep")
def sweep(event: Mapping[str, Any], context: object) -> dict[str, int]:
    """Sweep all tenants; answers how many notifications were nudged."""
    use_case = bootstrap.sweep()

    def sweep_one(tenant: TenantId) -> int:
        with tenant_scope(tenant):
            return use_case(tenant, bootstrap.now())

    nudged = sum(sum(concurrently(sweep_one, tenants, CONCURRENT_TENANTS)) for tenants in _pages())
    if nudged:
        logger.warning("Nudged notifications that were stuck", extra={"nudged": nudged})
    return {"nudged": nudged}


def _pages() -> Iterator[tuple[TenantId, ...]]:
    after: str | None = None
    while True:
        page = bootstrap.tenants().list(TENANTS_A_PAGE, after)
        yield page.items
        after = page.next
        if after is None:
            return
