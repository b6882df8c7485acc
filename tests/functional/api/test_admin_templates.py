"""Templates over HTTP: every save a version, one of them published, all of them there to be tried out."""

from typing import Any

import pytest

from chalicelib.domain.ids import TemplateKey, UserId, UserType
from chalicelib.domain.recipient import Recipient
from chalicelib.domain.words import Role, Scope
from chalicelib.services.built_in_templates import built_in_templates
from tests.api import Api, Response, in_memory_api
from tests.build import ACME, a_tenant
from tests.callers import ADMIN, FOREIGN_ADMIN, GLOBEX, a_service, a_user
from tests.fakes import ManualClock
from tests.twin import TwinRecipients, TwinTenants
from tests.world import World

TEMPLATES = "/api/v1/admin/templates"
ORDER = f"{TEMPLATES}/order"
MANAGER = a_user(Role.MANAGER, user_id="mary")
VIEWER = a_user(Role.VIEWER, user_id="vic")
ENGLISH: dict[str, Any] = {
    "email": {"subject": "Order {{ id }}", "html": "<p>Order {{ id }}</p>"},
    "in_app": {"title": "Order {{ id }}", "body": "It left."},
    "actionUrl": "https://example.com/{{ id }}",
}
FRENCH: dict[str, Any] = {"email": {"subject": "Commande {{ id }}", "html": "<p>Commande {{ id }}</p>"}}
DRAFT: dict[str, Any] = {
    "category": "transactional",
    "type": "order.shipped",
    "channels": ["email", "in_app"],
    "schema": {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}}},
    "sample": {"id": "42"},
    "localizations": {"en": ENGLISH, "fr": FRENCH},
}
BODY = DRAFT | {"key": "order", "name": "Order"}


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Api:
    api = in_memory_api(monkeypatch, World(clock=ManualClock(), providers=()))
    TwinTenants(api.world.rows).create(a_tenant(id=GLOBEX))
    return api


@pytest.fixture
def stored(api: Api) -> Api:
    """The API with a template of one version, a draft."""
    assert api.call("POST", TEMPLATES, MANAGER, BODY).status == 201
    return api


def test_a_template_is_created_with_its_first_version(api: Api) -> None:
    created = api.call("POST", TEMPLATES, MANAGER, BODY)

    assert (created.status, created.headers["Location"]) == (201, ORDER)
    assert {name: created.json[name] for name in ("key", "name", "category", "latest", "history", "version")} == {
        "key": "order",
        "name": "Order",
        "category": "transactional",
        "latest": 1,
        "history": [],
        "version": 1,
    }
    assert "published" not in created.json
    assert api.call("GET", ORDER, VIEWER).json == created.json
    version = api.call("GET", f"{ORDER}/versions/1", VIEWER).json
    assert {name: version[name] for name in DRAFT} == DRAFT
    assert (version["number"], version["status"], version["createdBy"]) == (1, "draft", "user:customer/mary")


def test_what_is_shown_of_a_version_can_be_sent_back(stored: Api) -> None:
    shown = stored.call("GET", f"{ORDER}/versions/1", ADMIN).json
    again = stored.call("POST", f"{ORDER}/versions", ADMIN, {name: shown[name] for name in (*DRAFT, "version")})

    assert (again.status, again.headers["Location"]) == (201, f"{ORDER}/versions/2")
    new = {"number": 2, "version": 2, "createdBy": "user:customer/boss", "createdAt": again.json["createdAt"]}
    assert again.json == shown | new


def test_templates_have_a_rate_limit_of_their_own(stored: Api) -> None:
    policies = {
        stored.call(method, path, ADMIN, body).headers["RateLimit-Policy"].partition(";")[0]
        for method, path, body in (("GET", ORDER, None), ("POST", f"{ORDER}/preview", {}), ("DELETE", ORDER, None))
    }
    assert policies == {'"templates"'}


