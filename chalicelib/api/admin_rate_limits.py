"""Administering a tenant's rate limits and send rates."""

from typing import Self

from pydantic import Field

from chalicelib import bootstrap
from chalicelib.api.call import Call
from chalicelib.api.models import Answer, Body
from chalicelib.api.route import Routes
from chalicelib.api.tenant_models import ChangeTenant, SettingsBody
from chalicelib.api.tenant_rates import RateLimits, SendRates
from chalicelib.auth.permissions import Permission
from chalicelib.domain.errors import ConflictError, NotFoundError
from chalicelib.domain.rate_limit import Limit
from chalicelib.domain.tenant import Tenant
from chalicelib.domain.words import Channel
from chalicelib.services.audited_change import Actor

routes = Routes(__name__, tag="Administration: rate limits")
RATE_LIMITS = "/api/v1/admin/rate-limits"


class RateLimitsBody(Body):
    """Limits of calls a minute and rates of messages a second; each is replaced as a whole, if it is given."""

    rate_limits: RateLimits = Field(default_factory=dict)
    send_rates: SendRates = Field(default_factory=dict)


class RateLimitsAnswer(Answer):
    """What holds: calls a minute of one caller, messages a second on a channel."""

    rate_limits: dict[Limit, int]
    send_rates: dict[Channel, int]

    @classmethod
    def of(cls, tenant: Tenant) -> Self:
        """Return what holds for a tenant."""
        limit_of = bootstrap.rate_limits().limit_of
        limits = {limit: limit_of(limit, tenant) for limit in Limit}
        return cls(rate_limits=limits, send_rates=tenant.settings.send_rates)


@routes.add(
    "GET",
    RATE_LIMITS,
    needs=Permission.VIEW,
    summary="Look at the rate limits",
    answer=RateLimitsAnswer,
    raises=(NotFoundError,),
)
def get_rate_limits(call: Call) -> RateLimitsAnswer:
    """Answer the limits that hold for each caller in the tenant, and its send rates."""
    return RateLimitsAnswer.of(bootstrap.manage_tenants().get(call.tenant, call.principal))


@routes.add(
    "PUT",
    RATE_LIMITS,
    needs=Permission.ADMINISTER,
    summary="Change the rate limits",
    body=RateLimitsBody,
    answer=RateLimitsAnswer,
    raises=(NotFoundError, ConflictError),
)
def change_rate_limits(call: Call, body: RateLimitsBody) -> RateLimitsAnswer:
    """Raise or lower limits. Functions that are running learn of it within a minute."""
    change = ChangeTenant(settings=SettingsBody(**body.model_dump(by_alias=True, exclude_unset=True)))
    by = Actor(call.principal, call.now)
    return RateLimitsAnswer.of(bootstrap.manage_tenants().update(call.tenant, change.applied_to, by, version=None))
