"""Administering service accounts."""

from typing import Annotated, Any

import msgspec
from pydantic import Field, StringConstraints

from chalicelib import bootstrap
from chalicelib.api import path
from chalicelib.api.call import Call
from chalicelib.api.models import Answer, Body, Line, Time
from chalicelib.api.paging import PageQuery, opened, sealed
from chalicelib.api.reply import Reply
from chalicelib.api.route import Routes
from chalicelib.api.tenant_models import TenantIdText, Version
from chalicelib.auth.permissions import Permission
from chalicelib.domain.errors import ConflictError, NotFoundError
from chalicelib.domain.ids import CLIENT_ID, ClientId, TenantId
from chalicelib.domain.tenant import ServiceAccount
from chalicelib.domain.value import Millis
from chalicelib.domain.words import Scope
from chalicelib.services.audited_change import Actor

routes = Routes(__name__, tag="Administration: service accounts")
ACCOUNTS = "/api/v1/admin/service-accounts"
ONE = ACCOUNTS + "/{clientId}"

ClientIdText = Annotated[str, StringConstraints(pattern=f"^{CLIENT_ID}$")]
TenantIds = Annotated[list[TenantIdText], Field(min_length=1, max_length=100)]
Scopes = Annotated[list[Scope], Field(min_length=1, max_length=len(Scope))]


class CreateAccount(Body):
    """A service account: the OAuth client of this id may act for the tenants, within the scopes."""

    client_id: ClientIdText
    name: Line
    tenants: TenantIds
    scopes: Scopes
    enabled: bool = True

    def account(self, now: Millis) -> ServiceAccount:
        """Return the account as it is stored first."""
        return ServiceAccount(
            client_id=ClientId(self.client_id),
            name=self.name,
            tenants=_tenants(self.tenants),
            scopes=tuple(dict.fromkeys(self.scopes)),
            created_at=now,
            enabled=self.enabled,
        )


class ChangeAccount(Body):
    """What changes of an account; what is left out stays as it is. `enabled: false` disables it."""

    name: Line | None = None
    tenants: TenantIds | None = None
    scopes: Scopes | None = None
    enabled: bool | None = None
    version: Version | None = None

    def applied_to(self, account: ServiceAccount) -> ServiceAccount:
        """Return the account with the given replaced."""
        given: dict[str, Any] = self.model_dump(exclude={"version"}, exclude_none=True)
        if self.tenants is not None:
            given["tenants"] = _tenants(self.tenants)
        return msgspec.structs.replace(account, **given)


class AccountAnswer(Answer):
    """A service account."""

    client_id: str
    name: str
    tenants: list[str]
    scopes: list[Scope]
    enabled: bool
    created_at: Time
    version: int


class AccountPage(Answer):
    """A page of service accounts, in order of client id."""

    items: list[AccountAnswer]
    next_cursor: str | None


@routes.add(
    "POST",
    ACCOUNTS,
    needs=Permission.ADMINISTER_TENANTS,
    summary="Create a service account",
    body=CreateAccount,
    answer=AccountAnswer,
    status=201,
    raises=(ConflictError,),
)
def create_account(call: Call, body: CreateAccount) -> Reply:
    """Store a new account."""
    by = Actor(call.principal, call.now)
    account = bootstrap.manage_service_accounts().create(body.account(call.now), by)
    return Reply(AccountAnswer.model_validate(account), headers={"Location": f"{ACCOUNTS}/{account.client_id}"})


@routes.add(
    "GET",
    ACCOUNTS,
    needs=Permission.VIEW_TENANTS,
    summary="List the service accounts in my reach",
    query=PageQuery,
    answer=AccountPage,
)
def list_accounts(call: Call, query: PageQuery) -> AccountPage:
    """Answer the accounts of nothing but the caller's tenants; all to platform admins."""
    after = opened(call, "service-accounts", query)
    page = bootstrap.manage_service_accounts().list(call.principal, query.limit, after)
    items = [AccountAnswer.model_validate(account) for account in page.items]
    return AccountPage(items=items, next_cursor=sealed(call, "service-accounts", query, page.next))


@routes.add(
    "GET",
    ONE,
    needs=Permission.VIEW_TENANTS,
    summary="Look at a service account",
    answer=AccountAnswer,
    raises=(NotFoundError,),
)
def get_account(call: Call, client_id: str) -> AccountAnswer:
    """Answer an account."""
    account = bootstrap.manage_service_accounts().get(path.client_id(client_id), call.principal)
    return AccountAnswer.model_validate(account)


@routes.add(
    "PATCH PUT",
    ONE,
    needs=Permission.ADMINISTER_TENANTS,
    summary="Change or disable a service account",
    body=ChangeAccount,
    answer=AccountAnswer,
    raises=(NotFoundError, ConflictError),
)
def change_account(call: Call, client_id: str, body: ChangeAccount) -> AccountAnswer:
    """Change what is given."""
    by = Actor(call.principal, call.now)
    changed = bootstrap.manage_service_accounts().update(path.client_id(client_id), body.applied_to, by, body.version)
    return AccountAnswer.model_validate(changed)


@routes.add(
    "DELETE",
    ONE,
    needs=Permission.ADMINISTER_TENANTS,
    summary="Remove a service account",
    status=204,
    raises=(NotFoundError,),
)
def delete_account(call: Call, client_id: str) -> None:
    """Remove an account."""
    bootstrap.manage_service_accounts().delete(path.client_id(client_id), Actor(call.principal, call.now))


def _tenants(ids: list[str]) -> tuple[TenantId, ...]:
    return tuple(TenantId(id) for id in dict.fromkeys(ids))
