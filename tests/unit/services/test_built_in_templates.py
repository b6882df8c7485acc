"""The built-in templates: each says all it has to say, in every language, on every channel."""

import re
from functools import cache

import pytest

from chalicelib.channels.base import shape
from chalicelib.channels.segments import count_segments
from chalicelib.domain.ids import TemplateKey
from chalicelib.domain.template import Locale, TemplateVersion
from chalicelib.domain.value import Millis
from chalicelib.domain.words import Channel
from chalicelib.rendering.renderer import Renderer
from chalicelib.services.built_in_templates import built_in_templates
from chalicelib.services.ports import About
from chalicelib.services.seed_templates import SeedTemplates
from tests.build import ACME, NOW, a_recipient, a_request, a_tenant
from tests.twin import Rows, TwinFragments, TwinTemplates

KEYS = [each.key for each in built_in_templates()]
LANGUAGES = [Locale(tag) for tag in ("en", "fr", "es", "ar")]
ABOUT = About(
    recipient={"userId": "u1", "userType": "customer", "locale": "", "attributes": {}},
    tenant={"id": "acme", "name": "Acme & Søn"},
    unsubscribe_url="https://herald.example.com/unsubscribe/token",
)
RENDERER = Renderer()


@cache
def seeded() -> Rows:
    rows = Rows()
    SeedTemplates(TwinTemplates(rows), TwinFragments(rows), lambda: RENDERER)(a_tenant(), NOW)
    return rows


def version_of(key: TemplateKey) -> TemplateVersion:
    found = TwinTemplates(seeded()).version(ACME, key, 1)
    assert found is not None
    return found


def test_there_are_those_that_every_tenant_needs() -> None:
    wanted = (
        "digest order-confirmation order-shipped password-reset payment-failed payment-receipt system-notice welcome"
    )
    assert wanted.split() == KEYS


@pytest.mark.parametrize("key", KEYS)
def test_each_speaks_four_languages_and_says_the_same_parts_in_all(key: TemplateKey) -> None:
    version = version_of(key)

    assert set(version.localizations) == set(LANGUAGES)
    assert len({frozenset(parts) for parts in version.localizations.values()}) == 1
    assert RENDERER.data_faults(version, version.sample) == ()


@pytest.mark.parametrize("channel", Channel)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", KEYS)
def test_each_is_filled_from_its_sample_on_every_channel(key: TemplateKey, language: Locale, channel: Channel) -> None:
    version = version_of(key)

    content = RENDERER.fill(ACME, version, channel, (language,), version.sample, ABOUT)

    said = [content.body, content.subject or "", content.html or "", content.action_url or ""]
    assert content.body.strip()
    assert not re.search(r"\{\{|\}\}|\{%|%\}|None|undefined", " ".join(said))
    if channel is not Channel.IN_APP:
        shape(channel, a_request(content=content), a_recipient(), a_tenant())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", KEYS)
def test_an_email_says_its_language_and_direction_and_how_to_end_it(key: TemplateKey, language: Locale) -> None:
    version = version_of(key)

    html = RENDERER.fill(ACME, version, Channel.EMAIL, (language,), version.sample, ABOUT).html or ""

    direction = "rtl" if language == "ar" else "ltr"
    assert re.search(rf'<html lang="{language}" dir="{direction}"', html)
    assert 'href="https://herald.example.com/unsubscribe/token"' in html
    assert "Acme &amp; Søn" in html
    assert "<style" not in html or "style=" in html


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", KEYS)
def test_a_text_message_costs_few_segments(key: TemplateKey, language: Locale) -> None:
    version = version_of(key)

    text = RENDERER.fill(ACME, version, Channel.SMS, (language,), version.sample, ABOUT).body

    assert count_segments(text) <= 3


def test_seeding_again_changes_nothing() -> None:
    rows = Rows()
    seed = SeedTemplates(TwinTemplates(rows), TwinFragments(rows), lambda: RENDERER)
    seed(a_tenant(), NOW)
    before = (dict(rows.templates), dict(rows.fragments))

    seed(a_tenant(), Millis(NOW + 1))

    assert (rows.templates, rows.fragments) == before
