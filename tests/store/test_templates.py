"""Templates: a version and what refers to it are stored together, once, and stay."""

from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.domain.ids import FragmentKey, TemplateKey
from chalicelib.domain.template import Locale, Part, Template, TemplateVersion
from chalicelib.domain.words import Channel
from chalicelib.services.ports import ExistsError, Page, StaleVersionError
from tests.build import ACME, NOW
from tests.store.stores import Store

ORDER = TemplateKey("order")
EN, FR = Locale("en"), Locale("fr-CA")


def a_version(number: int = 1, **changes: Any) -> TemplateVersion:
    """A version with everything that one may have."""
    said = {
        EN: {Part.EMAIL_SUBJECT: "Order {{ id }}", Part.EMAIL_HTML: "<p>{{ id }} ✓</p>"},
        FR: {Part.SMS_TEXT: "Commande {{ id }}", Part.ACTION_URL: "https://example.com/{{ id }}"},
    }
    fields: dict[str, Any] = {
        "key": ORDER,
        "number": number,
        "category": "transactional",
        "channels": (Channel.EMAIL, Channel.SMS),
        "localizations": said,
        "ready": {locale: {part: f"{text}!" for part, text in parts.items()} for locale, parts in said.items()},
        "created_at": NOW,
        "created_by": "user:admin/u1",
        "type": "order.confirmed",
        "layout": FragmentKey("main"),
        "fragments": {FragmentKey("main"): "<body>{{ content }}</body>"},
        "schema": {"type": "object", "properties": {"total": {"type": "number", "minimum": 0.5}}},
        "sample": {"id": "42", "total": 1.5, "lines": [{"name": None}]},
        "note": "First",
    }
    return TemplateVersion(**(fields | changes))


def a_template(**changes: Any) -> Template:
    """A template of which there is one version."""
    fields: dict[str, Any] = {
        "key": ORDER,
        "name": "Order",
        "category": "transactional",
        "created_at": NOW,
        "latest": 1,
        "layouts": (FragmentKey("main"),),
    }
    return Template(**(fields | changes))


def test_a_template_is_found_as_it_was_stored(store: Store) -> None:
    assert store.templates.get(ACME, ORDER) is None
    assert store.templates.version(ACME, ORDER, 1) is None
    store.templates.create(ACME, a_template(), a_version())
    assert store.templates.get(ACME, ORDER) == a_template()
    assert store.templates.version(ACME, ORDER, 1) == a_version()
    assert store.templates.former(ACME, ORDER) is None


def test_a_template_is_created_once(store: Store) -> None:
    store.templates.create(ACME, a_template(), a_version())
    with pytest.raises(ExistsError):
        store.templates.create(ACME, a_template(name="Other"), a_version(note="Other"))
    assert store.templates.get(ACME, ORDER) == a_template()
    assert store.templates.version(ACME, ORDER, 1) == a_version()


def test_a_version_comes_with_the_change_of_its_template(store: Store) -> None:
    store.templates.create(ACME, a_template(), a_version())
    second = a_version(2, localizations={EN: {Part.SMS_TEXT: "Hi"}}, ready={EN: {Part.SMS_TEXT: "Hi"}})
    updated = store.templates.update(ACME, a_template(latest=2), second)
    assert updated == a_template(latest=2, version=2) == store.templates.get(ACME, ORDER)
    assert store.templates.version(ACME, ORDER, 2) == second
    assert store.templates.version(ACME, ORDER, 1) == a_version()


def test_who_did_not_see_the_last_change_adds_no_version(store: Store) -> None:
    store.templates.create(ACME, a_template(), a_version())
    store.templates.update(ACME, a_template(name="Mine"))
    with pytest.raises(StaleVersionError):
        store.templates.update(ACME, a_template(latest=2), a_version(2))
    assert store.templates.version(ACME, ORDER, 2) is None
    assert store.templates.get(ACME, ORDER) == a_template(name="Mine", version=2)


