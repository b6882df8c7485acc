"""Templates that cannot be used: refused with the place and a stable code, and nothing of them is stored."""

from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.domain.tenant import TenantSettings
from tests.api import Api, in_memory_api
from tests.build import ACME
from tests.callers import ADMIN
from tests.fakes import ManualClock
from tests.functional.api.test_admin_templates import BODY, DRAFT, ENGLISH, ORDER, TEMPLATES
from tests.world import World

LINK = {"actionUrl": "https://example.com"}
HUGE = "x" * 100_001
DEEP: dict[str, Any] = {}
for _ in range(25):
    DEEP = {"a": DEEP}


def saying(**parts: Any) -> dict[str, Any]:
    """A change of a draft that says only this, in English."""
    return {"localizations": {"en": parts}, "channels": []}


def html(source: str) -> dict[str, Any]:
    return saying(email={"subject": "Hello", "html": source})


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Api:
    api = in_memory_api(monkeypatch, World(clock=ManualClock(), providers=()))
    partial = {"key": "greeting", "source": "Hello"}
    assert api.call("POST", "/api/v1/admin/partials", ADMIN, partial).status == 201
    layout = {"key": "greeting", "source": "<body>{{ content }}</body>"}
    assert api.call("POST", "/api/v1/admin/layouts", ADMIN, layout).status == 201
    assert api.call("POST", TEMPLATES, ADMIN, BODY).status == 201
    return api


CASES: list[tuple[dict[str, Any], dict[str, str]]] = [
    ({"key": "a/b"}, {"/key": "malformed"}),
    ({"key": ""}, {"/key": "malformed"}),
    ({"key": "x" * 65}, {"/key": "malformed"}),
    ({"key": 7}, {"/key": "wrong_type"}),
    ({"name": ""}, {"/name": "too_short"}),
    ({"name": "two\nlines"}, {"/name": "control_characters"}),
    ({"category": "none"}, {"/category": "unknown_category"}),
    ({"type": "a b"}, {"/type": "malformed"}),
    ({"channels": ["pigeon"]}, {"/channels/0": "unknown_channel"}),
    ({"layout": "none"}, {"/layout": "unknown_layout"}),
    ({"layout": "../main"}, {"/layout": "malformed"}),
    ({"schema": []}, {"/schema": "wrong_type"}),
    ({"schema": DEEP}, {"/schema": "nested_too_deeply"}),
    ({"schema": {"maxLength": 2**60}}, {"/schema": "out_of_range"}),
    ({"sample": {"id": 42}}, {"/sample/id": "wrong_type"}),
    ({"sample": {}}, {"/sample/id": "required"}),
    ({"sample": "x"}, {"/sample": "wrong_type"}),
    ({"note": "x" * 256}, {"/note": "too_long"}),
    ({"nonsense": 1}, {"/nonsense": "unknown_field"}),
    ({"localizations": {}}, {"/localizations": "too_few"}),
    ({"localizations": {"en": {}}}, {"/localizations/en": "too_few"}),
    ({"localizations": {"en": ENGLISH, "fr": {"email": {}}}}, {"/localizations/fr": "too_few"}),
    ({"localizations": None}, {"/localizations": "wrong_type"}),
    ({"localizations": {"english": ENGLISH}}, {"/localizations/english": "unknown_locale"}),
    ({"localizations": {"en_US": ENGLISH}}, {"/localizations/en_US": "unknown_locale"}),
    ({"localizations": {"EN": ENGLISH, "en": ENGLISH}}, {"/localizations/EN": "unknown_locale"}),
    ({"localizations": {"a/b~": ENGLISH}}, {"/localizations/a~1b~0": "unknown_locale"}),
    ({"localizations": {"en": {"inApp": {}}}}, {"/localizations/en/inApp": "unknown_field"}),
    ({"localizations": {"en": {"sms": {"html": "x"}}}}, {"/localizations/en/sms/html": "unknown_field"}),
    ({"localizations": {"en": {"sms": {"text": ""}}}}, {"/localizations/en/sms/text": "too_short"}),
    ({"localizations": {"en": {"sms": {"text": HUGE}}}}, {"/localizations/en/sms/text": "too_long"}),
    ({"localizations": {"en": {"sms": {"text": "\x00"}}}}, {"/localizations/en/sms/text": "control_characters"}),
    (saying(actionUrl="https://example.com"), {"/localizations": "no_channel"}),
    ({"layout": "greeting"} | html('{% include "greeting" %}'), {"/layout": "ambiguous_key"}),
    (
        saying(sms={"text": "".join(f'{{% include "p{n}" %}}' for n in range(31))}),
        {"/localizations": "too_many_partials"},
    ),
]
SOURCES = [
    "{{ id",
    "{% if id %}",
    "{{ unknown }}",
    "{{ id.__class__ }}",
    "{{ id.upper() }}",
    "{% for a in id %}{% for b in id %}{% for c in id %}x{% endfor %}{% endfor %}{% endfor %}",
    '{% include "none" %}',
    "{% include id %}",
    '{% extends "greeting" %}',
    "{% set a = 1 %}",
    "{{ id|attr('x') }}",
    "{{ 9**9**9 }}",
    "{% macro m() %}{% endmacro %}",
]


