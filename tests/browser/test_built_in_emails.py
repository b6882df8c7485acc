"""The built-in e-mails as a browser shows them on a narrow screen."""

from pathlib import Path

from chalicelib.domain.template import Locale
from chalicelib.domain.words import Channel
from chalicelib.rendering.renderer import Renderer
from chalicelib.services.built_in_templates import built_in_templates
from chalicelib.services.ports import About
from chalicelib.services.seed_templates import SeedTemplates
from tests.browser.chromium import look_at, needs_chromium
from tests.build import ACME, NOW, a_tenant
from tests.twin import Rows, TwinFragments, TwinTemplates

NARROW = 320
"""CSS pixels: the narrowest phones, and what WCAG 1.4.10 asks for."""
ABOUT = About(
    recipient={"userId": "u1"},
    tenant={"id": "acme", "name": "Acme"},
    unsubscribe_url="https://herald.example.com/unsubscribe/" + "token" * 20,
)


def emails() -> dict[str, str]:
    """Return the HTML of every template in every language, from its sample."""
    rows, renderer = Rows(), Renderer()
    SeedTemplates(TwinTemplates(rows), TwinFragments(rows), lambda: renderer)(a_tenant(), NOW)
    pages = {}
    for each in built_in_templates():
        version = TwinTemplates(rows).version(ACME, each.key, 1)
        assert version is not None
        for language in version.localizations:
            content = renderer.fill(ACME, version, Channel.EMAIL, (Locale(language),), version.sample, ABOUT)
            pages[f"{each.key}.{language}"] = content.html or ""
    return pages


@needs_chromium
def test_every_email_fits_a_narrow_screen_and_runs_in_its_direction(tmp_path: Path) -> None:
    seen = look_at(emails(), tmp_path, NARROW)

    assert len(seen) == 4 * len(built_in_templates())
    assert {name: page["width"] for name, page in seen.items() if page["width"] > NARROW} == {}
    directions = {name: page["direction"] for name, page in seen.items()}
    assert directions == {name: "rtl" if name.endswith(".ar") else "ltr" for name in seen}
    assert all(name.endswith(f".{page['language']}") for name, page in seen.items())
    assert [name for name, page in seen.items() if "{" in page["text"] or "}" in page["text"]] == []


@needs_chromium
def test_a_page_that_is_too_wide_is_seen_to_be(tmp_path: Path) -> None:
    seen = look_at({"wide": '<p style="width: 400px">x</p>'}, tmp_path, NARROW)

    assert seen["wide"]["width"] > NARROW
