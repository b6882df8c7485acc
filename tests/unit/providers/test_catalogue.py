"""Every provider there is can be set up as it says, and is in docs/providers.md."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from msgspec.structs import fields

from chalicelib.aws.clients import session
from chalicelib.providers.aws import aws_service
from chalicelib.providers.base import Timeouts
from chalicelib.providers.catalogue import catalogue
from chalicelib.providers.registry import ProviderClass, all_providers, read_settings, setting_faults
from infra.docs import PROVIDERS, providers_page
from tests.unit.providers.keys import pem

MANY = 45


def with_a_key(example: Any) -> Any:
    """Return an example with a real key where it has one that is cut short."""
    if isinstance(example, dict):
        return {name: with_a_key(value) for name, value in example.items()}
    return pem() if isinstance(example, str) and "PRIVATE KEY" in example else example


@pytest.fixture
def _in_a_region(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    yield
    aws_service.cache_clear()
    session.cache_clear()


every_provider = pytest.mark.parametrize("provider", all_providers(), ids=lambda p: f"{p.channel}-{p.vendor}")


@every_provider
@pytest.mark.usefixtures("_in_a_region")
def test_a_provider_can_be_made_of_its_example(provider: ProviderClass) -> None:
    example = with_a_key(provider.example)
    credentials = {name: value for name, value in example.items() if name in provider.secrets}
    settings = {name: value for name, value in example.items() if name not in provider.secrets}

    assert setting_faults(provider.channel, provider.vendor, settings, credentials) == ()
    assert isinstance(provider(read_settings(provider, example), Timeouts()), provider)


@every_provider
def test_a_provider_says_what_it_can(provider: ProviderClass) -> None:
    assert provider.capabilities
    assert all(word.strip() == word and "|" not in word for word in provider.capabilities)


def test_there_are_many() -> None:
    entries = catalogue()

    assert len(entries) >= MANY
    assert len({(entry.channel, entry.vendor) for entry in entries}) == len(entries)


def test_the_page_of_providers_is_up_to_date() -> None:
    assert PROVIDERS.read_text() == providers_page(), "make docs writes it"


def test_a_row_begins_with_the_channel() -> None:
    rows = [line.split(" | ") for line in PROVIDERS.read_text().splitlines() if line.count(" | ") == 4]

    assert [row[0].removeprefix("| ") for row in rows[1:]] == [str(entry.channel) for entry in catalogue()]


@pytest.mark.parametrize("provider", [each for each in all_providers() if each.through is None], ids=lambda p: p.vendor)
def test_the_page_of_a_provider_names_all_its_settings(provider: ProviderClass) -> None:
    page = (PROVIDERS.parent / "providers" / f"{provider.vendor}.md").read_text()

    settings = {field.encode_name for field in fields(provider.settings_type)}
    assert {name for name in settings if not re.search(rf"[`\"]{name}[`\"]", page)} == set()