def test_templates_are_listed_in_pages(api: Api) -> None:
    for key in ("c", "a", "b"):
        api.call("POST", TEMPLATES, ADMIN, BODY | {"key": key})
    first = api.call("GET", TEMPLATES, VIEWER, query={"limit": "2"}).json
    second = api.call("GET", TEMPLATES, VIEWER, query={"limit": "2", "cursor": first["nextCursor"]}).json
    assert [item["key"] for item in first["items"] + second["items"]] == ["a", "b", "c"]
    assert "nextCursor" not in second


def test_versions_are_listed_the_latest_first(stored: Api) -> None:
    for note in ("second", "third"):
        stored.call("POST", f"{ORDER}/versions", ADMIN, DRAFT | {"note": note})
    stored.call("POST", f"{ORDER}/publish", ADMIN, {"number": 2})
    first = stored.call("GET", f"{ORDER}/versions", VIEWER, query={"limit": "2"}).json
    second = stored.call("GET", f"{ORDER}/versions", VIEWER, query={"limit": "2", "cursor": first["nextCursor"]}).json
    told = [(item["number"], item["status"], item.get("note")) for item in first["items"] + second["items"]]
    assert told == [(3, "draft", "third"), (2, "published", "second"), (1, "draft", None)]
    assert first["items"][0]["languages"] == ["en", "fr"]
    assert "nextCursor" not in second


def test_one_language_is_changed_by_a_version_that_differs_in_it(stored: Api) -> None:
    german = {"email": {"subject": "Auftrag {{ id }}", "text": "Nummer {{ id }}"}}
    put = stored.call("PUT", f"{ORDER}/localizations/de-AT", MANAGER, german | {"version": 1})
    assert (put.status, put.json["number"], put.json["localizations"]) == (
        201,
        2,
        DRAFT["localizations"] | {"de-AT": german},
    )

    deleted = stored.call("DELETE", f"{ORDER}/localizations/fr", MANAGER, query={"version": "2"})
    assert (deleted.json["number"], [*deleted.json["localizations"]]) == (3, ["en", "de-AT"])
    assert stored.call("DELETE", f"{ORDER}/localizations/fr", MANAGER).status == 404
    stored.call("DELETE", f"{ORDER}/localizations/de-AT", MANAGER)
    assert stored.call("DELETE", f"{ORDER}/localizations/en", MANAGER).status == 409


def test_the_faults_of_one_language_stand_where_they_are_in_the_body(stored: Api) -> None:
    refused = stored.call(
        "PUT", f"{ORDER}/localizations/de", ADMIN, {"email": {"subject": "A", "html": "<p>\n{% x %}"}}
    )
    (fault,) = refused.json["faults"]
    assert (fault["pointer"], fault["line"]) == ("/email/html", 2)
    assert stored.call("GET", ORDER, ADMIN).json["latest"] == 1


def test_publishing_and_rolling_back_switch_versions(stored: Api) -> None:
    for _ in range(2):
        stored.call("POST", f"{ORDER}/versions", ADMIN, DRAFT)
    for number in (1, 2, 3):
        published = stored.call("POST", f"{ORDER}/publish", MANAGER, {"number": number})
    assert (published.json["published"], published.json["history"]) == (3, [1, 2, 3])

    back = [stored.call("POST", f"{ORDER}/rollback", MANAGER).json["published"] for _ in range(2)]
    assert back == [2, 1]
    chosen = stored.call("POST", f"{ORDER}/rollback", MANAGER, {"to": 3}).json
    assert (chosen["published"], chosen["history"]) == (3, [1, 2, 3])
    statuses = [stored.call("GET", f"{ORDER}/versions/{n}", ADMIN).json["status"] for n in (1, 2, 3)]
    assert statuses == ["archived", "archived", "published"]


