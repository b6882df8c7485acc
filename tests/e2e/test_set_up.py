"""Setting a tenant up: its first administrator logs in, its providers are tried out."""

import re

import pytest

from infra.cli.api import Api
from infra.cli.waiting import eventually
from tests.e2e.conftest import Herald, Person
from tests.e2e.tenants import ADMIN, Tenant, new_tenant
from tests.e2e.vendors import providers

pytestmark = pytest.mark.stack

IN_TIME = 30.0
PASSWORD = "Chosen-password-1"


@pytest.fixture(scope="module")
def tenant(herald: Herald) -> Tenant:
    return new_tenant(herald, *providers(herald))


@pytest.mark.parametrize(("id", "probed"), [("mailgun", True), ("smtp", True), ("meta", True), ("slack", False)])
def test_a_provider_is_tried_out(herald: Herald, tenant: Tenant, id: str, probed: bool) -> None:
    vendor = {"meta": "cloud_api"}.get(id, id)
    before = len(herald.stack.sandbox.records(vendor, contains="Test message from Herald"))

    tried = tenant.admin.post(f"{ADMIN}/providers/{id}/test")

    assert (tried["outcome"], tried["probed"]) == ("accepted", probed)
    sent = len(herald.stack.sandbox.records(vendor, contains="Test message from Herald")) - before
    assert sent == (0 if probed else 1)


def test_a_provider_with_a_wrong_key_is_found_out_without_a_message(herald: Herald, tenant: Tenant) -> None:
    wrong = providers(herald)[0] | {"id": "wrong", "enabled": False, "credentials": {"apiKey": "wrong"}}
    tenant.admin.post(f"{ADMIN}/providers", wrong)

    tried = tenant.admin.post(f"{ADMIN}/providers/wrong/test")

    assert (tried["outcome"], tried["probed"]) == ("misconfigured", True)


def test_the_first_administrator_of_a_tenant_logs_in_by_what_they_are_written(herald: Herald, person: Person) -> None:
    id = f"tenant-{person.user_id}"
    platform = herald.stack.as_user("platform")
    platform.post(f"{ADMIN}/tenants", {"id": id, "name": "New", "firstAdmin": {"email": person.email}})

    admin = Api(herald.stack.outputs.api_url, first_login(herald, person))

    assert admin.get(f"{ADMIN}/tenants/{id}")["name"] == "New"
    assert "welcome" in {template["key"] for template in admin.get(f"{ADMIN}/templates")["items"]}
    assert admin.call("GET", f"{ADMIN}/tenants/acme").status == 404


def first_login(herald: Herald, person: Person) -> str:
    """Log in with the password that Cognito wrote to somebody, choosing another; return their token."""
    emulator, cognito = Api(herald.stack.ministack.url), herald.stack.cloud.client("cognito-idp")

    def invitation() -> str | None:
        written = emulator.get("/_ministack/ses/messages")["messages"]
        bodies = (mail["BodyText"] for mails in written.values() for mail in mails if person.email in mail["To"])
        return next(bodies, None)

    text = eventually(invitation, "the invitation", IN_TIME)
    found = re.search(r"temporary password is ([\w!@#$%^&*]{12})", text)
    assert found is not None
    client = herald.stack.outputs.user_client_id
    login = {"USERNAME": person.email, "PASSWORD": found[1]}
    asked = cognito.initiate_auth(ClientId=client, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=login)
    chosen = cognito.respond_to_auth_challenge(
        ClientId=client,
        ChallengeName=asked["ChallengeName"],
        Session=asked["Session"],
        ChallengeResponses={"USERNAME": person.email, "NEW_PASSWORD": PASSWORD},
    )
    token: str = chosen["AuthenticationResult"]["IdToken"]
    return token
