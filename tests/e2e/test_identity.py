"""Who gets in: Cognito's tokens, those of a second issuer, and nobody else's."""

import base64
import hmac
import json
import time
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from infra.cli.api import Answer, Api
from infra.cli.samples import PASSWORD
from tests.e2e.conftest import SEND, Herald, Person, User
from tests.e2e.keycloak import SERVICE_CLIENT
from tests.unit.auth.issuers import TestIssuer

pytestmark = pytest.mark.stack

INBOX = "/api/v1/users/me/notifications"
SEARCH = "/api/v1/admin/notifications"
PROVIDERS = "/api/v1/admin/providers"


def with_token(herald: Herald, token: str | None, tenant: str | None = None) -> Api:
    """Return the API as the bearer of a token calls it."""
    return Api(herald.stack.outputs.api_url, token, tenant)


def assert_refused(answer: Answer, status: int, code: str) -> None:
    """Demand a problem of ours."""
    assert (answer.status, answer.body["code"], answer.body["status"]) == (status, code, status)
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.body["type"] == f"urn:herald:problem:{code}"
    assert answer.body["instance"]


def test_without_a_token_nobody_gets_in(herald: Herald) -> None:
    answer = with_token(herald, None).call("GET", INBOX)

    assert_refused(answer, 401, "unauthenticated")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


Forge = Callable[[Herald], str]


def _part(value: Any) -> str:
    return _encoded(json.dumps(value).encode())


def _encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def _unsigned(herald: Herald) -> str:
    claims = herald.keycloak.user_claims("u1", "notification-admin")
    return f"{_part({'alg': 'none', 'typ': 'JWT', 'kid': herald.keycloak.issuer.key_id})}.{_part(claims)}."


def _signed_with_the_public_key(herald: Herald) -> str:
    issuer = herald.keycloak.issuer
    secret = issuer.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    claims = herald.keycloak.user_claims("u1", "notification-admin")
    signed = f"{_part({'alg': 'HS256', 'typ': 'JWT', 'kid': issuer.key_id})}.{_part(claims)}"
    return f"{signed}.{_encoded(hmac.digest(secret, signed.encode(), 'sha256'))}"


def _signed_by_somebody_else(herald: Herald) -> str:
    impostor = TestIssuer(issuer=herald.keycloak.issuer.issuer, key_id=herald.keycloak.issuer.key_id)
    return impostor.sign(herald.keycloak.user_claims("u1", "notification-admin"))


def _of_cognito_signed_by_the_other_issuer(herald: Herald) -> str:
    outputs = herald.stack.outputs
    issuer = f"https://cognito-idp.us-east-1.amazonaws.com/{outputs.user_pool_id}"
    claims = {"iss": issuer, "aud": outputs.user_client_id, "token_use": "id", "custom:tenantId": "acme"}
    return herald.keycloak.user_token("u1", "notification-admin", **claims)


def _with_other_claims(herald: Herald) -> str:
    head, _, signature = herald.keycloak.user_token("u1", "notification-viewer").split(".")
    return f"{head}.{_part(herald.keycloak.user_claims('u1', 'notification-admin'))}.{signature}"


def _access_token_of_a_user(herald: Herald) -> str:
    outputs = herald.stack.outputs
    answer = herald.stack.cloud.client("cognito-idp").initiate_auth(
        ClientId=outputs.user_client_id,
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": "acme-admin", "PASSWORD": PASSWORD},
    )
    token: str = answer["AuthenticationResult"]["AccessToken"]
    return token


def _of_a_client_without_an_account(herald: Herald) -> str:
    client = herald.stack.identity.create_service(f"stranger-{uuid.uuid4()}", ["herald/send"])
    return herald.stack.identity.service_token(client)


NOT_TRUSTED: dict[str, Forge] = {
    "no token at all": lambda herald: "nonsense",
    "unsigned": _unsigned,
    "signed with the public key as a secret": _signed_with_the_public_key,
    "signed by another algorithm": lambda h: h.keycloak.issuer.sign(h.keycloak.user_claims("u1"), algorithm="RS512"),
    "signed by somebody else": _signed_by_somebody_else,
    "claims exchanged": _with_other_claims,
    "expired": lambda herald: herald.keycloak.user_token("u1", exp=int(time.time()) - 60),
    "never expiring": lambda herald: herald.keycloak.user_token("u1", exp=None),
    "not in force yet": lambda herald: herald.keycloak.user_token("u1", nbf=int(time.time()) + 600),
    "of an issuer nobody knows": lambda herald: herald.keycloak.user_token("u1", iss="https://evil.example.com"),
    "of Cognito by the other issuer": _of_cognito_signed_by_the_other_issuer,
    "for another application": lambda herald: herald.keycloak.user_token("u1", aud="another-app"),
    "of nobody": lambda herald: herald.keycloak.user_token("u1", sub=None),
    "of an impossible user": lambda herald: herald.keycloak.user_token("u#1"),
    "of an impossible tenant": lambda herald: herald.keycloak.user_token("u1", tenant="_platform"),
    "access token of a user": _access_token_of_a_user,
    "of a client without an account": _of_a_client_without_an_account,
    "of a service without an account": lambda herald: herald.keycloak.service_token("a-stranger"),
}


@pytest.mark.parametrize("forge", NOT_TRUSTED.values(), ids=NOT_TRUSTED)
def test_tokens_that_cannot_be_trusted(herald: Herald, forge: Forge) -> None:
    assert_refused(with_token(herald, forge(herald)).call("GET", INBOX), 401, "unauthenticated")