@pytest.mark.parametrize(
    ("to", "histories"),
    [
        (1, [[4, 2, 3, 1], [1, 4, 2, 3], [3, 1, 4, 2], [2, 3, 1, 4]]),
        (2, [[4, 1, 3, 2], [2, 4, 1, 3], [3, 2, 4, 1], [1, 3, 2, 4]]),
        (3, [[4, 1, 2, 3], [3, 4, 1, 2], [2, 3, 4, 1], [1, 2, 3, 4]]),
    ],
)
def test_rolling_back_goes_on_from_a_chosen_version_and_to_what_was_abandoned_last_of_all(
    stored: Api, to: int, histories: list[list[int]]
) -> None:
    for _ in range(3):
        stored.call("POST", f"{ORDER}/versions", ADMIN, DRAFT)
    for number in (1, 2, 3, 4):
        stored.call("POST", f"{ORDER}/publish", ADMIN, {"number": number})
    bodies: list[Any] = [{"to": to}, None, None, None]
    assert [stored.call("POST", f"{ORDER}/rollback", ADMIN, body).json["history"] for body in bodies] == histories


def test_the_latest_version_is_published_where_none_is_named(stored: Api) -> None:
    stored.call("POST", f"{ORDER}/versions", ADMIN, DRAFT)
    published = stored.call("POST", f"{ORDER}/publish", ADMIN).json
    assert published["published"] == 2
    assert stored.call("POST", f"{ORDER}/publish", ADMIN, {"number": 2}).json == published


def test_a_draft_that_fails_its_own_sample_is_not_published(stored: Api) -> None:
    silent = DRAFT | {"localizations": {"en": ENGLISH, "fr": {"actionUrl": "https://example.com"}}}
    stored.call("POST", f"{ORDER}/versions", ADMIN, silent)
    refused = stored.call("POST", f"{ORDER}/publish", ADMIN)
    assert (refused.status, refused.faults) == (
        422,
        {"/localizations/fr/email": "sample_fails", "/localizations/fr/in_app": "sample_fails"},
    )
    assert "published" not in stored.call("GET", ORDER, ADMIN).json


FITTING = next(each for each in built_in_templates() if each.key == "digest").draft
UPDATES = {"type": "object", "required": ["items"], "properties": {"items": {"type": "array"}}}


@pytest.mark.parametrize(
    ("changes", "faults"),
    [
        ({"schema": FITTING.schema, "sample": FITTING.sample}, {}),
        (
            {"schema": UPDATES | {"additionalProperties": False}, "sample": {"items": []}},
            {"/schema": "not_for_digests"},
        ),
        ({"schema": UPDATES | {"required": ["name"]}, "sample": {"name": "A"}}, {"/schema": "not_for_digests"}),
        (
            {
                "schema": UPDATES,
                "sample": {"items": [{"title": "A", "place": "Lyon"}]},
                "localizations": {"en": {"in_app": {"body": "{% for each in items %}{{ each.place }}{% endfor %}"}}},
            },
            {"/localizations/en/in_app": "sample_fails"},
        ),
    ],
    ids=["the built-in one", "it takes less", "it needs more", "it says what is not there"],
)
def test_a_template_for_digests_is_not_published_unless_their_data_fill_it(
    api: Api, changes: dict[str, Any], faults: dict[str, str]
) -> None:
    said = {"key": "digest", "channels": ["in_app"], "localizations": {"en": {"in_app": {"body": "News"}}}} | changes
    assert api.call("POST", TEMPLATES, ADMIN, BODY | said).status == 201
    published = api.call("POST", f"{TEMPLATES}/digest/publish", ADMIN)
    assert (published.status, published.faults) == (422 if faults else 200, faults), published.text


def test_without_anything_published_before_there_is_no_way_back(stored: Api) -> None:
    assert stored.call("POST", f"{ORDER}/rollback", ADMIN).status == 409
    stored.call("POST", f"{ORDER}/publish", ADMIN)
    stored.call("POST", f"{ORDER}/versions", ADMIN, DRAFT)
    assert stored.call("POST", f"{ORDER}/rollback", ADMIN).status == 409
    stored.call("POST", f"{ORDER}/publish", ADMIN)
    assert stored.call("POST", f"{ORDER}/rollback", ADMIN, {"to": 7}).faults == {"/to": "not_published_before"}


