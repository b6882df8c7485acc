"""The lists of codes that a tenant's people see."""

from chalicelib import bootstrap
from chalicelib.api.call import Call
from chalicelib.api.lookup_models import ChangeLookup, CreateLookup, LookupAnswer, LookupList
from chalicelib.api.reply import Reply
from chalicelib.api.route import Routes
from chalicelib.auth.permissions import Permission
from chalicelib.domain.errors import ConflictError, NotFoundError
from chalicelib.domain.lookup import LookupType
from chalicelib.services.audited_change import Actor

routes = Routes(__name__, tag="Administration: lookups")
LIST = "/api/v1/lookups/{type}"
ONE = LIST + "/{code}"


@routes.add(
    "GET",
    LIST,
    needs=Permission.VIEW,
    summary="List the codes of a lookup",
    answer=LookupList,
    raises=(NotFoundError,),
)
def list_lookups(call: Call, type: str) -> LookupList:
    """Answer a list in its order."""
    found = bootstrap.manage_lookups().list(call.tenant, _type(type))
    return LookupList(items=[LookupAnswer.model_validate(lookup) for lookup in found])


@routes.add(
    "POST",
    LIST,
    needs=Permission.ADMINISTER,
    summary="Add a code to a lookup",
    body=CreateLookup,
    answer=LookupAnswer,
    status=201,
    raises=(NotFoundError, ConflictError),
)
def create_lookup(call: Call, body: CreateLookup, type: str) -> Reply:
    """Store a new code of the tenant's own."""
    lookup = body.lookup(_type(type))
    stored = bootstrap.manage_lookups().create(call.tenant, lookup, Actor(call.principal, call.now))
    headers = {"Location": f"/api/v1/lookups/{stored.type}/{stored.code}"}
    return Reply(LookupAnswer.model_validate(stored), headers=headers)


@routes.add(
    "PUT",
    ONE,
    needs=Permission.ADMINISTER,
    summary="Change a code of a lookup",
    body=ChangeLookup,
    answer=LookupAnswer,
    raises=(NotFoundError, ConflictError),
)
def change_lookup(call: Call, body: ChangeLookup, type: str, code: str) -> LookupAnswer:
    """Store what is given; what is left out stays as it is."""
    by = Actor(call.principal, call.now)
    place = (_type(type), code)
    changed = bootstrap.manage_lookups().update(call.tenant, place, body.applied_to, by, body.version)
    return LookupAnswer.model_validate(changed)


@routes.add(
    "DELETE",
    ONE,
    needs=Permission.ADMINISTER,
    summary="Remove a code of the tenant's own, or bring the product's back",
    status=204,
    raises=(NotFoundError,),
)
def delete_lookup(call: Call, type: str, code: str) -> None:
    """Remove what the tenant stored."""
    bootstrap.manage_lookups().delete(call.tenant, (_type(type), code), Actor(call.principal, call.now))


def _type(text: str) -> LookupType:
    try:
        return LookupType(text)
    except ValueError as error:
        raise NotFoundError(f"There is no such list, only {', '.join(LookupType)}") from error