@pytest.mark.parametrize(("change", "faults"), CASES)
def test_what_cannot_be_used_is_refused_and_not_stored(
    api: Api, change: dict[str, Any], faults: dict[str, str]
) -> None:
    before = (dict(api.world.rows.versions), dict(api.world.rows.templates), len(api.world.rows.audit[ACME]))

    refused = api.call("POST", TEMPLATES, ADMIN, BODY | {"key": "new"} | change)

    assert (refused.status, refused.faults) == (422, faults), refused.text
    assert (api.world.rows.versions, api.world.rows.templates) == before[:2]
    assert len(api.world.rows.audit[ACME]) == before[2]


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("route", ["save", "preview"])
def test_a_source_that_is_not_allowed_is_refused_with_line_and_column(api: Api, source: str, route: str) -> None:
    draft = DRAFT | saying(sms={"text": f"Hello\n  {source}"})
    path, body = (f"{ORDER}/versions", draft) if route == "save" else (f"{ORDER}/preview", {"source": draft})

    refused = api.call("POST", path, ADMIN, body)

    assert refused.status == 422, refused.text
    fault = refused.json["faults"][0]
    assert fault["pointer"] == ("/source" if route == "preview" else "") + "/localizations/en/sms/text"
    assert (fault["line"], fault["column"] >= 1) == (2, True)
    assert api.call("GET", ORDER, ADMIN).json["latest"] == 1


def test_the_faults_of_other_languages_stand_where_they_are_in_the_version(api: Api) -> None:
    rows = api.world.rows
    rows.tenants[ACME] = replace(rows.tenants[ACME], settings=TenantSettings(url_schemes=("https", "shop")))
    said = {"fr": ENGLISH, "fr-CA": ENGLISH | {"actionUrl": "shop://orders/{{ id }}"}}
    assert api.call("POST", f"{ORDER}/versions", ADMIN, DRAFT | {"localizations": said}).status == 201
    rows.tenants[ACME] = replace(rows.tenants[ACME], settings=TenantSettings())

    refused = api.call("PUT", f"{ORDER}/localizations/fr", ADMIN, ENGLISH)
    assert refused.faults == {"/localizations/fr-CA/actionUrl": "sample_fails"}


def test_there_may_be_fifty_languages(api: Api) -> None:
    many = {f"{a}{b}": {"sms": {"text": "Hi"}} for a in "abc" for b in "abcdefghijklmnopq"}
    refused = api.call("POST", f"{ORDER}/versions", ADMIN, DRAFT | {"localizations": many, "channels": []})
    assert refused.faults == {"/localizations": "too_many"}


