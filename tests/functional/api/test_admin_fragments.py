"""Layouts, partials and categories over HTTP, and what templates make of them."""

from typing import Any

import pytest

from chalicelib.domain.fragment import Fragment, FragmentKind
from chalicelib.domain.ids import FragmentKey
from chalicelib.domain.words import Role
from chalicelib.rendering.schema_rules import RESERVED
from chalicelib.services.built_in_templates import LAYOUT as BUILT_IN
from chalicelib.services.built_in_templates import UNSUBSCRIBE, built_in_fragments
from tests.api import Api, in_memory_api
from tests.build import ACME, NOW, a_tenant
from tests.callers import ADMIN, FOREIGN_ADMIN, GLOBEX, a_user
from tests.fakes import ManualClock
from tests.functional.api.test_admin_templates import BODY, DRAFT, ORDER, TEMPLATES
from tests.twin import TwinFragments, TwinTenants
from tests.world import World

ADMINISTRATION = "/api/v1/admin"
LAYOUTS = f"{ADMINISTRATION}/layouts"
PARTIALS = f"{ADMINISTRATION}/partials"
CATEGORIES = f"{ADMINISTRATION}/template-categories"
MANAGER = a_user(Role.MANAGER, user_id="mary")
VIEWER = a_user(Role.VIEWER, user_id="vic")
LAYOUT = {"key": "main", "source": "<div>{{ content }}</div>", "description": "All mails"}
PARTIAL = {"key": "greeting", "source": "Hello {{ recipient.userId }}"}
HTML = '<p>{% include "greeting" %}, {{ id }}</p>'
WITH_BOTH = DRAFT | {
    "layout": "main",
    "channels": ["email"],
    "localizations": {"en": {"email": {"subject": "Hi", "html": HTML}}},
}
BARE = DRAFT | {"layout": None}


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Api:
    api = in_memory_api(monkeypatch, World(clock=ManualClock(), providers=()))
    TwinTenants(api.world.rows).create(a_tenant(id=GLOBEX))
    return api


@pytest.fixture
def used(api: Api) -> Api:
    """The API with a template that uses a layout and a partial."""
    assert api.call("POST", LAYOUTS, MANAGER, LAYOUT).status == 201
    assert api.call("POST", PARTIALS, MANAGER, PARTIAL).status == 201
    created = api.call("POST", TEMPLATES, MANAGER, BODY | WITH_BOTH)
    assert (created.status, created.json["layouts"], created.json["partials"]) == (201, ["main"], ["greeting"])
    return api


@pytest.mark.parametrize(("path", "body"), [(LAYOUTS, LAYOUT), (PARTIALS, PARTIAL)])
def test_a_fragment_is_created_shown_changed_and_removed(api: Api, path: str, body: dict[str, str]) -> None:
    created = api.call("POST", path, MANAGER, body)
    one = f"{path}/{body['key']}"
    assert (created.status, created.headers["Location"]) == (201, one)
    assert {name: created.json[name] for name in body} == body
    assert api.call("GET", one, VIEWER).json == created.json
    assert api.call("GET", path, VIEWER).json["items"] == [created.json]
    assert api.call("POST", path, MANAGER, body).status == 409
    assert api.call("GET", f"{one}/usage", VIEWER).json == {"templates": []}

    source = "<b>{{ content }}</b>"
    changed = api.call("PATCH", one, MANAGER, {"source": source, "version": 1}).json
    assert (changed["source"], changed["version"], changed.get("description")) == (source, 2, body.get("description"))
    assert api.call("PATCH", one, MANAGER, {"source": source, "version": 1}).status == 409
    assert api.call("DELETE", one, MANAGER).status == 204
    assert api.call("GET", one, VIEWER).status == 404
    log = api.world.rows.audit[ACME]
    assert [entry.action.partition(".")[2] for entry in log] == ["create", "update", "delete"]
    assert "{{" not in str(log)


