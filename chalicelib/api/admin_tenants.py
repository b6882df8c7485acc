"""Administering tenants."""

from msgspec.structs import replace

from chalicelib import bootstrap
from chalicelib.api.call import Call
from chalicelib.api.paging import PageQuery, opened, sealed
from chalicelib.api.path import tenant_id
from chalicelib.api.reply import Reply
from chalicelib.api.route import Routes
from chalicelib.api.tenant_models import (
    AdministratorBody,
    ChangeTenant,
    CreateTenant,
    SettingsAnswer,
    SettingsBody,
    TenantAnswer,
    TenantPage,
)
from chalicelib.auth.permissions import Permission
from chalicelib.domain.errors import ConflictError, InvalidInputError, NotFoundError
from chalicelib.services.audited_change import Actor

routes = Routes(__name__, tag="Administration: tenants")
TENANTS = "/api/v1/admin/tenants"
ONE = TENANTS + "/{id}"


@routes.add(
    "POST",
    TENANTS,
    needs=Permission.PLATFORM,
    summary="Create a tenant",
    body=CreateTenant,
    answer=TenantAnswer,
    status=201,
    raises=(ConflictError,),
)
def create_tenant(call: Call, body: CreateTenant) -> Reply:
    """Store a new tenant, then invite its first administrator. Where that fails, invite by …/invite."""
    by = Actor(call.principal, call.now)
    first_admin = body.first_admin.email if body.first_admin else None
    tenant = bootstrap.manage_tenants().create(body.tenant(call.now), by, first_admin)
    return Reply(TenantAnswer.model_validate(tenant), headers={"Location": f"{TENANTS}/{tenant.id}"})


@routes.add(
    "GET",
    TENANTS,
    needs=Permission.VIEW_TENANTS,
    summary="List the tenants in my reach",
    query=PageQuery,
    answer=TenantPage,
)
def list_tenants(call: Call, query: PageQuery) -> TenantPage:
    """Answer all tenants to platform admins, their own to others."""
    page = bootstrap.manage_tenants().list(call.principal, query.limit, opened(call, "tenants", query))
    items = [TenantAnswer.model_validate(tenant) for tenant in page.items]
    return TenantPage(items=items, next_cursor=sealed(call, "tenants", query, page.next))


@routes.add(
    "GET", ONE, needs=Permission.VIEW_TENANTS, summary="Look at a tenant", answer=TenantAnswer, raises=(NotFoundError,)
)
def get_tenant(call: Call, id: str) -> TenantAnswer:
    """Answer a tenant."""
    return TenantAnswer.model_validate(bootstrap.manage_tenants().get(tenant_id(id), call.principal))


@routes.add(
    "PATCH PUT",
    ONE,
    needs=Permission.ADMINISTER_TENANTS,
    summary="Change a tenant",
    body=ChangeTenant,
    answer=TenantAnswer,
    raises=(NotFoundError, ConflictError),
)
def change_tenant(call: Call, id: str, body: ChangeTenant) -> TenantAnswer:
    """Change name and settings."""
    by = Actor(call.principal, call.now)
    changed = bootstrap.manage_tenants().update(tenant_id(id), body.applied_to, by, body.version)
    return TenantAnswer.model_validate(changed)


@routes.add(
    "GET",
    ONE + "/settings",
    needs=Permission.VIEW_TENANTS,
    summary="Look at a tenant's settings",
    answer=SettingsAnswer,
    raises=(NotFoundError,),
)
def get_settings(call: Call, id: str) -> SettingsAnswer:
    """Answer the settings."""
    tenant = bootstrap.manage_tenants().get(tenant_id(id), call.principal)
    return SettingsAnswer.model_validate(tenant.settings)


@routes.add(
    "PATCH PUT",
    ONE + "/settings",
    needs=Permission.ADMINISTER_TENANTS,
    summary="Change a tenant's settings",
    body=SettingsBody,
    answer=SettingsAnswer,
    raises=(NotFoundError, ConflictError),
)
def change_settings(call: Call, id: str, body: SettingsBody) -> SettingsAnswer:
    """Change the settings given; the others stay as they are."""
    by, change = Actor(call.principal, call.now), ChangeTenant(settings=body)
    try:
        changed = bootstrap.manage_tenants().update(tenant_id(id), change.applied_to, by, version=None)
    except InvalidInputError as error:
        # Its faults are those of a tenant; this body is its settings.
        faults = [replace(fault, pointer=fault.pointer.removeprefix("/settings")) for fault in error.faults]
        raise InvalidInputError(faults=faults) from error
    return SettingsAnswer.model_validate(changed.settings)


@routes.add(
    "POST",
    ONE + "/invite",
    needs=Permission.PLATFORM,
    summary="Invite an administrator to a tenant",
    body=AdministratorBody,
    status=204,
    raises=(NotFoundError, ConflictError),
)
def invite_administrator(call: Call, id: str, body: AdministratorBody) -> None:
    """Write to somebody how to log in as an administrator, where the stack's own user pool is used. A user of the
    tenant who was written to before becomes one, and is not written to again.
    """
    bootstrap.manage_tenants().invite(tenant_id(id), body.email, Actor(call.principal, call.now))


@routes.add(
    "POST",
    ONE + "/suspend",
    needs=Permission.PLATFORM,
    summary="Suspend a tenant",
    answer=TenantAnswer,
    raises=(NotFoundError,),
)
def suspend_tenant(call: Call, id: str) -> TenantAnswer:
    """Let a tenant send no more."""
    return TenantAnswer.model_validate(
        bootstrap.manage_tenants().suspend(tenant_id(id), Actor(call.principal, call.now))
    )


@routes.add(
    "POST",
    ONE + "/activate",
    needs=Permission.PLATFORM,
    summary="Activate a tenant",
    answer=TenantAnswer,
    raises=(NotFoundError,),
)
def activate_tenant(call: Call, id: str) -> TenantAnswer:
    """Let a suspended tenant send again."""
    return TenantAnswer.model_validate(
        bootstrap.manage_tenants().activate(tenant_id(id), Actor(call.principal, call.now))
    )