def test_another_scheme_than_bearer_is_no_token(herald: Herald) -> None:
    answer = with_token(herald, None).call("GET", INBOX, headers={"Authorization": "Basic YW5uOmFubg=="})

    assert_refused(answer, 401, "unauthenticated")


def test_users_of_a_second_issuer_have_an_inbox_and_roles(herald: Herald, person: Person) -> None:
    keycloak = herald.keycloak
    id = herald.send(person, channels=["in_app"])
    herald.settled(id)

    theirs = with_token(herald, keycloak.user_token(person.user_id, "notification-user"))
    viewer = with_token(herald, keycloak.user_token("support", "notification-viewer"))

    assert theirs.get(f"{INBOX}/{id}")["status"] == "delivered"
    assert theirs.patch(f"{INBOX}/{id}/read")["status"] == "read"
    assert viewer.get(f"{SEARCH}/{id}")["status"] == "read"
    assert_refused(theirs.call("GET", SEARCH), 403, "forbidden")
    assert_refused(viewer.call("DELETE", f"{PROVIDERS}/sendgrid"), 403, "forbidden")


def test_services_of_a_second_issuer_send_by_their_account(herald: Herald, person: Person) -> None:
    account = {"clientId": SERVICE_CLIENT, "name": "warehouse", "tenants": ["acme"], "scopes": ["herald/send"]}
    if herald.stack.as_user("platform").find(f"/api/v1/admin/service-accounts/{SERVICE_CLIENT}") is None:
        herald.stack.as_user("platform").post("/api/v1/admin/service-accounts", account)
    warehouse = with_token(herald, herald.keycloak.service_token())
    body = {"recipients": [person.as_recipient()], "channels": ["email"], "content": {"body": "Packed."}}

    id = warehouse.post(SEND, body)["notifications"][0]["id"]

    assert herald.delivery(id).has_arrived
    # The token has the scope herald/read too, the account does not.
    assert_refused(warehouse.call("GET", f"/api/v1/services/notifications/{id}"), 403, "forbidden")


def test_an_account_that_is_disabled_is_worth_nothing(herald: Herald) -> None:
    client = herald.stack.identity.create_service(f"retired-{uuid.uuid4()}", ["herald/send"])
    account = {"clientId": client, "name": "old", "tenants": ["acme"], "scopes": ["herald/send"], "enabled": False}
    herald.stack.as_user("platform").post("/api/v1/admin/service-accounts", account)

    answer = with_token(herald, herald.stack.identity.service_token(client)).call("POST", SEND, {})

    assert_refused(answer, 401, "unauthenticated")


WRONG_ROLE = [
    ("ann", "GET", SEARCH),
    ("ann", "POST", SEND),
    ("acme-viewer", "POST", PROVIDERS),
    ("acme-viewer", "POST", "/api/v1/admin/notifications/send"),
    ("acme-manager", "PUT", "/api/v1/admin/recipients/customer/u1"),
    ("acme-manager", "PATCH", "/api/v1/admin/tenants/acme"),
    ("acme-admin", "POST", "/api/v1/admin/tenants"),
    ("acme-admin", "POST", "/api/v1/admin/tenants/acme/suspend"),
    ("acme-admin", "POST", SEND),
]


@pytest.mark.parametrize(("user", "method", "path"), WRONG_ROLE)
def test_a_role_reaches_as_far_as_it_says(herald: Herald, user: str, method: str, path: str) -> None:
    assert_refused(herald.stack.as_user(user).call(method, path, {}), 403, "forbidden")


def test_a_scope_reaches_as_far_as_it_says(herald: Herald) -> None:
    orders = herald.orders
    for method, path in (("GET", SEARCH), ("POST", PROVIDERS), ("GET", INBOX), ("POST", "/api/v1/admin/tenants")):
        assert_refused(orders.call(method, path, {} if method == "POST" else None), 403, "forbidden")


def test_a_tenant_in_a_header_narrows_and_never_widens(herald: Herald, user: User) -> None:
    missing = f"/api/v1/services/notifications/{uuid.uuid4()}"
    own = user.api.token

    assert_refused(herald.stack.as_service("orders", "globex").call("GET", missing), 403, "forbidden")
    assert_refused(herald.stack.as_service("orders", "_platform").call("GET", missing), 403, "forbidden")
    assert_refused(herald.stack.as_user("acme-admin", "globex").call("GET", SEARCH), 403, "forbidden")
    assert_refused(with_token(herald, own, "globex").call("GET", INBOX), 403, "forbidden")
    assert_refused(herald.stack.as_service("operations").call("GET", missing), 400, "malformed_request")
    assert_refused(herald.stack.as_service("operations", "acme").call("GET", missing), 404, "not_found")
    assert_refused(herald.stack.as_service("orders", "acme").call("GET", missing), 404, "not_found")


def test_who_a_header_claims_to_be_is_nobody(herald: Herald, user: User) -> None:
    id = herald.send(user, channels=["in_app"])
    herald.settled(id)
    stranger = herald.new_user()

    headers = {"X-User-ID": user.user_id, "X-Service-ID": "orders", "X-Roles": "notification-admin"}

    assert_refused(stranger.api.call("GET", f"{INBOX}/{id}", headers=headers), 404, "not_found")
    assert_refused(stranger.api.call("GET", SEARCH, headers=headers), 403, "forbidden")
