"""Who the bearer of a verified token is."""

from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.auth.principals import principal_of
from chalicelib.auth.tokens import VerifiedToken
from chalicelib.domain.errors import UnauthenticatedError
from chalicelib.domain.ids import ClientId, TenantId
from chalicelib.domain.principal import Principal, PrincipalKind
from chalicelib.domain.tenant import ServiceAccount
from chalicelib.domain.words import Role, Scope
from chalicelib.settings import Issuer
from tests.build import NOW
from tests.unit.auth.issuers import KEYCLOAK, KEYCLOAK_CLAIMS, SERVICE_CLIENT, USER_CLIENT, TestIssuer

COGNITO = TestIssuer()
SSO = TestIssuer(issuer=KEYCLOAK)
ACCOUNT = ServiceAccount(
    client_id=ClientId(SERVICE_CLIENT),
    name="orders",
    tenants=(TenantId("acme"), TenantId("globex")),
    scopes=(Scope.SEND, Scope.READ),
    created_at=NOW,
)


def who(claims: dict[str, Any], issuer: Issuer | None = None, account: ServiceAccount | None = ACCOUNT) -> Principal:
    def find(client: ClientId) -> ServiceAccount | None:
        return account if account is not None and client == account.client_id else None

    return principal_of(VerifiedToken(issuer or COGNITO.settings(), claims), find)


def test_a_user_has_tenant_id_type_and_our_roles() -> None:
    user = who(COGNITO.user_claims())

    assert user.kind is PrincipalKind.USER
    assert user.tenants == (TenantId("acme"),)
    assert (user.user_type, user.user_id) == ("driver", "5f1c3b1e-7e8f-4c55-9f0e-3d5f5a1f2a11")
    assert user.roles == {Role.USER}
    assert user.scopes == frozenset()


def test_what_a_user_token_leaves_out() -> None:
    claims = COGNITO.user_claims(**{"custom:userType": None, "cognito:groups": None, "custom:tenantId": None})
    user = who(claims)

    assert (user.user_type, user.roles, user.tenants) == ("customer", frozenset(), ())


def test_a_user_may_belong_to_several_tenants() -> None:
    user = who(COGNITO.user_claims(**{"custom:tenantId": ["acme", "globex"]}))
    assert user.tenants == ("acme", "globex")


def test_a_platform_admin_is_one_by_group() -> None:
    user = who(COGNITO.user_claims(**{"cognito:groups": ["platform-admin"], "custom:tenantId": None}))
    assert user.is_platform_admin


BAD_USERS: dict[str, dict[str, Any]] = {
    "another client": {"aud": "other-client"},
    "several other clients": {"aud": ["a", "b"]},
    "no audience": {"aud": None},
    "a tenant that is no id": {"custom:tenantId": "ac#me"},
    "the platform's own tenant": {"custom:tenantId": "_platform"},
    "a subject that would be another key": {"sub": "a/b#c"},
    "an empty subject": {"sub": ""},
    "a type that is none": {"custom:userType": "Über"},
    "an unknown kind of token": {"token_use": "refresh"},
}


@pytest.mark.parametrize("claims", BAD_USERS.values(), ids=BAD_USERS)
def test_user_tokens_that_are_not_for_us_or_name_nobody(claims: dict[str, Any]) -> None:
    with pytest.raises(UnauthenticatedError):
        who(COGNITO.user_claims(**claims))


def test_a_service_has_its_accounts_tenants_and_the_scopes_that_token_and_account_share() -> None:
    service = who(COGNITO.service_claims(scope="herald/send herald/admin other/thing"))

    assert service.kind is PrincipalKind.SERVICE
    assert service.name == f"service:{SERVICE_CLIENT}"
    assert service.tenants == ("acme", "globex")
    assert service.scopes == {Scope.SEND}
    assert service.roles == frozenset()


@pytest.mark.parametrize("account", [None, replace(ACCOUNT, enabled=False), replace(ACCOUNT, client_id=ClientId("x"))])
def test_a_client_without_an_enabled_account_is_nobody(account: ServiceAccount | None) -> None:
    with pytest.raises(UnauthenticatedError):
        who(COGNITO.service_claims(), account=account)


def test_a_client_that_the_issuer_may_not_speak_for_is_nobody() -> None:
    with pytest.raises(UnauthenticatedError):
        who(COGNITO.service_claims(), COGNITO.settings(clients=("another",)))


def test_a_users_access_token_is_not_a_services() -> None:
    """Cognito gives a user an access token too; its client must not make the user a service."""
    with pytest.raises(UnauthenticatedError):
        who(COGNITO.service_claims(username="ann", sub="5f1c3b1e-7e8f-4c55-9f0e-3d5f5a1f2a11"))


def keycloak(**changes: Any) -> dict[str, Any]:
    """Return what Keycloak says in a user's access token, with a mapper for tenant and type."""
    cognito_only = {"token_use": None, "cognito:groups": None, "custom:tenantId": None, "custom:userType": None}
    claims = {
        "typ": "Bearer",
        "azp": USER_CLIENT,
        "aud": ["account", USER_CLIENT],
        "tenant": ["acme", "globex"],
        "user_type": "vendor",
        "realm_access": {"roles": ["offline_access", "notification-admin"]},
    }
    return SSO.user_claims(**(cognito_only | claims | changes))


def test_a_user_of_another_issuer_by_its_claim_mapping() -> None:
    user = who(keycloak(), SSO.settings(claims=KEYCLOAK_CLAIMS))

    assert user.tenants == ("acme", "globex")
    assert user.user_type == "vendor"
    assert user.roles == {Role.ADMIN}


def test_a_service_of_another_issuer_is_a_client_that_the_configuration_lists() -> None:
    claims = keycloak(azp=SERVICE_CLIENT, aud="account", scope="profile herald/read", tenant=None)

    service = who(claims, SSO.settings(claims=KEYCLOAK_CLAIMS, clients=(SERVICE_CLIENT,)))
    assert service.kind is PrincipalKind.SERVICE
    assert service.scopes == {Scope.READ}

    with pytest.raises(UnauthenticatedError):
        who(claims, SSO.settings(claims=KEYCLOAK_CLAIMS))


@pytest.mark.parametrize("realm_access", [None, "notification-admin", ["notification-admin"], {"roles": {"a": 1}}, {}])
def test_claims_of_another_shape_give_no_roles(realm_access: Any) -> None:
    assert who(keycloak(realm_access=realm_access), SSO.settings(claims=KEYCLOAK_CLAIMS)).roles == frozenset()


def test_a_claim_with_dots_in_its_name_is_found_by_it() -> None:
    claims = keycloak(**{"https://herald.example.com/tenant": "acme"})
    mapping = replace(KEYCLOAK_CLAIMS, tenant="https://herald.example.com/tenant")
    assert who(claims, SSO.settings(claims=mapping)).tenants == ("acme",)
