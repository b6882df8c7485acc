"""What is found when a template is saved: names, partials, layouts, samples, schemas."""

import time
from itertools import count
from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.domain.errors import InvalidInputError
from chalicelib.domain.template import Locale, Part
from chalicelib.rendering.renderer import Renderer
from chalicelib.services.ports.templates import Sources
from tests.unit.rendering.saving import DATA, SCHEMA, a_version, faults, saved, sources

NESTED = {"foot": "{% include 'a' %}", "a": "{% include 'b' %}", "b": "{% include 'c' %}", "c": "x"}


@pytest.mark.parametrize(
    ("source", "column", "detail"),
    [
        ("{{ nam }}", 4, "`nam`"),
        ("{% if nam is defined %}x{% endif %}", 7, "`nam`"),
        ("{% for l in lines %}{{ l.titel }}{% endfor %}", 25, "`l.titel`"),
        ("{{ lines[0].titel }}", 12, "`lines[0].titel`"),
        ("{{ name.first }}", 8, "`name.first`"),
        ("{{ recipient.email }}", 13, "`recipient.email`"),
        ("{{ tenant['secret'] }}", 10, "`tenant['secret']`"),
        ("{% for l in lines %}{% endfor %}{{ l.title }}", 36, "`l`"),
        ("{{ name|default(nam) }}", 17, "`nam`"),
    ],
)
def test_a_name_that_nobody_knows_is_refused(source: str, column: int, detail: str) -> None:
    (fault,) = faults({Part.SMS_TEXT: source})
    assert (fault.code, fault.line, fault.column) == ("unknown_variable", 1, column)
    assert detail in fault.detail


@pytest.mark.parametrize(
    ("schema", "source"),
    [
        ({"properties": {"o": {"type": "object"}}}, "{{ o.k }}"),
        ({"properties": {"o": {"$ref": "#/$defs/o"}}, "$defs": {"o": {"properties": {"k": {}}}}}, "{{ o.k }}"),
        ({"properties": {"o": {"anyOf": [{"type": "null"}, {"properties": {"k": {}}}]}}}, "{{ o.k }}"),
        ({"allOf": [{"properties": {"o": {"additionalProperties": {"type": "string"}}}}]}, "{{ o.k }}"),
    ],
)
def test_what_a_schema_leaves_open_may_be_used(schema: dict[str, Any], source: str) -> None:
    fine = f"{{% if o is defined and o.k is defined %}}{source}{{% endif %}}x"
    saved({Part.SMS_TEXT: fine}, schema=schema, sample={"o": {"k": "v"}})


@pytest.mark.parametrize(
    ("source", "detail", "place"),
    [
        ("Hi\n{{ coupon }}", "without what the schema does not require: 'coupon' is undefined", (2, 4)),
        ("{{ lines[0].title }}", "with empty lists: there is no item 0", (1, 12)),
        ("{% if n %}\n  {{ name + 1 }}{% endif %}", "With the sample: a text is no number", (2, 6)),
        ("{{ name|date }}", "With the sample: this is no date", (1, 9)),
    ],
)
def test_a_template_that_its_sample_does_not_fit_is_refused(source: str, detail: str, place: tuple[int, int]) -> None:
    (fault,) = faults({Part.SMS_TEXT: source}, sample={**DATA, "coupon": "X"})
    assert fault.code == "sample_fails"
    assert detail in fault.detail
    assert (fault.line, fault.column) in {place, (place[0], place[1] - 3)}


def test_what_is_missing_may_be_asked_for() -> None:
    source = "{{ coupon|default('-') }}{% if coupon is defined %}{{ coupon }}{% endif %}{{ lines|length }}"
    saved({Part.SMS_TEXT: source}, sample={**DATA, "coupon": "X"})


@pytest.mark.parametrize(
    ("part", "source"),
    [(Part.EMAIL_SUBJECT, "a\nb"), (Part.ACTION_URL, "{{ name }}"), (Part.PUSH_IMAGE, "http://acme.example/a.png")],
)
def test_headers_and_links_are_tried_too(part: Part, source: str) -> None:
    (fault,) = faults({part: source})
    assert (fault.code, fault.line) == ("sample_fails", 1)


