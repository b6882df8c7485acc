"""Administering layouts: the HTML around the e-mails of several templates."""

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

routes = Routes(__name__, tag="Administration: layouts")
LAYOUTS = "/api/v1/admin/layouts"
ONE = LAYOUTS + "/{key}"
KIND = FragmentKind.LAYOUT


@routes.add(
    "POST",
    LAYOUTS,
    needs=Permission.MANAGE,
    summary="Create a layout",
    body=CreateFragment,
    answer=FragmentAnswer,
    status=201,
    max_body=MAX_BODY,
    raises=(NotFoundError, ConflictError),
    limit=Limit.TEMPLATES,
)
def create_layout(call: Call, body: CreateFragment) -> Reply:
    """Store a new layout."""
    by = Actor(call.principal, call.now)
    layout = bootstrap.manage_fragments().create(call.tenant, body.fragment(KIND, call.now), by)
    return Reply(FragmentAnswer.model_validate(layout), headers={"Location": f"{LAYOUTS}/{layout.key}"})


@routes.add(
    "GET",
    LAYOUTS,
    needs=Permission.VIEW,
    summary="List the layouts",
    query=PageQuery,
    answer=FragmentPage,
    limit=Limit.TEMPLATES,
)
def list_layouts(call: Call, query: PageQuery) -> FragmentPage:
    """Answer the layouts of the tenant, in order of key."""
    page = bootstrap.manage_fragments().list(call.tenant, KIND, query.limit, opened(call, "layouts", query))
    items = [FragmentAnswer.model_validate(layout) for layout in page.items]
    return FragmentPage(items=items, next_cursor=sealed(call, "layouts", query, page.next))


@routes.add(
    "GET",
    ONE,
    needs=Permission.VIEW,
    summary="Look at a layout",
    answer=FragmentAnswer,
    raises=(NotFoundError,),
    limit=Limit.TEMPLATES,
)
def get_layout(call: Call, key: str) -> FragmentAnswer:
    """Answer a layout."""
    return FragmentAnswer.model_validate(bootstrap.manage_fragments().get(call.tenant, KIND, fragment_key(key)))


@routes.add(
    "GET",
    ONE + "/usage",
    needs=Permission.VIEW,
    summary="List the templates that use a layout",
    answer=UsageAnswer,
    raises=(NotFoundError,),
    limit=Limit.TEMPLATES,
)
def get_layout_usage(call: Call, key: str) -> UsageAnswer:
    """Answer the templates whose latest or published version has a copy of a layout."""
    manage, name = bootstrap.manage_fragments(), fragment_key(key)
    manage.get(call.tenant, KIND, name)
    return UsageAnswer.of([*manage.users(call.tenant, KIND, name)])


@routes.add(
    "PATCH PUT",
    ONE,
    needs=Permission.MANAGE,
    summary="Change a layout",
    body=ChangeFragment,
    answer=FragmentAnswer,
    max_body=MAX_BODY,
    raises=(NotFoundError, ConflictError),
    limit=Limit.TEMPLATES,
)
def change_layout(call: Call, key: str, body: ChangeFragment) -> FragmentAnswer:
    """Change what is given; templates keep their copies until they are saved anew."""
    by, name = Actor(call.principal, call.now), fragment_key(key)
    changed = bootstrap.manage_fragments().update(call.tenant, KIND, name, body.applied_to, by, body.version)
    return FragmentAnswer.model_validate(changed)


@routes.add(
    "DELETE",
    ONE,
    needs=Permission.MANAGE,
    summary="Remove a layout",
    status=204,
    raises=(NotFoundError, ConflictError),
    limit=Limit.TEMPLATES,
)
def delete_layout(call: Call, key: str) -> None:
    """Remove a layout that no template uses."""
    by = Actor(call.principal, call.now)
    bootstrap.manage_fragments().delete(call.tenant, KIND, fragment_key(key), by)