def test_a_mail_has_its_layout_and_partials(used: Api) -> None:
    shown = used.call("POST", f"{ORDER}/preview", VIEWER, {}).json["channels"]["email"]
    assert "<div><p>Hello sample, 42</p></div>" in shown["html"]


def test_a_change_reaches_a_template_that_is_saved_anew(used: Api) -> None:
    used.call("PATCH", f"{PARTIALS}/greeting", ADMIN, {"source": "Dear customer"})
    before = used.call("POST", f"{ORDER}/preview", VIEWER, {}).json["channels"]["email"]["html"]
    again = {"email": {"subject": "Hi", "html": HTML}}
    assert used.call("PUT", f"{ORDER}/localizations/en", ADMIN, again).status == 201
    after = used.call("POST", f"{ORDER}/preview", VIEWER, {}).json["channels"]["email"]["html"]
    assert ("Hello" in before, "Dear customer" in before) == (True, False)
    assert ("Hello" in after, "Dear customer" in after) == (False, True)
    diff = used.call("GET", f"{ORDER}/diff", ADMIN, query={"from": "1", "to": "2"}).json["changes"]
    assert [change["pointer"] for change in diff] == ["/fragments/greeting"]


@pytest.mark.parametrize("path", [f"{LAYOUTS}/main", f"{PARTIALS}/greeting"])
def test_what_the_latest_or_the_published_version_uses_is_not_removed(used: Api, path: str) -> None:
    assert used.call("DELETE", path, ADMIN).status == 409
    assert used.call("GET", f"{path}/usage", VIEWER).json == {"templates": ["order"]}
    used.call("POST", f"{ORDER}/publish", ADMIN)
    used.call("POST", f"{ORDER}/versions", ADMIN, DRAFT)
    assert used.call("DELETE", path, ADMIN).status == 409
    used.call("POST", f"{ORDER}/publish", ADMIN)
    assert used.call("DELETE", path, ADMIN).status == 204
    used.call("POST", f"{ORDER}/rollback", ADMIN)
    assert used.call("GET", ORDER, ADMIN).json["layouts"] == ["main"]


def test_what_a_deleted_template_used_may_go(used: Api) -> None:
    used.call("DELETE", ORDER, ADMIN)
    assert used.call("DELETE", f"{LAYOUTS}/main", ADMIN).status == 204


@pytest.mark.parametrize(
    ("path", "body", "faults"),
    [
        (LAYOUTS, LAYOUT | {"source": "<b>{{ contents }}</b>"}, {"/source": "content_missing"}),
        (LAYOUTS, LAYOUT | {"source": ""}, {"/source": "too_short"}),
        (LAYOUTS, LAYOUT | {"source": "x" * 100_001}, {"/source": "too_long"}),
        (LAYOUTS, LAYOUT | {"source": "{{ content }}" + "é" * 60_000}, {"/source": "too_large"}),
        (LAYOUTS, LAYOUT | {"key": "a#b"}, {"/key": "malformed"}),
        (LAYOUTS, {"key": "a"}, {"/source": "required"}),
        (PARTIALS, PARTIAL | {"kind": "layout"}, {"/kind": "unknown_field"}),
        (PARTIALS, PARTIAL | {"description": "a\nb"}, {"/description": "control_characters"}),
        (PARTIALS, PARTIAL | {"source": 7}, {"/source": "wrong_type"}),
        (CATEGORIES, {"key": "social"}, {"/name": "required"}),
        (CATEGORIES, {"key": "so cial", "name": "Social"}, {"/key": "malformed"}),
        (CATEGORIES, {"key": "social", "name": "Social", "mandatory": True}, {"/mandatory": "unknown_field"}),
    ],
)
def test_what_cannot_be_used_is_refused(api: Api, path: str, body: Any, faults: dict[str, str]) -> None:
    refused = api.call("POST", path, ADMIN, body)
    assert (refused.status, refused.faults) == (422, faults), refused.text
    assert (api.world.rows.fragments, api.world.rows.categories, api.world.rows.audit) == ({}, {}, {})