def test_a_preview_says_what_each_channel_would(stored: Api) -> None:
    shown = stored.call("POST", f"{ORDER}/preview", VIEWER, {}).json
    assert shown["locale"] == "en"
    assert shown["channels"]["email"]["subject"] == "Order 42"
    assert "<p>Order 42</p>" in shown["channels"]["email"]["html"]
    assert shown["channels"]["in_app"]["body"] == "It left."
    french = {"locale": "fr-CA", "channels": ["email"], "data": {"id": "7 & 8"}, "number": 1}
    other = stored.call("POST", f"{ORDER}/preview", VIEWER, french).json
    assert (other["locale"], [*other["channels"]]) == ("fr", ["email"])
    assert "7 &amp; 8" in other["channels"]["email"]["html"]


def test_a_preview_that_could_not_be_answered_is_refused(api: Api) -> None:
    again = "{% for each in list %}{{ text }}{% endfor %}"
    others = ("sms", "whatsapp", "chat", "webhook")
    source = {
        "category": "transactional",
        "schema": {"required": ["list", "text"], "properties": {"list": {"type": "array"}, "text": {"type": "string"}}},
        "sample": {"list": [1], "text": "x"},
        "localizations": {"en": {"email": {"subject": "x", "text": again}} | {on: {"text": again} for on in others}},
    }
    data = {"list": [1] * 99, "text": "\u20ac" * 5_000}
    answer = api.call("POST", f"{TEMPLATES}/none/preview", VIEWER, {"source": source, "data": data})
    assert (answer.status, answer.faults) == (422, {"": "answer_too_large"})
    few = api.call("POST", f"{TEMPLATES}/none/preview", VIEWER, {"source": source, "data": data | {"text": "x"}})
    assert few.status == 200


def test_a_source_is_previewed_without_being_stored(api: Api) -> None:
    for name in ("Ann", "Bob"):
        source = DRAFT | {"localizations": {"en": {"sms": {"text": f"{name}: {{{{ id }}}}"}}}, "channels": []}
        shown = api.call("POST", f"{TEMPLATES}/none/preview", VIEWER, {"source": source}).json
        assert shown["channels"] == {"sms": {"body": f"{name}: 42"}}
    assert (api.world.rows.versions, api.world.rows.templates, api.world.rows.audit) == ({}, {}, {})


def test_a_diff_says_what_changed_and_where(stored: Api) -> None:
    changed = ENGLISH | {"email": {"subject": "Order {{ id }}", "html": "<p>Sent: {{ id }}</p>"}}
    stored.call("POST", f"{ORDER}/versions", ADMIN, DRAFT | {"localizations": {"en": changed}, "channels": ["email"]})
    answer = stored.call("GET", f"{ORDER}/diff", VIEWER, query={"from": "1", "to": "2"}).json
    assert (answer["from"], answer["to"]) == (1, 2)
    assert [change["pointer"] for change in answer["changes"]] == [
        "/channels",
        "/localizations/en/email/html",
        "/localizations/fr/email/html",
        "/localizations/fr/email/subject",
    ]
    html = answer["changes"][1]["diff"].splitlines()
    assert html == ["--- 1", "+++ 2", "@@ -1 +1 @@", "-<p>Order {{ id }}</p>", "+<p>Sent: {{ id }}</p>"]
    same = stored.call("GET", f"{ORDER}/diff", VIEWER, query={"from": "2", "to": "2"}).json
    assert same["changes"] == []


