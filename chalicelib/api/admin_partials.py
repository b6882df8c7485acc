"""Administering partials: pieces that several templates include."""

from chalicelib import bootstrap
from chalicelib.api.call import Call
from chalicelib.api.fragment_models import ChangeFragment, CreateFragment, FragmentAnswer, FragmentPage, UsageAnswer
from chalicelib.api.paging import PageQuery, opened, sealed
from chalicelib.api.path import fragment_key
from chalicelib.api.reply import Reply
from chalicelib.api.route import Routes
from chalicelib.api.template_models import MAX_BODY
from chalicelib.auth.permissions import Permission
from chalicelib.domain.errors import ConflictError, NotFoundError
from chalicelib.domain.fragment import FragmentKind
from chalicelib.domain.rate_limit import Limit
from chalicelib.services.audited_change import Actor

routes = Routes(__name__, tag="Administration: partials")
PARTIALS = "/api/v1/admin/partials"
ONE = PARTIALS + "/{key}"
KIND = FragmentKind.PARTIAL


@routes.add(
    "POST",
    PARTIALS,
    needs=Permission.MANAGE,
    summary="Create a partial",
    body=CreateFragment,
    answer=FragmentAnswer,
    status=201,
    max_body=MAX_BODY,
    raises=(NotFoundError, ConflictError),
    limit=Limit.TEMPLATES,
)
def create_partial(call: Call, body: CreateFragment) -> Reply:
    """Store a new partial."""
    by = Actor(call.principal, call.now)
    partial = bootstrap.manage_fragments().create(call.tenant, body.fragment(KIND, call.now), by)
    return Reply(FragmentAnswer.model_validate(partial), headers={"Location": f"{PARTIALS}/{partial.key}"})


@routes.add(
    "GET",
    PARTIALS,
    needs=Permission.VIEW,
    summary="List the partials",
    query=PageQuery,
    answer=FragmentPage,
    limit=Limit.TEMPLATES,
)
def list_partials(call: Call, query: PageQuery) -> FragmentPage:
    """Answer the partials of the tenant, in order of key."""
    page = bootstrap.manage_fragments().list(call.tenant, KIND, query.limit, opened(call, "partials", query))
    items = [FragmentAnswer.model_validate(partial) for partial in page.items]
    return FragmentPage(items=items, next_cursor=sealed(call, "partials", query, page.next))


@routes.add(
    "GET",
    ONE,
    needs=Permission.VIEW,
    summary="Look at a partial",
    answer=FragmentAnswer,
    raises=(NotFoundError,),
    limit=Limit.TEMPLATES,
)
def get_partial(call: Call, key: str) -> FragmentAnswer:
    """Answer a partial."""
    return FragmentAnswer.model_validate(bootstrap.manage_fragments().get(call.tenant, KIND, fragment_key(key)))


@routes.add(
    "GET",
    ONE + "/usage",
    needs=Permission.VIEW,
    summary="List the templates that use a partial",
    answer=UsageAnswer,
    raises=(NotFoundError,),
    limit=Limit.TEMPLATES,
)
def get_partial_usage(call: Call, key: str) -> UsageAnswer:
    """Answer the templates whose latest or published version has a copy of a partial."""
    manage, name = bootstrap.manage_fragments(), fragment_key(key)
    manage.get(call.tenant, KIND, name)
    return UsageAnswer.of([*manage.users(call.tenant, KIND, name)])


@routes.add(
    "PATCH PUT",
    ONE,
    needs=Permission.MANAGE,
    summary="Change a partial",
    body=ChangeFragment,
    answer=FragmentAnswer,
    max_body=MAX_BODY,
    raises=(NotFoundError, ConflictError),
    limit=Limit.TEMPLATES,
)
def change_partial(call: Call, key: str, body: ChangeFragment) -> FragmentAnswer:
    """Change what is given; templates keep their copies until they are saved anew."""
    by, name = Actor(call.principal, call.now), fragment_key(key)
    changed = bootstrap.manage_fragments().update(call.tenant, KIND, name, body.applied_to, by, body.version)
    return FragmentAnswer.model_validate(changed)


@routes.add(
    "DELETE",
    ONE,
    needs=Permission.MANAGE,
    summary="Remove a partial",
    status=204,
    raises=(NotFoundError, ConflictError),
    limit=Limit.TEMPLATES,
)
def delete_partial(call: Call, key: str) -> None:
    """Remove a partial that no template uses."""
    by = Actor(call.principal, call.now)
    bootstrap.manage_fragments().delete(call.tenant, KIND, fragment_key(key), by)
