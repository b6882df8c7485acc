"""Whoever lets tenants name a host connects by the guard."""

from typing import Any

import msgspec
import pytest

from chalicelib.channels.base import Message
from chalicelib.domain.delivery import AttemptOutcome
from chalicelib.domain.ids import ProviderId
from chalicelib.domain.provider import ProviderConfig, ProviderResult, Refused
from chalicelib.domain.words import Channel
from chalicelib.providers.base import Timeouts
from chalicelib.providers.caller import Caller
from chalicelib.providers.guard import HostGuard
from chalicelib.providers.registry import all_providers, provider_class
from infra.local.ministack import find_free_port
from tests.build import ACME, a_tenant
from tests.contract.messages import A_WEBHOOK, A_WHATSAPP_MESSAGE, AN_ALERT, AN_EMAIL
from tests.unit.providers.fake_vault import FakeVault
from tests.unit.providers.wire import answer, http_server

DIRECT = [provider for provider in all_providers() if provider.through is None]
NAME_HOSTS = {"url", "base_url", "endpoint", "host", "server"}
BELOW_THE_VENDORS_DOMAIN = {"teams"}
"""Guarded too, but what a tenant names is never an address."""
MESSAGES: dict[str, Message] = {
    "alerta": AN_ALERT,
    "endpoint": A_WEBHOOK,
    "smtp": AN_EMAIL,
    "wppconnect": A_WHATSAPP_MESSAGE,
}


def call(vendor: str, guard: HostGuard | None, **changes: Any) -> ProviderResult:
    """Call a provider with its example settings, changed."""
    provider = next(provider for provider in DIRECT if provider.vendor == vendor)
    told = provider.example | changes
    vault = FakeVault()
    config = ProviderConfig(
        id=ProviderId("mine"),
        channel=provider.channel,
        vendor=vendor,
        settings={name: value for name, value in told.items() if name not in provider.secrets},
        credentials=vault.seal(ACME, {name: value for name, value in told.items() if name in provider.secrets}),
    )
    guards = [] if guard is None else [guard]
    return Caller(vault, Timeouts(connect=1, read=1), *guards).call(a_tenant(), config, MESSAGES[vendor])


@pytest.mark.parametrize("provider", DIRECT, ids=lambda provider: provider.vendor)
def test_settings_that_name_a_host_are_those_of_guarded_providers(provider: Any) -> None:
    names = {field.name for field in msgspec.structs.fields(provider.settings_type)}

    assert provider.guarded or not names & NAME_HOSTS


def test_each_of_them_is_shown_here() -> None:
    assert {provider.vendor for provider in DIRECT if provider.guarded} == set(MESSAGES) | BELOW_THE_VENDORS_DOMAIN


@pytest.mark.parametrize("vendor", MESSAGES)
def test_none_of_them_gets_inside(vendor: str) -> None:
    with http_server(answer(200, b"")) as inside:
        addresses: dict[str, dict[str, Any]] = {
            "alerta": {"endpoint": f"https://127.0.0.1:{inside.port}/api"},
            "endpoint": {"url": f"https://localhost:{inside.port}/"},
            "smtp": {"host": "127.0.0.1", "port": inside.port},
            "wppconnect": {"baseUrl": f"https://127.0.0.1:{inside.port}"},
        }
        result = call(vendor, None, **addresses[vendor])

        assert isinstance(result, Refused), result
        assert (result.kind, result.code) == (AttemptOutcome.MISCONFIGURED, "forbidden_host")
        assert not inside.heard


def test_the_guard_is_the_callers() -> None:
    url = f"https://localhost:{find_free_port()}/"

    allowed = call("endpoint", HostGuard(["localhost"]), url=url)
    forbidden = call("endpoint", HostGuard(["other.example.com"]), url=url)

    assert [getattr(result, "code", None) for result in (allowed, forbidden)] == ["connection_failed", "forbidden_host"]


def test_services_of_apprise_on_a_tenants_server_are_guarded_too() -> None:
    assert provider_class(Channel.CHAT, "mattermost").guarded