@pytest.mark.parametrize(
    ("fragments", "pointer", "code", "place"),
    [
        ({}, "/localizations/en/email/html", "unknown_fragment", (2, 1)),
        ({"foot": "\n {{ nosuch }}"}, "/fragments/foot", "unknown_variable", (2, 5)),
        ({"foot": "{{ name"}, "/fragments/foot", "syntax_error", (1, 4)),
        ({"foot": "{% if n %}"}, "/fragments/foot", "syntax_error", (1, 8)),
        ({"foot": "a{% include 'foot' %}"}, "/fragments/foot", "include_cycle", (1, 2)),
        (NESTED, "/fragments/b", "too_deep", (1, 1)),
        ({"foot": "<script>"}, "/fragments/foot", "unsafe_html", (1, 1)),
        ({"foot": "{{ coupon }}"}, "/fragments/foot", "sample_fails", (1, 4)),
    ],
)
def test_faults_of_partials_point_into_them(
    fragments: dict[str, str], pointer: str, code: str, place: tuple[int, int]
) -> None:
    source = "<p>{{ name }}</p>\n{% include 'foot' %}"
    fault = faults({Part.EMAIL_HTML: source}, fragments=fragments, sample={**DATA, "coupon": "X"})[0]
    assert (fault.pointer, fault.code, fault.line) == (pointer, code, place[0])
    assert fault.column is not None
    assert abs(fault.column - place[1]) <= 3


def test_a_layout_goes_around_the_html_and_partials_into_any_part() -> None:
    parts = {Part.EMAIL_HTML: "<p>{{ name }}</p> {%- include 'foot' -%}  !", Part.SMS_TEXT: "{% include 'foot' %}"}
    ready = saved(parts, layout="shop", fragments={"shop": "<div>{{ content }}</div>", "foot": "-{{ tenant.name }}-"})
    assert ready[Part.EMAIL_HTML] == "<div><p>{{ name }}</p> {#- #}-{{ tenant.name }}-{# -#}!</div>"
    assert ready[Part.SMS_TEXT] == "-{{ tenant.name }}-"


@pytest.mark.parametrize("layout", ["none here", "{{ content }}{{ content }}"])
def test_a_layout_has_one_place_for_content(layout: str) -> None:
    (fault,) = faults({Part.EMAIL_HTML: "x"}, layout="l", fragments={"l": layout})
    assert (fault.pointer, fault.code) == ("/fragments/l", "content_missing")


def test_faults_of_all_languages_and_parts_are_told_together() -> None:
    localizations = {
        Locale("en"): {Part.SMS_TEXT: "{{ a }}", Part.ACTION_URL: "{{ b }}"},
        Locale("fr"): {Part.IN_APP_TITLE: "{{ c"},
    }
    with pytest.raises(InvalidInputError) as refused:
        Renderer().ready(Sources(localizations, None, {}, SCHEMA, DATA))
    assert [fault.pointer for fault in refused.value.faults] == [
        "/localizations/en/sms/text",
        "/localizations/en/actionUrl",
        "/localizations/fr/in_app/title",
    ]


@pytest.mark.parametrize(
    ("schema", "pointer", "code"),
    [
        ({"type": "objct"}, "/schema/type", "invalid_schema"),
        ({"properties": {"a": {"$ref": "#/properties/a"}}}, "/schema/properties/a", "circular_reference"),
        ({"$ref": "https://x.example/s"}, "/schema", "forbidden_reference"),
        ({"properties": {"a": {"$id": "x"}}}, "/schema/properties/a/$id", "forbidden_keyword"),
        ({"properties": {"$id": {}, "tenant": {}}}, "/schema/properties/tenant", "reserved_name"),
        ({"$schema": "http://json-schema.org/draft-07/schema#"}, "/schema/$schema", "unknown_dialect"),
        ({"enum": list(range(3_000))}, "/schema/enum", "too_large"),
        ({"properties": {"a": {"pattern": "(?=x)"}}}, "/schema/properties/a/pattern", "invalid_schema"),
    ],
)
def test_a_schema_that_cannot_be_used_is_refused(schema: dict[str, Any], pointer: str, code: str) -> None:
    (fault,) = faults({Part.SMS_TEXT: "x"}, schema=schema, sample={})
    assert (fault.pointer, fault.code) == (pointer, code)