def test_a_version_is_never_written_twice(store: Store) -> None:
    store.templates.create(ACME, a_template(), a_version())
    with pytest.raises(StaleVersionError):
        store.templates.update(ACME, a_template(), a_version(note="Other"))
    assert store.templates.version(ACME, ORDER, 1) == a_version()
    assert store.templates.get(ACME, ORDER) == a_template()


def test_what_does_not_exist_is_not_changed(store: Store) -> None:
    for added in (None, a_version()):
        with pytest.raises(StaleVersionError):
            store.templates.update(ACME, a_template(), added)
    assert store.templates.get(ACME, ORDER) is None
    assert store.templates.version(ACME, ORDER, 1) is None


def test_a_template_is_published_by_who_saw_it_last(store: Store) -> None:
    store.templates.create(ACME, a_template(), a_version())
    store.templates.update(ACME, a_template(published=1, history=(1,)))
    with pytest.raises(StaleVersionError):
        store.templates.update(ACME, a_template(published=None))
    assert store.templates.get(ACME, ORDER) == a_template(published=1, history=(1,), version=2)


def test_a_deleted_template_leaves_its_versions_and_its_numbers(store: Store) -> None:
    store.templates.create(ACME, a_template(), a_version())
    assert store.templates.delete(ACME, ORDER)
    assert not store.templates.delete(ACME, ORDER)
    assert store.templates.get(ACME, ORDER) is None
    assert store.templates.list(ACME, 10, None) == Page(())
    assert store.templates.former(ACME, ORDER) == a_template(version=2)
    assert store.templates.version(ACME, ORDER, 1) == a_version()
    with pytest.raises(StaleVersionError):
        store.templates.update(ACME, a_template(version=2))


def test_a_template_may_follow_a_deleted_one(store: Store) -> None:
    store.templates.create(ACME, a_template(), a_version())
    store.templates.delete(ACME, ORDER)
    with pytest.raises(ExistsError):
        store.templates.create(ACME, a_template(), a_version())
    again = a_template(name="Again", latest=2, version=3)
    store.templates.create(ACME, again, a_version(2))
    assert store.templates.get(ACME, ORDER) == again
    assert store.templates.former(ACME, ORDER) is None
    assert store.templates.list(ACME, 10, None) == Page((again,))
    assert store.templates.delete(ACME, ORDER)


def test_templates_are_listed_in_order_page_by_page(store: Store) -> None:
    for name in ("c", "a", "d", "b"):
        key = TemplateKey(name)
        store.templates.create(ACME, a_template(key=key), a_version(key=key))
    first = store.templates.list(ACME, 3, None)
    second = store.templates.list(ACME, 3, first.next)
    assert [template.key for template in first.items] == ["a", "b", "c"]
    assert second == Page((a_template(key=TemplateKey("d")),))


def test_versions_are_summed_up_the_last_first(store: Store) -> None:
    store.templates.create(ACME, a_template(), a_version())
    store.templates.update(ACME, a_template(latest=2), a_version(2, note=None, layout=None))
    second, first = store.templates.summaries(ACME, ORDER, [1, 2, 3])
    assert (first.number, first.note, first.languages, first.layout) == (1, "First", (EN, FR), "main")
    assert (second.number, second.note, second.channels) == (2, None, (Channel.EMAIL, Channel.SMS))


def test_a_version_may_have_fifty_languages(store: Store) -> None:
    said = {Locale(f"{a}{b}"): {Part.SMS_TEXT: a + b} for a in "abcde" for b in "abcdefghij"}
    many = a_version(localizations=said, ready=said)
    store.templates.create(ACME, a_template(), many)
    assert store.templates.version(ACME, ORDER, 1) == many


def test_documents_stay_of_the_version_that_was_read(store: Store) -> None:
    template = a_template()
    store.templates.create(ACME, template, a_version())
    assert store.templates.update(ACME, replace(template, name="Next")).version == 2
    assert store.templates.update(ACME, replace(template, name="Last", version=2)).version == 3
