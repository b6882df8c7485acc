"""Administering the categories of notifications."""

from chalicelib import bootstrap
from chalicelib.api.call import Call
from chalicelib.api.fragment_models import CategoryAnswer, CategoryList, ChangeCategory, CreateCategory
from chalicelib.api.path import template_key
from chalicelib.api.reply import Reply
from chalicelib.api.route import Routes
from chalicelib.auth.permissions import Permission
from chalicelib.domain.category import Category
from chalicelib.domain.errors import ConflictError, NotFoundError
from chalicelib.domain.rate_limit import Limit
from chalicelib.services.audited_change import Actor

routes = Routes(__name__, tag="Administration: categories")
CATEGORIES = "/api/v1/admin/template-categories"
ONE = CATEGORIES + "/{key}"


@routes.add(
    "POST",
    CATEGORIES,
    needs=Permission.MANAGE,
    summary="Create a category",
    body=CreateCategory,
    answer=CategoryAnswer,
    status=201,
    raises=(NotFoundError, ConflictError),
    limit=Limit.TEMPLATES,
)
def create_category(call: Call, body: CreateCategory) -> Reply:
    """Store a new category."""
    by = Actor(call.principal, call.now)
    category = bootstrap.manage_categories().create(call.tenant, body.category(), by)
    return Reply(_shown(call, category), headers={"Location": f"{CATEGORIES}/{category.key}"})


@routes.add(
    "GET",
    CATEGORIES,
    needs=Permission.VIEW,
    summary="List the categories",
    answer=CategoryList,
    limit=Limit.TEMPLATES,
)
def list_categories(call: Call) -> CategoryList:
    """Answer all categories of the tenant, the built-in ones included."""
    found = bootstrap.manage_categories().list(call.tenant)
    return CategoryList(items=[_shown(call, category) for category in found])


@routes.add(
    "GET",
    ONE,
    needs=Permission.VIEW,
    summary="Look at a category",
    answer=CategoryAnswer,
    raises=(NotFoundError,),
    limit=Limit.TEMPLATES,
)
def get_category(call: Call, key: str) -> CategoryAnswer:
    """Answer a category."""
    return _shown(call, bootstrap.manage_categories().get(call.tenant, template_key(key)))


@routes.add(
    "PATCH PUT",
    ONE,
    needs=Permission.MANAGE,
    summary="Change a category",
    body=ChangeCategory,
    answer=CategoryAnswer,
    raises=(NotFoundError, ConflictError),
    limit=Limit.TEMPLATES,
)
def change_category(call: Call, key: str, body: ChangeCategory) -> CategoryAnswer:
    """Change what is given."""
    by, manage = Actor(call.principal, call.now), bootstrap.manage_categories()
    return _shown(call, manage.update(call.tenant, template_key(key), body.applied_to, by, body.version))


@routes.add(
    "DELETE",
    ONE,
    needs=Permission.MANAGE,
    summary="Remove a category",
    status=204,
    raises=(NotFoundError, ConflictError),
    limit=Limit.TEMPLATES,
)
def delete_category(call: Call, key: str) -> None:
    """Remove a category that no template is of; a built-in one is never gone."""
    by = Actor(call.principal, call.now)
    bootstrap.manage_categories().delete(call.tenant, template_key(key), by)


def _shown(call: Call, category: Category) -> CategoryAnswer:
    tenant = bootstrap.known_tenants().get(call.tenant)
    return CategoryAnswer.of(category, () if tenant is None else tenant.settings.mandatory_categories)
