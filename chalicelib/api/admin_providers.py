"""Administering a tenant's providers."""

from typing import Annotated, Any, Self

import msgspec
from pydantic import Field, StringConstraints

from chalicelib import bootstrap
from chalicelib.api.call import Call
from chalicelib.api.fields import ChannelName, FreeData, Name
from chalicelib.api.models import Answer, Body
from chalicelib.api.path import provider_id
from chalicelib.api.reply import Reply
from chalicelib.api.route import Routes
from chalicelib.api.tenant_models import Version
from chalicelib.auth.permissions import Permission
from chalicelib.domain.delivery import AttemptOutcome
from chalicelib.domain.errors import ConflictError, NotFoundError
from chalicelib.domain.ids import PROVIDER_ID, ProviderId
from chalicelib.domain.provider import ProviderConfig
from chalicelib.domain.rate_limit import Limit
from chalicelib.domain.words import Channel
from chalicelib.services.audited_change import Actor

routes = Routes(__name__, tag="Administration: providers")
PROVIDERS = "/api/v1/admin/providers"
ONE = PROVIDERS + "/{id}"

ProviderIdText = Annotated[str, StringConstraints(pattern=f"^{PROVIDER_ID}$")]
TestAddress = Annotated[str, StringConstraints(min_length=1, max_length=4_096)]
Rank = Annotated[int, Field(ge=0, le=1_000)]


class CreateProvider(Body):
    """A provider: lower `priority` is tried first, among equals `weight` shares the traffic.

    `credentials` are encrypted and never shown again.
    """

    id: ProviderIdText
    channel: ChannelName
    vendor: Name
    enabled: bool = True
    priority: Rank = 100
    weight: Rank = 1
    settings: FreeData = Field(default_factory=dict)
    credentials: FreeData = Field(default_factory=dict)

    def provider(self) -> ProviderConfig:
        """Return the provider, without its credentials."""
        return ProviderConfig(
            id=ProviderId(self.id),
            channel=self.channel,
            vendor=self.vendor,
            enabled=self.enabled,
            priority=self.priority,
            weight=self.weight,
            settings=self.settings,
        )


class ChangeProvider(Body):
    """What changes of a provider; what is left out stays as it is.

    `settings` and `credentials` are each replaced as a whole. Whoever changes the settings of a provider that has
    credentials gives these again, so that nobody can have them sent elsewhere without knowing them.
    """

    enabled: bool = True
    priority: Rank = 100
    weight: Rank = 1
    settings: FreeData = Field(default_factory=dict)
    credentials: FreeData = Field(default_factory=dict)
    version: Version | None = None

    def applied_to(self, provider: ProviderConfig) -> ProviderConfig:
        """Return the provider with the given replaced, its credentials as they were."""
        given = self.model_dump(exclude={"credentials", "version"}, exclude_unset=True)
        return msgspec.structs.replace(provider, **given)

    def new_credentials(self) -> dict[str, Any] | None:
        """Return the credentials given, None where those there are stay."""
        return self.credentials if "credentials" in self.model_fields_set else None


class ProviderAnswer(Answer):
    """A provider. `credentials_set` names the credentials it has."""

    id: str
    channel: Channel
    vendor: str
    enabled: bool
    priority: int
    weight: int
    settings: dict[str, Any]
    credentials_set: list[str]
    version: int

    @classmethod
    def of(cls, provider: ProviderConfig) -> Self:
        """Return what is told of a provider."""
        return cls(
            id=provider.id,
            channel=provider.channel,
            vendor=provider.vendor,
            enabled=provider.enabled,
            priority=provider.priority,
            weight=provider.weight,
            settings=provider.settings,
            credentials_set=list(provider.secrets),
            version=provider.version,
        )


class TryProvider(Body):
    """Where a test message goes: an address of the provider's channel (e-mail address, number, device token, chat
    target). Not needed where the vendor has a call that costs nothing, nor for what its settings address.
    """

    to: TestAddress | None = None


class TriedProvider(Answer):
    """What became of a test. `outcome` is as in attempts, `code` the vendor's or Herald's word for what went wrong.
    `probed`: the vendor was asked something that costs nothing, and no message was sent.
    """

    outcome: AttemptOutcome
    code: str | None
    vendor_id: str | None
    probed: bool


class ProviderList(Answer):
    """All providers of a tenant, in order of id."""

    items: list[ProviderAnswer]


@routes.add(
    "POST",
    PROVIDERS,
    needs=Permission.MANAGE,
    summary="Create a provider",
    body=CreateProvider,
    answer=ProviderAnswer,
    status=201,
    raises=(NotFoundError, ConflictError),
)
def create_provider(call: Call, body: CreateProvider) -> Reply:
    """Store a new provider."""
    by = Actor(call.principal, call.now)
    provider = bootstrap.manage_providers().create(call.tenant, body.provider(), body.credentials, by)
    return Reply(ProviderAnswer.of(provider), headers={"Location": f"{PROVIDERS}/{provider.id}"})


@routes.add("GET", PROVIDERS, needs=Permission.VIEW, summary="List the providers", answer=ProviderList)
def list_providers(call: Call) -> ProviderList:
    """Answer all providers of the tenant."""
    return ProviderList(
        items=[ProviderAnswer.of(provider) for provider in bootstrap.manage_providers().list(call.tenant)]
    )


@routes.add(
    "GET", ONE, needs=Permission.VIEW, summary="Look at a provider", answer=ProviderAnswer, raises=(NotFoundError,)
)
def get_provider(call: Call, id: str) -> ProviderAnswer:
    """Answer a provider."""
    return ProviderAnswer.of(bootstrap.manage_providers().get(call.tenant, provider_id(id)))


@routes.add(
    "PATCH PUT",
    ONE,
    needs=Permission.MANAGE,
    summary="Change or disable a provider",
    body=ChangeProvider,
    answer=ProviderAnswer,
    raises=(NotFoundError, ConflictError),
)
def change_provider(call: Call, id: str, body: ChangeProvider) -> ProviderAnswer:
    """Change what is given."""
    by = Actor(call.principal, call.now)
    changed = bootstrap.manage_providers().update(
        call.tenant, provider_id(id), body.applied_to, body.new_credentials(), by, body.version
    )
    return ProviderAnswer.of(changed)


@routes.add("DELETE", ONE, needs=Permission.MANAGE, summary="Remove a provider", status=204, raises=(NotFoundError,))
def delete_provider(call: Call, id: str) -> None:
    """Remove a provider."""
    bootstrap.manage_providers().delete(call.tenant, provider_id(id), Actor(call.principal, call.now))


@routes.add(
    "POST",
    ONE + "/test",
    needs=Permission.MANAGE,
    summary="Try a provider out",
    body=TryProvider,
    body_required=False,
    answer=TriedProvider,
    raises=(NotFoundError,),
    limit=Limit.SEND,
)
def try_provider(call: Call, id: str, body: TryProvider | None = None) -> TriedProvider:
    """Ask the vendor something that costs nothing or, where it has no such call, send a message marked as a test.
    Alerts are triggered and resolved.
    """
    by = Actor(call.principal, call.now)
    tried = bootstrap.try_provider()(call.tenant, provider_id(id), body.to if body else None, by)
    return TriedProvider.model_validate(tried)
