"""Fills a stack with the sample data: people and services in its user pool, everything else as a client would, by HTTP.

What is there already is left as it is, so seeding twice changes nothing.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from typing import Any

from infra.cli.api import Api
from infra.cli.identity import Identity, Login
from infra.cli.samples import (
    PASSWORD,
    PEOPLE,
    PLATFORM,
    POLICIES,
    SERVICES,
    STAFF,
    TENANTS,
    SamplePerson,
    sample_providers,
)
from infra.cli.state import Samples, SampleUser
from infra.local.sandbox.client import Sandbox

ADMIN = "/api/v1/admin"


class Outcome(StrEnum):
    """What seeding did about one piece of data."""

    CREATED = "created"
    UPDATED = "updated"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class Seeded:
    """One piece of sample data."""

    kind: str
    name: str
    outcome: Outcome


def seed(identity: Identity, api_url: str, sandbox: Sandbox) -> tuple[list[Seeded], Samples]:
    """Create what is missing, in an order in which each finds what it needs; return what there is, and its ids."""
    logins = [*STAFF, *(person.login for person in PEOPLE)]
    seeded = [Seeded("user", login.username, _made(new=identity.ensure_user(login, PASSWORD))) for login in logins]
    clients = {service.name: identity.find_service(service.name) for service in SERVICES}
    seeded += [Seeded("service", name, _made(new=client is None)) for name, client in clients.items()]
    samples = Samples(
        users={login.username: _user(identity, login) for login in logins},
        services={
            service.name: clients[service.name] or identity.create_service(service.name, service.scopes)
            for service in SERVICES
        },
    )
    platform = Api(api_url, identity.user_token(PLATFORM.username, PASSWORD))
    admins = {
        tenant.id: Api(api_url, identity.user_token(f"{tenant.id}-admin", PASSWORD), tenant.id) for tenant in TENANTS
    }
    seeded += _tenants(platform)
    seeded += _accounts(platform, samples)
    seeded += _providers(admins, sandbox)
    seeded += _policies(admins)
    seeded += _recipients(admins, samples)
    return seeded, samples


def summary(seeded: Iterable[Seeded]) -> str:
    """Return how many pieces were created, updated, skipped, as a phrase."""
    counted = Counter(piece.outcome for piece in seeded)
    return ", ".join(f"{counted[outcome]} {outcome}" for outcome in Outcome if counted[outcome])


def _tenants(platform: Api) -> Iterator[Seeded]:
    for tenant in TENANTS:
        new = platform.find(f"{ADMIN}/tenants/{tenant.id}") is None
        if new:
            platform.post(f"{ADMIN}/tenants", {"id": tenant.id, "name": tenant.name, "settings": tenant.settings})
        yield Seeded("tenant", tenant.id, _made(new=new))


def _accounts(platform: Api, samples: Samples) -> Iterator[Seeded]:
    for service in SERVICES:
        client = samples.services[service.name]
        new = platform.find(f"{ADMIN}/service-accounts/{client}") is None
        if new:
            account = {"clientId": client, "name": service.name, "tenants": service.tenants, "scopes": service.scopes}
            platform.post(f"{ADMIN}/service-accounts", account)
        yield Seeded("service account", service.name, _made(new=new))


def _providers(admins: dict[str, Api], sandbox: Sandbox) -> Iterator[Seeded]:
    for tenant, provider in sample_providers(sandbox):
        yield Seeded("provider", f"{tenant}/{provider['id']}", _provider(admins[tenant], provider))


def _provider(admin: Api, provider: dict[str, Any]) -> Outcome:
    one = f"{ADMIN}/providers/{provider['id']}"
    stored = admin.find(one)
    if stored is None:
        admin.post(f"{ADMIN}/providers", provider)
        return Outcome.CREATED
    settings = provider.get("settings", {})
    if stored["settings"] == settings:
        return Outcome.SKIPPED
    # The sandbox may have moved to another port.
    admin.patch(one, {"settings": settings, "credentials": provider["credentials"]})
    return Outcome.UPDATED


def _policies(admins: dict[str, Api]) -> Iterator[Seeded]:
    for tenant, policy in POLICIES:
        new = admins[tenant].find(f"{ADMIN}/escalation-policies/{policy['id']}") is None
        if new:
            admins[tenant].post(f"{ADMIN}/escalation-policies", policy)
        yield Seeded("escalation policy", f"{tenant}/{policy['id']}", _made(new=new))


def _recipients(admins: dict[str, Api], samples: Samples) -> Iterator[Seeded]:
    for person in PEOPLE:
        user = samples.users[person.login.username]
        path = f"{ADMIN}/recipients/{user.user_type}/{user.id}"
        answer = admins[str(user.tenant)].demand("PUT", path, _addresses(person))
        new = answer.status == HTTPStatus.CREATED
        yield Seeded("recipient", f"{user.tenant}/{person.login.username}", _made(new=new))


def _addresses(person: SamplePerson) -> dict[str, Any]:
    reached_at = {"email": person.login.email, "phone": person.phone, "deviceTokens": person.device_tokens}
    return {**reached_at, **person.profile}


def _user(identity: Identity, login: Login) -> SampleUser:
    return SampleUser(identity.user_id(login.username), login.user_type, login.email, login.tenant)


def _made(*, new: bool) -> Outcome:
    return Outcome.CREATED if new else Outcome.SKIPPED
