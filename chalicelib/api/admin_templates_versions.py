"""Versions of templates: what they say, in which languages, and how they differ."""

from msgspec.structs import replace

from chalicelib import bootstrap
from chalicelib.api.admin_templates import ONE, TEMPLATES
from chalicelib.api.call import Call
from chalicelib.api.paging import PageQuery, opened, sealed
from chalicelib.api.path import template_key, version_number
from chalicelib.api.reply import Reply
from chalicelib.api.route import Routes
from chalicelib.api.template_answers import ChangeAnswer, DiffAnswer, VersionAnswer, VersionEntry, VersionPage
from chalicelib.api.template_models import MAX_BODY, AddVersion, DiffQuery, PutLocalization, SeenQuery
from chalicelib.auth.permissions import Permission
from chalicelib.domain.errors import ConflictError, Fault, InvalidInputError, NotFoundError
from chalicelib.domain.rate_limit import Limit
from chalicelib.domain.template import Locale, Template, TemplateVersion
from chalicelib.services.audited_change import Actor
from chalicelib.services.template_drafts import pointer_to
from chalicelib.services.version_diff import changes_between

routes = Routes(__name__, tag="Administration: templates")
VERSIONS = ONE + "/versions"
LANGUAGE = ONE + "/localizations/{locale}"


@routes.add(
    "POST",
    VERSIONS,
    needs=Permission.MANAGE,
    summary="Add a version",
    body=AddVersion,
    answer=VersionAnswer,
    status=201,
    max_body=MAX_BODY,
    raises=(NotFoundError, ConflictError),
    limit=Limit.TEMPLATES,
)
def add_version(call: Call, key: str, body: AddVersion) -> Reply:
    """Store one more version, a draft: sends do not see it before it is published."""
    by, manage = Actor(call.principal, call.now), bootstrap.manage_templates()
    return _saved(*manage.add_version(call.tenant, template_key(key), body.draft(), by, body.version))


@routes.add(
    "GET",
    VERSIONS,
    needs=Permission.VIEW,
    summary="List the versions",
    query=PageQuery,
    answer=VersionPage,
    raises=(NotFoundError,),
    limit=Limit.TEMPLATES,
)
def list_versions(call: Call, key: str, query: PageQuery) -> VersionPage:
    """Answer the versions of a template, the latest first."""
    listing, manage = f"templates/{key}/versions", bootstrap.manage_templates()
    after = opened(call, listing, query)
    template, page = manage.versions(call.tenant, template_key(key), query.limit, after)
    items = [VersionEntry.of(template, summary) for summary in page.items]
    return VersionPage(items=items, next_cursor=sealed(call, listing, query, page.next), version=template.version)


@routes.add(
    "GET",
    VERSIONS + "/{number}",
    needs=Permission.VIEW,
    summary="Look at a version",
    answer=VersionAnswer,
    raises=(NotFoundError,),
    limit=Limit.TEMPLATES,
)
def get_version(call: Call, key: str, number: str) -> VersionAnswer:
    """Answer a version as its author wrote it."""
    found = bootstrap.manage_templates().version(call.tenant, template_key(key), version_number(number))
    return VersionAnswer.of(*found)


@routes.add(
    "PUT",
    LANGUAGE,
    needs=Permission.MANAGE,
    summary="Add a version with another text in a language",
    body=PutLocalization,
    answer=VersionAnswer,
    status=201,
    max_body=MAX_BODY,
    raises=(NotFoundError, ConflictError),
    limit=Limit.TEMPLATES,
)
def put_localization(call: Call, key: str, locale: str, body: PutLocalization) -> Reply:
    """Store one more version, which differs from the latest in one language."""
    by, manage = Actor(call.principal, call.now), bootstrap.manage_templates()
    try:
        saved = manage.put_localization(call.tenant, template_key(key), Locale(locale), body.parts(), by, body.version)
    except InvalidInputError as error:
        raise InvalidInputError(faults=[_in_body(fault, pointer_to(locale)) for fault in error.faults]) from error
    return _saved(*saved)


@routes.add(
    "DELETE",
    LANGUAGE,
    needs=Permission.MANAGE,
    summary="Add a version without a language",
    query=SeenQuery,
    answer=VersionAnswer,
    status=201,
    raises=(NotFoundError, ConflictError),
    limit=Limit.TEMPLATES,
)
def delete_localization(call: Call, key: str, locale: str, query: SeenQuery) -> Reply:
    """Store one more version, which does without one of the languages of the latest."""
    by, manage = Actor(call.principal, call.now), bootstrap.manage_templates()
    return _saved(*manage.delete_localization(call.tenant, template_key(key), Locale(locale), by, query.version))


@routes.add(
    "GET",
    ONE + "/diff",
    needs=Permission.VIEW,
    summary="Compare two versions",
    query=DiffQuery,
    answer=DiffAnswer,
    raises=(NotFoundError,),
    limit=Limit.TEMPLATES,
)
def diff_versions(call: Call, key: str, query: DiffQuery) -> DiffAnswer:
    """Answer what changed from one version to another."""
    manage = bootstrap.manage_templates()
    (_, before), (_, after) = (
        manage.version(call.tenant, template_key(key), number) for number in (query.from_, query.to)
    )
    changes = [ChangeAnswer.model_validate(change) for change in changes_between(before, after)]
    return DiffAnswer(from_=query.from_, to=query.to, changes=changes)


def _in_body(fault: Fault, at: str) -> Fault:
    """Return a fault of a whole version as one of a body that is only what stands there at `at`."""
    below = fault.pointer.removeprefix(at)
    return replace(fault, pointer=below) if below == "" or below.startswith("/") else fault


def _saved(template: Template, version: TemplateVersion) -> Reply:
    location = f"{TEMPLATES}/{template.key}/versions/{version.number}"
    return Reply(VersionAnswer.of(template, version), headers={"Location": location})