def test_a_version_is_sent_to_somebody_who_tries_it_out(stored: Api) -> None:
    version = stored.world.rows.versions[ACME, TemplateKey("order"), 1]
    stored.world.templates.add(ACME, version)
    me = {"userId": "u9", "userType": "admin", "email": "me@example.com", "locale": "fr"}

    sent = stored.call("POST", f"{ORDER}/test-send", MANAGER, {"recipient": me, "data": {"id": "7"}})

    assert sent.status == 202, sent.text
    (request,) = stored.world.rows.requests.values()
    assert request.template is not None
    assert (request.template.version, request.template.data) == (1, {"id": "7"})
    assert (request.metadata, request.channels, request.sent_by) == (
        {"testSend": True},
        ("email", "in_app"),
        "user:customer/mary",
    )
    wrong = stored.call("POST", f"{ORDER}/test-send", MANAGER, {"recipient": me, "data": {}})
    assert (wrong.status, wrong.faults) == (422, {"/data/id": "required"})
    nobody = stored.call("POST", f"{ORDER}/test-send", MANAGER, {"recipient": me | {"email": "me"}})
    assert nobody.faults == {"/recipient/email": "invalid_email"}


@pytest.mark.parametrize(
    ("me", "known", "asked", "faults"),
    [
        ({"locale": "fr"}, {}, {}, {"/localizations/fr/push": "template_error"}),
        ({"locale": "fr-CA"}, {}, {"channels": ["email"]}, {"/localizations/fr/email": "template_error"}),
        ({}, {"locale": "fr"}, {"channels": ["push"]}, {"/localizations/fr/push": "template_error"}),
        ({"locale": "en"}, {}, {}, {}),
        ({"locale": "de"}, {}, {}, {}),
    ],
)
def test_what_a_version_cannot_say_to_whom_it_is_tried_on_is_refused_as_a_preview_refuses_it(
    api: Api, me: dict[str, str], known: dict[str, Any], asked: dict[str, Any], faults: dict[str, str]
) -> None:
    said = {"en": {"push": {"title": "Hi", "body": "There"}}, "fr": {"push": {"title": "Salut"}}}
    body = BODY | {"channels": ["push"], "localizations": said}
    assert api.call("POST", TEMPLATES, MANAGER, body).status == 201
    api.world.templates.add(ACME, api.world.rows.versions[ACME, TemplateKey("order"), 1])
    TwinRecipients(api.world.rows).put(ACME, Recipient(UserType("admin"), UserId("u9"), **known))
    person = {"userId": "u9", "userType": "admin", "email": "me@example.com"} | me

    tried = api.call("POST", f"{ORDER}/test-send", MANAGER, {"recipient": person} | asked)

    assert (tried.status, tried.faults) == (422 if faults else 202, faults), tried.text
    assert len(api.world.rows.requests) == (0 if faults else 1)


def test_what_was_tried_under_a_key_is_answered_as_before_whatever_was_saved_since(stored: Api) -> None:
    def tried(number: int) -> Response:
        stored.world.templates.add(ACME, stored.world.rows.versions[ACME, TemplateKey("order"), number])
        body = {"recipient": {"userId": "u9", "locale": "fr"}}
        return stored.call("POST", f"{ORDER}/test-send", MANAGER, body, headers={"idempotency-key": "k"})

    first = tried(1)
    silent = DRAFT | {"localizations": {"en": ENGLISH, "fr": {"actionUrl": "https://example.com"}}}
    assert stored.call("POST", f"{ORDER}/versions", MANAGER, silent).status == 201
    again = tried(2)

    assert (again.status, again.json) == (202, first.json), again.text
    assert again.headers["Idempotency-Replayed"] == "true"


def test_a_key_of_a_trial_counts_for_one_template(stored: Api) -> None:
    assert stored.call("POST", TEMPLATES, MANAGER, BODY | {"key": "other"}).status == 201
    for key in ("order", "other"):
        stored.world.templates.add(ACME, stored.world.rows.versions[ACME, TemplateKey(key), 1])
    first, again, other = (
        stored.call(
            "POST",
            f"{TEMPLATES}/{key}/test-send",
            MANAGER,
            {"recipient": {"userId": "u9"}},
            headers={"idempotency-key": "k"},
        )
        for key in ("order", "order", "other")
    )
    assert (again.json, again.headers["Idempotency-Replayed"]) == (first.json, "true")
    assert other.json["requestId"] != first.json["requestId"]
    assert {request.template and request.template.key for request in stored.world.rows.requests.values()} == {
        "order",
        "other",
    }