@pytest.mark.parametrize(
    ("path", "source", "place"),
    [
        (LAYOUTS, "<p>\n{{ content }} {% for %}", ("syntax_error", 2, 22)),
        (LAYOUTS, "<p>{{ content }}</p>\n <script>", ("unsafe_html", 2, 2)),
        (LAYOUTS, "<p>{{ content }}</p>\n<a onclick='x()'>", ("unsafe_html", 2, 4)),
        (LAYOUTS, "{{ content }}<a href={{ link }}>x</a>", ("unsafe_place", 1, 22)),
        (LAYOUTS, "{{ content }}<style>p { color: {{ color }} }</style>", ("unsafe_place", 1, 32)),
        (LAYOUTS, "{{ content }}<a href='shop://x'>x</a>", ("unsafe_html", 1, 23)),
        (LAYOUTS, "{{ content }}<p class='a", ("unsafe_html", 1, 14)),
        (LAYOUTS, "{{ content }}\n{{ content }}", ("content_missing", 2, 1)),
        (LAYOUTS, "{# {{ content }} #}", ("content_missing", 1, 1)),
        (LAYOUTS, "{% set x = 1 %}{{ content }}", ("forbidden_syntax", 1, 4)),
        (LAYOUTS, "{{ content }}\n{% include 'main' %}", ("include_cycle", 2, 1)),
        (PARTIALS, "Hello\n{{ name", ("syntax_error", 2, 4)),
        (PARTIALS, "{{ name.__class__ }}", ("forbidden_syntax", 1, 8)),
        (PARTIALS, "Hello {{ lipsum() }}", ("forbidden_syntax", 1, 16)),
        (PARTIALS, "{% include 'main' %}", ("include_cycle", 1, 1)),
        (PARTIALS, "a\u2028b", ("forbidden_character", 1, 2)),
    ],
)
def test_what_no_template_could_use_is_refused_when_it_is_saved_with_its_place(
    api: Api, path: str, source: str, place: tuple[str, int, int]
) -> None:
    refused = api.call("POST", path, ADMIN, {"key": "main", "source": source})
    assert refused.status == 422, refused.text
    (fault,) = refused.json["faults"]
    assert (fault["pointer"], fault["code"], fault["line"], fault["column"]) == ("/source", *place)
    assert api.world.rows.fragments == {}

    assert api.call("POST", path, ADMIN, {"key": "main", "source": "{{ content }}"}).status == 201
    changed = api.call("PATCH", f"{path}/main", ADMIN, {"source": source})
    assert (changed.status, changed.faults) == (422, {"/source": place[0]})


@pytest.mark.parametrize("name", sorted(RESERVED))
def test_the_names_that_every_template_knows_keep_nothing_from_being_checked(api: Api, name: str) -> None:
    source = f"{{{{ content }}}}{{% for each in {name} %}}{{{{ loop.index }}}}{{% endfor %}}{{{{ {name} }}}}<script>"
    refused = api.call("POST", LAYOUTS, ADMIN, {"key": "main", "source": source})
    assert refused.faults == {"/source": "forbidden_syntax" if name == "loop" else "unsafe_html"}


@pytest.mark.parametrize(
    ("path", "source"),
    [
        (LAYOUTS, "<style>.a { color: red }</style>{{- content -}}<p>{{ company.name|upper }} {{ locale }}</p>"),
        (
            LAYOUTS,
            "{{ content }}{% for line in order.lines %}<a href='{{ line.url }}'>{{ loop.index }}</a>{% endfor %}",
        ),
        (LAYOUTS, "<title>{{ tenant.name }}</title>{{ content }}{% include 'not-there-yet' %}"),
        (LAYOUTS, "{% include 'head' %}{{ content }}{% include 'foot' %}</table>"),
        (LAYOUTS, "<!--[if mso]><table><tr><td><![endif]-->{{ content }}<!--[if mso]></td></tr></table><![endif]-->"),
        (PARTIALS, "{% if name is defined %}Dear {{ name }}{% else %}{% include 'not-there-yet' %}{% endif %}"),
        (PARTIALS, "<p>{{ content }}</p><script>"),
        (PARTIALS, "{{ recipient.attributes.a }} {{ items[0]|default('Ω') }} {{ naïve }}"),
    ],
)
def test_what_some_template_could_use_is_saved(api: Api, path: str, source: str) -> None:
    assert api.call("POST", path, ADMIN, {"key": "main", "source": source}).status == 201


