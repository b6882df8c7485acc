"""The authorizer as API Gateway calls it."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib import bootstrap
from chalicelib.auth import authorizer
from chalicelib.auth.context import from_context
from chalicelib.auth.keys import KeysUnavailableError
from chalicelib.domain.errors import UnauthenticatedError
from chalicelib.domain.ids import ClientId, TenantId
from chalicelib.domain.principal import Principal
from chalicelib.domain.tenant import ServiceAccount
from chalicelib.domain.words import Role, Scope
from chalicelib.settings import settings
from tests.build import NOW
from tests.callers import a_service, a_user
from tests.twin import Rows, TwinServiceAccounts
from tests.unit.auth.issuers import KEYCLOAK, SERVICE_CLIENT, USER_CLIENT, TestIssuer, served

ARN = "arn:aws:execute-api:eu-west-1:123456789012:abc123/dev/GET/api/v1/users/me/notifications"
COGNITO = TestIssuer()
SSO = TestIssuer(issuer=KEYCLOAK, key_id="sso-1")


@pytest.fixture
def issuers(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Configure Cognito and a Keycloak, both with their keys on loopback."""
    accounts = TwinServiceAccounts(Rows())
    accounts.create(
        ServiceAccount(
            client_id=ClientId(SERVICE_CLIENT),
            name="orders",
            tenants=(TenantId("acme"),),
            scopes=(Scope.SEND,),
            created_at=NOW,
        )
    )
    with served({"/cognito": COGNITO.jwks(), "/keycloak": SSO.jwks()}) as address:
        configured = [
            {"issuer": COGNITO.issuer, "jwksUri": f"{address}/cognito", "audiences": [USER_CLIENT]},
            {
                "issuer": SSO.issuer,
                "jwksUri": f"{address}/keycloak",
                "audiences": [USER_CLIENT],
                "algorithms": ["RS256"],
                "claims": {"tenant": "tenant", "userId": "sub", "userType": "kind", "roles": "realm_access.roles"},
            },
        ]
        monkeypatch.setenv("HERALD_ISSUERS", json.dumps(configured))
        monkeypatch.setattr(bootstrap, "service_accounts", lambda: accounts)
        settings.cache_clear()
        authorizer.verifier.cache_clear()
        yield address
    settings.cache_clear()
    authorizer.verifier.cache_clear()


def authorize(header: str) -> dict[str, Any]:
    event = {"type": "TOKEN", "authorizationToken": header, "methodArn": ARN}
    answer: dict[str, Any] = authorizer.authorize(event, None)
    return answer


@pytest.mark.usefixtures("issuers")
def test_a_good_token_opens_all_routes_and_says_whose_it_is() -> None:
    answer = authorize(f"Bearer {COGNITO.sign(COGNITO.user_claims())}")

    (statement,) = answer["policyDocument"]["Statement"]
    assert statement == {
        "Action": "execute-api:Invoke",
        "Effect": "Allow",
        "Resource": ["arn:aws:execute-api:eu-west-1:123456789012:abc123/dev/*/*"],
    }
    assert answer["principalId"] == "user:driver/5f1c3b1e-7e8f-4c55-9f0e-3d5f5a1f2a11"
    assert from_context(answer["context"]).tenants == ("acme",)
    assert all(isinstance(value, str) for value in answer["context"].values())


@pytest.mark.usefixtures("issuers")
def test_a_services_token_carries_its_accounts_tenants() -> None:
    service = from_context(authorize(f"bearer {COGNITO.sign(COGNITO.service_claims())}")["context"])
    assert service.client_id == SERVICE_CLIENT
    assert service.tenants == ("acme",)
    assert service.scopes == {Scope.SEND}


@pytest.mark.usefixtures("issuers")
def test_a_token_of_a_second_issuer_opens_too() -> None:
    claims = SSO.user_claims(token_use=None, tenant="globex", kind="vendor", realm_access={"roles": [Role.VIEWER]})
    user = from_context(authorize(f"Bearer {SSO.sign(claims)}")["context"])
    assert user.tenants == ("globex",)
    assert user.user_type == "vendor"
    assert user.roles == {Role.VIEWER}


BAD_HEADERS = {
    "no scheme": COGNITO.sign(COGNITO.user_claims()),
    "another scheme": f"Basic {COGNITO.sign(COGNITO.user_claims())}",
    "no token": "Bearer ",
    "no more than a scheme": "Bearer",
    "nonsense": "Bearer nonsense",
    "expired": f"Bearer {COGNITO.sign(COGNITO.user_claims(exp=1))}",
    "another client": f"Bearer {COGNITO.sign(COGNITO.user_claims(aud='other'))}",
    "an unknown client": f"Bearer {COGNITO.sign(COGNITO.service_claims(client_id='other'))}",
    "an unknown key": f"Bearer {COGNITO.sign(COGNITO.user_claims(), kid='other')}",
}


@pytest.mark.usefixtures("issuers")
@pytest.mark.parametrize("header", BAD_HEADERS.values(), ids=BAD_HEADERS)
def test_anything_else_is_answered_by_the_one_message_that_makes_a_401(header: str) -> None:
    with pytest.raises(authorizer.UnauthorizedError, match=r"^Unauthorized$"):
        authorize(header)


def test_an_issuer_that_does_not_answer_is_no_fault_of_the_caller(
    issuers: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    silent = [{"issuer": COGNITO.issuer, "jwksUri": f"{issuers}/missing", "audiences": [USER_CLIENT]}]
    monkeypatch.setenv("HERALD_ISSUERS", json.dumps(silent))
    settings.cache_clear()
    authorizer.verifier.cache_clear()

    with pytest.raises(KeysUnavailableError):
        authorize(f"Bearer {COGNITO.sign(COGNITO.user_claims())}")


@pytest.mark.parametrize("caller", [a_user(Role.ADMIN, Role.VIEWER), a_service(Scope.SEND)])
def test_the_caller_comes_through_the_context_unchanged(caller: Principal) -> None:
    from chalicelib.auth.context import to_context

    assert from_context(to_context(caller)) == caller


@pytest.mark.parametrize(
    "context", [None, {}, {"principal": ""}, {"principal": "{}"}, {"principal": '{"kind":"user","tenants":["A#"]}'}]
)
def test_a_context_without_a_caller_is_nobodys(context: dict[str, str] | None) -> None:
    with pytest.raises(UnauthenticatedError):
        from_context(context)
