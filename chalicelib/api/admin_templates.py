"""Administering templates."""

from chalicelib import bootstrap
from chalicelib.api.call import Call
from chalicelib.api.paging import PageQuery, opened, sealed
from chalicelib.api.path import template_key
from chalicelib.api.reply import Reply
from chalicelib.api.route import Routes
from chalicelib.api.template_answers import TemplateAnswer, TemplatePage
from chalicelib.api.template_models import MAX_BODY, ChangeTemplate, CreateTemplate
from chalicelib.auth.permissions import Permission
from chalicelib.domain.errors import ConflictError, NotFoundError
from chalicelib.domain.ids import TemplateKey
from chalicelib.domain.rate_limit import Limit
from chalicelib.services.audited_change import Actor

routes = Routes(__name__, tag="Administration: templates")
TEMPLATES = "/api/v1/admin/templates"
ONE = TEMPLATES + "/{key}"


@routes.add(
    "POST",
    TEMPLATES,
    needs=Permission.MANAGE,
    summary="Create a template",
    body=CreateTemplate,
    answer=TemplateAnswer,
    status=201,
    max_body=MAX_BODY,
    raises=(NotFoundError, ConflictError),
    limit=Limit.TEMPLATES,
)
def create_template(call: Call, body: CreateTemplate) -> Reply:
    """Store a new template and its first version, a draft."""
    by, key = Actor(call.principal, call.now), TemplateKey(body.key)
    template, _ = bootstrap.manage_templates().create(call.tenant, key, body.name, body.draft(), by)
    return Reply(TemplateAnswer.model_validate(template), headers={"Location": f"{TEMPLATES}/{template.key}"})


@routes.add(
    "GET",
    TEMPLATES,
    needs=Permission.VIEW,
    summary="List the templates",
    query=PageQuery,
    answer=TemplatePage,
    limit=Limit.TEMPLATES,
)
def list_templates(call: Call, query: PageQuery) -> TemplatePage:
    """Answer the templates of the tenant, in order of key."""
    page = bootstrap.manage_templates().list(call.tenant, query.limit, opened(call, "templates", query))
    items = [TemplateAnswer.model_validate(template) for template in page.items]
    return TemplatePage(items=items, next_cursor=sealed(call, "templates", query, page.next))


@routes.add(
    "GET",
    ONE,
    needs=Permission.VIEW,
    summary="Look at a template",
    answer=TemplateAnswer,
    raises=(NotFoundError,),
    limit=Limit.TEMPLATES,
)
def get_template(call: Call, key: str) -> TemplateAnswer:
    """Answer a template; what it says is in its versions."""
    return TemplateAnswer.model_validate(bootstrap.manage_templates().get(call.tenant, template_key(key)))


@routes.add(
    "PATCH",
    ONE,
    needs=Permission.MANAGE,
    summary="Rename a template",
    body=ChangeTemplate,
    answer=TemplateAnswer,
    raises=(NotFoundError, ConflictError),
    limit=Limit.TEMPLATES,
)
def change_template(call: Call, key: str, body: ChangeTemplate) -> TemplateAnswer:
    """Give a template another name."""
    by, manage = Actor(call.principal, call.now), bootstrap.manage_templates()
    return TemplateAnswer.model_validate(manage.rename(call.tenant, template_key(key), body.name, by, body.version))


@routes.add(
    "DELETE",
    ONE,
    needs=Permission.MANAGE,
    summary="Remove a template",
    status=204,
    raises=(NotFoundError, ConflictError),
    limit=Limit.TEMPLATES,
)
def delete_template(call: Call, key: str) -> None:
    """Remove a template. Notifications accepted before are still filled from it, for they keep to their version."""
    bootstrap.manage_templates().delete(call.tenant, template_key(key), Actor(call.principal, call.now))