def test_a_deleted_template_is_gone_and_its_numbers_stay_taken(stored: Api) -> None:
    stored.call("POST", f"{ORDER}/publish", ADMIN)
    assert stored.call("DELETE", ORDER, MANAGER).status == 204
    for method, path in (("GET", ORDER), ("DELETE", ORDER), ("GET", f"{ORDER}/versions/1")):
        assert stored.call(method, path, ADMIN).status == 404
    again = stored.call("POST", TEMPLATES, ADMIN, BODY).json
    assert (again["latest"], again["version"], again["history"]) == (2, 4, [])


def test_the_log_has_every_change(stored: Api) -> None:
    stored.call("PATCH", ORDER, ADMIN, {"name": "Other"})
    stored.call("POST", f"{ORDER}/versions", ADMIN, DRAFT)
    for number in (1, 2):
        stored.call("POST", f"{ORDER}/publish", ADMIN, {"number": number})
    stored.call("POST", f"{ORDER}/rollback", ADMIN)
    stored.call("DELETE", ORDER, ADMIN)
    log = stored.world.rows.audit[ACME]
    verbs = ["create", "update", "add_version", "publish", "publish", "roll_back", "delete"]
    assert [entry.action for entry in log] == [f"template.{verb}" for verb in verbs]
    assert {entry.target for entry in log} == {"template/order"}


@pytest.mark.parametrize(
    ("method", "path", "body", "query"),
    [
        ("POST", TEMPLATES, BODY, {}),
        ("PATCH", ORDER, {"name": "Other", "version": 4}, {}),
        ("POST", f"{ORDER}/versions", DRAFT | {"version": 4}, {}),
        ("PUT", f"{ORDER}/localizations/fr", FRENCH | {"version": 4}, {}),
        ("DELETE", f"{ORDER}/localizations/fr", None, {"version": "4"}),
        ("POST", f"{ORDER}/publish", {"version": 4}, {}),
        ("POST", f"{ORDER}/rollback", {"version": 4}, {}),
    ],
)
def test_who_saw_another_version_changes_nothing(
    stored: Api, method: str, path: str, body: Any, query: dict[str, str]
) -> None:
    before = stored.call("GET", ORDER, ADMIN).json
    assert stored.call(method, path, ADMIN, body, query=query).status == 409
    assert stored.call("GET", ORDER, ADMIN).json == before


ONE_OF_THEM = [
    ("GET", "", None),
    ("PATCH", "", {"name": "Mine"}),
    ("DELETE", "", None),
    ("GET", "/versions", None),
    ("GET", "/versions/1", None),
    ("POST", "/versions", DRAFT),
    ("PUT", "/localizations/fr", FRENCH),
    ("DELETE", "/localizations/fr", None),
    ("POST", "/publish", {}),
    ("POST", "/rollback", {}),
    ("POST", "/preview", {}),
    ("POST", "/test-send", {"recipient": {"userId": "u1"}}),
]


@pytest.mark.parametrize(("method", "path", "body"), ONE_OF_THEM)
def test_another_tenants_template_is_like_none(stored: Api, method: str, path: str, body: Any) -> None:
    foreign = stored.call(method, ORDER + path, FOREIGN_ADMIN, body)
    missing = stored.call(method, f"{TEMPLATES}/nones{path}", FOREIGN_ADMIN, body)
    assert (foreign.status, foreign.text) == (404, missing.text)
    assert stored.call("GET", ORDER, ADMIN).json["version"] == 1


@pytest.mark.parametrize(
    ("method", "path", "body"), [each for each in ONE_OF_THEM if each[0] != "GET" and each[1] != "/preview"]
)
def test_viewers_change_nothing(stored: Api, method: str, path: str, body: Any) -> None:
    assert stored.call(method, ORDER + path, VIEWER, body).status == 403
    assert stored.call(method, ORDER + path, a_service(Scope.SEND), body).status == 403
