"""Feature flags: set by the platform, seen by tenants."""

from chalicelib import bootstrap
from chalicelib.api.call import Call
from chalicelib.api.lookup_models import FlagAnswer, FlagBody, FlagList, SeenFlags
from chalicelib.api.route import Routes
from chalicelib.auth.permissions import Permission
from chalicelib.domain.errors import ConflictError, NotFoundError
from chalicelib.services.audited_change import Actor

routes = Routes(__name__, tag="Administration: feature flags")
FLAGS = "/api/v1/admin/feature-flags"
ONE = FLAGS + "/{name}"


@routes.add("GET", FLAGS, needs=Permission.PLATFORM, summary="List the feature flags", answer=FlagList)
def list_flags(_call: Call) -> FlagList:
    """Answer all flags."""
    return FlagList(items=[FlagAnswer.model_validate(flag) for flag in bootstrap.manage_flags().list()])


@routes.add(
    "GET",
    "/api/v1/feature-flags",
    needs=Permission.VIEW,
    summary="See which feature flags are on for the tenant",
    answer=SeenFlags,
)
def see_flags(call: Call) -> SeenFlags:
    """Answer what the flags come to for the caller's tenant."""
    return SeenFlags.of(bootstrap.manage_flags().seen_by(call.tenant))


@routes.add(
    "GET",
    ONE,
    needs=Permission.PLATFORM,
    summary="Look at a feature flag",
    answer=FlagAnswer,
    raises=(NotFoundError,),
)
def get_flag(_call: Call, name: str) -> FlagAnswer:
    """Answer a flag."""
    return FlagAnswer.model_validate(bootstrap.manage_flags().get(name))


@routes.add(
    "PUT",
    ONE,
    needs=Permission.PLATFORM,
    summary="Set a feature flag",
    body=FlagBody,
    answer=FlagAnswer,
    raises=(ConflictError,),
)
def put_flag(call: Call, body: FlagBody, name: str) -> FlagAnswer:
    """Store a flag, a new one or in the place of the one of its name."""
    by = Actor(call.principal, call.now)
    return FlagAnswer.model_validate(bootstrap.manage_flags().put(body.flag(name), by, body.version))


@routes.add(
    "DELETE",
    ONE,
    needs=Permission.PLATFORM,
    summary="Remove a feature flag",
    status=204,
    raises=(NotFoundError,),
)
def delete_flag(call: Call, name: str) -> None:
    """Remove a flag."""
    bootstrap.manage_flags().delete(name, Actor(call.principal, call.now))
