"""Inviting people to the user pool."""

import pytest

from chalicelib.aws.clients import client
from chalicelib.aws.user_pool import UserPool
from chalicelib.domain.words import Role
from chalicelib.services.ports import InvitedElsewhereError, UninvitableError
from tests.build import ACME
from tests.callers import GLOBEX

AMY = "amy@acme.example"


@pytest.fixture
def pool() -> str:
    """A user pool with the group of administrators."""
    cognito = client("cognito-idp")
    id = cognito.create_user_pool(PoolName="people")["UserPool"]["Id"]
    cognito.create_group(GroupName=Role.ADMIN, UserPoolId=id)
    return id


def groups(pool: str) -> list[str]:
    found = client("cognito-idp").admin_list_groups_for_user(UserPoolId=pool, Username=AMY)
    return [group["GroupName"] for group in found["Groups"]]


def attributes(pool: str) -> dict[str, str]:
    found = client("cognito-idp").admin_get_user(UserPoolId=pool, Username=AMY)
    return {each["Name"]: each["Value"] for each in found["UserAttributes"]}


def test_who_is_invited_administers_that_tenant(pool: str) -> None:
    UserPool(pool).invite(ACME, "Amy@Acme.example")

    assert groups(pool) == [Role.ADMIN]
    known = attributes(pool)
    assert (known["email"], known["custom:tenantId"], known["custom:userType"]) == (AMY, "acme", "admin")


def test_an_invitation_that_died_half_way_is_completed_by_the_next(pool: str) -> None:
    client("cognito-idp").admin_create_user(
        UserPoolId=pool,
        Username=AMY,
        UserAttributes=[{"Name": "email", "Value": AMY}, {"Name": "custom:tenantId", "Value": "acme"}],
    )

    UserPool(pool).invite(ACME, AMY)
    UserPool(pool).invite(ACME, AMY)

    assert groups(pool) == [Role.ADMIN]


def test_a_user_of_another_tenant_is_not_taken_over(pool: str) -> None:
    UserPool(pool).invite(GLOBEX, AMY)

    with pytest.raises(InvitedElsewhereError):
        UserPool(pool).invite(ACME, AMY)

    assert attributes(pool)["custom:tenantId"] == "globex"


def test_a_look_at_who_could_be_invited_invites_nobody(pool: str) -> None:
    UserPool(pool).invite(GLOBEX, AMY)

    UserPool(pool).check(GLOBEX, "Amy@Acme.example")
    UserPool(pool).check(ACME, "bea@acme.example")
    with pytest.raises(InvitedElsewhereError):
        UserPool(pool).check(ACME, AMY)

    users = client("cognito-idp").list_users(UserPoolId=pool)["Users"]
    assert [user["Username"] for user in users] == [AMY]


def test_what_the_pool_does_not_take_is_told_with_its_reason() -> None:
    named_by_mail = client("cognito-idp").create_user_pool(PoolName="people", UsernameAttributes=["email"])

    with pytest.raises(UninvitableError, match="Username should be"):
        UserPool(named_by_mail["UserPool"]["Id"]).invite(ACME, "amy")