@pytest.mark.parametrize(("path", "key"), [(LAYOUTS, BUILT_IN), (PARTIALS, UNSUBSCRIBE)])
def test_what_every_tenant_begins_with_is_saved(api: Api, path: str, key: FragmentKey) -> None:
    source = built_in_fragments()[key]
    assert api.call("POST", path, ADMIN, {"key": key, "source": source}).status == 201


def test_the_description_of_what_was_saved_before_may_change(api: Api) -> None:
    kept = Fragment(kind=FragmentKind.PARTIAL, key=FragmentKey("old"), source="{% for %}", created_at=NOW)
    TwinFragments(api.world.rows).create(ACME, kept)
    assert api.call("PATCH", f"{PARTIALS}/old", ADMIN, {"description": "Mend me"}).status == 200


def test_a_category_is_created_used_and_kept_while_it_is(api: Api) -> None:
    created = api.call("POST", CATEGORIES, MANAGER, {"key": "social", "name": "Social"})
    one = f"{CATEGORIES}/social"
    assert (created.status, created.headers["Location"]) == (201, one)
    assert created.json == {"key": "social", "name": "Social", "builtIn": False, "mandatory": False, "version": 1}
    assert api.call("POST", TEMPLATES, ADMIN, BODY | {"category": "social"}).status == 201
    assert api.call("DELETE", one, ADMIN).status == 409
    assert api.call("PATCH", one, ADMIN, {"name": "Friends", "version": 1}).json["version"] == 2
    api.call("DELETE", ORDER, ADMIN)
    assert api.call("DELETE", one, MANAGER).status == 204
    assert api.call("GET", one, VIEWER).status == 404


def test_built_in_categories_are_there_and_stay(api: Api) -> None:
    listed = api.call("GET", CATEGORIES, VIEWER).json["items"]
    assert [each["key"] for each in listed] == ["alert", "marketing", "system", "transactional"]
    assert all(each["builtIn"] for each in listed)
    for method, body in (("DELETE", None), ("PATCH", {"name": "Mine"})):
        assert api.call(method, f"{CATEGORIES}/system", ADMIN, body).status == 409
    own = {"key": "system", "name": "About us"}
    assert api.call("POST", CATEGORIES, ADMIN, own).status == 201
    assert api.call("GET", f"{CATEGORIES}/system", VIEWER).json["name"] == "About us"
    assert len(api.call("GET", CATEGORIES, VIEWER).json["items"]) == 4
    assert api.call("DELETE", f"{CATEGORIES}/system", ADMIN).status == 204
    assert api.call("GET", f"{CATEGORIES}/system", VIEWER).json["name"] == "System"


@pytest.mark.parametrize("path", [f"{LAYOUTS}/main", f"{PARTIALS}/greeting"])
@pytest.mark.parametrize(("method", "body"), [("GET", None), ("PATCH", {"description": "x"}), ("DELETE", None)])
def test_another_tenants_fragment_is_like_none(used: Api, path: str, method: str, body: Any) -> None:
    assert used.call(method, path, FOREIGN_ADMIN, body).status == 404
    assert used.call("GET", path, ADMIN).json["version"] == 1


def test_a_foreign_layout_is_like_none(used: Api) -> None:
    refused = used.call("POST", TEMPLATES, FOREIGN_ADMIN, BODY | {"layout": "main"})
    assert refused.faults == {"/layout": "unknown_layout"}