def test_a_sample_has_to_satisfy_the_schema() -> None:
    (fault,) = faults({Part.SMS_TEXT: "x"}, sample={**DATA, "n": "many"})
    assert (fault.pointer, fault.code) == ("/sample/n", "wrong_type")


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({}, []),
        ({"n": "x"}, [("/n", "wrong_type")]),
        ({"odd/one": 1}, [("/odd~1one", "unknown_field")]),
        ({"lines": [{"title": "T"}]}, [("/lines/0/price", "required")]),
        ({"tenant": {}}, [("/tenant", "reserved_name")]),
        ({"lines": [[]] * 30_000}, [("", "too_large")]),
    ],
)
def test_data_is_checked_by_the_schema(changes: dict[str, Any], found: list[tuple[str, str]]) -> None:
    version = a_version({})
    told = Renderer().data_faults(version, DATA | changes)
    assert [(fault.pointer, fault.code) for fault in told] == found
    assert not any("many" in fault.detail for fault in told)


def test_details_do_not_repeat_the_data() -> None:
    (fault,) = Renderer().data_faults(a_version({}), DATA | {"name": ["secret"]})
    assert "secret" not in fault.detail


def test_sources_are_not_changed() -> None:
    given = sources({Part.EMAIL_HTML: "<a href='{{ url }}'>x</a>\r\n"})
    Renderer().ready(given)
    assert given.localizations[Locale("en")] == {Part.EMAIL_HTML: "<a href='{{ url }}'>x</a>\r\n"}


def doubling(reference: str) -> dict[str, Any]:
    """A schema of 20 places that each refer to the next twice."""
    places = {f"p{at}": {"anyOf": [{"$ref": reference.format(at + 1)}] * 2} for at in range(20)}
    return {"$defs": {**places, "p20": {"const": 1}}, "$ref": reference.format(0)}


@pytest.mark.parametrize(
    ("schema", "code", "pointer"),
    [
        (doubling("#/$defs/p{}"), "too_large", "/schema"),
        (doubling("#/%24defs/p{}"), "forbidden_reference", "/schema"),
        ({"$schema": 5}, "unknown_dialect", "/schema/$schema"),
    ],
)
def test_no_schema_makes_more_of_itself_than_it_shows(schema: dict[str, Any], code: str, pointer: str) -> None:
    (fault,) = faults({Part.SMS_TEXT: "x"}, schema=schema, sample={})
    assert fault.code == code
    assert fault.pointer.startswith(pointer)


def choices(count: int) -> dict[str, Any]:
    """A schema of a list whose items are one of so many things."""
    lengths = [{"minLength": 3 + number} for number in range(count)]
    return {"properties": {"a": {"type": "array", "items": {"anyOf": lengths}}}}


@pytest.mark.parametrize(("values", "told"), [(15_000, ["too_large"]), (1_000, ["invalid"]), (10, ["invalid"] * 10)])
def test_checking_data_takes_no_longer_than_it_may(values: int, told: list[str]) -> None:
    version = a_version({}, schema=choices(600))
    began = time.process_time()
    found = Renderer().data_faults(version, {"a": ["ab"] * values})
    assert [fault.code for fault in found] == told
    assert time.process_time() - began < 3


def test_many_parts_that_each_take_long_are_too_many() -> None:
    seconds = count(0, 0.1)
    parts = dict.fromkeys((Part.SMS_TEXT, Part.CHAT_TEXT, Part.PUSH_BODY), "{{ name }}")
    many = sources(parts)
    many = replace(many, localizations={Locale(f"{a}{b}"): parts for a in "abcdefg" for b in "abcdefg"})
    with pytest.raises(InvalidInputError) as refused:
        Renderer(clock=lambda: next(seconds)).ready(many)
    assert {fault.code for fault in refused.value.faults} == {"too_large"}
    assert len(refused.value.faults) <= 20
