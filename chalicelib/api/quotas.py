"""Counts calls for their rate limits, and tells callers how they stand.

https://datatracker.ietf.org/doc/html/draft-ietf-httpapi-ratelimit-headers-10
"""

from contextlib import nullcontext

from chalicelib import bootstrap
from chalicelib.domain.ids import TenantId
from chalicelib.domain.principal import Principal
from chalicelib.domain.rate_limit import Limit, RateLimitedError
from chalicelib.domain.value import Millis
from chalicelib.tenancy import tenant_scope


def count_call(limit: Limit, caller: Principal, tenant: TenantId | None, now: Millis, told: dict[str, str]) -> None:
    """Count a call, and put into `told` the headers that say what is left.

    A call in a tenant that does not exist is not counted: there is nothing it could do.

    Raises
    ------
    RateLimitedError
        The caller has used its limit up.
    """
    with nullcontext() if tenant is None else tenant_scope(tenant):
        known = None if tenant is None else bootstrap.known_tenants().get(tenant)
        if tenant is not None and known is None:
            return
        quota = bootstrap.rate_limits()(limit, caller.name, known, now)
    told["RateLimit-Policy"] = f'"{quota.name}";q={quota.most};w={quota.seconds}'
    told["RateLimit"] = f'"{quota.name}";r={quota.left};t={quota.resets_in}'
    if not quota.admitted:
        raise RateLimitedError(quota.name, quota.resets_in)
