"""The stack's user pool: the people that Herald itself invites (`services.ports.Invitations`)."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from chalicelib.aws.clients import client
from chalicelib.domain.ids import TenantId
from chalicelib.domain.words import Role
from chalicelib.services.ports import InvitedElsewhereError, UninvitableError

ADMIN_TYPE: Final = "admin"
"""The user type of those who are invited."""


class UserPool:
    """A Cognito user pool, by its id.

    https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminCreateUser.html
    """

    def __init__(self, id: str) -> None:
        self._id = id

    def check(self, tenant: TenantId, email: str) -> None:
        """Raise what `invite` would, as far as the users show it who are there."""
        cognito = client("cognito-idp")
        try:
            with _taken():
                found = cognito.admin_get_user(UserPoolId=self._id, Username=email.lower())
        except cognito.exceptions.UserNotFoundException:
            return
        attributes = {each["Name"]: each.get("Value") for each in found["UserAttributes"]}
        if attributes.get("custom:tenantId") != tenant:
            raise InvitedElsewhereError

    def invite(self, tenant: TenantId, email: str) -> None:
        """Make a user of an address, an administrator of a tenant, to whom Cognito writes how to log in; one who was
        invited to the same tenant before is left as they are.

        Raises
        ------
        InvitedElsewhereError
            The address is a user's who is not of this tenant.
        UninvitableError
            The pool takes no user of this address.
        """
        name = email.lower()
        cognito = client("cognito-idp")
        known = {"email": name, "email_verified": "true", "custom:tenantId": tenant, "custom:userType": ADMIN_TYPE}
        try:
            with _taken():
                cognito.admin_create_user(
                    UserPoolId=self._id,
                    Username=name,
                    UserAttributes=[{"Name": attribute, "Value": value} for attribute, value in known.items()],
                    DesiredDeliveryMediums=["EMAIL"],
                )
        except cognito.exceptions.UsernameExistsException:
            self.check(tenant, email)
        # Again for those who exist: an invitation that died in between left them without.
        cognito.admin_add_user_to_group(UserPoolId=self._id, Username=name, GroupName=Role.ADMIN)


@contextmanager
def _taken() -> Iterator[None]:
    """Raise UninvitableError where the pool does not take what it is given."""
    try:
        yield
    except client("cognito-idp").exceptions.InvalidParameterException as error:
        raise UninvitableError(error.response["Error"]["Message"]) from error
