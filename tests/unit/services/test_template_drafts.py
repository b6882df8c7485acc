"""What a draft includes, is for, and how large what is made of it may be."""

import pytest

from chalicelib.domain.errors import InvalidInputError
from chalicelib.domain.fragment import Fragment, FragmentKind
from chalicelib.domain.ids import FragmentKey, TemplateKey
from chalicelib.domain.template import Locale, Part, TemplateVersion
from chalicelib.domain.words import Channel
from chalicelib.services.manage_templates import with_uses
from chalicelib.services.template_drafts import Draft, Drafting, channels_of, included, size_faults
from tests.build import ACME, NOW, a_tenant
from tests.callers import ADMIN, by
from tests.store.test_templates import a_template, a_version
from tests.templating import EN, ENGLISH, FR, a_draft, rendering, with_layout
from tests.twin import Rows, TwinCategories, TwinFragments

ORDER = TemplateKey("order")


@pytest.fixture
def rows() -> Rows:
    return Rows()


def store(rows: Rows, kind: FragmentKind, key: str, source: str) -> None:
    TwinFragments(rows).create(ACME, Fragment(kind=kind, key=FragmentKey(key), source=source, created_at=NOW))


def drafted(rows: Rows, draft: Draft) -> TemplateVersion:
    drafting = Drafting(rendering, TwinFragments(rows), TwinCategories(rows))
    return drafting(a_tenant(), ORDER, 1, draft, by(ADMIN))


@pytest.mark.parametrize(
    ("source", "keys"),
    [
        ('{% include "a" %}', {"a"}),
        ("{%- include 'a.b-c' -%}x{%+include \"d\"%}", {"a.b-c", "d"}),
        ('{% include\n"a" %}', {"a"}),
        ("{% include name %}", set()),
        ("{% include \"a' %}", set()),
        ('{% include "../a" %}', set()),
        ("include a", set()),
    ],
)
def test_what_a_source_includes_is_found(source: str, keys: set[str]) -> None:
    assert included([source]) == keys


def test_a_version_has_copies_of_all_that_it_uses_however_deep(rows: Rows) -> None:
    store(rows, FragmentKind.LAYOUT, "main", '{{ content }}{% include "footer" %}')
    store(rows, FragmentKind.PARTIAL, "greeting", 'Hello{% include "name" %}')
    store(rows, FragmentKind.PARTIAL, "name", " {{ recipient.userId }}")
    store(rows, FragmentKind.PARTIAL, "footer", "Bye")
    store(rows, FragmentKind.PARTIAL, "unused", "x")
    version = drafted(rows, with_layout())
    assert version.fragments.keys() == {"main", "greeting", "name", "footer"}
    template = with_uses(a_template(), version, a_version(layout=FragmentKey("old"), fragments={}))
    assert (template.layouts, template.partials) == (("main", "old"), ("footer", "greeting", "name"))


def test_a_circle_of_partials_ends(rows: Rows) -> None:
    store(rows, FragmentKind.LAYOUT, "main", "{{ content }}")
    store(rows, FragmentKind.PARTIAL, "greeting", '{% include "greeting" %}')
    with pytest.raises(InvalidInputError):
        drafted(rows, with_layout())


def test_channels_follow_from_the_parts_until_somebody_names_them(rows: Rows) -> None:
    version = drafted(rows, a_draft())
    assert version.channels == (Channel.EMAIL,)
    assert Draft.of(version).channels == ()
    named = drafted(rows, a_draft(channels=(Channel.EMAIL, Channel.IN_APP)))
    assert Draft.of(named).channels == (Channel.EMAIL, Channel.IN_APP)
    assert channels_of({EN: {Part.ACTION_URL: "x"}, FR: {Part.SMS_TEXT: "x", Part.IN_APP_BODY: "x"}}) == (
        Channel.SMS,
        Channel.IN_APP,
    )


def large(languages: int, size: int, beside: int = 0) -> TemplateVersion:
    parts = {Part.SMS_TEXT: "x" * (size // 2)}
    said = {Locale(f"{a}{b}"): parts for a in "abcde" for b in "abcdefghij"[: languages // 5 or 1]}
    said = dict(list(said.items())[:languages])
    return a_version(localizations=said, ready=said, sample={"x": "y" * beside}, fragments={}, schema={})


@pytest.mark.parametrize(
    ("version", "pointers"),
    [
        (large(1, 349_000), []),
        (large(1, 351_000), ["/localizations/aa"]),
        (large(1, 100, 349_000), []),
        (large(1, 100, 351_000), [""]),
        (large(50, 69_000), []),
        (large(50, 71_000), ["/localizations"]),
    ],
)
def test_what_the_table_cannot_hold_is_told(version: TemplateVersion, pointers: list[str]) -> None:
    assert [(fault.pointer, fault.code) for fault in size_faults(version)] == [
        (pointer, "too_large") for pointer in pointers
    ]


def test_the_tenants_schemes_count_in_links(rows: Rows) -> None:
    odd = ENGLISH | {Part.ACTION_URL: "javascript:alert(1)"}
    with pytest.raises(InvalidInputError) as refused:
        drafted(rows, a_draft(localizations={EN: odd}))
    assert [fault.pointer for fault in refused.value.faults] == ["/localizations/en/actionUrl"]