def test_what_a_row_cannot_hold_is_refused_where_it_is_too_large(api: Api) -> None:
    long = "x" * 90_000
    parts = {"email": {"subject": "A", "text": long}, "sms": {"text": long}, "push": {"title": "A", "body": long}}
    refused = api.call("POST", f"{ORDER}/versions", ADMIN, DRAFT | {"localizations": {"en": ENGLISH, "fr": parts}})
    assert (refused.status, refused.faults) == (422, {"/localizations/fr": "too_large"}), refused.text


@pytest.mark.parametrize(
    ("path", "body", "faults"),
    [
        ("publish", {"number": 9}, {"/number": "unknown_version"}),
        ("publish", {"number": 0}, {"/number": "out_of_range"}),
        ("publish", {"number": "1"}, {"/number": "wrong_type"}),
        ("rollback", {"to": 1.5}, {"/to": "wrong_type"}),
        ("preview", {"number": 9}, {"/number": "unknown_version"}),
        ("preview", {"number": 1, "source": DRAFT}, {"": "either_or"}),
        ("preview", {"locale": "english"}, {"/locale": "unknown_locale"}),
        ("preview", {"locale": ""}, {"/locale": "too_short"}),
        ("preview", {"data": {}}, {"/data/id": "required"}),
        ("preview", {"data": {"id": 1}}, {"/data/id": "wrong_type"}),
        ("preview", {"data": {"id": "1", "recipient": {}}}, {"/data/recipient": "reserved_name"}),
        ("preview", {"source": DRAFT | {"category": "none"}}, {"/source/category": "unknown_category"}),
        ("preview", {"source": DRAFT | {"sample": {}}}, {"/source/sample/id": "required"}),
        (
            "preview",
            {"locale": "fr", "channels": ["email"], "source": DRAFT | {"localizations": {"en": ENGLISH, "fr": LINK}}},
            {"/source/localizations/fr/email": "template_error"},
        ),
        ("test-send", {"recipient": {"userId": "u1"}, "number": 9}, {"/number": "unknown_version"}),
        ("test-send", {"recipient": {}}, {"/recipient/userId": "required"}),
        ("test-send", {}, {"/recipient": "required"}),
        ("localizations/fr", {}, {"": "too_few"}),
        ("localizations/fr", {"email": {}}, {"": "too_few"}),
        ("localizations/e", ENGLISH, {"": "unknown_locale"}),
        ("localizations/e~", ENGLISH, {"": "unknown_locale"}),
    ],
)
def test_what_is_asked_of_a_template_is_checked(
    api: Api, path: str, body: dict[str, Any], faults: dict[str, str]
) -> None:
    refused = api.call("PUT" if "/" in path else "POST", f"{ORDER}/{path}", ADMIN, body)
    assert (refused.status, refused.faults) == (422, faults), refused.text
    assert api.call("GET", ORDER, ADMIN).json["version"] == 1


@pytest.mark.parametrize(
    ("query", "faults"),
    [
        ({}, {"/from": "required", "/to": "required"}),
        ({"from": "1"}, {"/to": "required"}),
        ({"from": "0", "to": "1"}, {"/from": "out_of_range"}),
        ({"from": "a", "to": "1"}, {"/from": "malformed"}),
        ({"from": "9" * 1_100, "to": "1000001"}, {"/from": "out_of_range", "/to": "out_of_range"}),
    ],
)
def test_a_diff_needs_two_numbers(api: Api, query: dict[str, str], faults: dict[str, str]) -> None:
    refused = api.call("GET", f"{ORDER}/diff", ADMIN, query=query)
    assert (refused.status, refused.faults) == (422, faults), refused.text


@pytest.mark.parametrize("number", ["0", "2", "x", "1e3", "99999999", "-1"])
def test_what_is_no_version_is_not_found(api: Api, number: str) -> None:
    assert api.call("GET", f"{ORDER}/versions/{number}", ADMIN).status == 404
