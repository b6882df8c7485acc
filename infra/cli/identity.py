"""The user pool of a stack: people, services, and the tokens that both get for themselves."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from infra.cli.api import direct_session
from infra.cli.errors import CommandError
from infra.cloud import Cloud
from infra.deployed import Deployed

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp.client import CognitoIdentityProviderClient

_SECONDS: Final = 10


@dataclass(frozen=True)
class Login:
    """Somebody who logs in. `tenant` is None for whoever administers the platform."""

    username: str
    email: str
    roles: tuple[str, ...]
    user_type: str
    tenant: str | None = None


class Identity:
    """The user pool of a deployed stack, as its administrator and as its clients use it."""

    def __init__(self, cloud: Cloud, outputs: Deployed) -> None:
        self._cloud = cloud
        self._outputs = outputs

    @cached_property
    def _cognito(self) -> "CognitoIdentityProviderClient":
        client: CognitoIdentityProviderClient = self._cloud.client("cognito-idp")
        return client

    def ensure_user(self, login: Login, password: str) -> bool:
        """See to it that a user exists, has this password and these roles; tells whether it is new."""
        pool = self._outputs.user_pool_id
        attributes = {"email": login.email, "email_verified": "true", "custom:userType": login.user_type}
        if login.tenant:
            attributes["custom:tenantId"] = login.tenant
        try:
            self._cognito.admin_create_user(
                UserPoolId=pool,
                Username=login.username,
                UserAttributes=[{"Name": name, "Value": value} for name, value in attributes.items()],
                MessageAction="SUPPRESS",
            )
            new = True
        except self._cognito.exceptions.UsernameExistsException:
            new = False
        # Again for those who exist: a run that died in between left them half made.
        self._cognito.admin_set_user_password(
            UserPoolId=pool, Username=login.username, Password=password, Permanent=True
        )
        for role in login.roles:
            self._cognito.admin_add_user_to_group(UserPoolId=pool, Username=login.username, GroupName=role)
        return new

    def user_id(self, username: str) -> str:
        """Return a user's id, the `sub` of their tokens; CommandError when there is none of this name."""
        try:
            found = self._cognito.admin_get_user(UserPoolId=self._outputs.user_pool_id, Username=username)
        except self._cognito.exceptions.UserNotFoundException as error:
            raise CommandError(f"The user pool knows no user {username!r}.") from error
        return next(item["Value"] for item in found["UserAttributes"] if item["Name"] == "sub")

    def find_service(self, name: str) -> str | None:
        """Return the client id of the service called `name`, None when there is none."""
        pages = self._cognito.get_paginator("list_user_pool_clients").paginate(UserPoolId=self._outputs.user_pool_id)
        clients = (client for page in pages for client in page["UserPoolClients"])
        return next((client["ClientId"] for client in clients if client["ClientName"] == name), None)

    def create_service(self, name: str, scopes: Sequence[str]) -> str:
        """Register a service that gets tokens of these scopes for itself; return its client id."""
        created = self._cognito.create_user_pool_client(
            UserPoolId=self._outputs.user_pool_id,
            ClientName=name,
            GenerateSecret=True,
            AllowedOAuthFlowsUserPoolClient=True,
            AllowedOAuthFlows=["client_credentials"],
            AllowedOAuthScopes=list(scopes),
        )
        return created["UserPoolClient"]["ClientId"]

    def user_token(self, username: str, password: str) -> str:
        """Return a user's id token, by name and password; CommandError when they are wrong."""
        try:
            answer = self._cognito.initiate_auth(
                ClientId=self._outputs.user_client_id,
                AuthFlow="USER_PASSWORD_AUTH",
                AuthParameters={"USERNAME": username, "PASSWORD": password},
            )
        except self._cognito.exceptions.NotAuthorizedException as error:
            raise CommandError(f"The user pool does not let {username!r} in: name or password are wrong.") from error
        return answer["AuthenticationResult"]["IdToken"]

    def service_token(self, client_id: str) -> str:
        """Return an access token of a service, by client credentials; CommandError when it gets none."""
        described = self._cognito.describe_user_pool_client(UserPoolId=self._outputs.user_pool_id, ClientId=client_id)[
            "UserPoolClient"
        ]
        answer = direct_session().post(
            self._outputs.token_url,
            data={"grant_type": "client_credentials"},
            auth=(client_id, described["ClientSecret"]),
            timeout=_SECONDS,
        )
        if not answer.ok:
            raise CommandError(f"The user pool gives the client {client_id} no token: {answer.text}")
        return str(answer.json()["access_token"])
